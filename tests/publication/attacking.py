# SPDX-License-Identifier: EUPL-1.2
"""A reader with a solver: everything published as bounds, and how narrow a number becomes.

The attacker knows that given and received add up, how figures are rounded, which areas take part
and which were withheld. It shares no code with the library that it attacks.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

import numpy as np
from scipy.optimize import linprog

Pairs = list[tuple[str, str]]
Bound = tuple[frozenset[tuple[str, str]], int, int]
"""Flows of basic areas that were published as one number, and its least and most."""


class Attacker:
    """Knows the basic areas of each period and what was published of them."""

    def __init__(self, areas: Sequence[str], periods: int = 1) -> None:
        self._areas = list(areas)
        self.pairs = [
            (period, giver, receiver)
            for period in range(periods)
            for giver in areas
            for receiver in areas
        ]
        self._rows: list[np.ndarray] = []
        self._most: list[float] = []

    def reads(
        self, which: Collection[tuple[int, str, str]], published: int, step: int = 300
    ) -> None:
        """Learn that these flows together were rounded to this number."""
        row = self._row(which)
        self._rows += [row, -row]
        self._most += [published + step - step // 2 - 1, -max(0, published - step // 2)]

    def given(self, period: int, areas: Collection[str]) -> list[tuple[int, str, str]]:
        return [pair for pair in self.pairs if pair[0] == period and pair[1] in areas]

    def received(self, period: int, areas: Collection[str]) -> list[tuple[int, str, str]]:
        return [pair for pair in self.pairs if pair[0] == period and pair[2] in areas]

    def between(
        self, period: int, givers: Collection[str], receivers: Collection[str]
    ) -> list[tuple[int, str, str]]:
        return [one for one in self.given(period, givers) if one[2] in receivers]

    def window(self, which: Collection[tuple[int, str, str]]) -> float:
        """Return most minus least of these flows together, as far as can be worked out."""
        row = self._row(which)
        ends = []
        for way in (1, -1):
            found = linprog(way * row, A_ub=np.array(self._rows), b_ub=self._most, method="highs")
            if found.status == 3:
                return math.inf
            assert found.status == 0, found.message
            ends.append(way * found.fun)
        return float(ends[1] - ends[0])

    def _row(self, which: Collection[tuple[int, str, str]]) -> np.ndarray:
        chosen = set(which)
        return np.array([float(pair in chosen) for pair in self.pairs])
