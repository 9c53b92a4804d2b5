# SPDX-License-Identifier: EUPL-1.2
"""What a coordinator finds on the desk: first what needs a person, then the ordinary rest."""

from __future__ import annotations

import datetime
import uuid

import pytest
from sqlalchemy.orm import Session

from tests.builders import NOW, SLAAGHWIJK, actor_of, approved, logged
from tests.rules.test_changing import let_count
from timebank.agreements.operations import confirm_exchange
from timebank.approvals.operations import approve_exchange
from timebank.desk.queries import Inbox, Item, deciders, inbox_of, waiting_since_long
from timebank.disputes.operations import Complaint, raise_dispute
from timebank.disputes.policy import DisputeReason
from timebank.members.errors import NotPermitted
from timebank.signals.policy import Look


def inbox(session: Session, name: str = "Nadia") -> Inbox:
    return inbox_of(session, by=actor_of(session, name))


def only(found: Inbox, exchange_id: uuid.UUID) -> Item:
    item = found.item(exchange_id)
    assert item is not None
    return item


def test_first_what_stands_out_then_the_rest_by_kind_the_largest_group_first(
    session: Session,
) -> None:
    approved(session)
    coffee = logged(session, category_code="coffee", minutes=30)
    groceries = [logged(session, minutes=30) for _ in range(2)]
    newcomer = logged(session, "Fatima", "Greet", minutes=30)
    long = logged(session, minutes=300, helped_on=datetime.date(2026, 2, 9))

    found = inbox(session)

    assert [item.exchange.exchange_id for item in found.first] == [long, newcomer]
    assert [item.looks for item in found.first] == [(Look.UNUSUAL_HOURS,), (Look.FIRST_EXCHANGE,)]
    assert [group.category_code for group in found.groups] == ["groceries", "coffee"]
    grouped = [{item.exchange.exchange_id for item in group.items} for group in found.groups]
    assert grouped == [set(groceries), {coffee}]
    assert [group.minutes for group in found.groups] == [60, 30]
    assert (found.count, found.ordinary, found.more) == (5, 3, False)


def test_that_both_agree_stands_with_it(session: Session) -> None:
    approved(session)
    exchange_id = logged(session, minutes=30)
    assert not only(inbox(session), exchange_id).agreed

    confirm_exchange(session, exchange_id, by=actor_of(session, "Jan"), now=NOW)

    assert only(inbox(session), exchange_id).agreed


def test_after_the_first_of_two_it_waits_for_a_colleague(session: Session) -> None:
    let_count(session, four_eyes_minutes=60)
    approved(session, minutes=30)
    exchange_id = logged(session)
    assert only(inbox(session), exchange_id).looks == (Look.SECOND_NEEDED,)

    approve_exchange(session, exchange_id, by=actor_of(session, "Nadia"), now=NOW)

    assert [one.exchange.exchange_id for one in inbox(session).waits_for_others] == [exchange_id]
    (item,) = inbox(session, "Bart").first
    assert (item.first_by, item.waits_for_second) == ("Nadia Benali", False)


@pytest.mark.policy("L6")
def test_many_hours_of_one_pair_in_a_week_need_a_look_where_the_neighbourhood_says_so(
    session: Session,
) -> None:
    approved(session, minutes=240)
    exchange_id = logged(session, minutes=135)
    assert only(inbox(session), exchange_id).looks == (Look.PAIR_WEEK,)

    let_count(session, SLAAGHWIJK, alert_pair_week_minutes=375)

    assert only(inbox(session), exchange_id).looks == ()


def say_at(session: Session, exchange_id: uuid.UUID, moment: datetime.datetime) -> None:
    what = Complaint(DisputeReason.WRONG_TIME)
    raise_dispute(session, exchange_id, what, by=actor_of(session, "Jan"), now=moment)


@pytest.mark.policy("D10")
def test_what_waits_long_is_found_oldest_first_for_who_may_decide(session: Session) -> None:
    booked = approved(
        session, now=NOW - datetime.timedelta(days=20), helped_on=datetime.date(2026, 2, 18)
    )
    older, old, young = (
        logged(
            session,
            now=NOW - datetime.timedelta(days=days),
            helped_on=datetime.date(2026, 2, 20),
        )
        for days in (13, 12, 6)
    )

    assert waiting_since_long(session, by=actor_of(session, "Nadia"), now=NOW) == [
        (older, 13),
        (old, 12),
    ]
    assert waiting_since_long(session, by=actor_of(session, "Marijke"), now=NOW) == []
    say_at(session, booked, NOW - datetime.timedelta(days=12, hours=5))
    say_at(session, young, NOW - datetime.timedelta(days=3))
    assert waiting_since_long(session, by=actor_of(session, "Nadia"), now=NOW) == [
        (older, 13),
        (booked, 12),
        (old, 12),
    ]
    assert waiting_since_long(session, by=actor_of(session, "Marijke"), now=NOW) == []
    let_count(session, remind_after_days=0)
    assert waiting_since_long(session, by=actor_of(session, "Nadia"), now=NOW) == []
    bank = actor_of(session, "Nadia").timebank_id
    names = {one.actor.given_name for one in deciders(session, timebank_id=bank, today=NOW.date())}
    assert names == {"Nadia", "Marijke", "Bart"}


def test_nobody_else_has_a_desk(session: Session) -> None:
    for name in ("Jan", "Annelies"):
        with pytest.raises(NotPermitted):
            inbox(session, name)
