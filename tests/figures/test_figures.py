# SPDX-License-Identifier: EUPL-1.2
"""Balances, flows and indicators agree with a slow count, whether days are closed or open."""

from __future__ import annotations

import datetime
import random

import pytest
from sqlalchemy.orm import Session

from tests.builders import NOW, SLAAGHWIJK, TODAY, ZIJLWIJK, actor_of, approved, timebank_of
from tests.figures.counting import balances, journal
from tests.rollups.test_rolling_up import rolled
from timebank.figures.indicators import quarter_report
from timebank.figures.places import ground_of
from timebank.figures.policy import FigureKey, Level
from timebank.figures.queries import area_balances, flow_matrix
from timebank.statements.policy import quarter_of

DAY = datetime.timedelta(days=1)
NAMES = ("Fatima", "Jan", "Greet", "Marijke")


def some_weeks(session: Session, seed: int = 1) -> None:
    """Book at random over ten weeks, in the order of days."""
    chance = random.Random(seed)  # noqa: S311 - a test, not a secret
    for day in sorted(chance.choices(range(-60, 10), k=12)):
        helper, helped = chance.sample(NAMES, 2)
        approved(
            session,
            helper,
            helped,
            minutes=15 * chance.randint(1, 12),
            now=NOW + day * DAY,
            helped_on=datetime.date(2026, 1, 2),
        )


@pytest.mark.parametrize("closed", [None, -20, 3, 30])
def test_a_balance_on_any_day_is_that_of_the_journal_and_all_sum_to_zero(
    session: Session, closed: int | None
) -> None:
    some_weeks(session)
    if closed is not None:
        rolled(session, NOW + closed * DAY)
    booked = journal(session, timebank_of(session).id)

    for day in (-70, -30, -3, 0, 9, 12):
        on = TODAY + day * DAY
        rows = area_balances(session, by=actor_of(session, "Bart"), on=on)
        slow = balances(booked, on)
        for row in rows:
            counted = (row.given_minutes, row.received_minutes)
            assert counted == slow.get(row.key, (0, 0)), (row.key, on)
        assert sum(row.net_minutes for row in rows) == 0


def test_indicators_smoke(session: Session) -> None:
    some_weeks(session)
    ground = ground_of(session, timebank_id=timebank_of(session).id)
    open_report = quarter_report(session, ground, quarter=quarter_of(TODAY), codes=[SLAAGHWIJK])
    rolled(session, NOW + 3 * DAY)
    ground = ground_of(session, timebank_id=timebank_of(session).id)
    closed_report = quarter_report(session, ground, quarter=quarter_of(TODAY), codes=[SLAAGHWIJK])

    assert open_report == closed_report
    print(open_report, ground)
    print(flow_matrix(session, by=actor_of(session, "Nadia"), quarter=quarter_of(TODAY)))
    for level in Level:
        print(area_balances(session, by=actor_of(session, "Bart"), on=TODAY, level=level))
    assert open_report.values[FigureKey.PAIRS]
    assert ZIJLWIJK
