# SPDX-License-Identifier: EUPL-1.2
"""Where a number comes on a drawing."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

SHADES = 5
"""So many steps from light to dark can be told apart, also on paper."""
_ROUND = (1, 2, 5, 10)


def top_of(values: Iterable[float | None]) -> float:
    """Return a round number that is at least as large as all values, and more than zero."""
    largest = max((value for value in values if value is not None), default=0)
    if largest <= 0:
        return 1
    power = math.pow(10, math.floor(math.log10(largest)))
    return next(step * power for step in _ROUND if step * power >= largest)


def shades(values: Sequence[float | None]) -> list[int]:
    """Return how dark each number is drawn: 0 for nothing, then 1 to ``SHADES``, the largest."""
    largest = max((value for value in values if value is not None), default=0)
    return [
        max(1, math.ceil(SHADES * value / largest)) if value and value > 0 else 0
        for value in values
    ]


def placed(value: float, top: float, length: float) -> float:
    """Return how far a number comes on a length, from zero on, with one decimal."""
    return round(length * min(max(value, 0), top) / top, 1)
