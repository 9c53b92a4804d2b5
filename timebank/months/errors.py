# SPDX-License-Identifier: EUPL-1.2
"""What the room of months refuses."""

from __future__ import annotations


class MonthError(Exception):
    """Anything this room refuses."""


class UnknownMonth(MonthError):
    """That month is not closed here."""


class ImpossibleDay(MonthError):
    """A day of closing that not every month has, or on which days of the month are still open."""

    def __init__(self) -> None:
        super().__init__("a month is closed on a day from 4 up to and including 28")
