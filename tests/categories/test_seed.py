# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import tomllib
from collections import Counter
from importlib import resources
from typing import Any

import pytest

LABELS, PHRASES = ("label_nl", "label_en"), ("phrase_nl", "phrase_en")


@pytest.fixture(scope="module")
def categories() -> list[dict[str, Any]]:
    text = resources.files("timebank.categories").joinpath("seed.toml").read_text("utf-8")
    rows: list[dict[str, Any]] = tomllib.loads(text)["category"]
    return rows


def test_there_are_38_kinds_for_residents_and_9_for_professionals(
    categories: list[dict[str, Any]],
) -> None:
    boundaries = Counter(row["boundary"] for row in categories)

    assert boundaries["professional_only"] == 9
    assert boundaries["voluntary"] + boundaries["voluntary_after_check"] == 38
    assert set(boundaries) == {"voluntary", "voluntary_after_check", "professional_only"}


def test_every_kind_has_a_label_in_both_languages(categories: list[dict[str, Any]]) -> None:
    nameless = [
        row["code"]
        for row in categories
        if not all(0 < len(row[name].strip()) <= 80 for name in LABELS)
    ]

    assert nameless == []


def test_what_residents_do_can_be_retold_in_both_languages(
    categories: list[dict[str, Any]],
) -> None:
    wordless = [
        row["code"]
        for row in categories
        if row["boundary"] != "professional_only"
        and not all(0 < len(row[name].strip()) <= 80 for name in PHRASES)
    ]

    assert wordless == []


def test_what_is_for_professionals_says_whom_to_call_in_both_languages(
    categories: list[dict[str, Any]],
) -> None:
    silent = [
        row["code"]
        for row in categories
        if row["boundary"] == "professional_only"
        and not (row.get("refer_nl", "").strip() and row.get("refer_en", "").strip())
    ]

    assert silent == []


def test_what_residents_do_refers_to_nobody(categories: list[dict[str, Any]]) -> None:
    referring = [
        row["code"]
        for row in categories
        if row["boundary"] != "professional_only" and ("refer_nl" in row or "refer_en" in row)
    ]

    assert referring == []


def test_a_professional_kind_is_never_featured(categories: list[dict[str, Any]]) -> None:
    assert not any(row["featured"] for row in categories if row["boundary"] == "professional_only")


def test_every_kind_has_a_code_and_labels_of_its_own(categories: list[dict[str, Any]]) -> None:
    for name in ("code", "label_nl", "label_en"):
        values = [row[name] for row in categories]
        assert len(values) == len(set(values)), name


def test_every_kind_stands_on_a_step_of_the_ladder(categories: list[dict[str, Any]]) -> None:
    steps = Counter(row["step"] for row in categories)

    assert steps == {
        "1-2": 13,
        "3": 11,
        "4": 6,
        "5": 7,
        "refer": 9,
        "set_by_coordinator": 1,
    }
