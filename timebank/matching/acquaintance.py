# SPDX-License-Identifier: EUPL-1.2
"""Who knows whom: met, helped, a circle that could close, and people who avoid each other.

All of it is looked up from pairs, because there are far fewer of those than of possible matches.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from timebank.matching.scoring import Weights
from timebank.matching.towns import Flags, Ints, Town


@dataclasses.dataclass(frozen=True, eq=False)
class Neighbours:
    """For each person a list of others, one after the other.

    Attributes:
        people: how many people there are.
        keys: person * people + other of each pair, going up.
        start: others of person i are start[i] (inclusive) to start[i + 1] (exclusive).
        other: the others, one after the other.
    """

    people: int
    keys: Ints
    start: Ints
    other: Ints

    @classmethod
    def of(cls, people: int, one: Ints, other: Ints) -> Neighbours:
        """Group pairs by the first of each; pairs that are there twice count once."""
        keys = one * people + other
        keys.sort()
        keys = keys[np.diff(keys, prepend=-1) != 0]
        start = np.searchsorted(keys, np.arange(people + 1, dtype=np.int64) * people)
        return cls(people, keys, start.astype(np.int64), keys % max(people, 1))

    def around(self, people: Ints) -> tuple[Ints, Ints]:
        """Return the others of these people, one after the other, and of which of these they are.

        Returns:
            places in ``people``, and the others themselves.
        """
        count = self.start[people + 1] - self.start[people]
        place = np.repeat(np.arange(len(people), dtype=np.int64), count)
        within = np.arange(len(place), dtype=np.int64) - np.repeat(np.cumsum(count) - count, count)
        return place, self.other[np.repeat(self.start[people], count) + within]

    def of_one(self, person: int) -> Ints:
        """Return the others of one person."""
        return self.other[self.start[person] : self.start[person + 1]]

    def hold(self, one: Ints, other: Ints) -> Flags:
        """Return which of these pairs are among them."""
        wanted = one * self.people + other
        place = np.searchsorted(self.keys, wanted)
        found = np.zeros(len(wanted), np.bool_)
        inside = place < len(self.keys)
        found[inside] = self.keys[place[inside]] == wanted[inside]
        return found


@dataclasses.dataclass(frozen=True, eq=False)
class Acquaintance:
    """Who knows whom, seen from who needs help.

    Attributes:
        met: either helped the other.
        gave: the other was helped by this person, so that they can give back.
        circle: somebody whom this person helped has helped the other.
        avoid: never these two.
    """

    met: Neighbours
    gave: Neighbours
    circle: Neighbours
    avoid: Neighbours

    @classmethod
    def of(cls, town: Town) -> Acquaintance:
        """Read it from the exchanges of a town; circles only from people who need something."""
        people = len(town.residents)
        gave = Neighbours.of(people, town.helper, town.helped)
        both = (
            np.concatenate((town.helper, town.helped)),
            np.concatenate((town.helped, town.helper)),
        )
        owners = np.unique(town.owner)
        place, middle = gave.around(owners)
        step, end = gave.around(middle)
        begin = owners[place[step]]
        elsewhere = begin != end
        apart = np.concatenate((town.avoid, town.avoid[:, ::-1]))
        return cls(
            met=Neighbours.of(people, *both),
            gave=gave,
            circle=Neighbours.of(people, begin[elsewhere], end[elsewhere]),
            avoid=Neighbours.of(people, apart[:, 0], apart[:, 1]),
        )

    def add_points(
        self, points: Ints, edges: Ints, owner: Ints, column: Ints, width: int, weights: Weights
    ) -> Flags:
        """Add what follows from who knows whom to the points of edges.

        Args:
            points: of each edge; changed in place.
            edges: where each edge stands in the table of needs by givers, row * width + column,
                going up.
            owner: who needs the help, of each row of the table.
            column: of each person of the town the column of the table, or -1.
            width: of the table.

        Returns:
            which edges are not between people who avoid each other.
        """

        def found(others: Neighbours) -> Ints:
            row, person = others.around(owner)
            at = column[person]
            wanted = (row * width + at)[at >= 0]
            place = np.searchsorted(edges, wanted)
            place, wanted = place[place < len(edges)], wanted[place < len(edges)]
            those: Ints = place[edges[place] == wanted]
            return those

        points[found(self.met)] += weights.met
        gives_back = found(self.gave)
        circle = np.zeros(len(points), np.bool_)
        circle[found(self.circle)] = True
        circle[gives_back] = False
        points[gives_back] += weights.give_back
        points[circle] += weights.circle
        together = np.ones(len(points), np.bool_)
        together[found(self.avoid)] = False
        return together
