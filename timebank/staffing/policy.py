# SPDX-License-Identifier: EUPL-1.2
"""Which hours of staff may be written down. Pure: plain values in, a refusal or nothing out."""

from __future__ import annotations

import datetime

from timebank.staffing.errors import (
    StaffDayNotCome,
    StaffDayTooLongAgo,
    StaffMinutesImpossible,
)

STEP_MINUTES = 15
"""Hours of staff count in quarters of an hour, in every timebank: no balance depends on them."""
MOST_MINUTES = 24 * 60
"""One line is of one day (inclusive); several of the staff write several lines."""


def check_minutes(minutes: int) -> None:
    """Refuse what is not a whole number of quarters between one quarter and a day, inclusive.

    Raises:
        StaffMinutesImpossible
    """
    if not STEP_MINUTES <= minutes <= MOST_MINUTES or minutes % STEP_MINUTES:
        raise StaffMinutesImpossible(minutes)


def check_day(day: datetime.date, *, today: datetime.date) -> None:
    """Refuse a day after today, or before the same day a year ago; both bounds may be used.

    Raises:
        StaffDayNotCome, StaffDayTooLongAgo
    """
    if day > today:
        raise StaffDayNotCome(day)
    if day < a_year_before(today):
        raise StaffDayTooLongAgo(day)


def a_year_before(today: datetime.date) -> datetime.date:
    """Return the same day a year ago; the 28th of February where there was no 29th."""
    try:
        return today.replace(year=today.year - 1)
    except ValueError:
        return today.replace(year=today.year - 1, day=28)
