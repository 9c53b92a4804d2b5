# SPDX-License-Identifier: EUPL-1.2
"""Periods, and what one account did in them. Pure."""

from __future__ import annotations

import dataclasses
import datetime

from timebank import clock

MONTHS_OF_A_QUARTER = 3


@dataclasses.dataclass(frozen=True, order=True)
class Quarter:
    """Three months of the Dutch calendar; it counts entries by when they were booked."""

    year: int
    number: int

    @property
    def first_day(self) -> datetime.date:
        """Return the first day of the quarter (inclusive)."""
        return datetime.date(self.year, MONTHS_OF_A_QUARTER * (self.number - 1) + 1, 1)

    @property
    def last_day(self) -> datetime.date:
        """Return the last day of the quarter (inclusive)."""
        return self.next().first_day - datetime.timedelta(days=1)

    @property
    def since(self) -> datetime.datetime:
        """Return the moment at which the quarter begins (inclusive)."""
        return clock.start_of(self.first_day)

    @property
    def until(self) -> datetime.datetime:
        """Return the moment at which the quarter ends (exclusive)."""
        return self.next().since

    @property
    def code(self) -> str:
        """Return the quarter as it stands in an address, such as ``2026-2``."""
        return f"{self.year}-{self.number}"

    def next(self) -> Quarter:
        """Return the quarter after this one."""
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)

    def previous(self) -> Quarter:
        """Return the quarter before this one."""
        return Quarter(self.year - (self.number == 1), (self.number - 2) % 4 + 1)


def quarter_of(day: datetime.date) -> Quarter:
    """Return the quarter in which this day falls."""
    return Quarter(day.year, (day.month - 1) // MONTHS_OF_A_QUARTER + 1)


@dataclasses.dataclass(frozen=True)
class Share:
    """What one account gave and received in the period, in minutes."""

    given_minutes: int
    received_minutes: int
