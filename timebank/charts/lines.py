# SPDX-License-Identifier: EUPL-1.2
"""Lines over successive periods. A period that is withheld is a gap, never a zero."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from timebank.charts.scales import placed, top_of

WIDTH, HEIGHT = 320, 190
LEFT, RIGHT, TOP, BOTTOM = 44, 28, 12, 30
"""Room for the numbers at the left and the periods below, in units of the drawing."""
STYLES = 4
"""Lines differ in dashes and marks, so that no more than this can be told apart."""
NARROW_PERIODS = 6
"""Above so many periods only every other one is named below the line."""


@dataclasses.dataclass(frozen=True)
class Line:
    """One line: its pieces as points of a polyline, and where its marks stand."""

    name: str
    style: int
    pieces: tuple[str, ...]
    marks: tuple[tuple[float, float], ...]


@dataclasses.dataclass(frozen=True)
class LinePicture:
    """Everything that is drawn.

    Attributes:
        ticks: height on the drawing and number.
        periods: place on the drawing and name.
    """

    lines: tuple[Line, ...]
    ticks: tuple[tuple[float, float], ...]
    periods: tuple[tuple[float, str], ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    foot: int = HEIGHT - 10


def lines(
    periods: Sequence[str], series: Sequence[tuple[str, Sequence[float | None]]]
) -> LinePicture:
    """Draw one line for each series.

    Args:
        periods: short names, oldest first.
        series: name and a number for each period, None where it is withheld.
    """
    top = top_of(value for _, values in series for value in values)
    across = WIDTH - LEFT - RIGHT
    step = across / max(1, len(periods) - 1)
    places = [
        round(LEFT + (step * n if len(periods) > 1 else across / 2), 1) for n in range(len(periods))
    ]
    every = 1 if len(periods) <= NARROW_PERIODS else 2
    return LinePicture(
        lines=tuple(
            _line(name, number % STYLES, places, values, top)
            for number, (name, values) in enumerate(series)
        ),
        ticks=tuple((_height(part * top, top), part * top) for part in (0, 0.5, 1)),
        periods=tuple(list(zip(places, periods, strict=True))[::-every][::-1]),
    )


def _line(
    name: str, style: int, places: Sequence[float], values: Sequence[float | None], top: float
) -> Line:
    pieces: list[list[str]] = [[]]
    marks = []
    for place, value in zip(places, values, strict=True):
        if value is None:
            pieces.append([])
            continue
        height = _height(value, top)
        pieces[-1].append(f"{place},{height}")
        marks.append((place, height))
    drawn = tuple(" ".join(piece) for piece in pieces if len(piece) > 1)
    return Line(name, style, drawn, tuple(marks))


def _height(value: float, top: float) -> float:
    room = HEIGHT - TOP - BOTTOM
    return round(TOP + room - placed(value, top, room), 1)
