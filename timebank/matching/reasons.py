# SPDX-License-Identifier: EUPL-1.2
"""Why something is suggested: the points of one edge, reason by reason. They add up to its points."""

from __future__ import annotations

import numpy as np

from timebank.matching.acquaintance import Acquaintance
from timebank.matching.scoring import (
    Reason,
    Weights,
    distances,
    known_points,
    near_points,
    same_time_points,
    waiting_points,
    hours_points,
)
from timebank.matching.towns import GAVE_BEFORE, LISTED, TALK, Town

Reasons = tuple[tuple[Reason, int], ...]
MOST_SAID = 3
"""So many reasons are said at once (inclusive); all of them stand behind "why do I see this"."""
_BY_LEVEL = {
    0: Reason.EASY_STEP,
    TALK: Reason.TALENT_TALK,
    LISTED: Reason.LISTED,
    GAVE_BEFORE: Reason.GAVE_BEFORE,
}


def reasons_of(
    town: Town, known: Acquaintance, weights: Weights, *, giver: int, need: int
) -> Reasons:
    """Return each reason with its points, in the order in which reasons are shown.

    Reasons without points are left out. The edge must be feasible.
    """
    category, owner = int(town.category[need]), int(town.owner[need])
    level = town.known[giver, category]
    shared = town.slots[giver] & town.need_slots[need]
    gives_back = giver in known.gave.of_one(owner)
    points = {
        _BY_LEVEL[int(level)]: int(known_points(level, weights)),
        Reason.NEAR: _near(town, weights, giver, need),
        Reason.SAME_TIME: int(same_time_points(shared, weights)),
        Reason.MET: weights.met * (giver in known.met.of_one(owner)),
        Reason.GIVE_BACK: weights.give_back * gives_back,
        Reason.CIRCLE: weights.circle * (not gives_back and giver in known.circle.of_one(owner)),
        Reason.WAITING: int(waiting_points(town.waiting[need], weights)),
        Reason.HOURS: int(hours_points(town.minutes[need], weights)),
    }
    return tuple((reason, points[reason]) for reason in Reason if points.get(reason))


def said_first(reasons: Reasons, most: int = MOST_SAID) -> Reasons:
    """Return the largest reasons, in the order in which reasons are shown."""
    order = list(Reason)
    largest = sorted(reasons, key=lambda each: (-each[1], order.index(each[0])))[:most]
    return tuple(each for each in reasons if each in largest)


def _near(town: Town, weights: Weights, giver: int, need: int) -> int:
    if town.remote[town.category[need]]:
        return weights.near_remote
    owner = town.owner[need]
    km = distances(town.x[owner] - town.x[giver], town.y[owner] - town.y[giver])
    return int(near_points(np.asarray(km), np.asarray(town.max_km[giver]), weights))
