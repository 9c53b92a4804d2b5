# SPDX-License-Identifier: EUPL-1.2
"""A map of areas, and a grid of tiles for those of which no outline is known."""

from __future__ import annotations

import dataclasses
import itertools
import json
import math
from collections.abc import Iterable, Sequence

from timebank.charts.scales import shades

WIDTH = 320
MOST_HEIGHT = 420
EDGE = 6
NEAREST = 1.2
"""Points that are closer, in units of the drawing, cannot be told apart."""
LETTER_WIDTH = 7.2
"""About as wide is a letter of the size on the map; a name that is wider becomes its number."""
Point = tuple[float, float]
Ring = list[Point]


@dataclasses.dataclass(frozen=True)
class Spot:
    """A place to be drawn: its name, its number (None when withheld) with words, its outline."""

    name: str
    value: float | None
    words: str | None
    outline: str | None = None
    """Coordinates of a MultiPolygon as JSON, in degrees."""


@dataclasses.dataclass(frozen=True)
class Patch:
    """An area on the map: the data of a path, and what is written where."""

    number: int
    spot: Spot
    shade: int
    path: str
    label: str
    x: float
    y: float


@dataclasses.dataclass(frozen=True)
class Map:
    """Everything that is drawn; ``unplaced`` are the names of places without an outline."""

    patches: tuple[Patch, ...]
    unplaced: tuple[str, ...]
    height: float
    width: int = WIDTH


@dataclasses.dataclass(frozen=True)
class GridTile:
    """A place as one tile among others."""

    spot: Spot
    shade: int


def tile_grid(spots: Iterable[Spot]) -> list[GridTile]:
    """Shade a tile for each place, in their order."""
    spots = list(spots)
    dark = shades([spot.value for spot in spots])
    return [GridTile(spot, shade) for spot, shade in zip(spots, dark, strict=True)]


def area_map(spots: Sequence[Spot]) -> Map | None:
    """Draw the places that have an outline; None when none has."""
    drawn = [(spot, _polygons(spot.outline)) for spot in spots if spot.outline]
    points = [point for _, polygons in drawn for rings in polygons for point in rings[0]]
    if not points:
        return None
    frame = _Frame(points)
    dark = shades([spot.value for spot, _ in drawn])
    patches = [
        _patch(number, spot, shade, [[frame.placed(ring) for ring in rings] for rings in polygons])
        for number, ((spot, polygons), shade) in enumerate(zip(drawn, dark, strict=True), start=1)
    ]
    unplaced = tuple(spot.name for spot in spots if not spot.outline)
    return Map(tuple(patches), unplaced, frame.height)


class _Frame:
    """Turns degrees into units of the drawing; within a town the earth is flat."""

    def __init__(self, points: Sequence[Point]) -> None:
        self._west = min(point[0] for point in points)
        self._north = max(point[1] for point in points)
        south = min(point[1] for point in points)
        self._narrow = math.cos(math.radians((self._north + south) / 2))
        wide = (max(point[0] for point in points) - self._west) * self._narrow
        high = self._north - south
        self._scale = min(
            (WIDTH - 2 * EDGE) / max(wide, 1e-9), (MOST_HEIGHT - 2 * EDGE) / max(high, 1e-9)
        )
        self._left = (WIDTH - wide * self._scale) / 2
        self.height = round(high * self._scale + 2 * EDGE, 1)

    def placed(self, ring: Ring) -> Ring:
        return [
            (
                round(self._left + (east - self._west) * self._narrow * self._scale, 1),
                round(EDGE + (self._north - north) * self._scale, 1),
            )
            for east, north in ring
        ]


def _patch(number: int, spot: Spot, shade: int, polygons: list[list[Ring]]) -> Patch:
    largest = max((rings[0] for rings in polygons), key=lambda ring: abs(_middle(ring)[2]))
    x, y, _ = _middle(largest)
    room = max(point[0] for point in largest) - min(point[0] for point in largest)
    fits = len(spot.name) * LETTER_WIDTH <= room
    path = "".join(_drawn(ring) for rings in polygons for ring in rings)
    label = spot.name if fits else str(number)
    return Patch(number, spot, shade, path, label, round(x, 1), round(y, 1))


def _drawn(ring: Ring) -> str:
    """Return a ring as path data, without points that lie on top of each other on the drawing.

    Steps from point to point are shorter to send than places.
    """
    x, y = ring[0]
    steps = [f"M{x:g} {y:g}"]
    for next_x, next_y in ring[1:-1]:
        if math.hypot(next_x - x, next_y - y) >= NEAREST:
            steps.append(f"l{next_x - x:.1f} {next_y - y:.1f}")
            x, y = round(x + round(next_x - x, 1), 1), round(y + round(next_y - y, 1), 1)
    return "".join(steps) + "z"


def _middle(ring: Ring) -> tuple[float, float, float]:
    """Return the centre of gravity and the area of a ring (below zero when it runs clockwise)."""
    area = across = up = 0.0
    for (x, y), (next_x, next_y) in itertools.pairwise(ring):
        piece = x * next_y - next_x * y
        area += piece / 2
        across += (x + next_x) * piece
        up += (y + next_y) * piece
    if abs(area) < 1e-9:  # noqa: PLR2004 - a line has no middle of its own
        return ring[0][0], ring[0][1], 0.0
    return across / (6 * area), up / (6 * area), area


def _polygons(outline: str | None) -> list[list[Ring]]:
    return [
        [[(point[0], point[1]) for point in ring] for ring in polygon]
        for polygon in json.loads(outline or "[]")
    ]
