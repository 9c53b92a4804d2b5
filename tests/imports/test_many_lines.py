# SPDX-License-Identifier: EUPL-1.2
"""Ten thousand lines of which one in a hundred is bad: a verdict for each, nothing half posted."""

from __future__ import annotations

import os
import pathlib
import signal
import subprocess
import sys

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask.testing import FlaskCliRunner
from sqlalchemy.orm import Session

import ledger
from tests.conftest import ROOT, Templates
from timebank.cli import imports
from timebank.exchanges.models import Exchange, ExchangeEvent

PEOPLE = ("Fatima El Amrani", "Jan van den Berg", "Greet de Boer", "Marijke van Duijn")


def a_file(path: pathlib.Path, lines: int) -> pathlib.Path:
    """Write a file of so many lines, every hundredth of which is bad."""
    with path.open("w", encoding="utf-8") as file:
        file.write("number;day;helper;helped;minutes;category\n")
        for number in range(1, lines + 1):
            helper, helped = PEOPLE[number % 4], PEOPLE[(number + 1) % 4]
            minutes = 7 if number % 100 == 0 else 15 * (number % 8 + 1)
            file.write(f"{number};2026-02-{number % 28 + 1};{helper};{helped};{minutes};coffee\n")
    return path


def read(runner: FlaskCliRunner, path: pathlib.Path, *options: str) -> Result:
    return runner.invoke(args=["import", "exchanges", str(path), "--timebank", "leiden", *options])


def state_of(engine: sa.Engine) -> tuple[int, int, int, int]:
    """Return how many exchanges, lines of history and transfers there are, and what is wrong.

    What is wrong are minutes set apart or entries that do not fit the states; the whole proof of
    the books takes minutes for so many transfers between four accounts.
    """
    with Session(engine) as session:
        counts = [
            session.scalar(sa.select(sa.func.count()).select_from(model)) or 0
            for model in (Exchange, ExchangeEvent, ledger.Transfer)
        ]
        waiting = session.scalar(
            sa.select(sa.func.sum(Exchange.minutes)).where(Exchange.state == "submitted")
        )
        pending = session.scalar(sa.select(sa.func.sum(ledger.Account.pending_in_minutes)))
        approved = session.scalar(sa.select(sa.func.count()).where(Exchange.state == "approved"))
        entries = session.execute(
            sa.select(sa.func.count(), sa.func.sum(ledger.Entry.minutes))
        ).one()
        wrong = [
            (waiting or 0) != (pending or 0),
            entries[0] != 2 * (approved or 0),
            (entries[1] or 0) != 0,
        ]
    return counts[0], counts[1], counts[2], sum(wrong)


def test_many_lines_get_a_verdict_each_and_none_is_half_posted(
    runner: FlaskCliRunner, engine: sa.Engine, tmp_path: pathlib.Path
) -> None:
    lines = 10_000 if engine.dialect.name == "sqlite" else 1_000
    bad = lines // 100
    path = a_file(tmp_path / "many.csv", lines)

    first = read(runner, path, "--approve")
    after = state_of(engine)
    again = read(runner, path, "--approve", "--quiet")

    good = lines - bad
    assert first.exit_code == again.exit_code == 1
    said = first.output.splitlines()
    assert len([line for line in said if line.startswith("line ")]) == lines
    assert said[-1] == f"{good} added, 0 were there already, {bad} bad"
    assert after == (good, 2 * good, 2 * good, 0)
    assert again.output.splitlines()[-1] == f"0 added, {good} were there already, {bad} bad"
    assert state_of(engine) == after


def test_the_whole_file_or_nothing(
    runner: FlaskCliRunner, engine: sa.Engine, tmp_path: pathlib.Path
) -> None:
    path = a_file(tmp_path / "some.csv", 100)

    refused = read(runner, path, "--whole")
    assert refused.output.splitlines()[-1] == (
        "99 to add, 0 were there already, 1 bad; nothing was saved"
    )
    assert (refused.exit_code, state_of(engine)) == (1, (0, 0, 0, 0))

    mended = a_file(tmp_path / "good.csv", 99)
    assert read(runner, mended, "--whole").exit_code == 0
    assert state_of(engine) == (99, 99, 99, 0)


def test_a_dry_run_says_the_same_and_saves_nothing(
    runner: FlaskCliRunner, engine: sa.Engine, tmp_path: pathlib.Path
) -> None:
    result = read(runner, a_file(tmp_path / "dry.csv", 100), "--dry-run", "--quiet")

    assert result.output.splitlines() == [
        "line 101: bad: minutes: 7 minutes is not a whole number of 15 minutes",
        "99 to add, 0 were there already, 1 bad; nothing was saved",
    ]
    assert state_of(engine) == (0, 0, 0, 0)


def test_long_files_say_how_far_they_are(
    runner: FlaskCliRunner, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, int]] = []
    monkeypatch.setattr(
        imports, "counter", lambda what, _total=None: lambda done: told.append((what, done))
    )
    monkeypatch.setattr(imports, "LINES_A_COMMIT", 40)

    read(runner, a_file(tmp_path / "long.csv", 90))

    assert ("lines read", 90) in told
    assert [done for what, done in told if what == "lines booked"] == [40, 80, 90]


KILLED = """
import os, signal, sys
from timebank.cli import imports
from timebank.app import main

imports.LINES_A_COMMIT = 100
booked = []
original = imports.book_lines

def book(*args, **kwargs):
    verdicts = original(*args, **kwargs)
    booked.append(1)
    if len(booked) == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return verdicts

imports.book_lines = book
main(sys.argv[1:])
"""


def test_killed_in_the_middle_and_run_again_it_is_right(
    templates: Templates, tmp_path: pathlib.Path
) -> None:
    """Killed between writing and committing the third hundred: two hundred stand, then all do."""
    path = a_file(tmp_path / "killed.csv", 500)
    args = ["import", "exchanges", str(path), "--timebank", "leiden"]
    with templates.copy("town", tmp_path) as url:
        environment = os.environ | {
            "DATABASE_URL": url,
            "PYTHONPATH": str(ROOT),
            "TIMEBANK_ENVIRONMENT": "development",
        }
        command = [sys.executable, "-c", KILLED, *args]
        killed = subprocess.run(command, env=environment, cwd=tmp_path, check=False)
        engine = ledger.prepare_engine(sa.create_engine(url))
        half = state_of(engine)
        command = [sys.executable, "-c", "from timebank.app import main; main()", *args]
        again = subprocess.run(
            command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
        )
        done = state_of(engine)
        engine.dispose()

    assert killed.returncode == -signal.SIGKILL
    assert half == (200, 200, 200, 0)
    assert again.stdout.splitlines()[-1] == "295 added, 200 were there already, 5 bad", again.stderr
    assert done == (495, 495, 495, 0)
