# SPDX-License-Identifier: EUPL-1.2
"""What the room of needs refuses: one class per cause."""

from __future__ import annotations


class NeedError(Exception):
    """Anything this room refuses about an answer; ``field`` names the question."""

    field = "words"


class NeedEmpty(NeedError):
    """There are no words."""

    def __init__(self) -> None:
        super().__init__("a need is said in words")


class NeedFormUsed(NeedError):
    """The form was sent before, with other answers: keeping the first would lose these unsaid."""

    def __init__(self) -> None:
        super().__init__("the key of the form was used for other answers")


class NeedTooLong(NeedError):
    """The words have more characters than they may have."""

    def __init__(self, length: int, longest: int, field: str = "words") -> None:
        self.length = length
        self.longest = longest
        self.field = field
        super().__init__(f"words of {length} characters are longer than {longest}")


class NeedMinutesImpossible(NeedError):
    """The time is none of the list."""

    field = "minutes"

    def __init__(self) -> None:
        super().__init__("the time is one of the list, or is left open")


class NeedSlotMissing(NeedError):
    """Not one half-day was chosen."""

    field = "slots"

    def __init__(self) -> None:
        super().__init__("at least one half-day")


class NeedDaysImpossible(NeedError):
    """How long it stays open is none of the list."""

    field = "days"

    def __init__(self) -> None:
        super().__init__("how long it stays open is one of the list")


class NeedKindImpossible(NeedError):
    """The kind of help is not on offer among neighbours."""

    field = "category"

    def __init__(self) -> None:
        super().__init__("a kind of help that neighbours give")


class NeedEndMissing(NeedError):
    """Nobody said how it ended."""

    field = "end"

    def __init__(self) -> None:
        super().__init__("it is filled or not looked for any more")


class NeedAnswered(NeedError):
    """Somebody said yes to it as it stood; they are answered first."""

    def __init__(self, field: str) -> None:
        self.field = field
        super().__init__("somebody said yes to this need as it stands")


class UnknownNeed(Exception):
    """There is no need within reach; whether it exists is not told."""

    def __init__(self) -> None:
        super().__init__("no such need within reach")


class NeedMoved(Exception):
    """It is not in a state from which this can be done."""

    def __init__(self) -> None:
        super().__init__("this need has moved on")
