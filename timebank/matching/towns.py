# SPDX-License-Identifier: EUPL-1.2
"""The town: people, needs, who helped whom, laid out in arrays.

The order of people and needs in the arrays is drawn from their ids and the day, so that a tie never
favours who came first in a file, nor the same person every day.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

FORMAT = 1
SLOT_BITS = 21
"""Seven days of a morning, an afternoon and an evening; bit = day * 3 + part, Monday first."""

TWO_TASKS, THREE_TASKS = 120, 240
"""Minutes a fortnight from which somebody takes two or three needs (inclusive)."""

TALK, LISTED, GAVE_BEFORE = 1, 2, 3
"""How well a talent is known; the higher, the better."""
Ints = npt.NDArray[np.int64]
Small = npt.NDArray[np.int8]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclasses.dataclass(frozen=True, eq=False)
class Town:
    """One town at one moment; arrays of people and of needs, each in the order of the day.

    Attributes:
        window_days: so long a need that is not urgent goes first to who has hours to give.
        easy, needs_certificate, remote: of each category.
        x, y: kilometres. balance, capacity: minutes; the balance is given minus received.
        known: people by categories, how well each talent is known; 0 is not at all.
        muted: people by categories, what somebody never wants to be shown.
        owner, category: of each need, the places of its resident and its kind of help.
        waiting: days.
        helper, helped: pairs of people of which the first helped the second, each pair once.
        avoid: pairs of people that are never brought together, one row for each.
    """

    name: str
    day: str
    window_days: float
    categories: tuple[str, ...]
    easy: Flags
    needs_certificate: Flags
    remote: Flags
    residents: tuple[str, ...]
    neighbourhoods: tuple[str, ...]
    x: Floats
    y: Floats
    balance: Ints
    slots: Ints
    max_km: Floats
    capacity: Ints
    certificate: Flags
    paused: Flags
    known: Small
    muted: Flags
    needs: tuple[str, ...]
    owner: Ints
    category: Ints
    minutes: Ints
    need_slots: Ints
    waiting: Floats
    urgent: Flags
    helper: Ints
    helped: Ints
    avoid: Ints

    @property
    def to_give(self) -> Ints:
        """Minutes that each person still has to give, zero or more."""
        return np.maximum(0, -self.balance)

    @property
    def most_tasks(self) -> Ints:
        """How many needs each person takes at most: 3, 2 or 1 by capacity."""
        return 1 + (self.capacity >= TWO_TASKS).astype(np.int64) + (self.capacity >= THREE_TASKS)


def in_order_of_the_day(ids: Sequence[str], day: str) -> list[int]:
    """Return the places of ids in an order drawn from the ids and the day alone."""

    def drawn(index: int) -> tuple[bytes, str]:
        lot = f"{day}:{ids[index]}".encode(errors="surrogatepass")
        return hashlib.blake2b(lot, digest_size=8).digest(), ids[index]

    return sorted(range(len(ids)), key=drawn)
