# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timebank.charts import lines as line_charts
from timebank.charts.bars import WIDTH, bars
from timebank.charts.flows import flows
from timebank.charts.lines import lines
from timebank.charts.maps import EDGE, MOST_HEIGHT, Spot, area_map, tile_grid
from timebank.charts.scales import SHADES, shades, top_of

SQUARE = [[4.50, 52.18], [4.51, 52.18], [4.51, 52.185], [4.50, 52.185], [4.50, 52.18]]
HOLE = [[4.504, 52.182], [4.504, 52.183], [4.506, 52.183], [4.506, 52.182], [4.504, 52.182]]


def corners(path: str) -> list[tuple[float, float]]:
    """Follow the steps of a path."""
    found, x, y = [], 0.0, 0.0
    for step, across, down in re.findall(r"([Ml])(-?[\d.]+) (-?[\d.]+)", path):
        x, y = (float(across), float(down)) if step == "M" else (x + float(across), y + float(down))
        found.append((x, y))
    return found


def an_outline(*rings: list[list[float]]) -> str:
    return json.dumps([list(rings)])


@pytest.mark.parametrize(
    ("values", "top"),
    [([], 1), ([0], 1), ([None, 3], 5), ([45, 20], 50), ([1000], 1000), ([1001], 2000), ([-4], 1)],
)
def test_the_top_of_a_scale_is_a_round_number_above_all(
    values: list[float | None], top: float
) -> None:
    assert top_of(values) == top


@given(st.lists(st.one_of(st.none(), st.integers(-10, 10**9))))
def test_shades_go_from_light_to_dark_with_the_numbers(values: list[float | None]) -> None:
    dark = shades(values)

    shown = sorted((value, shade) for value, shade in zip(values, dark, strict=True) if value)
    assert [shade for _, shade in shown] == sorted(shade for _, shade in shown)
    assert all(0 <= shade <= SHADES for shade in dark)
    largest = max((value for value in values if value), default=0)
    assert largest <= 0 or dark[values.index(largest)] == SHADES


def test_bars_are_on_one_scale_and_a_withheld_one_has_no_length() -> None:
    drawn = bars([("A", 50, "50"), ("B", None, ""), ("C", 0, "0"), ("D", 0.01, "0")])

    assert [bar.width for bar in drawn] == [WIDTH, None, 0, 2]


def test_a_withheld_period_is_a_gap_in_its_line() -> None:
    picture = lines(["jan", "apr", "jul", "okt"], [("A", [10, None, 20, 40]), ("B", [0] * 4)])

    first, second = picture.lines
    assert len(first.marks) == 3
    assert [piece.count(",") for piece in first.pieces] == [2]
    assert first.style != second.style
    assert [number for _, number in picture.ticks] == [0, 25, 50]
    heights = [height for height, _ in picture.ticks]
    assert heights == sorted(heights, reverse=True)
    assert {height for _, height in second.marks} == {heights[0]}


@pytest.mark.parametrize(("count", "named"), [(1, 1), (6, 6), (8, 4), (13, 7)])
def test_periods_are_named_where_there_is_room_and_the_last_always(count: int, named: int) -> None:
    names = [f"k{number}" for number in range(count)]

    picture = lines(names, [("A", list(range(count)))])

    assert len(picture.periods) == named
    assert picture.periods[-1][1] == names[-1]
    assert all(line_charts.LEFT <= x <= picture.right for x, _ in picture.periods)


def test_a_flow_that_is_not_told_is_a_withheld_tile() -> None:
    picture = flows(["A", "B"], {(0, 0): (600, "10"), (0, 1): (3000, "50"), (1, 1): (0, "0")})

    assert [tile.words for tile in picture.tiles] == ["10", "50", None, "0"]
    assert [tile.shade for tile in picture.tiles] == [1, SHADES, 0, 0]
    assert [tile.is_dark for tile in picture.tiles] == [False, True, False, False]
    assert [tile.is_within for tile in picture.tiles] == [True, False, False, True]
    assert all(tile.x + picture.side <= picture.size for tile in picture.tiles)


@pytest.mark.parametrize(("count", "is_wide"), [(1, False), (7, False), (8, True)])
def test_a_square_of_many_places_is_not_made_smaller_than_can_be_read(
    count: int, is_wide: bool
) -> None:
    assert flows(["A"] * count, {}).is_wide == is_wide


def test_a_tile_stands_for_each_place_in_its_order() -> None:
    grid = tile_grid([Spot("A", 20, "20"), Spot("B", None, None)])

    assert [(tile.spot.name, tile.shade) for tile in grid] == [("A", SHADES), ("B", 0)]


def test_a_map_keeps_north_up_within_its_frame() -> None:
    south = Spot("Zuid", 10, "10", an_outline(SQUARE, HOLE))
    north = Spot("Noord", None, None, an_outline([[x, y + 0.005] for x, y in SQUARE]))

    drawn = area_map([south, north, Spot("Elders", 5, "5")])

    assert drawn is not None
    assert drawn.unplaced == ("Elders",)
    assert drawn.height <= MOST_HEIGHT
    assert drawn.patches[1].y < drawn.patches[0].y
    assert drawn.patches[0].path.count("M") == 2
    for patch in drawn.patches:
        for x, y in corners(patch.path):
            assert EDGE - 0.5 <= x <= drawn.width - EDGE + 0.5
            assert EDGE - 0.5 <= y <= drawn.height - EDGE + 0.5


def test_a_name_that_does_not_fit_becomes_its_number() -> None:
    wide = [[4.50, 52.18], [4.60, 52.18], [4.60, 52.19], [4.50, 52.18]]
    small = [[4.60, 52.18], [4.601, 52.18], [4.601, 52.19], [4.60, 52.18]]

    drawn = area_map(
        [Spot("Kort", 1, "", an_outline(wide)), Spot("Lang", 1, "", an_outline(small))]
    )

    assert drawn is not None
    assert [patch.label for patch in drawn.patches] == ["Kort", "2"]


def test_without_outlines_there_is_no_map() -> None:
    assert area_map([Spot("A", 1, "1")]) is None
    assert area_map([]) is None


def test_an_outline_without_surface_is_drawn_where_it_lies() -> None:
    drawn = area_map([Spot("Punt", 1, "1", an_outline([[4.5, 52.18]] * 4))])

    assert drawn is not None
    assert drawn.height == 2 * EDGE


def test_points_that_cannot_be_told_apart_are_left_out_of_a_drawing() -> None:
    fine = [[4.5 + number / 100_000, 52.18] for number in range(1000)]
    ring = [*fine, [4.51, 52.19], [4.5, 52.19], [4.5, 52.18]]

    drawn = area_map([Spot("A", 1, "1", an_outline(ring))])

    assert drawn is not None
    assert 100 < drawn.patches[0].path.count("l") < 300
