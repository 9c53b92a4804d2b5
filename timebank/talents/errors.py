# SPDX-License-Identifier: EUPL-1.2
"""What the room of talents refuses: one class per cause."""

from __future__ import annotations


class TalentError(Exception):
    """Anything this room refuses about an answer; ``field`` names the question."""

    field = "kinds"


class NothingNoted(TalentError):
    """A talk without a talent leaves nothing to note."""

    def __init__(self) -> None:
        super().__init__("at least one kind of help")


class TalentWordsTooLong(TalentError):
    """The own words have more characters than they may have."""

    field = "words"

    def __init__(self, length: int, longest: int) -> None:
        self.length = length
        self.longest = longest
        super().__init__(f"words of {length} characters are longer than {longest}")


class UnknownTalent(Exception):
    """There is no talent of this kind that waits for a yes; whose it might be is not told."""

    def __init__(self) -> None:
        super().__init__("no such talent waits for a yes")
