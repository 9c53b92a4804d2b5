# SPDX-License-Identifier: EUPL-1.2
"""What the room of checks refuses."""

from __future__ import annotations


class CheckError(Exception):
    """Anything this room refuses about a check; ``field`` names the question."""

    field = "kind"


class KindMissing(CheckError):
    """Nobody said what was done."""

    def __init__(self) -> None:
        super().__init__("a check is a talk or a training")


class DayMissing(CheckError):
    """There is no day, or it has not come yet."""

    field = "happened_on"

    def __init__(self) -> None:
        super().__init__("a check has a day, today at the latest")
