# SPDX-License-Identifier: EUPL-1.2
"""Files of every year, good and bad, as they are read; what a database makes of them: tests/cli."""

from __future__ import annotations

import io
import json
import pathlib
from collections.abc import Iterator
from typing import Any

import pytest
import shapely
from shapely import MultiPolygon, Polygon

from timebank.shapes.errors import (
    FileBroken,
    FileTooLarge,
    NoAreas,
    OtherYear,
    OutsideTheNetherlands,
    ShapeFileError,
    UnknownProjection,
)
from timebank.shapes.found import FoundArea
from timebank.shapes.judging import AreaFile
from timebank.shapes.naming import normal
from timebank.shapes.outlines import MOST_POINTS

FILES = pathlib.Path(__file__).parent / "files"
LEIDEN = ("GM0546",)
RD = "urn:ogc:def:crs:EPSG::28992"
SQUARE = [[94000, 466000], [94600, 466000], [94600, 466500], [94000, 466500], [94000, 466000]]


def found(
    text: str | bytes, year: int = 2024, municipalities: tuple[str, ...] = LEIDEN
) -> tuple[list[FoundArea], list[str]]:
    stream = io.BytesIO(text.encode() if isinstance(text, str) else text)
    file = AreaFile(stream, year=year, municipalities=municipalities)
    return list(file.areas()), file.left_out


def a_file(*features: dict[str, Any], crs: str | None = RD) -> str:
    named = {"crs": {"type": "name", "properties": {"name": crs}}} if crs else {}
    return json.dumps({"type": "FeatureCollection", **named, "features": features})


def a_buurt(coordinates: Any = None, kind: str = "Polygon", **properties: Any) -> dict[str, Any]:
    known = {"buurtcode": "BU05460800", "buurtnaam": "Slaaghwijk"}
    geometry = {"type": kind, "coordinates": [SQUARE] if coordinates is None else coordinates}
    return {"type": "Feature", "properties": known | properties, "geometry": geometry}


def drawn(area: FoundArea) -> MultiPolygon:
    assert area.polygons is not None
    return MultiPolygon([Polygon(one[0], one[1:]) for one in json.loads(area.polygons)])


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("2019-buurten-capitals-rd", ["BU05460800", "BU05460801"]),
        ("2020-buurten-statcode-rd", ["BU05460800", "BU036300AC"]),
        ("2021-wijken-small-letters-degrees", ["WK054608"]),
        ("2022-gemeenten-without-letters-degrees", ["GM0546", "GM0547"]),
        ("2023-buurten-underscores-degrees", ["BU05460800", "BU05460801"]),
        ("2024-buurten-small-letters-rd", ["BU05460800", "BU05460801"]),
        ("2025-buurten-joined-and-crossing-rd", ["BU05460810", "BU0546080A"]),
    ],
)
def test_a_file_of_each_year_is_read(name: str, codes: list[str]) -> None:
    content = (FILES / f"{name}.geojson").read_bytes()

    areas, _ = found(content, int(name[:4]), ("GM0546", "GM0547", "GM0363"))

    assert [area.code for area in areas] == codes
    for area in areas:
        west, south, east, north = drawn(area).bounds
        assert 4.4 < west < east < 5.0
        assert 52.1 < south < north < 52.4


def test_both_grids_give_the_same_outline() -> None:
    metres, degrees = (
        found((FILES / f"{name}.geojson").read_bytes(), int(name[:4]))[0][1]
        for name in ("2024-buurten-small-letters-rd", "2023-buurten-underscores-degrees")
    )

    assert drawn(metres).symmetric_difference(drawn(degrees)).area < 0.001 * drawn(metres).area


def test_a_hole_stays_a_hole_and_water_is_no_neighbourhood() -> None:
    content = (FILES / "2019-buurten-capitals-rd.geojson").read_bytes()

    areas, left_out = found(content, 2019)

    assert len(drawn(areas[0]).geoms[0].interiors) == 1
    assert left_out == ["BU05460899 is water"]


