# SPDX-License-Identifier: EUPL-1.2
"""What the room of the desk refuses."""

from __future__ import annotations

from timebank.exchanges.errors import ExchangeError


class TooLateToUndo(ExchangeError):
    """The decision was carried out, or it was never this actor's."""

    def __init__(self) -> None:
        super().__init__("it is too late to undo this")
