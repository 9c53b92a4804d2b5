# SPDX-License-Identifier: EUPL-1.2
"""Why a whole file of areas is refused, in a sentence for whoever runs the command."""

from __future__ import annotations


class ShapeFileError(Exception):
    """Anything for which nothing of a file is taken."""


class FileTooLarge(ShapeFileError):
    """The file holds more bytes than is read."""

    def __init__(self, most_bytes: int) -> None:
        most = most_bytes // 1_000_000
        super().__init__(
            f"the file is larger than {most} MB. Take the file of one level (gemeenten, wijken or "
            "buurten), or cut your municipalities out of it first"
        )


class FileBroken(ShapeFileError):
    """The file is no GeoJSON, or it ends too early."""

    def __init__(self, reason: str, after: int) -> None:
        super().__init__(f"the file cannot be read after {after} areas: {reason}. Nothing is taken")


class UnknownProjection(ShapeFileError):
    """The file names a projection that is not read."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"the file is in the projection {name!r:.80}; read are WGS 84 (EPSG:4326, CRS84) "
            "and the national grid RD (EPSG:28992)"
        )


class OutsideTheNetherlands(ShapeFileError):
    """A point lies outside the country, so the projection is another one than it seems."""

    def __init__(self, code: str, x: float, y: float, grid: str) -> None:
        super().__init__(
            f"{code} lies at {x:.7g}, {y:.7g}, which as {grid} is outside the Netherlands. "
            "Is the projection another one, or are east and north the wrong way round?"
        )


class OtherYear(ShapeFileError):
    """The file says itself that it is of another year."""

    def __init__(self, code: str, said: str, year: int) -> None:
        super().__init__(f"{code} is of {said!r:.20}, and you said {year}. Codes change every year")


class NoAreas(ShapeFileError):
    """Nothing in the file has a code as areas have."""

    def __init__(self, year: int, seen: list[str]) -> None:
        names = ", ".join(seen[:12]) or "none"
        super().__init__(
            f"no area was found as files of {year} name them. Properties of the first one: {names}"
        )
