# SPDX-License-Identifier: EUPL-1.2
"""The pictures as they are written: with words for who does not see them, and a table beneath."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree as ET

import pytest
from flask import Flask, render_template_string

from timebank.charts.bars import bars
from timebank.charts.flows import flows
from timebank.charts.lines import lines
from timebank.charts.maps import Spot, area_map, tile_grid

OUTLINE = json.dumps([[[[4.5, 52.18], [4.51, 52.18], [4.51, 52.185], [4.5, 52.18]]]])
SPOTS = [Spot("Leyhof", 20, "20 people", OUTLINE), Spot("Voor<hof", None, None, OUTLINE)]
TABLE = (["Place", "People"], [["Leyhof", 20], ["Voor<hof", None]], None)
CALLS = {
    "bar_chart": "drawn, table",
    "line_chart": "drawn, table",
    "flow_chart": "drawn, ['Leyhof', 'Voor<hof'], table",
    "tile_grid": "drawn, table",
    "area_map": "drawn, ('Few', 'many'), table",
}
PICTURES = {
    "bar_chart": bars([("Leyhof", 20, "20 people"), ("Voor<hof", None, "")]),
    "line_chart": lines(["jan", "apr"], [("Leyhof", [10, 20]), ("Voor<hof", [None, 5])]),
    "flow_chart": flows(["Leyhof", "Voor<hof"], {(0, 0): (20, "20")}),
    "tile_grid": tile_grid(SPOTS),
    "area_map": area_map(SPOTS),
}


def written(app: Flask, macro: str) -> str:
    with app.test_request_context():
        return render_template_string(
            "{% import 'components/_charts.html' as charts with context %}"
            f"{{{{ charts.{macro}('it', 'People & hours', 'Leyhof has most.', {CALLS[macro]}) }}}}",
            drawn=PICTURES[macro],
            table=TABLE,
        )


@pytest.mark.parametrize("macro", CALLS)
def test_a_picture_has_words_and_a_table_and_no_style_of_its_own(
    sqlite_app: Flask, macro: str
) -> None:
    html = written(sqlite_app, macro)

    assert " style=" not in html
    assert "Voor<hof" not in html
    assert "Voor&lt;hof" in html
    assert "Leyhof has most." in html
    assert html.index("<figure") < html.index("<table")
    for svg in re.findall(r"<svg.*?</svg>", html, re.DOTALL):
        drawing = ET.fromstring(svg)  # noqa: S314 - our own
        if drawing.get("aria-hidden") is None:
            named = drawing.get("aria-labelledby", "").split()
            texts = {one.get("id"): one.text for one in drawing.iter() if one.get("id")}
            assert [texts[name] for name in named] == ["People & hours", "Leyhof has most."]


@pytest.mark.parametrize("macro", CALLS)
def test_what_is_withheld_is_said_and_hatched_and_has_no_number(
    sqlite_app: Flask, macro: str
) -> None:
    html = written(sqlite_app, macro)
    picture = html.partition("<table")[0]

    if macro != "line_chart":
        assert "te weinig mensen om te laten zien" in picture
    marks = {
        "bar_chart": "tb-withheld",
        "line_chart": "<circle",
        "flow_chart": "tb-shade-withheld",
        "tile_grid": "tb-grid__tile--withheld",
        "area_map": "tb-shade-withheld",
    }
    assert marks[macro] in picture
