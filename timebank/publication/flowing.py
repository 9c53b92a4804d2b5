# SPDX-License-Identifier: EUPL-1.2
"""Which flows between cells are shown, so that no number can be worked out that is not.

A flow needs enough people of its own. Then the table is read as an attacker reads it, totals and
all (``windows``), and flows are left out, the smallest first, until every number keeps its window.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from timebank.publication.figures import Cell, Flow, FlowCell
from timebank.publication.rounding import flow_may_be_shown, rounded, window
from timebank.publication.thresholds import Thresholds
from timebank.publication.windows import UNKNOWN, Arc, Circulation

KEPT_TENTHS = 9
"""Of what rounding leaves open, so many tenths stay open whatever else is published.

Not ten: rounding halves up makes every window lopsided by a minute, and where nothing is withheld a
long table of sums would lose whole flows to that minute.
"""
Pair = tuple[int, int]
"""The places of two cells in the list of cells: those who gave, those who received."""


class Table:
    """The totals of the cells as everyone reads them, and the flows between them."""

    def __init__(self, cells: Sequence[Cell], thresholds: Thresholds, *, all_shown: bool) -> None:
        self._step = thresholds.round_minutes
        self._given = [cell.given_minutes for cell in cells]
        self._received = [cell.received_minutes for cell in cells]
        self._sides = range(len(cells))
        # Where the totals do not add up, as when hours went to the pot, something else takes part.
        self._all_shown = all_shown and self._may_add_up()

    def has_pinched_totals(self) -> bool:
        """Say whether the totals alone give away more than their rounding does.

        When nothing is withheld, given and received add up to the same, and a reader knows it: one
        total is the sum of those of the other side without the rest of its own.
        """
        return self._all_shown and (
            self._pinches(self._given, self._received) or self._pinches(self._received, self._given)
        )

    def _pinches(self, side: Sequence[int], other: Sequence[int]) -> bool:
        own, (least, most) = [window(value, self._step) for value in side], self._sum(other)
        all_least, all_most = self._sum(side)
        return any(
            min(high, most - (all_least - low)) - max(low, least - (all_most - high))
            < self._promised(value)
            for value, (low, high) in zip(side, own, strict=True)
        )

    def _may_add_up(self) -> bool:
        given, received = self._sum(self._given), self._sum(self._received)
        return given[0] <= received[1] and received[0] <= given[1]

    def _sum(self, values: Sequence[int]) -> tuple[int, int]:
        windows = [window(value, self._step) for value in values]
        return sum(least for least, _ in windows), sum(most for _, most in windows)

    @functools.cached_property
    def _needed(self) -> list[int] | None:
        """How far each number can move while no flow is shown: no flow may make that less."""
        return self._windows({})

    def breach(self, shown: Mapping[Pair, int]) -> Pair | None:
        """Return a pair whose row or column tells too much, or None when all keep their windows."""
        found = self._windows(shown)
        if found is None or self._needed is None:
            return next(iter(shown), None)
        size = len(self._sides)
        for number, moves in enumerate(found):
            needed = self._needed[number]
            pair = self._pair(number - 2 * size) if number >= 2 * size else (number % size,) * 2
            if pair in shown and number >= 2 * size:
                needed = min(needed, self._promised(shown[pair]))
            if moves < needed:
                return pair
        return None

    def _promised(self, published: int) -> int:
        least, most = window(published, self._step)
        return (most - least) * KEPT_TENTHS // 10

    def _pair(self, number: int) -> Pair:
        return divmod(number, len(self._sides))

    def _windows(self, shown: Mapping[Pair, int]) -> list[int] | None:
        """Return how far each total and each flow can move, at most one rounding step."""
        size = len(self._sides)
        source, drain, other_givers, other_receivers = range(2 * size, 2 * size + 4)
        arcs = [Arc(source, row, *window(self._given[row], self._step)) for row in self._sides]
        arcs += [
            Arc(size + column, drain, *window(self._received[column], self._step))
            for column in self._sides
        ]
        for pair in (self._pair(number) for number in range(size * size)):
            bounds = window(shown[pair], self._step) if pair in shown else (0, UNKNOWN)
            arcs.append(Arc(pair[0], size + pair[1], *bounds))
        counted = len(arcs)
        arcs.append(Arc(drain, source, 0, UNKNOWN))
        if not self._all_shown:
            arcs += [Arc(source, other_givers, 0, UNKNOWN), Arc(other_receivers, drain, 0, UNKNOWN)]
            arcs += [Arc(other_givers, size + column, 0, UNKNOWN) for column in self._sides]
            arcs += [Arc(row, other_receivers, 0, UNKNOWN) for row in self._sides]
        circulation = Circulation(arcs)
        if not circulation.settle():
            return None
        enough = (self._step - 1) * KEPT_TENTHS // 10
        return [circulation.moves(number, enough) for number in range(counted)]


def flows_shown(
    cells: Sequence[Cell], flows: Collection[Flow], thresholds: Thresholds, *, all_shown: bool
) -> tuple[FlowCell, ...]:
    """Return the flows between these cells that everyone may see.

    Args:
        all_shown: whether every area that takes part is in one of the cells.
    """
    shown = _candidates(cells, flows, thresholds)
    table = Table(cells, thresholds, all_shown=all_shown)
    while shown and (pair := table.breach(shown)) is not None:
        near = [one for one in shown if one[0] == pair[0] or one[1] == pair[1]]
        del shown[min(near or shown, key=lambda one: (shown[one], one))]
    return tuple(
        FlowCell(cells[row].areas, cells[column].areas, minutes)
        for (row, column), minutes in sorted(shown.items())
    )


def _candidates(
    cells: Sequence[Cell], flows: Collection[Flow], thresholds: Thresholds
) -> dict[Pair, int]:
    place = {area: number for number, cell in enumerate(cells) for area in cell.areas}
    between: dict[Pair, list[Flow]] = defaultdict(list)
    for flow in flows:
        if flow.minutes > 0 and flow.giver_area in place and flow.receiver_area in place:
            between[place[flow.giver_area], place[flow.receiver_area]].append(flow)
    return {
        pair: rounded(sum(flow.minutes for flow in some), thresholds.round_minutes)
        for pair, some in between.items()
        if flow_may_be_shown(some, thresholds)
    }
