# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import re
import tomllib
from importlib import resources
from typing import Any

import pytest

CODE = re.compile(r"^(GM\d{4}|WK\d{4}[0-9A-Z]{2}|BU\d{4}[0-9A-Z]{4})$")
LEVELS = {"GM": "municipality", "WK": "wijk", "BU": "buurt"}


@pytest.fixture(scope="module")
def areas() -> list[dict[str, Any]]:
    text = resources.files("timebank.areas").joinpath("seed.toml").read_text("utf-8")
    rows: list[dict[str, Any]] = tomllib.loads(text)["area"]
    return rows


def test_every_code_is_written_as_statistics_netherlands_writes_it(
    areas: list[dict[str, Any]],
) -> None:
    assert [row["code"] for row in areas if not CODE.match(row["code"])] == []


def test_the_level_of_an_area_is_that_of_its_code(areas: list[dict[str, Any]]) -> None:
    assert [row["code"] for row in areas if row["level"] != LEVELS[row["code"][:2]]] == []


def test_every_parent_is_there_in_the_same_year_one_level_up(
    areas: list[dict[str, Any]],
) -> None:
    known = {(row["code"], row["year"]) for row in areas}
    above = {"buurt": "WK", "wijk": "GM"}

    orphans = [
        row["code"]
        for row in areas
        if row["level"] != "municipality"
        and (
            (row["parent"], row["year"]) not in known
            or not row["parent"].startswith(above[row["level"]])
        )
    ]

    assert orphans == []


def test_a_code_lies_within_the_code_of_its_parent(areas: list[dict[str, Any]]) -> None:
    strays = [
        row["code"]
        for row in areas
        if row["parent"] and not row["code"][2:].startswith(row["parent"][2:])
    ]

    assert strays == []


def test_only_municipalities_have_no_parent(areas: list[dict[str, Any]]) -> None:
    assert {row["level"] for row in areas if not row["parent"]} == {"municipality"}


def test_no_area_stands_twice_in_one_year(areas: list[dict[str, Any]]) -> None:
    codes = [(row["code"], row["year"]) for row in areas]

    assert len(codes) == len(set(codes))
