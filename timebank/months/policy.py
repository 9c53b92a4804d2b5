# SPDX-License-Identifier: EUPL-1.2
"""Months, when they may be closed, and how a report is spelled and sealed. Pure."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
from typing import Any

from timebank.statements.policy import MONTHS_OF_A_QUARTER, Quarter, quarter_of

CLOSING_DAY = 5
"""The day on which the month before is closed, where a timebank chose no other."""
EARLIEST_CLOSING_DAY, LATEST_CLOSING_DAY = 4, 28
"""Earlier, the last days of the month would still be open; later, not every month has the day."""
FORMAT = 2
"""Since 2 a quarter holds its hours, what everyone may read of it, and kinds of help as a list."""
NO_DIGEST = bytes(32)
"""What the first closed month continues."""


@dataclasses.dataclass(frozen=True, order=True)
class Month:
    """A month of the Dutch calendar."""

    year: int
    number: int

    @property
    def first_day(self) -> datetime.date:
        """Return the first day (inclusive)."""
        return datetime.date(self.year, self.number, 1)

    @property
    def last_day(self) -> datetime.date:
        """Return the last day (inclusive)."""
        return self.next().first_day - datetime.timedelta(days=1)

    @property
    def code(self) -> str:
        """Return the month as it stands in an address and a report, such as ``2026-03``."""
        return f"{self.year}-{self.number:02}"

    @property
    def ends_quarter(self) -> Quarter | None:
        """Return the quarter that ends with this month, if one does."""
        return quarter_of(self.first_day) if self.number % MONTHS_OF_A_QUARTER == 0 else None

    def next(self) -> Month:
        """Return the month after this one."""
        return Month(self.year + self.number // 12, self.number % 12 + 1)

    def previous(self) -> Month:
        """Return the month before this one."""
        return Month(self.year - (self.number == 1), (self.number - 2) % 12 + 1)


def month_of(day: datetime.date) -> Month:
    """Return the month in which this day falls."""
    return Month(day.year, day.month)


def last_due(today: datetime.date, closing_day: int) -> Month:
    """Return the latest month that is to be closed on this day (inclusive) or before it."""
    before = month_of(today).previous()
    return before if today.day >= closing_day else before.previous()


def canonical(report: Any) -> str:  # noqa: ANN401 - whatever JSON can hold
    """Spell a report as JSON in one way only: keys in order, no spaces, as UTF-8 text."""
    return json.dumps(
        report, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )


def digest_of(report: str, previous: bytes) -> bytes:
    """Return the SHA-256 of the digest before and the bytes of a report."""
    return hashlib.sha256(previous + report.encode()).digest()
