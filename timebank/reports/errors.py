# SPDX-License-Identifier: EUPL-1.2
"""What the room of reports refuses."""

from __future__ import annotations

import enum


class ReportError(Exception):
    """Anything this room refuses."""


class Why(enum.StrEnum):
    """Why there is no report of a period."""

    UNREADABLE = "unreadable"
    TO_COME = "to_come"
    TOO_LONG = "too_long"
    TOO_OLD = "too_old"


class NoSuchPeriod(ReportError):
    """There is no report of this period, for a reason that the page tells."""

    def __init__(self, why: Why) -> None:
        self.why = why
        super().__init__(why.value)


class NoSuchArea(ReportError):
    """The timebank has no such area, or this reader may not choose it.

    Attributes:
        year: the year of the national division in which the code stands; None when in none.
    """

    def __init__(self, year: int | None = None) -> None:
        self.year = year
        super().__init__("no such area")
