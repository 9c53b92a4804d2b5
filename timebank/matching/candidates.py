# SPDX-License-Identifier: EUPL-1.2
"""Who could do what: every pair of a giver and a need that breaks no hard rule, with its points.

For each kind of help all possible givers are held against all needs at once. What is rare (they met,
one helped the other, a circle, people who avoid each other) is looked up from the pairs, because
there are far fewer of those than of possible matches.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from timebank.matching.scoring import (
    FEW_TALENTS,
    FIRST_MINUTES,
    PUBLISHED,
    Weights,
    distances,
    known_points,
    near_points,
    need_points,
    same_time_points,
)
from timebank.matching.towns import Flags, Floats, Ints, Town

_CELLS = 1 << 18
"""So many pairs are held against each other at a time: they fit the fast memory of a processor."""
_SLACK = 1 + 1e-9

Short = npt.NDArray[np.int32]


@dataclasses.dataclass(frozen=True, eq=False)
class Candidates:
    """The feasible edges, grouped by need.

    Attributes:
        start: edges of need k are start[k] (inclusive) to start[k + 1] (exclusive).
        giver, points: of each edge; within a need, givers go up.
    """

    start: Ints
    giver: Short
    points: Short

    @property
    def need(self) -> Short:
        """The need of each edge."""
        return np.repeat(np.arange(len(self.start) - 1, dtype=np.int32), np.diff(self.start))

    def only(self, chosen: Flags) -> Candidates:
        """Return these edges alone."""
        kept = np.concatenate(([0], np.cumsum(chosen, dtype=np.int64)))[self.start]
        return Candidates(kept, self.giver[chosen], self.points[chosen])


@dataclasses.dataclass(frozen=True, eq=False)
class Neighbours:
    """For each person a list of others, one after the other.

    Attributes:
        start: others of person i are start[i] (inclusive) to start[i + 1] (exclusive).
    """

    start: Ints
    other: Ints

    @classmethod
    def of(cls, people: int, one: Ints, other: Ints) -> Neighbours:
        """Group pairs by the first of each; pairs that are there twice count once."""
        keys = np.unique(one * people + other) if people else np.empty(0, np.int64)
        start = np.searchsorted(keys, np.arange(people + 1, dtype=np.int64) * people)
        return cls(start.astype(np.int64), keys % max(people, 1))

    def around(self, people: Ints) -> tuple[Ints, Ints]:
        """Return, for each of these people one after the other, its place in the list and others."""
        count = self.start[people + 1] - self.start[people]
        row = np.repeat(np.arange(len(people), dtype=np.int64), count)
        within = np.arange(len(row), dtype=np.int64) - np.repeat(np.cumsum(count) - count, count)
        return row, self.other[np.repeat(self.start[people], count) + within]


@dataclasses.dataclass(frozen=True, eq=False)
class Acquaintance:
    """Who knows whom, seen from who needs help; made once and used by all that give points.

    Attributes:
        met: either helped the other.
        gave: the other was helped by this person, so that they can give back.
        circle: somebody whom this person helped has helped the other.
        avoid: not these two.
    """

    met: Neighbours
    gave: Neighbours
    circle: Neighbours
    avoid: Neighbours

    @classmethod
    def of(cls, town: Town) -> Acquaintance:
        """Read it from the exchanges of a town."""
        people = len(town.residents)
        gave = Neighbours.of(people, town.helper, town.helped)
        both = np.concatenate((town.helper, town.helped)), np.concatenate((town.helped, town.helper))
        owners = np.unique(town.owner)
        row, middle = gave.around(owners)
        step, end = gave.around(middle)
        begin = owners[row[step]]
        elsewhere = begin != end
        apart = np.concatenate((town.avoid, town.avoid[:, ::-1]))
        return cls(
            met=Neighbours.of(people, *both),
            gave=gave,
            circle=Neighbours.of(people, begin[elsewhere], end[elsewhere]),
            avoid=Neighbours.of(people, apart[:, 0], apart[:, 1]),
        )


def candidates_of(town: Town, weights: Weights = PUBLISHED) -> Candidates:
    """Return every feasible edge of the town, before the window."""
    known = Acquaintance.of(town)
    of_need = need_points(town, weights)
    takes_easy = easy_steps(town)
    bounds = np.searchsorted(town.category, np.arange(len(town.categories) + 1))
    parts = [
        _of_category(town, weights, known, (int(bounds[c]), int(bounds[c + 1])), takes_easy)
        for c in range(len(town.categories))
    ]
    counts = np.concatenate([np.zeros(1, np.int64), *(count for count, _, _ in parts)])
    giver = np.concatenate([np.empty(0, np.int32), *(giver for _, giver, _ in parts)])
    points = np.concatenate([np.empty(0, np.int32), *(points for _, _, points in parts)])
    start = np.cumsum(counts)
    points += np.repeat(of_need, counts[1:]).astype(np.int32)
    return Candidates(start, giver, points)


def in_window(town: Town, edges: Candidates) -> Candidates:
    """Leave, of a young need that is not urgent, the edges of people with hours to give.

    Only where two such people at least could do it; other needs are open to all at once.
    """
    has_hours = (town.to_give >= FIRST_MINUTES)[edges.giver]
    before = np.concatenate(([0], np.cumsum(has_hours, dtype=np.int64)))
    enough = np.diff(before[edges.start]) >= 2
    held = ~town.urgent & (town.waiting < town.window_days) & enough
    return edges.only(has_hours | ~np.repeat(held, np.diff(edges.start)))


def easy_steps(town: Town) -> Flags:
    """Return who may be shown easy first steps: hours to give, and few known talents."""
    few = np.count_nonzero(town.known, axis=1) < FEW_TALENTS
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


def _of_category(
    town: Town,
    weights: Weights,
    known: Acquaintance,
    bounds: tuple[int, int],
    takes_easy: Flags,
) -> tuple[Ints, Short, Short]:
    """Return the edges of one kind of help: how many each need has, their givers and points."""
    first, last = bounds
    if first == last:
        return np.empty(0, np.int64), np.empty(0, np.int32), np.empty(0, np.int32)
    category = int(town.category[first])
    givers = able(town, category, takes_easy)
    step = max(1, _CELLS // max(len(givers), 1))
    parts = [
        _of_needs(town, weights, known, np.arange(k, min(k + step, last), dtype=np.int64), givers)
        for k in range(first, last, step)
    ]
    counts, who, points = (np.concatenate(column) for column in zip(*parts, strict=True))
    return counts, who.astype(np.int32), points.astype(np.int32)


def _of_needs(
    town: Town, weights: Weights, known: Acquaintance, needs: Ints, givers: Ints
) -> tuple[Ints, Ints, Ints]:
    category = int(town.category[needs[0]])
    remote = bool(town.remote[category])
    owner = town.owner[needs]
    cells = np.flatnonzero(_reach(town, owner, givers, remote=remote))
    row, column = np.divmod(cells, max(len(givers), 1))
    need, giver = needs[row], givers[column]
    shared = town.need_slots[need] & town.slots[giver]
    fits = (shared != 0) & (town.minutes[need] <= town.capacity[giver])
    fits &= town.owner[need] != giver
    row, giver, need, shared, cells = (a[fits] for a in (row, giver, need, shared, cells))
    points = known_points(town.known[giver, category], weights)
    points += same_time_points(shared, weights)
    if remote:
        points += weights.near_remote
        kept = np.ones(len(giver), np.bool_)
    else:
        km = distances(town.x[giver] - town.x[town.owner[need]], town.y[giver] - town.y[town.owner[need]])
        points += near_points(km, town.max_km[giver], weights)
        kept = km <= town.max_km[giver]
    kept &= _add_acquaintance(points, cells, known, owner, givers, len(town.residents), weights)
    return np.bincount(row[kept], minlength=len(needs)), giver[kept], points[kept]


def _reach(town: Town, owner: Ints, givers: Ints, *, remote: bool) -> Flags:
    """Return needs by givers: within reach, or a hair outside; the exact distance comes after."""
    if remote:
        return np.ones((len(owner), len(givers)), np.bool_)
    dx = town.x[owner][:, None] - town.x[givers]
    dy = town.y[owner][:, None] - town.y[givers]
    dx *= dx
    dy *= dy
    dx += dy
    near: Flags = dx <= np.square(town.max_km[givers]) * _SLACK
    return near


def _add_acquaintance(
    points: Ints,
    cells: Ints,
    known: Acquaintance,
    owner: Ints,
    givers: Ints,
    people: int,
    weights: Weights,
) -> Flags:
    """Add what follows from who knows whom; return which edges are not between people who avoid.

    Args:
        cells: place of each edge in the table of needs by givers, going up.
    """
    column = np.full(people, -1, np.int64)
    column[givers] = np.arange(len(givers))

    def found(others: Neighbours) -> Ints:
        row, person = others.around(owner)
        at = column[person]
        wanted = (row * len(givers) + at)[at >= 0]
        place = np.searchsorted(cells, wanted)
        inside = place < len(cells)
        place, wanted = place[inside], wanted[inside]
        return place[cells[place] == wanted]

    points[found(known.met)] += weights.met
    gives_back = found(known.gave)
    circle = np.zeros(len(points), np.bool_)
    circle[found(known.circle)] = True
    circle[gives_back] = False
    points[gives_back] += weights.give_back
    points[circle] += weights.circle
    apart = np.ones(len(points), np.bool_)
    apart[found(known.avoid)] = False
    return apart