def test_an_outline_that_crosses_itself_is_mended_and_told() -> None:
    areas, _ = found((FILES / "2025-buurten-joined-and-crossing-rd.geojson").read_bytes(), 2025)

    assert drawn(areas[1]).is_valid
    assert areas[1].remarks == ("its outline was mended (self-intersection)",)
    assert areas[0].remarks == ()


def test_only_the_municipalities_that_were_asked_for_are_taken() -> None:
    content = (FILES / "2022-gemeenten-without-letters-degrees.geojson").read_bytes()

    areas, _ = found(content, 2022, ("GM0547",))

    assert [(area.code, area.name) for area in areas] == [("GM0547", "Leiderdorp")]


@pytest.mark.parametrize(
    ("code", "level", "written"),
    [
        ("bu05460800", "BU", "BU05460800"),
        ("5460800", "BU", "BU05460800"),
        ("546", "GM", "GM0546"),
        ("0363AC", "WK", "WK0363AC"),
    ],
)
def test_codes_are_written_in_one_way(code: str, level: str, written: str) -> None:
    assert normal(code, level) == written


def test_a_large_outline_becomes_small_enough_to_draw() -> None:
    circle = shapely.Point(94000, 466000).buffer(500, quad_segs=2000)

    areas, _ = found(a_file(a_buurt([list(circle.exterior.coords)])))

    assert 20 < shapely.get_num_coordinates(drawn(areas[0])) <= MOST_POINTS
    assert drawn(areas[0]).is_valid


@pytest.mark.parametrize(
    ("feature", "words"),
    [
        (a_buurt(buurtcode="BU0546-800"), "is not the code"),
        (a_buurt(buurtcode="BU054608é0"), "is not the code"),
        (a_buurt(buurtnaam=""), "has no name"),
        (a_buurt(buurtnaam="x" * 81), "has no name"),
        (a_buurt(buurtnaam="Slaag\u0000wijk"), "has no name"),
    ],
)
def test_an_area_that_cannot_be_named_is_left_out_and_told(
    feature: dict[str, Any], words: str
) -> None:
    areas, left_out = found(a_file(feature))

    assert areas == []
    assert len(left_out) == 1
    assert words in left_out[0]


@pytest.mark.parametrize(
    "feature",
    [
        a_buurt([]),
        a_buurt([[]]),
        a_buurt([SQUARE[:3]]),
        a_buurt([[["a", "b"]] * 5]),
        a_buurt([[[94000]] * 5]),
        a_buurt([[None] * 5]),
        a_buurt(7),
        a_buurt([94000, 466000], "Point"),
        a_buurt([[SQUARE, []]], "MultiPolygon"),
        a_buurt() | {"geometry": None},
        a_buurt([[[94000, 466000]] * 5]),
    ],
)
def test_an_area_without_a_usable_outline_keeps_its_name(feature: dict[str, Any]) -> None:
    areas, _ = found(a_file(feature))

    assert [(area.code, area.polygons) for area in areas] == [("BU05460800", None)]
    assert areas[0].remarks


def test_an_area_that_stands_twice_counts_once() -> None:
    areas, left_out = found(a_file(a_buurt(), a_buurt(buurtnaam="Anders")))

    assert [area.name for area in areas] == ["Slaaghwijk"]
    assert left_out == ["BU05460800 stands in the file twice; the first one counts"]


