# SPDX-License-Identifier: EUPL-1.2
"""Who could do what: every pair of a giver and a need that breaks no hard rule, with its points.

For each kind of help all who could do it are held against all needs, block by block. What is kept
of it is bounded: the best givers of each need for the plan, the best needs of each giver to show.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

import numpy as np

from timebank.matching.acquaintance import Acquaintance
from timebank.matching.scoring import (
    FEW_TALENTS,
    FIRST_MINUTES,
    PUBLISHED,
    Weights,
    distances,
    giver_bonuses,
    known_points,
    near_points,
    need_points,
    same_time_points,
)
from timebank.matching.towns import Flags, Floats, Ints, Town

MOST_SHOWN = 14
"""So many suggestions at most for each giver (inclusive)."""
MOST_GIVERS = 320
"""So many givers of a need are considered in the plan, the most promising ones (inclusive)."""
_CELLS = 1 << 17
"""So many pairs are held against each other at a time: they fit the fast memory of a processor."""
_SLACK = 1 + 1e-9
_BITS = 63
_FEW_ENOUGH, _MOST_ENOUGH, _PART = 5, 33, 40
"""Enough people to keep a young need for: a fortieth of those with hours to give, within bounds."""

NOBODY: Ints = np.empty(0, np.int64)
Progress = Callable[[int], None]


@dataclasses.dataclass(frozen=True, eq=False)
class Edges:
    """Givers and needs that fit, one edge in each place of the three arrays."""

    giver: Ints
    need: Ints
    points: Ints

    def __len__(self) -> int:
        return len(self.giver)

    def at(self, chosen: Ints | Flags) -> Edges:
        """Return these edges alone, in this order."""
        return Edges(self.giver[chosen], self.need[chosen], self.points[chosen])

    @classmethod
    def joined(cls, parts: list[Edges]) -> Edges:
        """Return the edges of all parts."""
        none = np.empty(0, np.int64)
        columns = [(part.giver, part.need, part.points) for part in parts] or [(none, none, none)]
        return cls(*(np.concatenate(column) for column in zip(*columns, strict=True)))


@dataclasses.dataclass(frozen=True, eq=False)
class Candidates:
    """What may be planned and shown in a town.

    Attributes:
        edges: for the plan, by need; of each need the most promising givers first.
        start: edges of need k are start[k] (inclusive) to start[k + 1] (exclusive).
        shown: to show, by giver; of each giver the most points first, ``MOST_SHOWN`` at most.
        feasible: how many edges were offered before any was left out.
        held: which needs are kept for people with hours to give, for now.
        known: who knows whom.
    """

    edges: Edges
    start: Ints
    shown: Edges
    feasible: int
    held: Flags
    known: Acquaintance


def candidates_of(
    town: Town,
    weights: Weights = PUBLISHED,
    *,
    most_givers: int = MOST_GIVERS,
    refused: Ints = NOBODY,
    progress: Progress = lambda _: None,
) -> Candidates:
    """Return who could do what, after the window for people with hours to give.

    Args:
        most_givers: of a need, the most promising ones (inclusive).
        refused: need * residents + giver of each need that somebody said no to; those are not shown
            to them again. A no changes nothing else.
        progress: is told how many needs were looked at.
    """
    first_bonus = giver_bonuses(town, weights)[:, 0]
    bar = np.full(len(town.residents), -1, np.int64)
    has_hours = town.to_give >= FIRST_MINUTES
    held = np.zeros(len(town.needs), np.bool_)
    plan, shown, feasible = [], [], 0
    known = Acquaintance.of(town)
    for every in feasible_edges(town, known, weights):
        edges = _without(every, refused, len(town.residents))
        kept = kept_for_givers(town, edges)
        held |= kept
        offered = edges.at(has_hours[edges.giver] | ~kept[edges.need])
        feasible += len(offered)
        promise = offered.points + first_bonus[offered.giver]
        plan.append(offered.at(best(offered.need, promise, offered.giver, most_givers)))
        # What scores below the last that is shown of another kind of help is never shown.
        worthy = offered.at(offered.points >= bar[offered.giver])
        worthy = worthy.at(best(worthy.giver, worthy.points, worthy.need, MOST_SHOWN))
        ends = np.flatnonzero(worthy.giver[MOST_SHOWN - 1 :] == worthy.giver[: 1 - MOST_SHOWN])
        bar[worthy.giver[ends]] = worthy.points[ends + MOST_SHOWN - 1]
        shown.append(worthy)
        progress(int(edges.need[-1]) + 1 if len(edges) else 0)
    planned, showing = Edges.joined(plan), Edges.joined(shown)
    return Candidates(
        planned,
        np.searchsorted(planned.need, np.arange(len(town.needs) + 1)),
        showing.at(best(showing.giver, showing.points, showing.need, MOST_SHOWN)),
        feasible,
        held,
        known,
    )


def _without(edges: Edges, refused: Ints, people: int) -> Edges:
    if not len(refused):
        return edges
    keys = edges.need * people + edges.giver
    place = np.searchsorted(keys, refused)
    place, wanted = place[place < len(keys)], refused[place < len(keys)]
    kept = np.ones(len(edges), np.bool_)
    kept[place[keys[place] == wanted]] = False
    return edges.at(kept)


def best(group: Ints, worth: Ints, tie: Ints, most: int) -> Ints:
    """Return the places of the ``most`` worthiest of each group, by group, the worthiest first.

    Equal worth goes by ``tie``, the smallest first; two of a group never have the same tie. All
    three are packed in one number each, because numbers sort many times faster than tables.
    """
    worst = int(worth.max(initial=0)) - worth
    chosen = _promising(group, worst, most)
    group, worst, tie = group[chosen], worst[chosen], tie[chosen]
    order = _sorted(group, worst, tie)
    fresh = np.flatnonzero(np.diff(group[order], prepend=-1))
    rank = np.arange(len(order)) - np.repeat(fresh, np.diff(fresh, append=len(order)))
    return chosen[order[rank < most]]


def _promising(group: Ints, worst: Ints, most: int) -> Ints:
    """Return the places of at least the ``most`` best of each group, found by counting.

    Counting is several times faster than sorting, but takes a cell for each group and worth.
    """
    width = int(worst.max(initial=0)) + 1
    low = int(group.min(initial=0))
    groups = int(group.max(initial=low)) - low + 1
    if groups * width > max(4 * len(group), 1 << 16):
        return np.arange(len(group))
    cells = (group - low) * width + worst
    table = np.bincount(cells, minlength=groups * width).reshape(groups, width)
    np.cumsum(table, axis=1, out=table)
    last = np.count_nonzero(table < most, axis=1)
    return np.flatnonzero(worst <= last[group - low])


def _sorted(group: Ints, worst: Ints, tie: Ints) -> Ints:
    """Return the order by group, then worst, then tie.

    Where they fit, all three are packed in one number each, with its place: numbers sort many times
    faster than tables.
    """
    bits = [int(column.max(initial=0)).bit_length() for column in (group, worst, tie)]
    bits.append(len(group).bit_length())
    if sum(bits) > _BITS:
        return np.lexsort((tie, worst, group))
    packed = (group << bits[1] | worst) << bits[2] | tie
    packed <<= bits[3]
    packed |= np.arange(len(group))
    packed.sort()
    order: Ints = packed & ((1 << bits[3]) - 1)
    return order


def kept_for_givers(town: Town, edges: Edges) -> Flags:
    """Return which needs are kept for people with hours to give, for now.

    A young need that is not urgent, where enough such people could do it: then one of them will
    look soon. With a few of them it would wait for nobody (docs/adr/0034). All edges of a need must
    be there.
    """
    has_hours = town.to_give >= FIRST_MINUTES
    count = np.bincount(edges.need[has_hours[edges.giver]], minlength=len(town.needs))
    kept: Flags = ~town.urgent & (town.waiting < town.window_days)
    return kept & (count >= enough_givers(int(np.count_nonzero(has_hours))))


def enough_givers(people: int) -> int:
    """Return how many people with hours to give must fit before a need is kept for them.

    Args:
        people: so many of the town have an hour to give at least.
    """
    return min(max(people // _PART, _FEW_ENOUGH), _MOST_ENOUGH)


def easy_steps(town: Town) -> Flags:
    """Return who may be shown easy first steps: hours to give, and few known talents."""
    few: Flags = np.count_nonzero(town.known, axis=1) < FEW_TALENTS
    return few & (town.to_give >= FIRST_MINUTES)


def able(town: Town, category: int, takes_easy: Flags) -> Ints:
    """Return who could be asked for this kind of help at all, going up."""
    can = town.known[:, category] > 0
    if town.easy[category]:
        can |= takes_easy
    can &= ~town.paused & ~town.muted[:, category] & (town.capacity > 0)
    if town.needs_certificate[category]:
        can &= town.certificate
    return np.flatnonzero(can)


def feasible_edges(
    town: Town, known: Acquaintance, weights: Weights = PUBLISHED
) -> Iterator[Edges]:
    """Return all feasible edges, before the window: one kind of help after the other.

    Needs go up throughout, and within a need givers go up.
    """
    of_need = need_points(town, weights)
    takes_easy = easy_steps(town)
    bounds = np.searchsorted(town.category, np.arange(len(town.categories) + 1))
    for category in np.unique(town.category).tolist():
        helpers = _Helpers(town, weights, category, able(town, category, takes_easy))
        first, last = bounds[category : category + 2].tolist()
        step = max(1, _CELLS // max(len(helpers.who), 1))
        blocks = [
            helpers.edges(np.arange(k, min(k + step, last), dtype=np.int64), known, of_need)
            for k in range(first, last, step)
        ]
        yield Edges.joined(blocks)


class _Helpers:
    """All who could do one kind of help, with what is needed of them side by side."""

    def __init__(self, town: Town, weights: Weights, category: int, who: Ints) -> None:
        self.town, self.weights, self.who = town, weights, who
        self.remote = bool(town.remote[category])
        self.x, self.y = town.x[who], town.y[who]
        self.max_km, self.capacity, self.slots = (
            town.max_km[who],
            town.capacity[who],
            town.slots[who],
        )
        self.points = known_points(town.known[who, category], weights)
        self.column = np.full(len(town.residents), -1, np.int64)
        self.column[who] = np.arange(len(who))

    def edges(self, needs: Ints, known: Acquaintance, of_need: Ints) -> Edges:
        """Return the feasible edges of a block of needs."""
        town, width = self.town, len(self.who)
        owner = town.owner[needs]
        row, column = np.nonzero(self._near(owner))
        shared = town.need_slots[needs][row] & self.slots[column]
        fits = (shared != 0) & (town.minutes[needs][row] <= self.capacity[column])
        fits &= self.column[owner][row] != column
        row, column, shared = row[fits], column[fits], shared[fits]
        points = (self.points[column] + of_need[needs][row]).astype(np.int64)
        points += same_time_points(shared, self.weights)
        inside = self._add_distance(points, town.x[owner][row], town.y[owner][row], column)
        inside &= known.add_points(
            points, row * width + column, owner, self.column, width, self.weights
        )
        found = Edges(self.who[column], needs[row], points)
        return found if inside.all() else found.at(inside)

    def _near(self, owner: Ints) -> Flags:
        """Return needs by helpers: in reach or a hair outside it; exact distances come later."""
        if self.remote:
            return np.ones((len(owner), len(self.who)), np.bool_)
        squares = np.square(self.town.x[owner][:, None] - self.x)
        squares += np.square(self.town.y[owner][:, None] - self.y)
        near: Flags = squares <= np.square(self.max_km) * _SLACK
        return near

    def _add_distance(self, points: Ints, x: Floats, y: Floats, column: Ints) -> Flags:
        """Add the points of distance in place; return which edges are within the maximum."""
        if self.remote:
            points += self.weights.near_remote
            return np.ones(len(points), np.bool_)
        km, most = distances(x - self.x[column], y - self.y[column]), self.max_km[column]
        points += near_points(km, most, self.weights)
        near: Flags = km <= most
        return near
