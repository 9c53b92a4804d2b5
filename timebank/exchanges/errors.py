# SPDX-License-Identifier: EUPL-1.2
"""What the room of exchanges refuses: one class per cause.

``field`` names the question of the form at which the refusal belongs; a door shows its words there.
"""

from __future__ import annotations

import datetime


class ExchangeError(Exception):
    """Anything this room refuses."""

    field: str | None = None


class UnknownOther(ExchangeError):
    """The other person takes no part in this timebank, or is not known at all."""

    field = "other"

    def __init__(self) -> None:
        super().__init__("the other person is not known in this timebank")


class SamePerson(ExchangeError):
    """Helper and helped are the same person."""

    field = "other"

    def __init__(self) -> None:
        super().__init__("nobody can help themselves in the books")


class UnknownKind(ExchangeError):
    """The timebank does not offer this kind of help, or not any more."""

    field = "category"

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(f"no open kind of help has the code {code!r:.60}")


class ProfessionalOnly(ExchangeError):
    """Only a professional may do this; nothing is booked. Source: policy row L5."""

    field = "category"

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(f"{code} is for a professional: it is referred, never booked")


class InvalidDuration(ExchangeError):
    """The minutes are fewer than one step or more than a day."""

    field = "minutes"

    def __init__(self, minutes: int, step_minutes: int) -> None:
        self.minutes = minutes
        self.step_minutes = step_minutes
        super().__init__(f"{minutes} minutes is not between {step_minutes} and 1440")


class NotAWholeStep(ExchangeError):
    """The minutes are not a whole number of the timebank's steps."""

    field = "minutes"

    def __init__(self, minutes: int, step_minutes: int) -> None:
        self.minutes = minutes
        self.step_minutes = step_minutes
        super().__init__(f"{minutes} minutes is not a whole number of {step_minutes} minutes")


class DayInFuture(ExchangeError):
    """The help would have been given after today."""

    field = "helped_on"

    def __init__(self, day: datetime.date) -> None:
        self.day = day
        super().__init__(f"{day} has not come yet")


class DayBeforeJoining(ExchangeError):
    """The help would have been given before one of the two took part."""

    field = "helped_on"

    def __init__(self, day: datetime.date, first_day: datetime.date) -> None:
        self.day = day
        self.first_day = first_day
        super().__init__(f"{day} is before {first_day}, when both took part")


class DayTooLongAgo(ExchangeError):
    """The help was given longer ago than this neighbourhood still writes down (policy row V15)."""

    field = "helped_on"

    def __init__(self, day: datetime.date, days_back: int) -> None:
        self.day = day
        self.days_back = days_back
        super().__init__(f"{day} is more than {days_back} days ago")


class HoursFarApart(ExchangeError):
    """One of the two reached a limit, in a timebank that chose to stop there."""

    field = "minutes"

    def __init__(self) -> None:
        super().__init__("a limit of this neighbourhood is reached")


class NoteTooLong(ExchangeError):
    """The note has more characters than a note may have."""

    field = "note"

    def __init__(self, length: int, longest: int) -> None:
        self.length = length
        self.longest = longest
        super().__init__(f"a note of {length} characters is longer than {longest}")


class NoteNotReadable(ExchangeError):
    """The note holds control characters, which no person typed."""

    field = "note"

    def __init__(self) -> None:
        super().__init__("the note holds control characters")


class FormKeyUsed(ExchangeError):
    """This form was sent before, with other answers or by somebody else."""

    def __init__(self) -> None:
        super().__init__("this form key was used before for something else")


class UnknownExchange(ExchangeError):
    """There is no such exchange for this actor; whether it exists elsewhere is not told."""

    def __init__(self) -> None:
        super().__init__("no such exchange")


class AlreadyDecided(ExchangeError):
    """Somebody was first: the exchange is not waiting any more."""

    def __init__(self, state: str) -> None:
        self.state = state
        super().__init__(f"the exchange is {state} already")
