# SPDX-License-Identifier: EUPL-1.2
"""What the room of concerns refuses: one class per cause."""

from __future__ import annotations


class ConcernError(Exception):
    """Anything this room refuses about a worry; ``field`` names the question."""

    field = "words"


class ConcernEmpty(ConcernError):
    """There are no words."""

    def __init__(self) -> None:
        super().__init__("a worry needs words")


class ConcernTooLong(ConcernError):
    """The words have more characters than they may have."""

    def __init__(self, length: int, longest: int) -> None:
        self.length = length
        self.longest = longest
        super().__init__(f"a worry of {length} characters is longer than {longest}")


class NobodyReads(ConcernError):
    """There is nobody here who could read it: better refused than left lying."""

    def __init__(self) -> None:
        super().__init__("nobody in this timebank can read this worry")


class OutcomeMissing(ConcernError):
    """A worry is closed with what was done."""

    field = "outcome"

    def __init__(self) -> None:
        super().__init__("a worry is closed with an outcome")


class UnknownConcern(Exception):
    """There is no worry that this actor may read; whether it exists is not told."""

    def __init__(self) -> None:
        super().__init__("no such worry within reach")


class AlreadyClosed(Exception):
    """A colleague was first."""

    def __init__(self) -> None:
        super().__init__("this worry was dealt with")
