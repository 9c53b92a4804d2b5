# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timebank.statements.policy import Published, Quarter, Share, publish, quarter_of

AMPLE = [Share(300, 300)] * 10
"""Ten people who each gave and received five hours."""


def changed(*last: Share) -> list[Share]:
    """Ten people of whom the last ones are these."""
    return [*AMPLE[: 10 - len(last)], *last]


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


def test_ample_figures_are_published() -> None:
    assert publish(AMPLE) == Published(3000, 3000, 10)


@pytest.mark.parametrize(
    "shares",
    [
        [],
        AMPLE[:9],
        [Share(300, 300)] * 4 + [Share(0, 300)] * 6,
        [Share(300, 300)] * 4 + [Share(300, 0)] * 6,
        changed(Share(1801, 300)),
        changed(Share(300, 1801)),
    ],
    ids=["nobody", "9 people", "4 givers", "4 receivers", "a giver of 40 %", "a receiver of 40 %"],
)
def test_figures_that_could_tell_about_one_person_are_withheld(shares: list[Share]) -> None:
    assert publish(shares) is None


@pytest.mark.parametrize(
    "shares",
    [
        AMPLE,
        [Share(300, 300)] * 5 + [Share(0, 300)] * 5,
        [Share(300, 300)] * 5 + [Share(300, 0)] * 5,
        changed(Share(1800, 300)),
        changed(Share(300, 1800)),
    ],
    ids=["10 people", "5 givers", "5 receivers", "a giver of 40 %", "a receiver of 40 %"],
)
def test_figures_exactly_at_the_thresholds_are_published(shares: list[Share]) -> None:
    assert publish(shares) is not None


@pytest.mark.parametrize(("people", "rounded"), [(10, 10), (12, 10), (13, 15), (17, 15), (18, 20)])
def test_people_are_rounded_to_fives(people: int, rounded: int) -> None:
    published = publish([Share(300, 300)] * people)

    assert published is not None
    assert published.active_people == rounded


@pytest.mark.parametrize(
    ("extra", "rounded"), [(0, 3000), (149, 3000), (150, 3300), (299, 3300), (449, 3300)]
)
def test_minutes_are_rounded_to_five_hours_halves_up(extra: int, rounded: int) -> None:
    published = publish(changed(Share(300 + extra, 300)))

    assert published is not None
    assert published.given_minutes == rounded
    assert published.received_minutes == 3000
    assert published.net_minutes == rounded - 3000


def test_what_a_correction_took_back_counts_for_nobody_as_given() -> None:
    published = publish([*AMPLE, Share(-600, 0)])

    assert published == Published(3000, 3000, 10)


share = st.builds(
    Share,
    given_minutes=st.integers(-500, 3000),
    received_minutes=st.integers(-500, 3000),
)


@given(st.lists(share, max_size=30))
def test_nothing_is_published_below_a_threshold_and_nothing_unrounded(
    shares: list[Share],
) -> None:
    given_ = [one.given_minutes for one in shares if one.given_minutes > 0]
    received = [one.received_minutes for one in shares if one.received_minutes > 0]
    safe = (
        len(shares) >= 10
        and len(given_) >= 5
        and len(received) >= 5
        and max(given_) <= 0.4 * sum(given_)
        and max(received) <= 0.4 * sum(received)
    )

    published = publish(shares)

    assert (published is not None) == safe
    if published is not None:
        assert published.given_minutes % 300 == published.received_minutes % 300 == 0
        assert published.active_people % 5 == 0
        assert abs(published.given_minutes - sum(given_)) <= 150
        assert abs(published.received_minutes - sum(received)) <= 150
