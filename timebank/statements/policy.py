# SPDX-License-Identifier: EUPL-1.2
"""Periods, and the rule under which figures of a neighbourhood may be published. Pure."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Sequence

from timebank import clock

MONTHS_OF_A_QUARTER = 3
LEAST_ACTIVE = 10
LEAST_GIVERS = 5
LEAST_RECEIVERS = 5
LARGEST_SHARE_PERCENT = 40
ROUND_MINUTES = 5 * 60
ROUND_PEOPLE = 5
"""Source of the six: docs/adr/0008, after measure P7 of the privacy plan."""


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


@dataclasses.dataclass(frozen=True)
class Published:
    """Figures that may be shown to everyone: rounded to whole fives, never exact."""

    given_minutes: int
    received_minutes: int
    active_people: int

    @property
    def net_minutes(self) -> int:
        """Given minus received, from the rounded figures, so that it tells nothing more."""
        return self.given_minutes - self.received_minutes


def publish(shares: Sequence[Share]) -> Published | None:
    """Return the figures of one neighbourhood for everyone, or None when they are withheld.

    They are withheld below ``LEAST_ACTIVE`` people, ``LEAST_GIVERS`` givers or ``LEAST_RECEIVERS``
    receivers, and when one person stands for more than ``LARGEST_SHARE_PERCENT`` of the minutes.

    Source: docs/adr/0008.
    """
    givers = [share.given_minutes for share in shares if share.given_minutes > 0]
    receivers = [share.received_minutes for share in shares if share.received_minutes > 0]
    too_few = (
        len(shares) < LEAST_ACTIVE or len(givers) < LEAST_GIVERS or len(receivers) < LEAST_RECEIVERS
    )
    if too_few or _one_dominates(givers) or _one_dominates(receivers):
        return None
    return Published(
        given_minutes=_rounded(sum(givers), ROUND_MINUTES),
        received_minutes=_rounded(sum(receivers), ROUND_MINUTES),
        active_people=_rounded(len(shares), ROUND_PEOPLE),
    )


def _one_dominates(minutes: Sequence[int]) -> bool:
    return 100 * max(minutes) > LARGEST_SHARE_PERCENT * sum(minutes)


def _rounded(number: int, step: int) -> int:
    """Round to the nearest step, halves up."""
    return (number + step // 2) // step * step
