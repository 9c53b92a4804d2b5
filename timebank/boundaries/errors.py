# SPDX-License-Identifier: EUPL-1.2
"""What the room of boundaries refuses: one class per cause."""

from __future__ import annotations


class OverrideError(Exception):
    """Anything this room refuses about an exception; ``field`` names the question."""

    field = "reason"


class OverrideReasonMissing(OverrideError):
    """An exception without a reason is none."""

    def __init__(self) -> None:
        super().__init__("an exception asks for a reason")


class OverrideReasonTooLong(OverrideError):
    """The reason has more characters than it may have."""

    def __init__(self, length: int, longest: int) -> None:
        self.length = length
        self.longest = longest
        super().__init__(f"a reason of {length} characters is longer than {longest}")


class KindNotProfessional(OverrideError):
    """This kind of help needs no exception, or its name tells too much to keep with two names."""

    field = "category"

    def __init__(self) -> None:
        super().__init__("only work for a professional needs an exception")


class NotTwoPeople(OverrideError):
    """The two are not two people of this timebank, of whom one lives within reach."""

    field = "helper"

    def __init__(self) -> None:
        super().__init__("an exception is for two people, one of whom is within reach")


class OwnOverride(OverrideError):
    """Nobody makes an exception for an exchange they take part in. Source: policy row L17."""

    field = "helper"

    def __init__(self) -> None:
        super().__init__("somebody else must allow this exception")
