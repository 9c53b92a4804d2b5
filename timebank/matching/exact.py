# SPDX-License-Identifier: EUPL-1.2
"""The best plan there is, by a solver. Slow; it is here to hold the fast plan against.

SciPy, in which the solver HiGHS comes, is in the test extra only and is loaded on demand.
"""

from __future__ import annotations

import dataclasses
import importlib
import itertools
import types
from typing import Any

import numpy as np

from timebank.matching.candidates import Candidates, candidates_of
from timebank.matching.errors import NotSolved, SolverMissing
from timebank.matching.hands import Hands, half_days
from timebank.matching.plan import Plan, settled
from timebank.matching.scoring import MOST_TASKS, PUBLISHED, Weights, giver_bonuses
from timebank.matching.towns import Floats, Ints, Town

_MOST_ROUNDS = 20
_HALF = 0.5
Sparse = Any
"""A matrix of SciPy, which is not loaded with this module."""


def exact_plan(
    town: Town,
    candidates: Candidates | None = None,
    weights: Weights = PUBLISHED,
    *,
    seconds: float = 3600.0,
) -> Plan:
    """Return a best plan of the town.

    Args:
        candidates: with all givers of each need, or the plan is the best of fewer.
        seconds: so long a solver may take for one round.

    Raises:
        SolverMissing: SciPy is not installed.
        NotSolved: the solver stopped before it was done.
    """
    found = (
        candidates_of(town, weights, most_givers=len(town.residents))
        if candidates is None
        else candidates
    )
    model = Model(town, found, weights)
    for _ in range(_MOST_ROUNDS if len(found.edges) else 0):
        worth, chosen = model.solve(whole=True, seconds=seconds)
        clashes = model.forbid_clashes(chosen)
        if not clashes:
            return _as_plan(town, found, weights, chosen, worth)
    if len(found.edges):
        raise NotSolved("half-days kept clashing")
    return settled(Hands(town, weights), 0.0)


def best_bound(town: Town, candidates: Candidates, weights: Weights = PUBLISHED) -> float:
    """Return what no plan is worth more than, when needs may be split: quicker than the best plan.

    Raises:
        SolverMissing, NotSolved: as above.
    """
    return Model(town, candidates, weights).solve(whole=False, seconds=3600.0)[0]


def _as_plan(town: Town, found: Candidates, weights: Weights, chosen: Ints, worth: float) -> Plan:
    hands = Hands(town, weights)
    edges = found.edges.at(chosen)
    for giver, need, points in zip(
        edges.giver.tolist(), edges.need.tolist(), edges.points.tolist(), strict=True
    ):
        hands.take(giver, need, points)
    return settled(hands, worth)


@dataclasses.dataclass
class _Row:
    columns: Ints
    factors: Floats
    most: float


