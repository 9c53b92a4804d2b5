# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import uuid

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import ledger
from tests.builders import (
    HOLTEN,
    SLAAGHWIJK,
    ZIJLWIJK,
    approved,
    logged,
    member_of,
    timebank_of,
)
from timebank.exchanges.models import Exchange
from timebank.members.errors import UnknownMember, UnknownNeighbourhood
from timebank.members.operations import move_member
from timebank.members.queries import find_residents


def move(session: Session, given_name: str, code: str) -> None:
    member = member_of(session, given_name)
    move_member(
        session, timebank_id=member.timebank_id, member_id=member.id, neighbourhood_code=code
    )


def stamps_of(session: Session, given_name: str) -> list[str]:
    member = member_of(session, given_name)
    return list(
        session.scalars(
            select(ledger.Entry.neighbourhood_code)
            .where(ledger.Entry.account_id == member.account_id)
            .order_by(ledger.Entry.seq)
        )
    )


def test_entries_keep_the_old_neighbourhood_and_new_ones_bear_the_new(session: Session) -> None:
    approved(session, "Fatima", "Jan")
    move(session, "Fatima", ZIJLWIJK)

    approved(session, "Fatima", "Jan")

    assert stamps_of(session, "Fatima") == [SLAAGHWIJK, ZIJLWIJK]
    assert stamps_of(session, "Jan") == [SLAAGHWIJK, SLAAGHWIJK]
    assert ledger.violations(session, timebank_id=timebank_of(session).id) == []


def test_exchanges_keep_the_neighbourhoods_of_when_they_were_logged(session: Session) -> None:
    before = logged(session, "Fatima", "Jan")
    move(session, "Fatima", ZIJLWIJK)
    after = logged(session, "Fatima", "Jan")

    codes = {
        exchange.id: exchange.helper_neighbourhood_code
        for exchange in session.scalars(select(Exchange))
    }

    assert codes == {before: SLAAGHWIJK, after: ZIJLWIJK}


def test_who_moved_is_shown_in_the_new_neighbourhood(session: Session) -> None:
    move(session, "Fatima", ZIJLWIJK)

    (found,) = find_residents(session, timebank_id=timebank_of(session).id, text="fatima")

    assert found.neighbourhood_name == "Zijlwijk-Zuid"


@pytest.mark.parametrize("code", [HOLTEN, "nowhere"])
def test_nobody_moves_out_of_the_timebank(session: Session, code: str) -> None:
    with pytest.raises(UnknownNeighbourhood):
        move(session, "Fatima", code)

    session.rollback()
    assert member_of(session, "Fatima").neighbourhood_code == SLAAGHWIJK


def test_somebody_unknown_cannot_move(session: Session) -> None:
    with pytest.raises(UnknownMember):
        move_member(
            session,
            timebank_id=timebank_of(session).id,
            member_id=uuid.uuid4(),
            neighbourhood_code=ZIJLWIJK,
        )


def test_somebody_without_an_account_cannot_move(session: Session) -> None:
    with pytest.raises(UnknownMember):
        move(session, "Annelies", ZIJLWIJK)


def test_a_member_of_another_timebank_cannot_be_moved_here(session: Session) -> None:
    henk = member_of(session, "Henk")

    with pytest.raises(UnknownMember):
        move_member(
            session,
            timebank_id=timebank_of(session).id,
            member_id=henk.id,
            neighbourhood_code=SLAAGHWIJK,
        )

    session.rollback()
    assert member_of(session, "Henk").neighbourhood_code == HOLTEN
