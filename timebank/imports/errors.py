# SPDX-License-Identifier: EUPL-1.2
"""What the room of imports refuses: a line, a file that was kept, a file as a whole.

``field`` is the column to which a refusal belongs. A refusal quotes at most sixty signs.
"""

from __future__ import annotations


class LineRefused(Exception):
    """Anything that keeps one line out of the books."""

    field: str | None = None


class EmptyCell(LineRefused):
    """A column that is needed says nothing."""

    def __init__(self, field: str) -> None:
        self.field = field
        super().__init__("this is empty")


class NotLegible(LineRefused):
    """A cell holds NUL bytes."""

    def __init__(self, field: str) -> None:
        self.field = field
        super().__init__("this holds signs that nobody can read")


class NotUnderstood(LineRefused):
    """A cell is no day, no duration or no number."""

    def __init__(self, field: str, why: str) -> None:
        self.field = field
        super().__init__(why)


class FileFormUsed(Exception):
    """The form was sent before with another file or other answers; the first one is kept."""

    def __init__(self) -> None:
        super().__init__("the key of the form was used for another file")


class NobodyKnown(LineRefused):
    """Nobody in the actor's reach is called this, or has this number or address."""

    def __init__(self, field: str, written: str) -> None:
        self.field = field
        self.written = written
        super().__init__(f"nobody here is called {written!r:.60}")


class SeveralKnown(LineRefused):
    """A name that more than one person has; it is not guessed who is meant."""

    def __init__(self, field: str, written: str) -> None:
        self.field = field
        self.written = written
        super().__init__(f"more than one person is called {written!r:.60}")


class NumberUsed(LineRefused):
    """A line with this number came before, and said something else."""

    field = "number"

    def __init__(self, number: str) -> None:
        self.number = number
        super().__init__(f"{number!r:.60} came before with something else on its line")


class NotCounting(LineRefused):
    """A line of a table of ours says that this help was not approved, or does not count any more.

    ``state`` is the word in its column. The line is left out; there is nothing wrong with it.
    """

    field = "state"

    def __init__(self, state: str) -> None:
        self.state = state
        super().__init__(f"it was {state} where this table was made; it is not added")


class BeyondLimit(LineRefused):
    """The hours of one of the two would pass what the timebank allows."""

    field = "minutes"

    def __init__(self) -> None:
        super().__init__("this would pass the limit of somebody's hours")


class LeftMeanwhile(LineRefused):
    """The account of one of the two was closed between judging and booking."""

    def __init__(self) -> None:
        super().__init__("somebody stopped taking part a moment ago")


class UnknownFile(Exception):
    """There is no such file for this actor: never kept, past its day, or somebody else's."""

    def __init__(self) -> None:
        super().__init__("no such file")


class NotAllGood(Exception):
    """A file that goes in as a whole or not at all has a bad line; nothing was booked."""

    def __init__(self, bad: int) -> None:
        self.bad = bad
        super().__init__(f"{bad} bad lines: nothing was booked")
