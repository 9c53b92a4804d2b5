# SPDX-License-Identifier: EUPL-1.2
"""The two grids that are read: degrees (WGS 84) and metres of the national grid (RD)."""

from __future__ import annotations

import enum
import functools

import numpy as np
import numpy.typing as npt
import pyproj

from timebank.shapes.errors import OutsideTheNetherlands, UnknownProjection

Points = npt.NDArray[np.float64]
"""East and north of many points, one a row."""


class Grid(enum.StrEnum):
    """How a file says where something lies."""

    DEGREES = "degrees (WGS 84)"
    METRES = "metres of the national grid (RD)"


_BOXES = {
    Grid.DEGREES: (3.0, 50.6, 7.4, 53.8),
    Grid.METRES: (-10_000.0, 289_000.0, 300_000.0, 640_000.0),
}
"""West, south, east and north of the European Netherlands with its sea, inclusive."""
FULL_DEGREES = 180.0


def grid_named(projection: str) -> Grid:
    """Return the grid that a file says it is in.

    Raises:
        UnknownProjection: it is another one. It is not guessed.
    """
    parts = projection.upper().replace("/", ":").split(":")
    if parts[-1] == "28992":
        return Grid.METRES
    # ETRS 89 (4258) differs from WGS 84 by less than a metre.
    if parts[-1] in ("CRS84", "4326", "4258"):
        return Grid.DEGREES
    raise UnknownProjection(projection)


def grid_around(code: str, points: Points) -> Grid:
    """Tell the grid from points of an area, where the file does not say it.

    Raises:
        OutsideTheNetherlands: the points fit neither.
    """
    for grid in Grid:
        if _inside(grid, points).all():
            return grid
    east, north = points[0]
    likely = Grid.DEGREES if np.abs(points[0]).max() <= FULL_DEGREES else Grid.METRES
    raise OutsideTheNetherlands(code, float(east), float(north), likely)


def require_inside(code: str, grid: Grid, points: Points) -> None:
    """Refuse points outside the Netherlands.

    Raises:
        OutsideTheNetherlands: naming the first.
    """
    inside = _inside(grid, points)
    if not inside.all():
        east, north = points[~inside][0]
        raise OutsideTheNetherlands(code, float(east), float(north), grid)


def to_metres(points: Points) -> Points:
    """Turn degrees into metres of the national grid."""
    return _moved(points, 4326, 28992)


def to_degrees(points: Points) -> Points:
    """Turn metres of the national grid into degrees, rounded to about a metre."""
    return np.round(_moved(points, 28992, 4326), 5)


def _inside(grid: Grid, points: Points) -> npt.NDArray[np.bool_]:
    west, south, east, north = _BOXES[grid]
    across, up = points[:, 0], points[:, 1]
    fits: npt.NDArray[np.bool_] = (
        (across >= west) & (across <= east) & (up >= south) & (up <= north)
    )
    return fits


def _moved(points: Points, start: int, end: int) -> Points:
    return np.column_stack(_transformer(start, end).transform(points[:, 0], points[:, 1]))


@functools.cache
def _transformer(start: int, end: int) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(start, end, always_xy=True)