class Model:
    """The plan as a linear program.

    One variable for each edge, for each rank of each giver, and for each resident who is helped.
    """

    def __init__(self, town: Town, candidates: Candidates, weights: Weights) -> None:
        self.town, self.edges = town, candidates.edges
        bonuses = giver_bonuses(town, weights)
        edge_count = len(self.edges)
        owner = town.owner[self.edges.need]
        self._givers, giver = np.unique(self.edges.giver, return_inverse=True)
        self._owners, resident = np.unique(owner, return_inverse=True)
        ranks = bonuses[self._givers]
        there = np.arange(MOST_TASKS)[None, :] < town.most_tasks[self._givers][:, None]
        self.worth = np.concatenate(
            (self.edges.points, ranks.ravel(), np.full(len(self._owners), weights.resident))
        ).astype(np.float64)
        self.most = np.concatenate(
            (np.ones(edge_count), there.ravel().astype(np.float64), np.ones(len(self._owners)))
        )
        self._rows = [*self._limits(giver, resident)]
        self._clashes: list[_Row] = []
        # Worth is whole points: who is within less than one point of the best has the best.
        most_for_one = max(self.worth.max(initial=1), 1.0) + weights.first + weights.resident
        self._gap = 0.9 / (most_for_one * max(len(town.needs), 1))

    def _limits(self, giver: Ints, resident: Ints) -> list[tuple[Sparse, Floats, Floats]]:
        """Return the limits as sparse matrices with their bounds, lower and upper."""
        sparse = _scipy("sparse")
        edges, width = len(self.edges), len(self.worth)
        each = np.arange(edges)
        one = np.ones(edges)
        ranks = np.arange(len(self._givers) * MOST_TASKS)
        helped = edges + len(ranks) + np.arange(len(self._owners))

        def matrix(rows: Ints, columns: Ints, values: Floats, height: int) -> Sparse:
            return sparse.csr_array((values, (rows, columns)), shape=(height, width))

        def at_most(height: int, most: Floats | float) -> tuple[Floats, Floats]:
            return np.full(height, -np.inf), np.broadcast_to(np.float64(most), (height,)).copy()

        needs, givers, owners = len(self.town.needs), len(self._givers), len(self._owners)
        minutes = self.town.minutes[self.edges.need].astype(np.float64)
        capacity = self.town.capacity[self._givers].astype(np.float64)
        tasks = matrix(
            np.concatenate((giver, ranks // MOST_TASKS)),
            np.concatenate((each, edges + ranks)),
            np.concatenate((one, -np.ones(len(ranks)))),
            givers,
        )
        residents_helped = matrix(
            np.concatenate((resident, np.arange(owners))),
            np.concatenate((each, helped)),
            np.concatenate((-one, np.ones(owners))),
            owners,
        )
        return [
            (matrix(self.edges.need, each, one, needs), *at_most(needs, 1.0)),
            (tasks, np.zeros(givers), np.zeros(givers)),
            (residents_helped, *at_most(owners, 0.0)),
            (matrix(giver, each, minutes, givers), *at_most(givers, capacity)),
        ]

    def solve(self, *, whole: bool, seconds: float) -> tuple[float, Ints]:
        """Return the worth and the chosen edges.

        Raises:
            NotSolved
        """
        optimize, sparse = _scipy("optimize"), _scipy("sparse")
        limits = [optimize.LinearConstraint(*row) for row in self._rows]
        for row in self._clashes:
            where = (np.zeros(len(row.columns), np.int64), row.columns)
            matrix = sparse.csr_array((row.factors, where), shape=(1, len(self.worth)))
            limits.append(optimize.LinearConstraint(matrix, -np.inf, row.most))
        integral = np.zeros(len(self.worth))
        integral[: len(self.edges)] = whole
        solved = optimize.milp(
            -self.worth,
            integrality=integral,
            bounds=optimize.Bounds(0, self.most),
            constraints=limits,
            options={"time_limit": seconds, "mip_rel_gap": self._gap},
        )
        if solved.status != 0:
            raise NotSolved(f"the solver stopped: {solved.message}")
        return -float(solved.fun), np.flatnonzero(solved.x[: len(self.edges)] > _HALF)

    def forbid_clashes(self, chosen: Ints) -> int:
        """Forbid what cannot be done at the same time in this answer; return how many were found.

        Some tasks that share so few half-days are too many: of all tasks of the giver that fit
        within those half-days, no more may be chosen than there are.
        """
        found = len(self._clashes)
        picked = self.edges.at(chosen)
        shared = self._shared(self.edges.giver, self.edges.need)
        for giver in np.flatnonzero(np.bincount(picked.giver) > 1).tolist():
            own = np.flatnonzero(self.edges.giver == giver)
            masks = shared[chosen[picked.giver == giver]].tolist()
            if half_days(masks) is not None:
                continue
            union = _too_few(masks)
            within = own[(shared[own] & ~union) == 0]
            row = _Row(within, np.ones(len(within)), float(union.bit_count()))
            self._clashes.append(row)
        return len(self._clashes) - found

    def _shared(self, giver: Ints, need: Ints) -> Ints:
        return self.town.slots[giver] & self.town.need_slots[need]


def _too_few(masks: list[int]) -> int:
    """Return half-days that are fewer than the tasks that have no others."""
    for size in range(2, len(masks) + 1):
        for some in itertools.combinations(masks, size):
            union = 0
            for mask in some:
                union |= mask
            if union.bit_count() < size:
                return union
    raise AssertionError("these tasks do not clash")


def _scipy(part: str) -> types.ModuleType:
    """Return a module of SciPy, which only those who ask for the exact plan need.

    Raises:
        SolverMissing
    """
    try:
        return importlib.import_module(f"scipy.{part}")
    except ImportError as error:
        raise SolverMissing from error
