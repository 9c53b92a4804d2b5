# SPDX-License-Identifier: EUPL-1.2
"""Horizontal bars, one below the other, on the scale of the longest."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from timebank.charts.scales import placed, top_of

WIDTH = 320
"""Units of the drawing; bars are at least two wide when they stand for something."""


@dataclasses.dataclass(frozen=True)
class Bar:
    """One bar; ``width`` is None when its number is withheld."""

    name: str
    words: str
    width: float | None


def bars(rows: Sequence[tuple[str, float | None, str]]) -> list[Bar]:
    """Draw bars.

    Args:
        rows: name, number (None when withheld) and the number in words.
    """
    top = top_of(value for _, value, _ in rows)
    return [
        Bar(name, words, None if value is None else _wide(value, top))
        for name, value, words in rows
    ]


def _wide(value: float, top: float) -> float:
    return max(2.0, placed(value, top, WIDTH)) if value > 0 else 0.0
