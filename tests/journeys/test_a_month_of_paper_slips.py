# SPDX-License-Identifier: EUPL-1.2
"""The promise of the README about paper: a file of slips becomes hours by the same rules."""

from __future__ import annotations

import datetime
import pathlib
import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient, FlaskCliRunner

import ledger
from tests import builders
from tests.conftest import ROOT, Clock
from timebank.categories.operations import close_category
from timebank.extensions import db
from timebank.imports.policy import read_lines
from timebank.members.operations import EnrolMember, enrol_member

SAMPLE = ROOT / "timebank" / "demo" / "paper-slips-march.csv"
BAD_LINES = {11, 24, 28}
KNOWN = {"Fatima El Amrani", "Jan van den Berg", "Greet de Boer"}
SignIn = Callable[[str], FlaskClient]


@pytest.fixture
def slip_writers(app: Flask, clock: Clock) -> None:
    """Enrol everyone who stands on a slip, Truus Jansen apart: nobody here is called that."""
    clock.moment = datetime.datetime(2026, 4, 7, 8, 0, tzinfo=datetime.UTC)
    names = {
        columns[side]
        for _, columns in read_lines(SAMPLE.read_bytes())
        for side in ("helper", "helped")
    }
    with app.app_context():
        timebank = builders.timebank_of(db.session)
        for name in sorted(names - KNOWN - {"Truus Jansen"}):
            given_name, _, family_name = name.partition(" ")
            command = EnrolMember(timebank.id, given_name, family_name, builders.SLAAGHWIJK)
            enrol_member(db.session, command, now=builders.FOUNDED_AT, today=builders.FOUNDED_ON)
        db.session.commit()


@pytest.mark.usefixtures("slip_writers")
def test_a_month_of_paper_slips_becomes_hours_after_approval(
    runner: FlaskCliRunner, sign_in_as: SignIn
) -> None:
    imported = runner.invoke(args=["exchanges", "import", str(SAMPLE), "--timebank", "leiden"])
    assert imported.exit_code == 1
    assert "37 added, 0 were there already, 3 bad" in imported.output
    assert {int(n) for n in re.findall(r"line (\d+): bad", imported.output)} == BAD_LINES

    again = runner.invoke(args=["exchanges", "import", str(SAMPLE), "--timebank", "leiden"])
    assert "0 added, 37 were there already, 3 bad" in again.output

    bart = sign_in_as("Bart")
    waiting = _slips_on_the_desk(bart)
    assert len(waiting) == 37
    for exchange_id in waiting:
        assert bart.post(f"/desk/{exchange_id}/approve").status_code == 303
    assert _slips_on_the_desk(bart) == []

    proof = runner.invoke(args=["ledger", "check"])
    assert proof.exit_code == 0, proof.output
    assert _posted_minutes(runner.app) == _minutes_on_good_slips()


@pytest.mark.usefixtures("slip_writers")
def test_a_slip_of_a_closed_kind_of_help_is_named_and_left_out(
    app: Flask, runner: FlaskCliRunner, tmp_path: pathlib.Path
) -> None:
    with app.app_context():
        timebank = builders.timebank_of(db.session)
        close_category(db.session, timebank_id=timebank.id, code="coffee")
        db.session.commit()
    file = tmp_path / "slips.csv"
    file.write_text(
        "day,helper,helped,minutes,category\n"
        "2026-03-09,Fatima El Amrani,Jan van den Berg,45,coffee\n"
        "2026-03-09,Fatima El Amrani,Jan van den Berg,45,groceries\n"
    )

    result = runner.invoke(args=["exchanges", "import", str(file), "--timebank", "leiden"])

    assert "line 2: bad: category" in result.output
    assert "line 3: added" in result.output


def _slips_on_the_desk(browser: FlaskClient) -> list[str]:
    return re.findall(r'id="slip-([0-9a-f-]{36})"', browser.get("/desk").text)


def _minutes_on_good_slips() -> int:
    total = 0
    for number, columns in read_lines(SAMPLE.read_bytes()):
        if number not in BAD_LINES:
            hours, _, minutes = columns["minutes"].rpartition(":")
            total += 60 * int(hours or 0) + int(minutes)
    return total


def _posted_minutes(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(
            sa.select(sa.func.sum(ledger.Entry.minutes)).where(ledger.Entry.minutes > 0)
        )
