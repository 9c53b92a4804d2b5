# SPDX-License-Identifier: EUPL-1.2
"""Making a plan better: what had to go finds another place, if need be by chains of moving on.

The bidding does not know of hours and half-days, so some givers end up with more than fits. What is
taken from them is put elsewhere here, and whoever is better off with what came free moves there.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from timebank.matching.candidates import Candidates
from timebank.matching.hands import Hands
from timebank.matching.scoring import MOST_TASKS
from timebank.matching.towns import Ints

_WIDTH = 8
"""So many givers are tried for a need, the cheapest by the prices of the bidding."""
_DEPTH = 3
"""So many needs move on in one chain at most."""
_PASSES = 4

Move = tuple[int, int, int]
"""A need, the giver it goes to, and the points of the two."""


@dataclasses.dataclass(frozen=True)
class Chain:
    """Needs that move on, one after the other, and what is gained by it."""

    gain: int
    moves: tuple[Move, ...]


_NOTHING = Chain(0, ())


class Improver:
    """Improves a plan in place.

    Args:
        cheapest: what a need gives up for the cheapest place of each giver, in points, as the
            bidding ended; it only says whom to try first.
    """

    def __init__(self, hands: Hands, candidates: Candidates, cheapest: Ints) -> None:
        self.hands = hands
        self.candidates = candidates
        self.cheapest = cheapest
        self._tried: dict[int, list[tuple[int, int]]] = {}

    def improve(self, loose: list[int]) -> None:
        """Place these needs, then let others move where they are better off."""
        for _ in range(_PASSES):
            moved = [need for need in loose if self._place(need)]
            moved += self._pull()
            loose = self._loose()
            if not moved:
                break

    def _loose(self) -> list[int]:
        giver = np.array(self.hands.giver, np.int64)
        reachable = np.diff(self.candidates.start) > 0
        loose: list[int] = np.flatnonzero((giver < 0) & reachable).tolist()
        return loose

    def _place(self, need: int) -> bool:
        """Find the best chain that begins with a need in nobody's hands, and do it."""
        chain = self._chain(need, _DEPTH, frozenset())
        gain = chain.gain + (self.hands.resident_bonus(need) if chain.moves else 0)
        if not chain.moves or gain <= 0:
            return False
        self._do(chain)
        return True

    def _do(self, chain: Chain) -> None:
        for need, _, _ in chain.moves:
            if self.hands.giver[need] >= 0:
                self.hands.drop(need)
        for need, giver, points in chain.moves:
            if giver >= 0:
                self.hands.take(giver, need, points)

    def _chain(self, need: int, depth: int, passed: frozenset[int]) -> Chain:
        """Return the best way to give a need a place, without the bonus of its own resident."""
        best: Chain | None = None
        for giver, points in self._givers(need):
            if giver in passed or giver == self.hands.giver[need]:
                continue
            chain = self._enter(need, giver, points, depth, passed)
            if chain is not None and (best is None or chain.gain > best.gain):
                best = chain
        return best or _NOTHING

    def _enter(
        self, need: int, giver: int, points: int, depth: int, passed: frozenset[int]
    ) -> Chain | None:
        hands = self.hands
        tasks = hands.tasks[giver]
        move = (need, giver, points)
        if hands.fits(giver, [*tasks, need]):
            more = hands.bonus(giver, len(tasks) + 1) - hands.bonus(giver, len(tasks))
            return Chain(points + more, (move,))
        if depth == 1:
            return None
        best: Chain | None = None
        for out in tasks:
            rest = [task for task in tasks if task != out]
            if not hands.fits(giver, [*rest, need]):
                continue
            on = self._chain(out, depth - 1, passed | {giver})
            lost = 0 if on.moves else hands.resident_bonus(out)
            moves = on.moves or ((out, -1, 0),)
            gain = points - hands.points[out] + on.gain - lost
            if best is None or gain > best.gain:
                best = Chain(gain, (move, *moves))
        return best

    def _givers(self, need: int) -> list[tuple[int, int]]:
        """Return the givers to try for a need with their points, the best by the prices first."""
        if need not in self._tried:
            own = slice(self.candidates.start[need], self.candidates.start[need + 1])
            giver, points = self.candidates.edges.giver[own], self.candidates.edges.points[own]
            order = np.argsort(self.cheapest[giver] - points, kind="stable")[:_WIDTH]
            pairs = zip(giver[order].tolist(), points[order].tolist(), strict=True)
            self._tried[need] = list(pairs)
        return self._tried[need]

    def _pull(self) -> list[int]:
        """Let needs move to places that came free, where that gains most; return who moved."""
        edges, hands = self.candidates.edges, self.hands
        held = np.array([len(tasks) for tasks in hands.tasks], np.int64)
        bonuses = np.array(hands.steps, np.int64).reshape(-1, MOST_TASKS + 1)
        more = bonuses[np.arange(len(held)), held]
        giver = np.array(hands.giver, np.int64)
        less = bonuses[giver, np.maximum(held[giver] - 1, 0)]
        leaves = np.where(giver >= 0, np.array(hands.points, np.int64) + less, 1 << 40)
        gain = edges.points + more[edges.giver] - leaves[edges.need]
        better = np.flatnonzero(gain > 0)
        better = better[np.lexsort((better, -gain[better]))]
        return [
            need
            for need, giver, points in zip(
                edges.need[better].tolist(),
                edges.giver[better].tolist(),
                edges.points[better].tolist(),
                strict=True,
            )
            if self._move(need, giver, points)
        ]

    def _move(self, need: int, giver: int, points: int) -> bool:
        """Move a need to a free place, if that still gains and fits."""
        hands, old = self.hands, self.hands.giver[need]
        if old in (-1, giver) or not hands.fits(giver, [*hands.tasks[giver], need]):
            return False
        steps, left = hands.steps[giver], hands.steps[old]
        gain = points + steps[len(hands.tasks[giver])]
        gain -= hands.points[need] + left[len(hands.tasks[old]) - 1]
        if gain <= 0:
            return False
        hands.drop(need)
        hands.take(giver, need, points)
        return True
