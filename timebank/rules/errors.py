# SPDX-License-Identifier: EUPL-1.2
"""What the room of rules refuses."""

from __future__ import annotations


class RuleError(Exception):
    """Anything this room refuses."""


class RuleOutOfBounds(RuleError):
    """The value of a rule is no whole number between its bounds."""

    def __init__(self, field: str, least: int, most: int) -> None:
        self.field = field
        self.least = least
        self.most = most
        super().__init__(f"{field} lies between {least} and {most}")


class UnknownPlace(RuleError):
    """The timebank has no such neighbourhood, or the actor does not reach it."""

    def __init__(self) -> None:
        super().__init__("no such neighbourhood")
