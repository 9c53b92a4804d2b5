# SPDX-License-Identifier: EUPL-1.2
"""Small rooms: short functions, short files, no drawer for everything."""

from __future__ import annotations

import ast
import pathlib
import re
import subprocess

from tests.conftest import ROOT

LONGEST_FUNCTION, LONGEST_FILE = 50, 350
DRAWERS = {"helpers.py", "utils.py", "misc.py", "common.py"}


def _sources() -> list[pathlib.Path]:
    folders = ("ledger", "timebank", "config", "tools")
    return [path for folder in folders for path in (ROOT / folder).rglob("*.py")]


def _length_without_docstring(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function) is not None:
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines


def test_no_function_is_longer_than_fifty_lines() -> None:
    long = [
        f"{path.name}:{node.name}"
        for path in _sources()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and _length_without_docstring(node) > LONGEST_FUNCTION
    ]

    assert long == []


def test_no_file_is_longer_than_a_room_should_be() -> None:
    long = [
        path.name
        for path in _sources()
        if "tools" not in path.parts and len(path.read_text("utf-8").splitlines()) > LONGEST_FILE
    ]

    assert long == []


def test_there_is_no_drawer_for_everything() -> None:
    assert [path for path in _sources() if path.name in DRAWERS] == []


def test_every_module_says_what_lives_there() -> None:
    silent = [
        str(path)
        for path in _sources()
        if ast.get_docstring(ast.parse(path.read_text("utf-8"))) is None
    ]

    assert silent == []


def test_only_the_clock_reads_the_real_time() -> None:
    readers = [
        path.name
        for path in _sources()
        if re.search(r"datetime\.now\(|date\.today\(|time\.time\(|utcnow", path.read_text("utf-8"))
        and "tools" not in path.parts
    ]

    assert readers == ["clock.py"]


def test_only_doors_commit() -> None:
    doors = {"web", "jobs", "cli"}
    committing = {
        path.relative_to(ROOT).parts[1]
        for path in (ROOT / "timebank").rglob("*.py")
        if ".commit()" in path.read_text("utf-8")
    }

    assert committing <= doors
    # Repeating an unanswered commit is what that module is for.
    assert [
        path.name
        for path in (ROOT / "ledger").glob("*.py")
        if ".commit()" in path.read_text("utf-8")
    ] == ["delivery.py"]


def test_templates_never_switch_escaping_off_nor_hold_inline_style_or_script() -> None:
    for path in (ROOT / "timebank" / "web" / "templates").rglob("*.html"):
        text = path.read_text("utf-8")
        for forbidden in (
            "|safe",
            "| safe",
            "autoescape",
            " style=",
            "<style",
            "javascript:",
            " on",
        ):
            if forbidden == " on":
                assert not re.search(r"<[^>]*\son\w+=", text), path.name
            else:
                assert forbidden not in text, (path.name, forbidden)


SETTINGS_BY_NAME = {"engine.py", "safety.py"}
"""They ask a database for its settings, whose names are constants and cannot be parameters."""


def test_no_sql_is_put_together_from_strings() -> None:
    suspicious = re.compile(r"(?:text|exec_driver_sql|execute)\(\s*f[\"']")
    found = [
        path.name
        for path in _sources()
        if suspicious.search(path.read_text("utf-8")) and path.name not in SETTINGS_BY_NAME
    ]

    assert found == []


def test_money_has_no_place_here() -> None:
    schema = (ROOT / "migrations" / "versions").glob("*.py")
    words = re.compile(r"\b(euro|price|amount|currency|debt|payment|wallet)\b", re.IGNORECASE)

    assert [path.name for path in schema if words.search(path.read_text("utf-8"))] == []


def test_the_repository_speaks_of_the_product_alone() -> None:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    machine = re.compile(r"/(wor[k]|roo[t]|hom[e])/\w|issue #?\d+")

    spoken = []
    for name in listed:
        path = ROOT / name
        if path.suffix in {".py", ".md", ".html", ".css", ".js", ".toml", ".cfg", ".yml"}:
            text = path.read_text("utf-8")
            spoken += [name] if machine.search(text) else []

    assert spoken == []
