# SPDX-License-Identifier: EUPL-1.2
"""The page on conformity names a test for what it promises, and every test it names is there."""

from __future__ import annotations

import ast
import functools
import re

import pytest

from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "security" / "conformity.md").read_text("utf-8")
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
WITHOUT_A_TEST = re.compile(r"(not yet|operator|does not apply: \w)")


def proofs(page: str) -> list[str]:
    """Return the last cell of every row of every table."""
    lines = [line for line in page.splitlines() if line.startswith("| ")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row[-1] for row in rows if row[-1] not in ("proof", "one more proof")]


def missing(page: str) -> list[str]:
    """Return the tests that the page names and that are not there."""
    return [f"{file}::{name}" for file, name in NAMED.findall(page) if name not in _tests_in(file)]


@functools.cache
def _tests_in(file: str) -> frozenset[str]:
    path = ROOT / file
    if not path.is_file():
        return frozenset()
    return frozenset(
        node.name
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef)
    )


def test_every_test_that_the_page_names_is_there() -> None:
    assert len(NAMED.findall(PAGE)) > 50
    assert missing(PAGE) == []


def test_every_line_names_a_test_or_says_that_there_is_none() -> None:
    silent = [p for p in proofs(PAGE) if not NAMED.search(p) and not WITHOUT_A_TEST.match(p)]

    assert silent == []


def test_the_fifty_lines_are_all_there() -> None:
    numbers = [int(number) for number in re.findall(r"^\| (\d+) \|", PAGE, re.MULTILINE)]

    assert numbers == list(range(1, 51))


@pytest.mark.parametrize(
    "named", ["tests/web/test_roles.py::test_nobody_wrote", "tests/web/test_none.py::test_it"]
)
def test_a_test_that_is_not_there_is_noticed(named: str) -> None:
    assert missing(f"| 1 | `{named}` |") == [named]


def test_a_line_without_a_proof_is_noticed() -> None:
    (proof,) = proofs("| # | proof |\n|---|---|\n| 51 | we are careful |\n")

    assert not NAMED.search(proof)
    assert not WITHOUT_A_TEST.match(proof)
