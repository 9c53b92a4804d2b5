# SPDX-License-Identifier: EUPL-1.2
"""What the room of disputes refuses."""

from __future__ import annotations

from timebank.exchanges.errors import ExchangeError


class DisputeReasonMissing(ExchangeError):
    """A dispute needs a reason from the list, and the reason "other" needs words."""

    field = "reason"

    def __init__(self) -> None:
        super().__init__("a reason is needed, and other reasons need words")


class AlreadyDisputed(ExchangeError):
    """Somebody said so before, and a coordinator is looking at it."""

    def __init__(self) -> None:
        super().__init__("a coordinator is looking at this exchange already")
