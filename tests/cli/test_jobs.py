# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy.orm import Session

from tests.builders import NOW, timebank_of
from timebank.jobs import commands
from timebank.notices.operations import queue_mail


def queue(session: Session) -> None:
    queue_mail(
        session,
        timebank_id=timebank_of(session).id,
        to_address="jan@example.org",
        subject="Inloggen",
        body="Dag",
        now=NOW,
    )
    session.commit()


@pytest.mark.parametrize("arguments", [["mail", "deliver"], ["scheduler", "once", "deliver-mail"]])
def test_waiting_mail_is_delivered_by_hand(
    runner: FlaskCliRunner, session: Session, arguments: list[str]
) -> None:
    queue(session)

    result = runner.invoke(args=arguments)

    assert (result.exit_code, result.output) == (0, "1 delivered, 0 failed\n")


@pytest.mark.parametrize(
    ("job", "line"),
    [
        ("forget-old", "nothing was past its term\n"),
        ("check-ledger", "0 violations\n"),
    ],
)
def test_any_job_of_the_table_runs_once_by_hand(
    runner: FlaskCliRunner, job: str, line: str
) -> None:
    result = runner.invoke(args=["scheduler", "once", job])

    assert (result.exit_code, result.output) == (0, line)


def test_an_unknown_job_is_a_mistake_in_the_command(runner: FlaskCliRunner) -> None:
    assert runner.invoke(args=["scheduler", "once", "clean-up"]).exit_code == 2


def test_the_scheduler_runs_with_the_application(
    runner: FlaskCliRunner, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[Flask] = []
    monkeypatch.setattr(commands, "run_forever", ran.append)

    result = runner.invoke(args=["scheduler", "run"])

    assert result.exit_code == 0
    assert ran == [app]
