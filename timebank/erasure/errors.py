# SPDX-License-Identifier: EUPL-1.2
"""What the room of erasure refuses."""

from __future__ import annotations


class NobodyToErase(Exception):
    """There is no such member within reach, or they were erased before."""

    def __init__(self) -> None:
        super().__init__("there is no such member, or they were erased before")


class UnreadableList(Exception):
    """A line of the list of erasures is no line of it; a restore must not pass it by."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(f"line {number} of the list of erasures cannot be read")
