# SPDX-License-Identifier: EUPL-1.2
"""What the room of approvals refuses."""

from __future__ import annotations

from timebank.exchanges.errors import ExchangeError


class OwnExchange(ExchangeError):
    """Nobody decides about an exchange they took part in. Source: policy row L17."""

    def __init__(self) -> None:
        super().__init__("somebody else must decide about this exchange")


class ReasonMissing(ExchangeError):
    """A rejection needs a reason, and the reason "other" needs words."""

    field = "reason"

    def __init__(self) -> None:
        super().__init__("a reason is needed, and other reasons need words")


class WordsMissing(ExchangeError):
    """Who gives something back says in a few words why."""

    field = "words"

    def __init__(self) -> None:
        super().__init__("words are needed to give it back")


class SecondNeeded(ExchangeError):
    """The actor was the first of two who must approve. Source: policy row V15."""

    def __init__(self) -> None:
        super().__init__("a second, different coordinator must approve")
