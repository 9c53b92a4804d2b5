# SPDX-License-Identifier: EUPL-1.2
"""Why help needs a look: each sign alone, just at its limit and just above."""

from __future__ import annotations

import datetime
import uuid

import pytest

from timebank.rules.policy import Rules
from timebank.signals.policy import UNUSUAL_MINUTES, Given, Look, Waiting, reasons_to_look

MARIA, JAN, GREET = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
TUESDAY = datetime.date(2026, 3, 10)
SUNDAY, NEXT_MONDAY = datetime.date(2026, 3, 15), datetime.date(2026, 3, 16)


def given(
    minutes: int,
    helper: uuid.UUID = MARIA,
    helped: uuid.UUID = JAN,
    category: str = "groceries",
    day: datetime.date = TUESDAY,
) -> Given:
    return Given(helper, helped, category, day, minutes)


def looks(
    *earlier: Given, minutes: int = 60, is_first: bool = False, **rules: int
) -> tuple[Look, ...]:
    waiting = Waiting(MARIA, JAN, "groceries", minutes, TUESDAY)
    off = dict.fromkeys(
        ("alert_pair_week_minutes", "alert_trade_week_minutes", "alert_person_day_minutes"), 0
    )
    return reasons_to_look(
        waiting,
        rules=Rules(**(off | rules)),  # type: ignore[arg-type]
        given=[given(minutes), *earlier],
        is_first=is_first,
    )


def test_ordinary_help_needs_no_look() -> None:
    assert looks() == ()


def test_the_first_help_of_somebody_needs_a_look() -> None:
    assert looks(is_first=True) == (Look.FIRST_EXCHANGE,)


def test_many_hours_at_one_go_need_a_look() -> None:
    assert looks(minutes=UNUSUAL_MINUTES) == ()
    assert looks(minutes=UNUSUAL_MINUTES + 15) == (Look.UNUSUAL_HOURS,)


@pytest.mark.policy("L6")
def test_more_than_the_hours_a_week_of_one_pair_ask_whether_this_is_still_voluntary() -> None:
    limit = {"alert_pair_week_minutes": 360}

    assert looks(given(300), **limit) == ()
    assert looks(given(315), **limit) == (Look.PAIR_WEEK,)
    assert looks(given(315, JAN, MARIA), **limit) == (Look.PAIR_WEEK,)
    assert looks(given(315, day=SUNDAY), **limit) == (Look.PAIR_WEEK,)
    assert looks(given(315, day=NEXT_MONDAY), **limit) == ()
    assert looks(given(315, MARIA, GREET), **limit) == ()


def test_much_of_the_same_work_by_one_helper_in_a_week_needs_a_look() -> None:
    limit = {"alert_trade_week_minutes": 120}

    assert looks(given(60, helped=GREET), **limit) == ()
    assert looks(given(75, helped=GREET), **limit) == (Look.TRADE_WEEK,)
    assert looks(given(75, helped=GREET, category="coffee"), **limit) == ()
    assert looks(given(75, helper=GREET), **limit) == ()


def test_many_hours_of_one_helper_on_a_day_need_a_look() -> None:
    limit = {"alert_person_day_minutes": 120}

    assert looks(given(75, helped=GREET, category="coffee"), **limit) == (Look.PERSON_DAY,)
    assert looks(given(75, helped=GREET, day=SUNDAY), **limit) == ()


def test_what_needs_two_coordinators_needs_a_look() -> None:
    assert looks(minutes=60, four_eyes_minutes=60) == ()
    assert looks(minutes=75, four_eyes_minutes=60) == (Look.SECOND_NEEDED,)