DEGREES = [[[4.5, 52.18], [4.51, 52.18], [4.51, 52.19], [4.5, 52.18]]]
SWAPPED = [[[north, east] for east, north in DEGREES[0]]]
MERCATOR = [[[500000, 6800000], [500900, 6800000], [500900, 6800900], [500000, 6800000]]]
BAD_FILES: dict[str, tuple[str | bytes, type[ShapeFileError]]] = {
    "nothing": (b"", FileBroken),
    "no JSON": (b"code;naam\nBU05460800;Slaaghwijk\n", FileBroken),
    "another kind of JSON": (b"[1, 2]", FileBroken),
    "no features": (b'{"type": "FeatureCollection"}', FileBroken),
    "cut off": (a_file(a_buurt(), a_buurt())[:-60], FileBroken),
    "not a number": (a_file(a_buurt()).replace("94000", "NaN"), FileBroken),
    "a number without end": (a_file(a_buurt()).replace("94000", "1e999"), FileBroken),
    "brackets without end": (b'{"features": [{"geometry": ' + b"[" * 5000, FileBroken),
    "no Unicode": (b'{"features": [{"properties": {"buurtnaam": "\xff"}}]}', FileBroken),
    "other properties": (a_file({"type": "Feature", "properties": {"naam": "x"}}), NoAreas),
    "another year": (a_file(a_buurt(jaar=2021)), OtherYear),
    "another year, in the code": (
        a_file({"properties": {"statcode": "BU05460800", "jrstatcode": "2021BU05460800"}}),
        OtherYear,
    ),
    "an unknown projection": (
        a_file(a_buurt(), crs="urn:ogc:def:crs:EPSG::3857"),
        UnknownProjection,
    ),
    "a projection without a name": (
        a_file(a_buurt(), crs=None).replace('"features"', '"crs": {"type": "link"}, "features"'),
        UnknownProjection,
    ),
    "degrees that say they are metres": (a_file(a_buurt(DEGREES)), OutsideTheNetherlands),
    "metres that say they are degrees": (a_file(a_buurt(), crs="EPSG:4326"), OutsideTheNetherlands),
    "north before east": (a_file(a_buurt(SWAPPED), crs=None), OutsideTheNetherlands),
    "web mercator": (a_file(a_buurt(MERCATOR), crs=None), OutsideTheNetherlands),
    "a projection that is named too late": (
        a_file(a_buurt(DEGREES), crs=None)[:-1]
        + ', "crs": {"type": "name", "properties": {"name": "EPSG:28992"}}}',
        UnknownProjection,
    ),
}


@pytest.mark.parametrize("name", list(BAD_FILES))
def test_a_file_that_cannot_be_trusted_is_refused_whole(name: str) -> None:
    content, refusal = BAD_FILES[name]

    with pytest.raises(refusal) as caught:
        found(content)

    assert str(caught.value)[0].islower() or str(caught.value).startswith("BU")


class Long(io.RawIOBase):
    """Areas that are made while they are read; the first and the last are in Leiden."""

    def __init__(self, megabytes: int) -> None:
        ring = [[94000 + number / 10, 466000 + number % 7] for number in range(3_000)]
        elsewhere = json.dumps(a_buurt([ring], buurtcode="BU99990000")).encode() + b","
        self._pieces = self._made(elsewhere, megabytes * 1_000_000 // len(elsewhere))
        self._rest = b""
        self.sent = 0

    def _made(self, elsewhere: bytes, count: int) -> Iterator[bytes]:
        yield b'{"features": [' + json.dumps(a_buurt()).encode() + b","
        for _ in range(count):
            yield elsewhere
        yield json.dumps(a_buurt(buurtcode="BU05460801")).encode() + b"]}"

    def read(self, size: int = -1) -> bytes:
        while len(self._rest) < size and (piece := next(self._pieces, b"")):
            self._rest += piece
        answer, self._rest = self._rest[:size], self._rest[size:]
        self.sent += len(answer)
        return answer


def test_a_file_is_read_piece_by_piece_and_counted() -> None:
    counted: list[int] = []
    stream = Long(2)
    file = AreaFile(stream, year=2024, municipalities=LEIDEN, told=counted.append)  # type: ignore[arg-type]
    areas = file.areas()

    assert next(areas).code == "BU05460800"
    assert stream.sent < 200_000
    assert next(areas).code == "BU05460801"
    assert stream.sent > 1_900_000
    assert counted == list(range(1, file.count + 1))


def test_a_file_that_is_too_large_is_refused_in_a_kind_sentence() -> None:
    stream = Long(2)
    file = AreaFile(stream, year=2024, municipalities=LEIDEN, most_bytes=1_000_000)  # type: ignore[arg-type]

    with pytest.raises(FileTooLarge, match=r"larger than 1 MB\. Take the file of one level"):
        list(file.areas())
    assert stream.sent < 1_200_000
