# SPDX-License-Identifier: EUPL-1.2
"""The rule for one figure, and how it is rounded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from timebank.publication.figures import Cell, Flow, Share
from timebank.publication.thresholds import Thresholds


def rounded(number: int, step: int) -> int:
    """Round to the nearest step, halves up."""
    return (number + step // 2) // step * step


def window(published: int, step: int) -> tuple[int, int]:
    """Return the least and the most (both inclusive) that a rounded figure can stand for."""
    return max(0, published - step // 2), published + (step - step // 2) - 1


def pooled(shares: Iterable[Share]) -> list[Share]:
    """Add up each account, leave out what was taken back, and whoever then did nothing.

    Somebody who moved house has a share in two areas; together that is one person.
    """
    sides: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for share in shares:
        sides[share.account][0] += max(0, share.given_minutes)
        sides[share.account][1] += max(0, share.received_minutes)
    return [Share(account, *both) for account, both in sides.items() if any(both)]


def may_be_shown(shares: Sequence[Share], thresholds: Thresholds) -> bool:
    """Say whether a figure about these people (pooled) has enough of them, and nobody dominates."""
    return _enough(
        len(shares),
        [share.given_minutes for share in shares if share.given_minutes],
        [share.received_minutes for share in shares if share.received_minutes],
        thresholds,
    )


def flow_may_be_shown(flows: Sequence[Flow], thresholds: Thresholds) -> bool:
    """Say the same of what some people gave to some others."""
    given: dict[int, int] = defaultdict(int)
    received: dict[int, int] = defaultdict(int)
    for flow in flows:
        given[flow.giver] += flow.minutes
        received[flow.receiver] += flow.minutes
    people = len(given.keys() | received.keys())
    return _enough(people, list(given.values()), list(received.values()), thresholds)


def cell_of(areas: Iterable[str], shares: Sequence[Share], thresholds: Thresholds) -> Cell:
    """Return the rounded figures of these people (pooled)."""
    step = thresholds.round_minutes
    return Cell(
        areas=tuple(sorted(areas)),
        given_minutes=rounded(sum(share.given_minutes for share in shares), step),
        received_minutes=rounded(sum(share.received_minutes for share in shares), step),
        active_people=rounded(len(shares), thresholds.round_people),
    )


def _enough(
    people: int, given: Sequence[int], received: Sequence[int], thresholds: Thresholds
) -> bool:
    return (
        people >= thresholds.least_active
        and len(given) >= thresholds.least_givers
        and len(received) >= thresholds.least_receivers
        and _nobody_dominates(given, thresholds)
        and _nobody_dominates(received, thresholds)
    )


def _nobody_dominates(minutes: Sequence[int], thresholds: Thresholds) -> bool:
    return 100 * max(minutes) <= thresholds.largest_share_percent * sum(minutes)
