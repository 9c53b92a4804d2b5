# SPDX-License-Identifier: EUPL-1.2
"""What the room of suggestions refuses: one class per cause."""

from __future__ import annotations


class SuggestionError(Exception):
    """Anything this room refuses."""


class UnknownSuggestion(SuggestionError):
    """There is none for this actor; whether it exists elsewhere is not told."""

    def __init__(self) -> None:
        super().__init__("no such suggestion")


class SuggestionMoved(SuggestionError):
    """Somebody else was first, the time is over, or it is not needed any more."""

    def __init__(self) -> None:
        super().__init__("the suggestion does not stand where it stood")


class MomentMissing(SuggestionError):
    """Nobody said which half-day."""

    def __init__(self) -> None:
        super().__init__("one of the half-days that suit both")
