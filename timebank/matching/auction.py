# SPDX-License-Identifier: EUPL-1.2
"""Dividing needs over givers by bidding (Bertsekas): needs bid for the places of givers.

Each giver has up to three places. A need bids for the place that leaves it most, and pays so
much more that the second-best is all but as good; whoever held the place bids again elsewhere. At
the end nobody could do better by more than one step of the bidding, so the whole is within one step
for each need of the best there is. Hour limits and half-days are not looked at here.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from timebank.matching.scoring import MOST_TASKS
from timebank.matching.towns import Ints

STEPS_A_POINT = 2
"""A bid rises by at least one step, half a point."""
_NEVER = 1 << 40
"""Dearer than any place is worth."""
_AT_HAND = 24
"""So many givers of each need are looked at first; the others only when these are all too dear."""


@dataclasses.dataclass(frozen=True, eq=False)
class Market:
    """What is divided. All worth is in points; edges of a need stand together.

    Attributes:
        start: edges of need k are start[k] (inclusive) to start[k + 1] (exclusive).
        giver, points: of each edge; the edges of a need fall in points + first bonus of the giver.
        bonuses: givers by rank, what a first, second and third need adds; never rising.
        places: how many needs each giver takes at most, up to three.
        owner: of each need, the resident.
        resident: what the first filled need of a resident adds.
    """

    start: Ints
    giver: Ints
    points: Ints
    bonuses: Ints
    places: Ints
    owner: Ints
    resident: int


@dataclasses.dataclass(frozen=True, eq=False)
class Outcome:
    """How the bidding ended.

    Attributes:
        giver: of each need, or -1.
        prices: in steps, of each place of each giver, less its bonus: what a need would give up.
        bound: no division of the market is worth more points than this.
    """

    giver: Ints
    prices: Ints
    bound: float


def divide(market: Market) -> Outcome:
    """Let the needs bid until nobody wants to bid any more."""
    return _Bidding(market).outcome()


class _Bidding:
    def __init__(self, market: Market) -> None:
        self.market = market
        needs, givers = len(market.owner), len(market.places)
        self.worth = market.points * STEPS_A_POINT
        rank = np.arange(MOST_TASKS)
        there = rank[None, :] < market.places[:, None]
        self.price = np.where(there, -market.bonuses * STEPS_A_POINT, _NEVER)
        self.cheapest = self.price[:, 0].copy()
        self.holder = np.full((givers, MOST_TASKS), -1, np.int64)
        self.giver = np.full(needs, -1, np.int64)
        self.floor = -market.resident * STEPS_A_POINT
        self.hoping = np.bincount(market.owner, minlength=givers)
        self.rest = np.full(needs, -_NEVER, np.int64)
        self._lay_out(needs)

    def _lay_out(self, needs: int) -> None:
        """Lay the first edges of each need side by side; note what the next is worth at most."""
        count = np.diff(self.market.start)
        at = self.market.start[:-1, None] + np.arange(_AT_HAND)[None, :]
        there = np.arange(_AT_HAND)[None, :] < count[:, None]
        at = np.where(there, at, 0)
        if not len(self.worth):
            self.near_giver = np.zeros((needs, _AT_HAND), np.int64)
            self.near_worth = np.full((needs, _AT_HAND), -_NEVER, np.int64)
            return
        self.near_giver = self.market.giver[at]
        self.near_worth = np.where(there, self.worth[at], -_NEVER)
        more = np.flatnonzero(count > _AT_HAND)
        following = self.market.start[more] + _AT_HAND
        self.rest[more] = self.worth[following] - self.cheapest[self.market.giver[following]]

    def outcome(self) -> Outcome:
        bidders = np.arange(len(self.giver))
        while len(bidders):
            bidders = self._round(bidders)
        return Outcome(self.giver, self.price, self._bound())

    def _round(self, bidders: Ints) -> Ints:
        """Let these needs bid once; return who is without a place and still wants one."""
        giver, first, second = self._wishes(bidders)
        floor = np.where(self.hoping[self.market.owner[bidders]] == 1, self.floor, 0)
        gives_up = first < floor
        stays = self._give_up(bidders[gives_up], first[gives_up])
        bids = ~gives_up
        losers, evicted = self._sell(
            bidders[bids], giver[bids], (first - np.maximum(second, floor))[bids] + 1
        )
        return np.concatenate((stays, losers, evicted))

    def _wishes(self, bidders: Ints) -> tuple[Ints, Ints, Ints]:
        """Return the giver that leaves each need most, what it leaves, and what the next leaves."""
        givers = self.near_giver[bidders]
        left = self.near_worth[bidders] - self.cheapest[givers]
        row = np.arange(len(bidders))
        column = left.argmax(axis=1)
        giver, first = givers[row, column], left[row, column]
        left[row, column] = -_NEVER
        next_place = self.near_worth[bidders][row, column] - self.price[giver, 1]
        second = np.maximum(left.max(axis=1), next_place)
        unsure = np.flatnonzero(self.rest[bidders] > second)
        if len(unsure):
            for need in bidders[unsure].tolist():
                self._look_around(need)
            giver[unsure], first[unsure], second[unsure] = self._wishes(bidders[unsure])
        return giver, first, second

    def _look_around(self, need: int) -> None:
        """Lay the edges of a need that leave it most now at hand.

        Prices only rise: what is not at hand never leaves more than the best of it does now.
        """
        own = slice(self.market.start[need], self.market.start[need + 1])
        givers, worth = self.market.giver[own], self.worth[own]
        left = worth - self.cheapest[givers]
        order = np.argpartition(-left, _AT_HAND)
        self.near_giver[need] = givers[order[:_AT_HAND]]
        self.near_worth[need] = worth[order[:_AT_HAND]]
        self.rest[need] = left[order[_AT_HAND]]

    def _give_up(self, needs: Ints, first: Ints) -> Ints:
        """Take needs out for which no place is worth it; return those that may still hope.

        The last need of a resident may cost the bonus for a resident who is helped at all.
        """
        if not len(needs):
            return needs
        order = np.lexsort((needs, -first, self.market.owner[needs]))
        needs, first = needs[order], first[order]
        owner = self.market.owner[needs]
        best = np.concatenate(([True], owner[1:] != owner[:-1]))
        giving_up = np.bincount(owner, minlength=len(self.hoping))
        hopes = best & (giving_up == self.hoping)[owner] & (giving_up[owner] > 1)
        hopes &= first >= self.floor
        np.subtract.at(self.hoping, owner[~hopes], 1)
        stays: Ints = needs[hopes]
        return stays

    def _sell(self, needs: Ints, giver: Ints, rise: Ints) -> tuple[Ints, Ints]:
        """Give the cheapest place of each giver to the highest bid; return losers and evicted."""
        if not len(needs):
            return needs, needs
        order = np.lexsort((needs, -rise, giver))
        needs, giver, rise = needs[order], giver[order], rise[order]
        wins = np.concatenate(([True], giver[1:] != giver[:-1]))
        winner, seller = needs[wins], giver[wins]
        evicted = self.holder[seller, 0]
        evicted = evicted[evicted >= 0]
        self.giver[evicted] = -1
        self.giver[winner] = seller
        price, holder = self.price[seller], self.holder[seller]
        price[:, 0] += rise[wins]
        holder[:, 0] = winner
        by_price = np.argsort(price, axis=1, kind="stable")
        self.price[seller] = np.take_along_axis(price, by_price, axis=1)
        self.holder[seller] = np.take_along_axis(holder, by_price, axis=1)
        self.cheapest[seller] = self.price[seller, 0]
        return needs[~wins], evicted

    def _bound(self) -> float:
        """Return the worth of the dual: what places cost and what they leave to the needs."""
        market = self.market
        there = self.price < _NEVER
        # Places change their order as prices rise, but all of a giver together pay this.
        paid = self.price[there].sum() + (market.bonuses[there] * STEPS_A_POINT).sum()
        left = np.full(len(self.giver), -_NEVER, np.int64)
        if len(self.worth):
            edge = self.worth - self.cheapest[market.giver]
            has = np.diff(market.start) > 0
            left[has] = np.maximum.reduceat(edge, market.start[:-1][has])
        total = np.zeros(len(market.places), np.int64)
        np.add.at(total, market.owner, np.maximum(left, 0))
        best = np.full(len(market.places), -_NEVER, np.int64)
        np.maximum.at(best, market.owner, left)
        residents = total + np.maximum(0, np.minimum(best, 0) - self.floor)
        return float(paid + residents.sum()) / STEPS_A_POINT
