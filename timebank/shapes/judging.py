# SPDX-License-Identifier: EUPL-1.2
"""Judge a file of areas: which are taken, what is mended and told, and when it is refused whole."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import IO

import numpy as np

from timebank.shapes.errors import NoAreas, OtherYear, UnknownProjection
from timebank.shapes.found import Feature, FoundArea
from timebank.shapes.grids import Grid, grid_around, grid_named, require_inside, to_metres
from timebank.shapes.naming import Named, is_code, is_name, named
from timebank.shapes.outlines import Rings, outline_of, rings_of
from timebank.shapes.reading import MOST_BYTES, FeatureFile

Told = Callable[[int], None]


class AreaFile:
    """The areas of some municipalities in a file of one year.

    ``left_out`` says, after reading, what was not taken and why.
    """

    def __init__(
        self,
        stream: IO[bytes],
        *,
        year: int,
        municipalities: Collection[str],
        told: Told = lambda _count: None,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self._file = FeatureFile(stream, told, most_bytes=most_bytes)
        self._year = year
        self._wanted = {code[2:] for code in municipalities}
        self._grid: Grid | None = None
        self._seen: set[str] = set()
        self._properties: list[str] | None = None
        self._has_areas = False
        self.left_out: list[str] = []

    @property
    def count(self) -> int:
        """How many areas were read, wanted or not."""
        return self._file.count

    def areas(self) -> Iterator[FoundArea]:
        """Return the wanted areas one by one, each code once.

        Raises:
            ShapeFileError: nothing of the file may be taken, also not what came before.
        """
        for feature in self._file.features():
            if self._properties is None:
                self._properties = sorted(feature.properties)
            said = named(feature.properties, self._year)
            if said is None:
                continue
            self._has_areas = True
            if self._is_wanted(said):
                yield self._judged(said, feature)
        if not self._has_areas:
            raise NoAreas(self._year, self._properties or [])
        self._confirm_grid()

    def _is_wanted(self, said: Named) -> bool:
        """Say whether an area is taken; what is left out for a reason is told."""
        if said.year and not _is_of(said.year, self._year):
            raise OtherYear(said.code, said.year, self._year)
        if not is_code(said.code):
            self.left_out.append(f"{said.code!r:.20} is not the code of an area")
            return False
        if said.code[2:6] not in self._wanted:
            return False
        if said.is_water:
            self.left_out.append(f"{said.code} is water")
            return False
        if not is_name(said.name):
            self.left_out.append(f"{said.code} has no name that can be shown")
            return False
        if said.code in self._seen:
            self.left_out.append(f"{said.code} stands in the file twice; the first one counts")
            return False
        self._seen.add(said.code)
        return True

    def _judged(self, said: Named, feature: Feature) -> FoundArea:
        rings = rings_of(feature.geometry)
        if rings is None:
            return FoundArea(said.code, said.name, None, ("it has no outline that can be drawn",))
        polygons, remarks = outline_of(self._in_metres(said.code, rings))
        return FoundArea(said.code, said.name, polygons, tuple(remarks))

    def _in_metres(self, code: str, rings: Rings) -> Rings:
        points = np.concatenate([ring for polygon in rings for ring in polygon])
        if self._grid is None:
            projection = self._file.projection
            self._grid = grid_named(projection) if projection else grid_around(code, points)
        require_inside(code, self._grid, points)
        if self._grid is Grid.METRES:
            return rings
        return [[to_metres(ring) for ring in polygon] for polygon in rings]

    def _confirm_grid(self) -> None:
        """Compare what was read with a projection that the file names only at its end."""
        projection = self._file.projection
        if projection and self._grid and grid_named(projection) is not self._grid:
            raise UnknownProjection(f"{projection}, and its points are {self._grid}")


def _is_of(said: str, year: int) -> bool:
    """Say whether "2021", "2021BU05460800" or "2021-01-01" is of this year."""
    return said[:4] == str(year)
