# SPDX-License-Identifier: EUPL-1.2
"""What the room of service areas refuses."""

from __future__ import annotations


class ServiceAreaError(Exception):
    """Anything this room refuses."""


class NotTakingPart(ServiceAreaError):
    """A neighbourhood that the timebank did not switch on."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(f"{code!r:.20} is no neighbourhood of this timebank")


class NameImpossible(ServiceAreaError):
    """A name of no letters, of more than sixty, or with letters that nobody can read."""

    def __init__(self) -> None:
        super().__init__("a service area needs a name of 1 to 60 letters")
