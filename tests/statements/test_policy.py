# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime

import pytest

from timebank.statements.policy import Quarter, quarter_of


@pytest.mark.parametrize(
    ("day", "quarter"),
    [
        (datetime.date(2026, 1, 1), Quarter(2026, 1)),
        (datetime.date(2026, 3, 31), Quarter(2026, 1)),
        (datetime.date(2026, 4, 1), Quarter(2026, 2)),
        (datetime.date(2026, 9, 30), Quarter(2026, 3)),
        (datetime.date(2026, 12, 31), Quarter(2026, 4)),
    ],
)
def test_a_day_falls_in_its_quarter(day: datetime.date, quarter: Quarter) -> None:
    assert quarter_of(day) == quarter
    assert quarter.first_day <= day <= quarter.last_day


def test_a_quarter_has_a_first_and_a_last_day_and_a_code() -> None:
    quarter = Quarter(2026, 4)

    assert quarter.first_day == datetime.date(2026, 10, 1)
    assert quarter.last_day == datetime.date(2026, 12, 31)
    assert quarter.code == "2026-4"


@pytest.mark.parametrize(
    ("quarter", "after"),
    [
        (Quarter(2026, 1), Quarter(2026, 2)),
        (Quarter(2026, 3), Quarter(2026, 4)),
        (Quarter(2026, 4), Quarter(2027, 1)),
    ],
)
def test_quarters_follow_each_other_over_the_years(quarter: Quarter, after: Quarter) -> None:
    assert quarter.next() == after
    assert after.previous() == quarter
    assert quarter < after
    assert quarter.until == after.since


def test_a_quarter_begins_and_ends_at_midnight_in_amsterdam() -> None:
    winter, summer = Quarter(2026, 1), Quarter(2026, 3)

    assert winter.since == datetime.datetime(2025, 12, 31, 23, tzinfo=datetime.UTC)
    assert winter.until == datetime.datetime(2026, 3, 31, 22, tzinfo=datetime.UTC)
    assert summer.until == datetime.datetime(2026, 9, 30, 22, tzinfo=datetime.UTC)
