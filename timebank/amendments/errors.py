# SPDX-License-Identifier: EUPL-1.2
"""What the room of amendments refuses."""

from __future__ import annotations

from timebank.exchanges.errors import ExchangeError


class NothingChanged(ExchangeError):
    """A correction with the same answers corrects nothing."""

    field = "category"

    def __init__(self) -> None:
        super().__init__("these are the answers that stand already")


class BothLeft(ExchangeError):
    """Neither of the two has an account any more: there is nobody whose hours could change."""

    def __init__(self) -> None:
        super().__init__("both people stopped taking part")
