# SPDX-License-Identifier: EUPL-1.2
"""What the room of appointments refuses: one class per cause.

``field`` names the question of the form at which the refusal belongs.
"""

from __future__ import annotations

import datetime


class AppointmentError(Exception):
    """Anything this room refuses."""

    field: str | None = None


class DayPassed(AppointmentError):
    """Nobody agrees on a day that is over."""

    field = "happens_on"

    def __init__(self, day: datetime.date) -> None:
        self.day = day
        super().__init__(f"{day} is over")


class DayFarAhead(AppointmentError):
    """The day is further ahead than anybody agrees on help."""

    field = "happens_on"

    def __init__(self, day: datetime.date) -> None:
        self.day = day
        super().__init__(f"{day} is too far ahead")


class WordsTooLong(AppointmentError):
    """The place or the tasks have more characters than they may have."""

    def __init__(self, field: str, length: int, longest: int) -> None:
        self.field = field
        self.length = length
        self.longest = longest
        super().__init__(f"{length} characters in {field} is more than {longest}")


class WordsNotReadable(AppointmentError):
    """The place or the tasks hold control characters, which no person typed."""

    def __init__(self, field: str) -> None:
        self.field = field
        super().__init__(f"{field} holds control characters")


class UnknownAppointment(AppointmentError):
    """There is no such appointment for this actor; whether it exists elsewhere is not told."""

    def __init__(self) -> None:
        super().__init__("no such appointment within reach")


class AlreadyAnswered(AppointmentError):
    """Somebody gave another answer before."""

    def __init__(self, state: str) -> None:
        self.state = state
        super().__init__(f"the appointment is {state} already")


class NotThatDay(AppointmentError):
    """Before the day nobody knows how it went; after it nobody can call off any more."""

    def __init__(self) -> None:
        super().__init__("this answer does not fit the day")
