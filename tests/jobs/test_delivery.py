# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime
import logging
import smtplib

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.builders import NOW, timebank_of
from tests.conftest import Clock
from timebank.jobs import schedule
from timebank.jobs.schedule import deliver_mail
from timebank.notices.models import Mail
from timebank.notices.operations import queue_mail
from timebank.notices.queries import WaitingMail

MINUTE = datetime.timedelta(minutes=1)


class Postman:
    """Keeps what it delivers, and fails for the second of three."""

    def __init__(self, error: Exception) -> None:
        self.error = error
        self.fails_for = "second@example.org"
        self.delivered: list[str] = []

    def __call__(self, mail: WaitingMail) -> None:
        if mail.to_address == self.fails_for:
            raise self.error
        self.delivered.append(mail.body)


@pytest.fixture
def three_mails(session: Session) -> None:
    for number, name in enumerate(("first", "second", "third")):
        queue_mail(
            session,
            timebank_id=timebank_of(session).id,
            to_address=f"{name}@example.org",
            subject="Inloggen",
            body=f"for {name}",
            now=NOW - (3 - number) * MINUTE,
        )
    session.commit()


def deliver(app: Flask, monkeypatch: pytest.MonkeyPatch, postman: Postman) -> str:
    monkeypatch.setattr(schedule, "mailer", lambda _: postman)
    with app.app_context():
        return deliver_mail()


@pytest.mark.usefixtures("three_mails")
@pytest.mark.parametrize(
    "error",
    [ConnectionRefusedError(), TimeoutError(), smtplib.SMTPServerDisconnected("gone")],
    ids=lambda error: type(error).__name__,
)
def test_one_that_fails_is_kept_and_the_others_go_on(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    postman = Postman(error)

    line = deliver(app, monkeypatch, postman)

    assert line == "2 delivered, 1 failed"
    assert postman.delivered == ["for first", "for third"]
    rows = session.execute(select(Mail.body, Mail.sent_at, Mail.attempts).order_by(Mail.queued_at))
    assert [tuple(row) for row in rows] == [("", NOW, 1), ("for second", None, 1), ("", NOW, 1)]


@pytest.mark.usefixtures("three_mails")
def test_a_failure_is_logged_without_an_address(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    deliver(app, monkeypatch, Postman(ConnectionRefusedError("second@example.org")))

    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert caplog.messages == ["a mail could not be delivered: ConnectionRefusedError"]


@pytest.mark.usefixtures("three_mails")
def test_a_mail_server_that_was_away_for_two_days_loses_no_mail(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    for _ in range(24):
        deliver(app, monkeypatch, Postman(TimeoutError()))
        clock.advance(hours=2)

    postman = Postman(TimeoutError())
    postman.fails_for = ""
    deliver(app, monkeypatch, postman)

    assert postman.delivered == ["for second"]


@pytest.mark.usefixtures("three_mails")
def test_while_a_mail_server_takes_its_time_others_can_write(
    app: Flask, engine: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Slow(Postman):
        def __call__(self, mail: WaitingMail) -> None:
            with engine.begin() as connection:
                connection.execute(sa.text("UPDATE timebank SET contact_name = 'Els'"))
            super().__call__(mail)

    line = deliver(app, monkeypatch, Slow(TimeoutError()))

    assert line == "2 delivered, 1 failed"


@pytest.mark.usefixtures("three_mails")
@pytest.mark.parametrize(
    "error",
    [ValueError("Header values may not contain linefeed"), AttributeError("no local_part")],
    ids=lambda error: type(error).__name__,
)
def test_one_that_cannot_be_written_as_a_message_does_not_stop_the_others(
    app: Flask, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    postman = Postman(error)

    line = deliver(app, monkeypatch, postman)

    assert line == "2 delivered, 1 failed"
