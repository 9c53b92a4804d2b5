# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime

import pytest
from sqlalchemy.orm import Session

from tests.builders import (
    NOW,
    TODAY,
    ZIJLWIJK,
    actor_of,
    approved,
    logged,
    member_of,
    timebank_of,
)
from timebank.approvals.queries import own_waiting, waiting_for
from timebank.members.errors import NotPermitted
from timebank.members.operations import grant_role
from timebank.members.policy import Role, organisation

MINUTE = datetime.timedelta(minutes=1)


def test_what_waits_comes_oldest_first_and_what_was_decided_is_gone(session: Session) -> None:
    second = logged(session, "Fatima", "Jan", now=NOW + MINUTE)
    first = logged(session, "Jan", "Fatima", now=NOW)
    approved(session, "Fatima", "Jan")

    waiting = waiting_for(session, by=actor_of(session, "Nadia"))

    assert [one.exchange_id for one in waiting] == [first, second]


def test_a_coordinator_sees_what_touches_the_neighbourhood_on_either_side(
    session: Session,
) -> None:
    within = logged(session, "Fatima", "Jan", now=NOW)
    given = logged(session, "Fatima", "Greet", now=NOW + MINUTE)
    received = logged(session, "Greet", "Fatima", now=NOW + 2 * MINUTE)

    of_nadia = waiting_for(session, by=actor_of(session, "Nadia"))
    of_marijke = waiting_for(session, by=actor_of(session, "Marijke"))

    assert [one.exchange_id for one in of_nadia] == [within, given, received]
    assert [one.exchange_id for one in of_marijke] == [given, received]


def test_a_coordinator_of_two_neighbourhoods_sees_each_exchange_once(session: Session) -> None:
    between = logged(session, "Fatima", "Greet")
    grant_role(
        session,
        member_of(session, "Nadia"),
        Role.COORDINATOR,
        starts_on=TODAY,
        now=NOW,
        neighbourhood_code=ZIJLWIJK,
    )

    waiting = waiting_for(session, by=actor_of(session, "Nadia"))

    assert [one.exchange_id for one in waiting] == [between]


def test_an_administrator_sees_everything_of_the_timebank_and_nothing_of_another(
    session: Session,
) -> None:
    here = logged(session, "Fatima", "Greet")
    there = logged(session, "Henk", "Gerda")

    of_bart = waiting_for(session, by=actor_of(session, "Bart"))
    of_gerda = own_waiting(session, by=actor_of(session, "Gerda"))

    assert [one.exchange_id for one in of_bart] == [here]
    assert [one.exchange_id for one in of_gerda] == [there]


def test_what_a_coordinator_took_part_in_stands_apart_for_a_colleague(session: Session) -> None:
    helped = logged(session, "Fatima", "Nadia", now=NOW + MINUTE)
    helper = logged(session, "Nadia", "Fatima", now=NOW)
    of_others = logged(session, "Jan", "Fatima")
    logged(session, "Greet", "Marijke")
    nadia = actor_of(session, "Nadia")

    waiting, own = waiting_for(session, by=nadia), own_waiting(session, by=nadia)

    assert [one.exchange_id for one in waiting] == [of_others]
    assert [one.exchange_id for one in own] == [helper, helped]


def test_what_was_written_down_at_one_moment_goes_by_the_day_of_the_help(
    session: Session,
) -> None:
    days = [datetime.date(2026, 3, day) for day in (5, 3, 4)]
    for day in days:
        logged(session, helped_on=day)

    waiting = waiting_for(session, by=actor_of(session, "Nadia"))

    assert [one.helped_on for one in waiting] == sorted(days)


def test_the_organisation_took_part_in_nothing_and_sees_everything_that_waits(
    session: Session,
) -> None:
    exchange_id = logged(session)
    by = organisation(timebank_of(session).id)

    assert [one.exchange_id for one in waiting_for(session, by=by)] == [exchange_id]
    assert list(own_waiting(session, by=by)) == []


def test_no_more_come_than_asked_for(session: Session) -> None:
    for number in range(3):
        logged(session, now=NOW + number * MINUTE)

    assert len(waiting_for(session, by=actor_of(session, "Nadia"), limit=2)) == 2


@pytest.mark.parametrize("by", ["Fatima", "Annelies"])
def test_who_decides_nothing_sees_no_list(session: Session, by: str) -> None:
    with pytest.raises(NotPermitted):
        waiting_for(session, by=actor_of(session, by))
    with pytest.raises(NotPermitted):
        own_waiting(session, by=actor_of(session, by))
