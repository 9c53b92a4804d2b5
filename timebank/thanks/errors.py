# SPDX-License-Identifier: EUPL-1.2
"""What the room of thanks refuses."""

from __future__ import annotations

from timebank.exchanges.errors import ExchangeError


class ThanksMissing(ExchangeError):
    """A thank-you without words."""

    field = "thanks"

    def __init__(self) -> None:
        super().__init__("a thank-you has words")


class AlreadyThanked(ExchangeError):
    """There are words of thanks already: they are said once for each exchange."""

    field = "thanks"

    def __init__(self) -> None:
        super().__init__("there is a thank-you for this exchange already")
