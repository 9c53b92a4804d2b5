# SPDX-License-Identifier: EUPL-1.2
"""What the room of what everyone may read refuses; the library has refusals of its own."""

from __future__ import annotations

import datetime


class ShowingError(Exception):
    """Anything this room refuses."""


class TooLateToChange(ShowingError):
    """Months that have begun keep the thresholds with which they began."""

    def __init__(self, today: datetime.date) -> None:
        self.today = today
        super().__init__(f"other thresholds can count from {today} on, not earlier")
