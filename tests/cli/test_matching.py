# SPDX-License-Identifier: EUPL-1.2
"""The commands of matching need no database, so one application on SQLite is enough."""

from __future__ import annotations

import json
import pathlib

import click
import pytest
from click.testing import CliRunner, Result

from tests.matching.building import town
from tests.matching.checking import Checker
from timebank.cli.matching import group
from timebank.matching.errors import SolverMissing


def _run(*arguments: object) -> Result:
    assert isinstance(group, click.Group)
    return CliRunner().invoke(group, [str(argument) for argument in arguments])


def test_an_invented_town_is_planned_and_the_plan_keeps_the_format(tmp_path: pathlib.Path) -> None:
    file, out = tmp_path / "town.json", tmp_path / "plan.json"

    invented = _run("invent", "--residents", 120, "--seed", 2, "--out", file)
    result = _run("plan", file, "--out", out)

    assert invented.exit_code == result.exit_code == 0
    described, plan = json.loads(file.read_text("utf-8")), json.loads(out.read_text("utf-8"))
    assert Checker(described).problems(plan) == []
    assert set(plan) == {"format", "town", "day", "value", "plan", "suggestions", "metrics"}
    filled, needs = plan["metrics"]["filled"], plan["metrics"]["needs"]
    assert result.output.startswith(f"{filled} of {needs} needs have somebody who could do it")
    assert result.output.endswith(f"value {plan['value']}\n")


def test_the_exact_plan_is_worth_as_much_at_least(tmp_path: pathlib.Path) -> None:
    file, fast, best = (tmp_path / name for name in ("town.json", "fast.json", "best.json"))
    _run("invent", "--residents", 60, "--out", file)

    assert _run("plan", file, "--out", fast).exit_code == 0
    assert _run("plan", file, "--out", best, "--exact").exit_code == 0

    plans = [json.loads(out.read_text("utf-8")) for out in (fast, best)]
    assert plans[0]["value"] <= plans[1]["value"]
    assert Checker(json.loads(file.read_text("utf-8"))).problems(plans[1]) == []


def test_a_town_that_is_wrong_is_named_in_one_sentence_and_nothing_is_written(
    tmp_path: pathlib.Path,
) -> None:
    file, out = tmp_path / "town.json", tmp_path / "plan.json"
    file.write_text(json.dumps(town(needs=[{"id": "n1"}])), "utf-8")

    result = _run("plan", file, "--out", out)

    assert result.exit_code == 1
    assert result.stderr == (
        "Error: needs n1, category minutes resident slots urgent waiting_days: is missing\n"
    )
    assert not out.exists()


def test_a_plan_is_never_written_over_its_town(tmp_path: pathlib.Path) -> None:
    file, link = tmp_path / "town.json", tmp_path / "plan.json"
    _run("invent", "--residents", 60, "--out", file)
    link.symlink_to(file)
    before = file.read_bytes()

    for out in (file, tmp_path / ".." / tmp_path.name / "town.json", link):
        result = _run("plan", file, "--out", out)
        assert result.exit_code == 2
        assert "--out" in result.stderr
    assert file.read_bytes() == before


def test_without_a_solver_the_exact_plan_says_how_to_get_it(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: object) -> None:
        raise SolverMissing

    monkeypatch.setattr("timebank.cli.matching.exact_plan", missing)
    file = tmp_path / "town.json"
    file.write_text(json.dumps(town()), "utf-8")

    result = _run("plan", file, "--out", tmp_path / "plan.json", "--exact")

    assert result.exit_code == 1
    assert "pip install scipy" in result.stderr


def test_a_place_that_cannot_be_written_is_said(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "town.json"
    file.write_text(json.dumps(town()), "utf-8")

    result = _run("plan", file, "--out", tmp_path / "nowhere" / "plan.json")

    assert result.exit_code == 1
    assert "No such file" in result.stderr


def test_a_simulation_tells_three_stories() -> None:
    result = _run("simulate", "--residents", 80, "--weeks", 1)

    assert result.exit_code == 0
    assert [line.split(":")[0] for line in result.stdout.splitlines()] == ["list", "greedy", "plan"]
    assert "give-backs" in result.stdout
