# SPDX-License-Identifier: EUPL-1.2
"""Over any books: every figure agrees with a slow count, and the past does not change."""

from __future__ import annotations

import dataclasses
import datetime
from collections import Counter

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from tests.builders import SLAAGHWIJK, ZIJLWIJK, actor_of, timebank_of
from tests.figures.booking import (
    PRESENT,
    PRESENT_DAY,
    book,
    bring_along,
    people,
    undo,
    undo_against_the_pot,
)
from tests.figures.counting import Booked, balances, journal, ways
from timebank.figures.indicators import quarter_report
from timebank.figures.places import ground_of
from timebank.figures.policy import FigureKey
from timebank.figures.queries import area_balances, flow_matrix, quarter_figures
from timebank.members.operations import move_member
from timebank.pot.models import POT_CODE
from timebank.rollups.operations import roll_up
from timebank.statements.policy import Quarter, quarter_of

DAY = datetime.timedelta(days=1)
BY_CODE = {SLAAGHWIJK, ZIJLWIJK}


@dataclasses.dataclass(frozen=True)
class Event:
    """Something that happens, so many hours after a moment."""

    hours: int
    what: str
    who: int
    other: int
    quarters: int


EVENTS = st.lists(
    st.builds(
        Event,
        hours=st.integers(-24 * 110, 24 * 5),
        what=st.sampled_from(["book"] * 5 + ["coffee", "undo", "undo", "pot", "move", "bring"]),
        who=st.integers(0, 3),
        other=st.integers(1, 3),
        quarters=st.integers(1, 12),
    ),
    max_size=14,
)


def play(session: Session, events: list[Event]) -> None:
    """Let it all happen in the order of time."""
    bank, everyone = timebank_of(session).id, people(session)
    standing: list[tuple[object, int, object]] = []
    for event in sorted(events, key=lambda one: one.hours):
        at, minutes = PRESENT + datetime.timedelta(hours=event.hours), 15 * event.quarters
        who, other = everyone[event.who], everyone[(event.who + event.other) % 4]
        if event.what in ("book", "coffee"):
            kind = "coffee" if event.what == "coffee" else "groceries"
            standing.append((who, minutes, book(session, who, other, minutes, at, kind=kind)))
        elif event.what == "bring":
            bring_along(session, who, minutes, at)
        elif event.what == "move":
            code = ZIJLWIJK if who.neighbourhood_code == SLAAGHWIJK else SLAAGHWIJK
            move_member(session, timebank_id=bank, member_id=who.id, neighbourhood_code=code)
            session.refresh(who)
        elif standing:
            helper, booked, key = standing.pop(0)
            if event.what == "undo":
                undo(session, bank, key, at)  # type: ignore[arg-type]
            else:
                undo_against_the_pot(session, helper, key, booked, at)  # type: ignore[arg-type]


def slow_people(booked: list[Booked], quarter: Quarter, codes: set[str]) -> tuple[int, int]:
    """Count who gave, and who received, something that stands."""
    given, received = Counter[int](), Counter[int]()
    for one in booked:
        if one.kind and quarter.first_day <= one.day <= quarter.last_day:
            given[one.giver_account] += one.minutes if one.giver in codes else 0
            received[one.receiver_account] += one.minutes if one.receiver in codes else 0
    return sum(n > 0 for n in given.values()), sum(n > 0 for n in received.values())


def slow_pairs(booked: list[Booked], quarter: Quarter, codes: set[str]) -> tuple[int, int]:
    """Count the pairs of a quarter, and those that never helped each other before."""
    now, before = Counter[frozenset[int]](), set()
    for one in booked:
        pair = frozenset((one.giver_account, one.receiver_account))
        if one.kind and POT_CODE not in (one.giver, one.receiver):
            if one.day < quarter.first_day:
                before.add(pair)
            elif one.day <= quarter.last_day and {one.giver, one.receiver} & codes:
                now[pair] += one.minutes
    standing = {pair for pair, minutes in now.items() if minutes > 0}
    return len(standing), len(standing - before)


def check(session: Session, quarter: Quarter, days: list[datetime.date]) -> None:
    """Hold every figure against the slow count."""
    bank, bart = timebank_of(session).id, actor_of(session, "Bart")
    booked = journal(session, bank)
    for on in days:
        rows = area_balances(session, by=bart, on=on)
        slow = balances(booked, on)
        assert {row.key: (row.given_minutes, row.received_minutes) for row in rows} == {
            code: slow.get(code, (0, 0)) for code in (*BY_CODE, POT_CODE)
        }
        assert sum(row.net_minutes for row in rows) == 0
    matrix = flow_matrix(session, by=bart, quarter=quarter)
    counted = ways(booked, quarter.first_day, quarter.last_day)
    assert {way: flow.minutes for way, flow in matrix.flows.items()} == counted
    for row in quarter_figures(session, by=bart, quarter=quarter).rows:
        assert row.given_minutes == sum(n for way, n in counted.items() if way[0] == row.code)
    ground = ground_of(session, timebank_id=bank)
    for codes in (BY_CODE, {SLAAGHWIJK}):
        report = quarter_report(session, ground, quarter=quarter, codes=sorted(codes)).values
        found = (report[FigureKey.ACTIVE_GIVERS], report[FigureKey.ACTIVE_RECEIVERS])
        assert found == slow_people(booked, quarter, codes)
        pairs = (report[FigureKey.PAIRS], report[FigureKey.NEW_PAIRS])
        assert pairs == slow_pairs(booked, quarter, codes)
        assert report[FigureKey.HELPED_MINUTES] == sum(
            one.minutes
            for one in booked
            if one.kind
            and quarter.first_day <= one.day <= quarter.last_day
            and {one.giver, one.receiver} & codes
        )


@settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(events=EVENTS, closed=st.none() | st.integers(-60, 12), later=EVENTS)
def test_every_figure_agrees_and_the_past_stays(
    session: Session, events: list[Event], closed: int | None, later: list[Event]
) -> None:
    bank, bart = timebank_of(session).id, actor_of(session, "Bart")
    play(session, events)
    if closed is not None:
        while roll_up(session, timebank_id=bank, now=PRESENT + closed * DAY):
            pass
    days = [PRESENT_DAY - 100 * DAY, PRESENT_DAY - 20 * DAY, PRESENT_DAY, PRESENT_DAY + 6 * DAY]
    check(session, quarter_of(PRESENT_DAY), days)
    past = PRESENT_DAY + 5 * DAY
    before = [(row.key, row.net_minutes) for row in area_balances(session, by=bart, on=past)]

    play(session, [dataclasses.replace(one, hours=abs(one.hours) + 24 * 6) for one in later])
    while roll_up(session, timebank_id=bank, now=PRESENT + 150 * DAY):
        pass

    after = [(row.key, row.net_minutes) for row in area_balances(session, by=bart, on=past)]
    assert after == before
    check(session, quarter_of(PRESENT_DAY), [past])
    check(session, quarter_of(PRESENT_DAY).next(), [PRESENT_DAY + 140 * DAY])
    session.rollback()
