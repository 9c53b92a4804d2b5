# SPDX-License-Identifier: EUPL-1.2
"""Who has which needs in hand while a plan is made, within tasks, minutes and half-days."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

import numpy as np

from timebank.matching.scoring import MOST_TASKS, Weights, giver_bonuses
from timebank.matching.towns import Town

_NEVER = 1 << 40


class Hands:
    """A plan in the making. Givers and needs are places in the arrays of the town.

    Attributes:
        tasks: of each giver, the needs in hand.
        giver: of each need, or -1.
        points: of each need that has a giver.
        steps: of each giver, what the next task adds by how many are in hand already.
    """

    def __init__(self, town: Town, weights: Weights) -> None:
        self.tasks: list[list[int]] = [[] for _ in town.residents]
        self.giver = [-1] * len(town.needs)
        self.points = [0] * len(town.needs)
        self._most: list[int] = town.most_tasks.tolist()
        self._capacity: list[int] = town.capacity.tolist()
        self._slots: list[int] = town.slots.tolist()
        self._minutes: list[int] = town.minutes.tolist()
        self._wanted: list[int] = town.need_slots.tolist()
        self._owner: list[int] = town.owner.tolist()
        bonuses = giver_bonuses(town, weights)
        self.steps: list[list[int]] = np.pad(
            bonuses, ((0, 0), (0, 1)), constant_values=-_NEVER
        ).tolist()
        self._bonuses: list[list[int]] = np.pad(
            np.cumsum(bonuses, axis=1), ((0, 0), (1, 0))
        ).tolist()
        self._resident = weights.resident
        self._filled = [0] * len(town.residents)

    def take(self, giver: int, need: int, points: int) -> None:
        """Put a need in somebody's hands."""
        self.tasks[giver].append(need)
        self.giver[need] = giver
        self.points[need] = points
        self._filled[self._owner[need]] += 1

    def drop(self, need: int) -> None:
        """Take a need out of whose hands it is in."""
        self.tasks[self.giver[need]].remove(need)
        self.giver[need] = -1
        self._filled[self._owner[need]] -= 1

    def fits(self, giver: int, needs: Sequence[int]) -> bool:
        """Say whether one giver can do all of these, each in a half-day of its own."""
        if len(needs) > self._most[giver]:
            return False
        if sum(self._minutes[need] for need in needs) > self._capacity[giver]:
            return False
        own, most = self._slots[giver], len(needs)
        masks = [own & self._wanted[need] for need in needs]
        # With as many half-days to choose from as there are tasks, each finds one.
        if all(mask.bit_count() >= most for mask in masks):
            return True
        return half_days(masks) is not None

    def bonus(self, giver: int, tasks: int) -> int:
        """Return what so many tasks of a giver are worth besides their points."""
        return self._bonuses[giver][tasks]

    def helped_else(self, need: int) -> bool:
        """Say whether another need of the same resident is in somebody's hands."""
        return self._filled[self._owner[need]] - (self.giver[need] >= 0) > 0

    def resident_bonus(self, need: int) -> int:
        """Return what filling this need adds for its resident, as things are."""
        return 0 if self.helped_else(need) else self._resident

    def half_day(self, need: int) -> int:
        """Return the half-day of a need that is in somebody's hands."""
        giver = self.giver[need]
        tasks = sorted(self.tasks[giver])
        chosen = half_days([self._slots[giver] & self._wanted[task] for task in tasks])
        if chosen is None:
            raise ValueError("these tasks do not fit together")
        return chosen[tasks.index(need)]

    def value(self) -> int:
        """Return what the whole is worth in points."""
        points = sum(
            points for points, giver in zip(self.points, self.giver, strict=True) if giver >= 0
        )
        bonuses = sum(self.bonus(giver, len(tasks)) for giver, tasks in enumerate(self.tasks))
        return points + bonuses + self._resident * sum(count > 0 for count in self._filled)

    def overfull(self) -> list[int]:
        """Return who has more in hand than fits."""
        return [
            giver
            for giver, tasks in enumerate(self.tasks)
            if len(tasks) > 1 and not self.fits(giver, tasks)
        ]

    def relieve(self, giver: int) -> list[int]:
        """Leave somebody the best of what is in hand that fits; return what had to go."""
        tasks = sorted(self.tasks[giver])
        subsets = itertools.chain.from_iterable(
            itertools.combinations(tasks, size) for size in range(len(tasks), -1, -1)
        )
        kept = max(
            (subset for subset in subsets if self.fits(giver, subset)),
            key=lambda subset: (
                sum(self.points[need] for need in subset) + self.bonus(giver, len(subset))
            ),
        )
        gone = [need for need in tasks if need not in kept]
        for need in gone:
            self.drop(need)
        return gone


def half_days(choices: Iterable[int]) -> list[int] | None:
    """Give each task a half-day of its own, the earliest that can be; None where that cannot be.

    Args:
        choices: of each task, the half-days that suit, as bits.
    """
    masks = list(choices)
    for chosen in itertools.product(*(_few(mask) for mask in masks)):
        if len(set(chosen)) == len(chosen):
            return list(chosen)
    return None


def _few(mask: int) -> list[int]:
    """Return the earliest half-days; as many as there can be tasks are enough."""
    found: list[int] = []
    while mask and len(found) < MOST_TASKS:
        found.append(_lowest(mask))
        mask &= mask - 1
    return found


def _lowest(mask: int) -> int:
    return (mask & -mask).bit_length() - 1
