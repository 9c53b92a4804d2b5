# SPDX-License-Identifier: EUPL-1.2
"""Make one polygon valid and small enough to draw."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from timebank.shapes.grids import Points, to_degrees

MOST_POINTS = 160
"""A neighbourhood on a map of a hand's width needs no more."""
FIRST_TOLERANCE_METRES = 4.0
SMALLEST_PART = 0.002
"""Parts below this share of the whole cannot be seen, and are left out."""
FEWEST_POINTS = 4

Rings = list[list[Points]]
"""Of each polygon its outer ring and its holes."""


def rings_of(geometry: Any) -> Rings | None:  # noqa: ANN401 - whatever stood in the file
    """Return the points of a GeoJSON Polygon or MultiPolygon; None for anything else.

    Heights are left out. A point that is no pair of numbers makes it anything else.
    """
    if not isinstance(geometry, dict) or geometry.get("type") not in ("Polygon", "MultiPolygon"):
        return None
    coordinates: Any = geometry.get("coordinates") or []
    polygons = [coordinates] if geometry["type"] == "Polygon" else coordinates
    try:
        found = [
            [np.array([point[:2] for point in ring], dtype=np.float64) for ring in polygon]
            for polygon in polygons
        ]
    except (TypeError, ValueError):
        return None
    rings = [ring for polygon in found for ring in polygon]
    fits = all(
        ring.ndim == 2 and ring.shape[1] == 2 and np.isfinite(ring).all()  # noqa: PLR2004
        for ring in rings
    )
    enough = all(len(ring) >= FEWEST_POINTS for ring in rings)
    return found if rings and all(found) and fits and enough else None


def outline_of(rings: Rings) -> tuple[str | None, list[str]]:
    """Return a simplified outline as JSON in degrees, and what was mended.

    Args:
        rings: in metres of the national grid.
    """
    shape: BaseGeometry = MultiPolygon([Polygon(polygon[0], polygon[1:]) for polygon in rings])
    remarks = []
    if not shape.is_valid:
        reason = shapely.is_valid_reason(shape).partition("[")[0].lower()
        remarks.append(f"its outline was mended ({reason})")
        shape = shapely.make_valid(shape)
    parts = _parts(shape)
    if not parts:
        return None, ["its outline encloses nothing"]
    return json.dumps(_written(_small(parts)), separators=(",", ":")), remarks


def _parts(shape: BaseGeometry) -> list[Polygon]:
    """Return the polygons within a shape, without what is too small to see."""
    pieces = shapely.get_parts(shape, return_index=False)
    polygons: list[Polygon] = []
    for piece in pieces:
        if isinstance(piece, Polygon):
            polygons.append(piece)
        elif isinstance(piece, MultiPolygon):
            polygons += list(piece.geoms)
    whole = sum(polygon.area for polygon in polygons)
    return [polygon for polygon in polygons if polygon.area > SMALLEST_PART * whole]


def _small(parts: list[Polygon]) -> list[Polygon]:
    tolerance = FIRST_TOLERANCE_METRES
    shape: BaseGeometry = MultiPolygon(parts)
    simple = shape.simplify(tolerance)
    while shapely.get_num_coordinates(simple) > MOST_POINTS and tolerance < 1000:  # noqa: PLR2004
        tolerance *= 1.5
        simple = shape.simplify(tolerance)
    kept = _parts(simple)
    return kept or parts


def _written(parts: list[Polygon]) -> list[list[list[list[float]]]]:
    return [
        [
            to_degrees(np.asarray(ring.coords)[:, :2]).tolist()
            for ring in (part.exterior, *part.interiors)
        ]
        for part in parts
    ]
