# SPDX-License-Identifier: EUPL-1.2
"""Read a GeoJSON file piece by piece; only one area of it is in memory at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import IO

import ijson
from ijson.common import JSONError, ObjectBuilder

from timebank.shapes.errors import FileBroken, FileTooLarge
from timebank.shapes.found import Feature

MOST_BYTES = 600_000_000
"""The largest file of the whole country, of one level, is about half of this."""
MOST_PIECES = 3_000_000
"""Numbers, names and brackets of one area; the largest real one has some hundred thousand."""
DEEPEST = 20
MEMBERS = ("features.item", "crs")


class FeatureFile:
    """A file that is read once; ``projection`` is known when the file has said it."""

    def __init__(
        self, stream: IO[bytes], told: Callable[[int], None], *, most_bytes: int = MOST_BYTES
    ) -> None:
        self._stream = stream
        self._told = told
        self._most_bytes = most_bytes
        self._bytes = 0
        self.projection: str | None = None
        self.count = 0

    def read(self, size: int = -1) -> bytes:
        """Hand the next bytes to the parser, and count them."""
        piece = self._stream.read(size if size >= 0 else 1 << 16)
        self._bytes += len(piece)
        if self._bytes > self._most_bytes:
            raise FileTooLarge(self._most_bytes)
        return piece

    def features(self) -> Iterator[Feature]:
        """Read the areas one by one.

        Raises:
            FileBroken: this is no GeoJSON, it ends too early, or one area has no end.
            FileTooLarge: the file is larger than is read.
        """
        seen_list = False
        try:
            for member, value in self._members():
                seen_list = True
                if member == "crs":
                    self.projection = _name_of(value)
                elif isinstance(value, dict):
                    self.count += 1
                    self._told(self.count)
                    properties = value.get("properties")
                    yield Feature(
                        properties if isinstance(properties, dict) else {}, value.get("geometry")
                    )
        except (JSONError, UnicodeDecodeError) as broken:
            reason = str(broken).strip().splitlines()[0][:120]
            raise FileBroken(reason, self.count) from broken
        if not seen_list:
            raise FileBroken("it holds no list of features", 0)

    def _members(self) -> Iterator[tuple[str, object]]:
        building: ObjectBuilder | None = None
        member, pieces, depth = "", 0, 0
        for prefix, event, value in ijson.parse(self, use_float=True):
            depth += (event in ("start_map", "start_array")) - (event in ("end_map", "end_array"))
            if depth > DEEPEST:
                raise FileBroken("its brackets go too deep", self.count)
            if building is None and prefix in MEMBERS and event == "start_map":
                building, member, pieces = ObjectBuilder(), prefix, 0
            if building is None:
                continue
            building.event(event, value)
            pieces += 1
            if pieces > MOST_PIECES:
                raise FileBroken("one area has more points than is read", self.count)
            if prefix == member and event == "end_map":
                yield member, building.value
                building = None


def _name_of(crs: object) -> str:
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    return name if isinstance(name, str) else "?"
