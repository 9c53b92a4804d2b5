# SPDX-License-Identifier: EUPL-1.2
"""Flows between places as a square of tiles: rows gave, columns received."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from timebank.charts.scales import shades

SIDE = 44
"""One tile with its gap, in units of the drawing; a word of three digits fits."""
GAP = 4
HEAD = 26
"""Room for the numbers of the places, above and at the left."""
WIDEST = 340
"""Seven places; drawn smaller than that, the words on a tile are too small."""
DARK = 4
"""From this shade on the words on a tile are light."""


@dataclasses.dataclass(frozen=True)
class Tile:
    """One tile; ``words`` is None when its number is withheld."""

    x: int
    y: int
    shade: int
    words: str | None
    is_dark: bool
    is_within: bool
    """Given and received in the same place."""


@dataclasses.dataclass(frozen=True)
class FlowPicture:
    """Everything that is drawn; ``heads`` are places on the drawing with the number of a place."""

    tiles: tuple[Tile, ...]
    heads: tuple[tuple[float, int], ...]
    size: int
    side: int = SIDE - GAP

    @property
    def is_wide(self) -> bool:
        """Whether it would be too small to read on a phone, if it were made to fit."""
        return self.size > WIDEST


def flows(
    places: Sequence[str], numbers: Mapping[tuple[int, int], tuple[float, str]]
) -> FlowPicture:
    """Draw a tile for each pair of places.

    Args:
        places: their names; they are numbered from one in this order.
        numbers: by giving and receiving place, counted from zero: the number and its words. A pair
            that is not a key is withheld.
    """
    size = len(places)
    pairs = [(row, column) for row in range(size) for column in range(size)]
    dark = shades([numbers[pair][0] if pair in numbers else None for pair in pairs])
    tiles = [
        Tile(
            x=HEAD + column * SIDE,
            y=HEAD + row * SIDE,
            shade=shade,
            words=numbers[row, column][1] if (row, column) in numbers else None,
            is_dark=shade >= DARK,
            is_within=row == column,
        )
        for (row, column), shade in zip(pairs, dark, strict=True)
    ]
    middle = HEAD + (SIDE - GAP) / 2
    heads = tuple((middle + number * SIDE, number + 1) for number in range(size))
    return FlowPicture(tuple(tiles), heads, HEAD + size * SIDE)
