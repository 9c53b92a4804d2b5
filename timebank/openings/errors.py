# SPDX-License-Identifier: EUPL-1.2
"""What the room of openings refuses; then nothing at all is booked."""

from __future__ import annotations

from timebank.imports.errors import LineRefused


class NotZero(Exception):
    """The minutes of the file, those of the community account too, do not sum to zero."""

    def __init__(self, difference: int) -> None:
        self.difference = difference
        super().__init__(
            f"the minutes do not sum to zero but to {difference:+d}: the line of the community"
            " account, or another one, is wrong or missing"
        )


class OpeningsRefused(Exception):
    """Some lines are bad; nothing was booked."""

    def __init__(self, bad: int) -> None:
        self.bad = bad
        super().__init__(f"{bad} bad lines: nothing was booked")


class BalanceTooLarge(LineRefused):
    """More than anybody can have given or received: most likely the unit of the column is wrong."""

    def __init__(self, field: str, most: int) -> None:
        self.field = field
        self.most = most
        super().__init__(
            f"more than {most} minutes ({most // 60} hours) for one person: is the"
            " unit of this column the right one?"
        )


class TwiceInFile(LineRefused):
    """A person on two lines; which one counts is not guessed."""

    field = "person"

    def __init__(self) -> None:
        super().__init__("this person stands on an earlier line too")


class OpenedOtherwise(LineRefused):
    """This person has an opening balance already, and another one."""

    field = "minutes"

    def __init__(self, minutes: int) -> None:
        self.minutes = minutes
        super().__init__(f"this person came in with {minutes} minutes before")
