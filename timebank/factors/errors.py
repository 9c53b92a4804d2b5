# SPDX-License-Identifier: EUPL-1.2
"""What the room of factors refuses."""

from __future__ import annotations

import uuid


class FactorError(Exception):
    """Anything this room refuses."""


class WrongDigits(FactorError):
    """The six digits are not those of now, or were used before."""

    def __init__(self) -> None:
        super().__init__("the digits are not right (any more)")


class FactorStands(FactorError):
    """A second factor was confirmed before; only somebody else can take it away."""

    def __init__(self) -> None:
        super().__init__("a second factor stands already")


class OwnFactor(FactorError):
    """Nobody takes their own second factor away: whoever stole a session would do just that."""

    def __init__(self) -> None:
        super().__init__("somebody else must take a second factor away")


class NoFactor(FactorError):
    """The member has no second factor."""

    def __init__(self, member_id: uuid.UUID) -> None:
        self.member_id = member_id
        super().__init__("the member has no second factor")
