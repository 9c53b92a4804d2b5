# SPDX-License-Identifier: EUPL-1.2
"""What the library of publication refuses."""

from __future__ import annotations

import datetime


class PublicationError(Exception):
    """Anything this library refuses."""


class ThresholdTooLoose(PublicationError):
    """A threshold lies outside its bounds; a timebank may only make the rule stricter."""

    def __init__(self, field: str, least: int, most: int) -> None:
        self.field = field
        self.least = least
        self.most = most
        super().__init__(f"{field} lies between {least} and {most}")


class PeriodOverlaps(PublicationError):
    """Days of this period were published before, in another period."""

    def __init__(self, first_day: datetime.date, last_day: datetime.date) -> None:
        self.first_day = first_day
        self.last_day = last_day
        super().__init__(f"the days from {first_day} to {last_day} were published before")
