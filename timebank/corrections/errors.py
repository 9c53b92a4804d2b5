# SPDX-License-Identifier: EUPL-1.2
"""What the room of corrections refuses; ``field`` names the question of the form."""

from __future__ import annotations


class CorrectionError(Exception):
    """Anything this room refuses."""

    field: str


class NameMissing(CorrectionError):
    """A name needs letters."""

    def __init__(self, field: str) -> None:
        self.field = field
        super().__init__("a name needs letters")


class NameTooLong(CorrectionError):
    """A name has more characters than fit."""

    def __init__(self, field: str, longest: int) -> None:
        self.field = field
        self.longest = longest
        super().__init__(f"a name has at most {longest} characters")


class AddressNotPossible(CorrectionError):
    """This is no e-mail address."""

    field = "email"

    def __init__(self) -> None:
        super().__init__("no such e-mail address can be")


class PauseOver(CorrectionError):
    """The last day of the pause would lie before today."""

    field = "until"

    def __init__(self) -> None:
        super().__init__("the pause would be over before it began")


class ChangeNotValid(Exception):
    """The link was used before, is too old, or never existed; which of these is not told."""

    def __init__(self) -> None:
        super().__init__("the link to confirm an address is not valid (any more)")
