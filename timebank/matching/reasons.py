# SPDX-License-Identifier: EUPL-1.2
"""Why something is suggested: reason by reason, with points that add up to those of the edge."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from timebank.matching.acquaintance import Acquaintance
from timebank.matching.candidates import Edges
from timebank.matching.scoring import (
    Reason,
    Weights,
    distances,
    hours_points,
    known_points,
    near_points,
    same_time_points,
    waiting_points,
)
from timebank.matching.towns import GAVE_BEFORE, LISTED, TALK, Ints, Town

Table = dict[Reason, Ints]
"""The points of each reason, of each edge."""
Reasons = tuple[tuple[Reason, int], ...]
"""Reasons of one edge with their points, in the order in which reasons are shown."""
MOST_SAID = 3
"""So many reasons are said at once (inclusive); all of them stand behind "why do I see this"."""
_BY_LEVEL = {
    0: Reason.EASY_STEP,
    TALK: Reason.TALENT_TALK,
    LISTED: Reason.LISTED,
    GAVE_BEFORE: Reason.GAVE_BEFORE,
}


def reason_table(town: Town, known: Acquaintance, weights: Weights, edges: Edges) -> Table:
    """Return the points of each reason of each edge; they add up to the points of the edge.

    The edges must be feasible.
    """
    giver, need = edges.giver.astype(np.int64), edges.need.astype(np.int64)
    owner, category = town.owner[need], town.category[need]
    level = town.known[giver, category]
    by_level = known_points(level.astype(np.int64), weights)
    gives_back = known.gave.hold(owner, giver)
    circle = known.circle.hold(owner, giver) & ~gives_back
    km = distances(town.x[owner] - town.x[giver], town.y[owner] - town.y[giver])
    near = near_points(km, town.max_km[giver], weights)
    shared = town.slots[giver] & town.need_slots[need]
    return {
        **{reason: by_level * (level == at) for at, reason in _BY_LEVEL.items()},
        Reason.NEAR: np.where(town.remote[category], weights.near_remote, near),
        Reason.SAME_TIME: same_time_points(shared, weights),
        Reason.MET: weights.met * known.met.hold(owner, giver),
        Reason.GIVE_BACK: weights.give_back * gives_back,
        Reason.CIRCLE: weights.circle * circle,
        Reason.WAITING: waiting_points(town.waiting[need], weights),
        Reason.HOURS: hours_points(town.minutes[need], weights),
    }


def each_with_points(table: Table) -> Iterator[Reasons]:
    """Yield the reasons of each edge; those without points are left out."""
    for points in zip(*(table[reason].tolist() for reason in Reason), strict=True):
        yield tuple((reason, worth) for reason, worth in zip(Reason, points, strict=True) if worth)


def said_first(reasons: Reasons, most: int = MOST_SAID) -> Reasons:
    """Return the largest reasons, in the order in which reasons are shown."""
    largest = sorted(reasons, key=lambda each: -each[1])[:most]
    return tuple(each for each in reasons if each in largest)
