# SPDX-License-Identifier: EUPL-1.2
"""What comes out of a file: areas, and what has to be said about them."""

from __future__ import annotations

import dataclasses
from typing import Any


@dataclasses.dataclass(frozen=True)
class Feature:
    """One thing of a GeoJSON file, unjudged."""

    properties: dict[str, Any]
    geometry: Any


@dataclasses.dataclass(frozen=True)
class FoundArea:
    """An area with a valid code.

    Attributes:
        polygons: coordinates of a GeoJSON MultiPolygon as JSON, in degrees; None without a shape.
        remarks: what was mended or left out, in words.
    """

    code: str
    name: str
    polygons: str | None
    remarks: tuple[str, ...] = ()
