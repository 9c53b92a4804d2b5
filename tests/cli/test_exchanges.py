# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import pathlib

import pytest
from click.testing import Result
from flask.testing import FlaskCliRunner
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from timebank.cli import imports
from timebank.exchanges.models import Exchange

HEADER = "day;helper;helped;minutes;category;note\n"
LINE = "2026-03-09;Fatima El Amrani;Jan van den Berg;90;groceries;Tassen\n"


@pytest.fixture
def slips(tmp_path: pathlib.Path) -> pathlib.Path:
    path = tmp_path / "slips.csv"
    path.write_text(HEADER + LINE, "utf-8")
    return path


def read(runner: FlaskCliRunner, path: pathlib.Path, slug: str = "leiden") -> Result:
    return runner.invoke(args=["exchanges", "import", str(path), "--timebank", slug])


def count_of(session: Session) -> int | None:
    session.rollback()
    count = session.scalar(select(func.count()).select_from(Exchange))
    session.rollback()
    return count


def test_a_file_is_read_with_a_verdict_for_each_line(
    runner: FlaskCliRunner, session: Session, slips: pathlib.Path
) -> None:
    result = read(runner, slips)

    assert result.exit_code == 0
    assert result.output.splitlines() == [
        "line 2: added",
        "1 added, 0 were there already, 0 bad",
    ]
    assert count_of(session) == 1


def test_a_file_read_again_adds_nothing(
    runner: FlaskCliRunner, session: Session, slips: pathlib.Path
) -> None:
    read(runner, slips)

    result = read(runner, slips)

    assert result.exit_code == 0
    assert result.output.splitlines()[-1] == "0 added, 1 were there already, 0 bad"
    assert count_of(session) == 1


def test_with_a_bad_line_the_rest_is_saved_and_the_exit_code_is_1(
    runner: FlaskCliRunner, session: Session, slips: pathlib.Path
) -> None:
    slips.write_text(HEADER + LINE.replace("90", "7") + LINE, "utf-8")

    result = read(runner, slips)

    assert result.exit_code == 1
    assert result.output.splitlines() == [
        "line 2: bad: minutes: 7 minutes is not a whole number of 15 minutes",
        "line 3: added",
        "1 added, 0 were there already, 1 bad",
    ]
    assert count_of(session) == 1


def test_a_file_that_breaks_off_half_way_saves_nothing(
    runner: FlaskCliRunner, session: Session, slips: pathlib.Path
) -> None:
    slips.write_text(HEADER + LINE + LINE.replace("Tassen", '"Tassen'), "utf-8")

    result = read(runner, slips)

    assert result.exit_code == 1
    assert result.output.startswith("Error: line ")
    assert count_of(session) == 0


def test_an_unknown_timebank_is_refused_in_one_sentence(
    runner: FlaskCliRunner, slips: pathlib.Path
) -> None:
    result = read(runner, slips, "utrecht")

    assert result.exit_code == 1
    assert result.output == "Error: no timebank is called 'utrecht'\n"


def test_a_file_that_is_too_large_is_refused_before_it_is_read(
    runner: FlaskCliRunner, slips: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "MOST_BYTES", 10)

    result = read(runner, slips)

    assert (result.exit_code, result.output) == (
        1,
        "Error: the file is larger than 20 MB: split it\n",
    )


def test_a_file_that_is_not_there_is_a_mistake_in_the_command(
    runner: FlaskCliRunner, tmp_path: pathlib.Path
) -> None:
    assert read(runner, tmp_path / "nothing.csv").exit_code == 2
