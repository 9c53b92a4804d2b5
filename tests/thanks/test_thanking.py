# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime
import uuid

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import ledger
from tests.builders import NOW, actor_of, approved, logged
from timebank.amendments.operations import take_back
from timebank.approvals.errors import OwnExchange
from timebank.exchanges.errors import AlreadyDecided, NoteTooLong, UnknownExchange
from timebank.exchanges.queries import exchange_for
from timebank.members.errors import NotPermitted
from timebank.thanks.errors import AlreadyThanked, ThanksMissing
from timebank.thanks.models import ThankYou
from timebank.thanks.operations import read_thanks, write_thanks
from timebank.thanks.queries import thanks_of, waiting_thanks

LATER = NOW + datetime.timedelta(hours=1)
WORDS = "Dank u wel, de soep was heerlijk."


def thank(session: Session, exchange_id: uuid.UUID, words: str = WORDS, by: str = "Jan") -> None:
    write_thanks(session, exchange_id, words, by=actor_of(session, by), now=NOW)


def read(session: Session, exchange_id: uuid.UUID, by: str = "Nadia", *, show: bool = True) -> None:
    read_thanks(session, exchange_id, show=show, by=actor_of(session, by), now=LATER)


def seen_by(session: Session, name: str, exchange_id: uuid.UUID) -> str | None:
    actor = actor_of(session, name)
    thanks = thanks_of(session, exchange_for(session, exchange_id, by=actor), by=actor)
    return thanks and thanks.words


def waiting(session: Session, name: str) -> list[uuid.UUID]:
    rows = waiting_thanks(session, by=actor_of(session, name))
    return [thanks.exchange_id for thanks, _ in rows]


@pytest.mark.policy("L15")
def test_the_helper_sees_the_thanks_after_a_coordinator_agreed_and_there_is_no_score(
    session: Session,
) -> None:
    exchange_id = approved(session)
    thank(session, exchange_id)
    session.commit()
    assert seen_by(session, "Fatima", exchange_id) is None
    assert seen_by(session, "Jan", exchange_id) == WORDS
    assert waiting(session, "Nadia") == [exchange_id]

    read(session, exchange_id)
    session.commit()

    assert seen_by(session, "Fatima", exchange_id) == WORDS
    assert waiting(session, "Nadia") == []
    columns = {
        f"{table.name}.{column.name}"
        for table in ledger.Base.metadata.tables.values()
        for column in table.columns
    }
    assert not [one for one in columns if "score" in one or "stars" in one or "rating" in one]


def test_what_a_coordinator_keeps_back_the_helper_never_sees(session: Session) -> None:
    exchange_id = approved(session)
    thank(session, exchange_id)

    read(session, exchange_id, show=False)
    session.expire_all()

    assert seen_by(session, "Fatima", exchange_id) is None
    assert seen_by(session, "Jan", exchange_id) == WORDS
    with pytest.raises(AlreadyDecided):
        read(session, exchange_id, "Bart")


def test_the_same_thanks_sent_twice_are_kept_once_and_others_are_refused(session: Session) -> None:
    exchange_id = approved(session)

    thank(session, exchange_id)
    thank(session, exchange_id, f" {WORDS} ")
    with pytest.raises(AlreadyThanked):
        thank(session, exchange_id, "Nog een keer bedankt")

    assert session.scalars(select(ThankYou.words)).all() == [WORDS]


@pytest.mark.parametrize(("words", "error"), [("  \n", ThanksMissing), ("x" * 501, NoteTooLong)])
def test_thanks_are_a_few_words(session: Session, words: str, error: type[Exception]) -> None:
    exchange_id = approved(session)

    with pytest.raises(error):
        thank(session, exchange_id, words)


@pytest.mark.parametrize("by", ["Fatima", "Greet", "Nadia", "Henk"])
def test_only_the_one_who_was_helped_thanks(session: Session, by: str) -> None:
    exchange_id = approved(session)

    with pytest.raises(UnknownExchange):
        thank(session, exchange_id, by=by)


def test_thanks_are_for_help_that_counts(session: Session) -> None:
    waits, counted = logged(session), approved(session)
    with pytest.raises(AlreadyDecided):
        thank(session, waits)
    thank(session, counted)

    take_back(session, counted, by=actor_of(session, "Nadia"), now=LATER)

    assert waiting(session, "Nadia") == []


@pytest.mark.policy("L17")
@pytest.mark.parametrize(
    ("by", "error"),
    [("Nadia", OwnExchange), ("Marijke", UnknownExchange), ("Fatima", NotPermitted)],
)
def test_who_took_part_or_is_elsewhere_does_not_read_it_first(
    session: Session, by: str, error: type[Exception]
) -> None:
    exchange_id = approved(session, "Fatima", "Nadia")
    thank(session, exchange_id, by="Nadia")

    with pytest.raises(error):
        read(session, exchange_id, by)

    assert waiting(session, "Nadia") == []
    assert waiting(session, "Bart") == [exchange_id]
