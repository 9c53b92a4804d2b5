# SPDX-License-Identifier: EUPL-1.2
"""The plan of a day: who could best be asked for what. Same town in, same plan out.

Bidding divides the needs as if hours and half-days did not matter, which is nearly so. Then who has
more than fits keeps the best of it, and the rest is placed anew.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from timebank.matching.auction import STEPS_A_POINT, Market, divide
from timebank.matching.candidates import Candidates, candidates_of
from timebank.matching.hands import Hands
from timebank.matching.improving import Improver
from timebank.matching.scoring import PUBLISHED, Weights, giver_bonuses
from timebank.matching.towns import Ints, Town


@dataclasses.dataclass(frozen=True, eq=False)
class Plan:
    """Who could best be asked for what.

    Attributes:
        giver: of each need, or -1.
        points, half_day: of each need with a giver.
        value: points of all, with the bonuses of givers and residents.
        bound: no plan of the same candidates is worth more.
    """

    giver: Ints
    points: Ints
    half_day: Ints
    value: int
    bound: float


def plan_of(town: Town, candidates: Candidates | None = None, weights: Weights = PUBLISHED) -> Plan:
    """Make the plan of a town."""
    found = candidates_of(town, weights) if candidates is None else candidates
    edges = found.edges
    outcome = divide(
        Market(
            start=found.start,
            giver=edges.giver,
            points=edges.points,
            bonuses=giver_bonuses(town, weights),
            places=town.most_tasks,
            owner=town.owner,
            resident=weights.resident,
        )
    )
    hands = Hands(town, weights)
    taken = np.flatnonzero(edges.giver == outcome.giver[edges.need])
    for giver, need, points in zip(*_columns(found, taken), strict=True):
        hands.take(giver, need, points)
    loose = [need for giver in hands.overfull() for need in hands.relieve(giver)]
    loose += np.flatnonzero(outcome.giver < 0).tolist()
    Improver(hands, found, outcome.prices[:, 0] // STEPS_A_POINT).improve(sorted(loose))
    return settled(hands, outcome.bound)


def settled(hands: Hands, bound: float) -> Plan:
    """Return what is in hand as a plan, each task in a half-day of its own."""
    half_day = [
        hands.half_day(need) if giver >= 0 else -1 for need, giver in enumerate(hands.giver)
    ]
    return Plan(
        giver=np.array(hands.giver, np.int64),
        points=np.array(hands.points, np.int64),
        half_day=np.array(half_day, np.int64),
        value=hands.value(),
        bound=bound,
    )


def _columns(found: Candidates, chosen: Ints) -> tuple[list[int], list[int], list[int]]:
    edges = found.edges.at(chosen)
    return edges.giver.tolist(), edges.need.tolist(), edges.points.tolist()
