# SPDX-License-Identifier: EUPL-1.2
"""What the room of preferences refuses: one class per cause."""

from __future__ import annotations


class PreferenceError(Exception):
    """Anything this room refuses about an answer; ``field`` names the question."""

    field = "slots"


class WhenMissing(PreferenceError):
    """Nobody said when it suits, in words of the list."""

    field = "when"

    def __init__(self) -> None:
        super().__init__("when it suits is one of the list")


class UnknownSlot(PreferenceError):
    """A half-day was sent that no week has."""

    def __init__(self) -> None:
        super().__init__("a half-day of the week")


class SlotMissing(PreferenceError):
    """Not one half-day was chosen."""

    def __init__(self) -> None:
        super().__init__("at least one half-day")


class ReachMissing(PreferenceError):
    """Nobody said how far."""

    field = "reach"

    def __init__(self) -> None:
        super().__init__("how far is one of the list")


class CapacityMissing(PreferenceError):
    """Nobody said how much time."""

    field = "capacity"

    def __init__(self) -> None:
        super().__init__("how much time is one of the list")


class UnknownMuted(PreferenceError):
    """A kind of help was sent that cannot be chosen here."""

    field = "muted"

    def __init__(self) -> None:
        super().__init__("a kind of help that can be chosen here")


class CannotAvoid(PreferenceError):
    """Somebody means themselves, or nobody of this timebank."""

    field = "avoid"

    def __init__(self) -> None:
        super().__init__("a member of this timebank, and somebody else")
