# SPDX-License-Identifier: EUPL-1.2
"""Publish a period: the one door of this library."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Sequence

from timebank.publication.errors import PeriodOverlaps
from timebank.publication.figures import Books, Cell, Publication
from timebank.publication.flowing import Table, flows_shown
from timebank.publication.merging import Merging
from timebank.publication.rounding import cell_of
from timebank.publication.thresholds import Thresholds, check_thresholds


def publish(
    books: Books, thresholds: Thresholds | None = None, earlier: Sequence[Publication] = ()
) -> Publication:
    """Return what everyone may read of a period.

    Args:
        thresholds: those of the timebank; the defaults when it chose none.
        earlier: what was published before. The same period is answered as it was then, also when
            the books or the thresholds changed since.

    Raises:
        ThresholdTooLoose: a threshold is looser than the rule.
        PeriodOverlaps: some of the days were published in another period. A longer period is added
            up from what was published (``added_up``), never counted anew: the difference would tell
            what was withheld.

    Source: docs/adr/0039.
    """
    thresholds = thresholds or Thresholds()
    check_thresholds(thresholds)
    for one in earlier:
        if (one.first_day, one.last_day) == (books.first_day, books.last_day):
            return one
        if one.first_day <= books.last_day and books.first_day <= one.last_day:
            raise PeriodOverlaps(one.first_day, one.last_day)
    cells = _cells(books, thresholds)
    shown = {area for cell in cells for area in cell.areas}
    withheld = tuple(sorted(books.shares.keys() - shown))
    all_shown = not any(books.shares[area] for area in withheld)
    return Publication(
        books.first_day,
        books.last_day,
        cells,
        withheld,
        flows_shown(cells, books.flows, thresholds, all_shown=all_shown) if books.flows else (),
    )


def added_up(parts: Sequence[Publication]) -> dict[tuple[str, ...], Cell]:
    """Add up what successive publications said of the same areas, by those areas.

    Nothing is counted anew, so nothing new is told. People cannot be added, as they return: the
    most of one period is given, which reads as "at least".

    Raises:
        PeriodOverlaps: two of the periods share days.
    """
    ordered = sorted(parts, key=lambda one: one.first_day)
    for before, after in itertools.pairwise(ordered):
        if after.first_day <= before.last_day:
            raise PeriodOverlaps(before.first_day, before.last_day)
    sums: dict[tuple[str, ...], Cell] = {}
    for cell in (cell for one in ordered for cell in one.cells):
        so_far = sums.get(cell.areas, Cell(cell.areas, 0, 0, 0))
        sums[cell.areas] = dataclasses.replace(
            so_far,
            given_minutes=so_far.given_minutes + cell.given_minutes,
            received_minutes=so_far.received_minutes + cell.received_minutes,
            active_people=max(so_far.active_people, cell.active_people),
        )
    return sums


def _cells(books: Books, thresholds: Thresholds) -> tuple[Cell, ...]:
    merging = Merging(books.shares, books.parents, thresholds)
    cells = [cell_of(group, merging.people(group), thresholds) for group in merging.groups()]
    shown = {area for cell in cells for area in cell.areas}
    # Where nothing happened nothing is withheld, and every reader knows it.
    all_shown = not any(shares for area, shares in books.shares.items() if area not in shown)
    if all_shown and Table(cells, thresholds, all_shown=True).has_pinched_totals():
        # Without one of them the totals no longer have to add up, and each is free again.
        cells.remove(min(cells, key=lambda cell: (cell.active_people, cell.areas)))
    return tuple(cells)
