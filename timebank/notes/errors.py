# SPDX-License-Identifier: EUPL-1.2
"""What the room of notes refuses: one class per cause."""

from __future__ import annotations


class NoteError(Exception):
    """Anything this room refuses about the words of a note; ``field`` names the question."""

    field = "words"


class NoteEmpty(NoteError):
    """There is nothing to keep."""

    def __init__(self) -> None:
        super().__init__("a note needs words")


class NoteKindMissing(NoteError):
    """Nobody said whether it is a note or a concern."""

    field = "kind"

    def __init__(self) -> None:
        super().__init__("a note is a note or a concern")


class NoteTooLong(NoteError):
    """The note, or the reason for reading, has more characters than it may have."""

    def __init__(self, length: int, longest: int) -> None:
        self.length = length
        self.longest = longest
        super().__init__(f"a note of {length} characters is longer than {longest}")


class ReadingReasonMissing(NoteError):
    """Whoever has no neighbourhood here must say why the notes are read."""

    field = "reason"

    def __init__(self) -> None:
        super().__init__("reading these notes asks for a reason")


class UnknownPerson(Exception):
    """There is nobody whose notes this actor may see; whether they exist is not told."""

    def __init__(self) -> None:
        super().__init__("no such member within reach")
