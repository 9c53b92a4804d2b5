# SPDX-License-Identifier: EUPL-1.2
"""What to show one person now, from memory: needs lie ready by kind of help.

Made once for a day and used for one person at a time; the database re-checks what is chosen.
"""

from __future__ import annotations

import numpy as np

from timebank.matching.acquaintance import Neighbours
from timebank.matching.candidates import MOST_SHOWN, NOBODY, Candidates, Edges, best, easy_steps
from timebank.matching.plan import Plan
from timebank.matching.scoring import (
    FIRST_MINUTES,
    PUBLISHED,
    Weights,
    distances,
    known_points,
    near_points,
    need_points,
    same_time_points,
)
from timebank.matching.towns import Ints, Town


class Index:
    """The open needs of a town, ready to be ranked for one person.

    Args:
        candidates: of the same town, which say which needs are kept for people with hours to give.
        plan: its needs come first for their givers.
    """

    def __init__(
        self,
        town: Town,
        candidates: Candidates,
        plan: Plan | None = None,
        weights: Weights = PUBLISHED,
    ) -> None:
        self.town, self.weights = town, weights
        self._held = candidates.held
        self._planned = plan.giver if plan is not None else np.full(len(town.needs), -1)
        self._bounds = np.searchsorted(town.category, np.arange(len(town.categories) + 1))
        self._x, self._y = town.x[town.owner], town.y[town.owner]
        self._of_need = need_points(town, weights)
        self._takes_easy = easy_steps(town)
        people = len(town.residents)
        self._to_give = town.to_give
        self._met, self._avoid = candidates.known.met, candidates.known.avoid
        self._helped_by = Neighbours.of(people, town.helped, town.helper)
        self._bonus = np.zeros(people, np.int64)
        self._needs_of = _grouped(town.owner, len(town.residents))

    def suggestions(
        self,
        giver: int,
        *,
        most: int = MOST_SHOWN,
        without: Ints = NOBODY,
        urgent_first: bool = True,
    ) -> Edges:
        """Return what to show somebody: urgent needs, then what is planned, then the most points.

        A file of a plan has no urgent ones on top; on a screen they may not wait for anything.

        Args:
            giver: the place of the person in the town.
            most: so many at most (inclusive).
            urgent_first: False ranks as a file of a plan does.
            without: needs that were filled since, or that this person said no to.
        """
        town = self.town
        need = self._possible(giver)
        taken_out = np.zeros(len(town.needs), np.bool_)
        taken_out[without] = True
        for owner in self._avoid.of_one(giver).tolist():
            taken_out[self._of(owner)] = True
        need = need[~taken_out[need]]
        points = self._points(giver, need)
        step = int(points.max(initial=0)) + 1
        worth = points + step * (self._planned[need] == giver)
        if urgent_first:
            worth += 2 * step * town.urgent[need]
        found = Edges(np.full(len(need), giver), need, points)
        return found.at(best(found.giver, worth, need, most))

    def _possible(self, giver: int) -> Ints:
        """Return the needs that somebody could do, going up; those who avoid each other too."""
        town = self.town
        if town.paused[giver]:
            return NOBODY
        kinds = town.known[giver] > 0
        if self._takes_easy[giver]:
            kinds = kinds | town.easy
        kinds = kinds & ~town.muted[giver]
        if not town.certificate[giver]:
            kinds &= ~town.needs_certificate
        spans = [
            np.arange(self._bounds[kind], self._bounds[kind + 1])
            for kind in np.flatnonzero(kinds).tolist()
        ]
        need = np.concatenate([NOBODY, *spans])
        return self._fits(giver, need)

    def _fits(self, giver: int, need: Ints) -> Ints:
        """Return those of these needs that fit; what is cheapest to see is looked at first."""
        town = self.town
        need = need[(town.need_slots[need] & town.slots[giver]) != 0]
        dx, dy = self._x[need] - town.x[giver], self._y[need] - town.y[giver]
        reach = town.max_km[giver]
        near = (np.abs(dx) <= reach) & (np.abs(dy) <= reach)
        near |= town.remote[town.category[need]]
        need = need[near]
        fits = town.minutes[need] <= town.capacity[giver]
        fits &= town.owner[need] != giver
        if self._to_give[giver] < FIRST_MINUTES:
            fits &= ~self._held[need]
        km = distances(self._x[need] - town.x[giver], self._y[need] - town.y[giver])
        fits &= town.remote[town.category[need]] | (km <= reach)
        those: Ints = need[fits]
        return those

    def _points(self, giver: int, need: Ints) -> Ints:
        town, weights = self.town, self.weights
        category = town.category[need]
        points = known_points(town.known[giver, category], weights) + self._of_need[need]
        points += same_time_points(town.need_slots[need] & town.slots[giver], weights)
        km = distances(self._x[need] - town.x[giver], self._y[need] - town.y[giver])
        near = near_points(km, np.full(len(need), town.max_km[giver]), weights)
        points += np.where(town.remote[category], weights.near_remote, near)
        return points + self._acquaintance(giver, town.owner[need])

    def _acquaintance(self, giver: int, owner: Ints) -> Ints:
        """Return the points of who knows whom: few people know one giver, so those are marked."""
        met, direct = self._met.of_one(giver), self._helped_by.of_one(giver)
        _, round_trip = self._helped_by.around(direct)
        self._bonus[round_trip] = self.weights.circle
        self._bonus[direct] = self.weights.give_back
        self._bonus[met] += self.weights.met
        points = self._bonus[owner]
        self._bonus[round_trip] = 0
        self._bonus[met] = 0
        return points

    def _of(self, owner: int) -> Ints:
        order, start = self._needs_of
        return order[start[owner] : start[owner + 1]]


def _grouped(owner: Ints, people: int) -> tuple[Ints, Ints]:
    order = np.argsort(owner, kind="stable")
    return order, np.searchsorted(owner[order], np.arange(people + 1))
