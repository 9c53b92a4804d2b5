# SPDX-License-Identifier: EUPL-1.2
"""Which tests are asked about one mutant, and in which order."""

from __future__ import annotations

import collections
import itertools

import pytest

from tools.mutants.task import Reach

UNKNOWN_SECONDS = 9.0


def soonest(
    items: list[pytest.Item],
    function: str,
    known: collections.Counter[str],
    reach: Reach,
    patience: float,
) -> tuple[list[pytest.Item], float]:
    """Return which of these are asked, in which order, and how many seconds they took once.

    Those that noticed a change of the same function come first, then those that run it themselves
    and the fewest others: they are about it. They end when they take more seconds together than
    the patience; what the others might notice is not counted.
    """

    def place(item: pytest.Item) -> tuple[int, bool, int, float]:
        body = reach.by_body.get(item.nodeid, ())
        seconds = reach.seconds.get(item.nodeid, UNKNOWN_SECONDS)
        return -known[item.nodeid], function not in body, len(body), seconds

    ordered = sorted(items, key=place)
    sums = itertools.accumulate(reach.seconds.get(item.nodeid, UNKNOWN_SECONDS) for item in ordered)
    asked = [one for one in zip(ordered, sums, strict=True) if one[1] <= patience]
    return [item for item, _sum in asked], asked[-1][1] if asked else 0.0
