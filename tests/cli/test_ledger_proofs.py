# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import json
import pathlib
import re

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy.orm import Session

import ledger
from tests.builders import approved, timebank_of
from tests.ledger.tampering import change_entry, tamper
from timebank.cli import progress
from timebank.extensions import db

SLIP = re.compile(r"leiden: seal 1\nclosed .* UTC\n(\d+) transfers, 90 minutes posted\n")


@pytest.fixture
def sealed(runner: FlaskCliRunner, session: Session) -> str:
    """Seal one approved exchange, and return what the command printed."""
    approved(session, minutes=90)
    session.commit()
    return runner.invoke(args=["ledger", "seal", "--timebank", "leiden"]).output


def test_sealing_prints_a_digest_to_keep(sealed: str) -> None:
    found = SLIP.match(sealed)

    assert found is not None
    assert found.group(1) == "2"
    assert re.search(r"\n([0-9a-f]{4} ){7}[0-9a-f]{4}\n([0-9a-f]{4} ){7}[0-9a-f]{4}\n", sealed)


def test_sealing_again_without_anything_new_says_so(runner: FlaskCliRunner, sealed: str) -> None:
    result = runner.invoke(args=["ledger", "seal"])

    assert "leiden: nothing was written since the last seal" in result.output
    assert result.exit_code == 0


def test_the_digest_is_printed_again_and_said_to_be_missing_where_it_is(
    runner: FlaskCliRunner, sealed: str
) -> None:
    result = runner.invoke(args=["ledger", "digest"])

    assert "holten: nothing is sealed yet" in result.output
    assert sealed.strip() in result.output


def test_what_was_sealed_verifies(runner: FlaskCliRunner, sealed: str) -> None:
    expected = re.search(r"--expect (\S+)", sealed)
    assert expected is not None

    result = runner.invoke(
        args=["ledger", "verify", "--timebank", "leiden", "--expect", expected.group(1)]
    )

    assert result.output == "leiden: 1 seals hold, 4 rows\n"
    assert result.exit_code == 0


def test_what_waits_for_the_next_seal_is_said(
    runner: FlaskCliRunner, session: Session, sealed: str
) -> None:
    approved(session, "Jan", "Greet", minutes=15)
    session.commit()

    result = runner.invoke(args=["ledger", "verify", "--timebank", "leiden"])

    assert "2 transfers wait for the next seal" in result.output


def test_a_changed_row_is_named_with_its_day_and_ends_with_1(
    runner: FlaskCliRunner, session: Session, sealed: str
) -> None:
    account_id = session.query(ledger.Entry.account_id).first()[0]
    tamper(session, change_entry(account_id, 1, neighbourhood_code="BU0"))

    result = runner.invoke(args=["ledger", "verify", "--timebank", "leiden"])

    assert f"account {account_id} entry 1: is not what was sealed" in result.output
    assert re.search(r"leiden: 20\d\d-\d\d-\d\d: account", result.output)
    assert result.exit_code == 1


def test_another_digest_than_was_kept_is_found(runner: FlaskCliRunner, sealed: str) -> None:
    result = runner.invoke(
        args=["ledger", "verify", "--timebank", "leiden", "--expect", "1:00000000"]
    )

    assert "seal 1: is another one than was printed or mailed" in result.output
    assert result.exit_code == 1


@pytest.mark.parametrize("text", ["1", "1:", "x:00000000", "1:xyz", "1:0000"])
def test_an_expectation_that_is_none_is_refused(runner: FlaskCliRunner, text: str) -> None:
    result = runner.invoke(args=["ledger", "verify", "--timebank", "leiden", "--expect", text])

    assert result.exit_code == 2
    assert "NUMBER:DIGEST" in result.output


def test_an_expectation_belongs_to_one_timebank(runner: FlaskCliRunner) -> None:
    result = runner.invoke(args=["ledger", "verify", "--expect", "1:00000000"])

    assert result.exit_code == 2
    assert "--timebank" in result.output


@pytest.mark.parametrize("command", ["check", "seal", "digest", "verify", "trial-balance"])
def test_an_unknown_timebank_is_said_in_one_sentence(
    runner: FlaskCliRunner, session: Session, command: str
) -> None:
    result = runner.invoke(args=["ledger", command, "--timebank", "nowhere"])

    assert result.exit_code == 1
    assert len(result.output.splitlines()) == 1


@pytest.mark.parametrize("form", sorted(ledger.FORMS))
def test_the_books_are_written_in_every_form_without_a_name(
    runner: FlaskCliRunner, session: Session, tmp_path: pathlib.Path, form: str
) -> None:
    approved(session, minutes=90)
    session.commit()
    path = tmp_path / "books"

    result = runner.invoke(
        args=["ledger", "export", "--timebank", "leiden", "--format", form, "--output", str(path)]
    )

    text = path.read_text("utf-8")
    assert result.exit_code == 0
    assert "90" in text
    assert not re.search("Fatima|Jan|Greet", text)


def test_an_export_goes_to_the_screen_by_itself(runner: FlaskCliRunner, session: Session) -> None:
    approved(session, minutes=90)
    session.commit()

    result = runner.invoke(args=["ledger", "export", "--timebank", "leiden", "--format", "jsonl"])

    tables = [json.loads(line)["table"] for line in result.stdout.splitlines()]
    assert tables.count("ledger_entry") == 2


def test_a_count_is_said_after_two_seconds_and_then_once_a_second(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    moments = iter([0.0, 0.5, 2.0, 2.5, 3.0])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(moments))
    tell = progress.counter("rows", 5000)

    for done in (1000, 2000, 3000, 4000):
        tell(done)

    assert capsys.readouterr().err.splitlines() == [
        "2,000 of 5,000 rows ...",
        "4,000 of 5,000 rows ...",
    ]


def test_a_count_without_an_end_says_only_how_many(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    moments = iter([0.0, 9.0])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(moments))

    progress.counter("rows")(7)

    assert capsys.readouterr().err == "7 rows ...\n"


def test_packing_says_what_it_gave_back_and_leaves_the_books_sound(
    runner: FlaskCliRunner, sealed: str
) -> None:
    packed = runner.invoke(args=["ledger", "pack"])

    assert packed.exit_code == 0
    assert re.fullmatch(r"[\d.,]+ MB before, [\d.,]+ MB now\n", packed.output)
    assert runner.invoke(args=["ledger", "check"]).exit_code == 0
    assert runner.invoke(args=["ledger", "verify"]).exit_code == 0


def test_the_books_can_be_proven_while_somebody_writes(
    app: Flask, runner: FlaskCliRunner, session: Session
) -> None:
    approved(session, minutes=90)
    session.commit()
    approved(session, "Jan", "Greet", minutes=15)

    result = runner.invoke(args=["ledger", "check"])

    with app.app_context():
        db.session.rollback()
    assert result.exit_code == 0
    assert timebank_of(session).slug == "leiden"
