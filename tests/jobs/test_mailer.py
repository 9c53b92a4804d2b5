# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import email
import email.policy
import pathlib
import random
import socket
import uuid
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from aiosmtpd.smtp import AuthResult, LoginPassword

from tests.builders import NOW
from timebank.jobs.mailer import mailer, message_of
from timebank.notices.queries import WaitingMail

HIGHEST_PORT = 32767


def a_mail(**changes: object) -> WaitingMail:
    values: dict[str, object] = {
        "timebank_id": 1,
        "mail_id": uuid.UUID("11111111-2222-4333-8444-555555555555"),
        "to_address": "jan@example.org",
        "subject": "Inloggen bij Tijdbank één",
        "body": "Dag Jan,\n\nKlik hier: https://example.org/a/b\n",
        "queued_at": NOW,
    }
    return WaitingMail(**(values | changes))  # type: ignore[arg-type]


def settings(**changes: object) -> dict[str, Any]:
    return {
        "TIMEBANK_MAIL_HOST": "",
        "TIMEBANK_MAIL_PORT": 587,
        "TIMEBANK_MAIL_USER": "",
        "TIMEBANK_MAIL_PASSWORD": "",
        "TIMEBANK_MAIL_STARTTLS": False,
        "TIMEBANK_MAIL_FROM": "tijdbank@example.org",
        "TIMEBANK_MAIL_FOLDER": "",
    } | changes


def a_free_port() -> int:
    for _ in range(100):
        port = random.randint(20_000, HIGHEST_PORT)  # noqa: S311 - any free one will do
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
    raise RuntimeError("no free port")


class Inbox(Message):
    """Keeps every message that the server takes in, and who signed in."""

    def __init__(self) -> None:
        super().__init__(EmailMessage)
        self.messages: list[EmailMessage] = []
        self.signed_in: list[tuple[bytes, bytes]] = []

    def prepare_message(self, session: Any, envelope: Any) -> Any:
        return email.message_from_bytes(envelope.content, policy=email.policy.default)

    def handle_message(self, message: Any) -> None:
        self.messages.append(message)

    def authenticate(self, *arguments: Any) -> AuthResult:
        login: LoginPassword = arguments[-1]
        self.signed_in.append((login.login, login.password))
        return AuthResult(success=True)


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def smtp_port(inbox: Inbox) -> Iterator[int]:
    controller = Controller(
        inbox,
        hostname="127.0.0.1",
        port=a_free_port(),
        authenticator=inbox.authenticate,
        auth_require_tls=False,
    )
    controller.start()
    yield controller.port
    controller.stop()


def test_a_message_has_the_headers_of_a_mail_that_a_program_sends() -> None:
    message = message_of(a_mail(), "tijdbank@example.org")

    assert message["From"] == "tijdbank@example.org"
    assert message["To"] == "jan@example.org"
    assert message["Subject"] == "Inloggen bij Tijdbank één"
    assert message["Message-ID"] == "<11111111-2222-4333-8444-555555555555@timebank>"
    assert message["Date"].datetime == NOW
    assert message["Auto-Submitted"] == "auto-generated"
    assert "https://example.org/a/b" in message.get_content()


@pytest.mark.parametrize("field", ["subject", "to_address"])
@pytest.mark.parametrize("line_break", ["\n", "\r", "\r\n"])
def test_a_header_holds_no_line_break(field: str, line_break: str) -> None:
    mail = a_mail(**{field: f"x{line_break}Bcc: everyone@example.org"})

    with pytest.raises(ValueError, match="linefeed or carriage return"):
        message_of(mail, "tijdbank@example.org")


def test_without_a_mail_server_a_message_becomes_a_file(tmp_path: pathlib.Path) -> None:
    folder = tmp_path / "not" / "there"
    mail = a_mail()

    mailer(settings(TIMEBANK_MAIL_FOLDER=str(folder)))(mail)

    (path,) = folder.iterdir()
    assert path.name == f"{mail.mail_id}.eml"
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert message["Subject"] == "Inloggen bij Tijdbank één"


def test_a_message_travels_over_smtp(inbox: Inbox, smtp_port: int) -> None:
    deliver = mailer(settings(TIMEBANK_MAIL_HOST="127.0.0.1", TIMEBANK_MAIL_PORT=smtp_port))

    deliver(a_mail())

    (message,) = inbox.messages
    assert (message["To"], message["Subject"]) == ("jan@example.org", "Inloggen bij Tijdbank één")
    assert "Dag Jan" in message.get_content()
    assert inbox.signed_in == []


def test_with_a_user_the_mailer_signs_in_first(inbox: Inbox, smtp_port: int) -> None:
    deliver = mailer(
        settings(
            TIMEBANK_MAIL_HOST="127.0.0.1",
            TIMEBANK_MAIL_PORT=smtp_port,
            TIMEBANK_MAIL_USER="tijdbank",
            TIMEBANK_MAIL_PASSWORD="geheim",
        )
    )

    deliver(a_mail())

    assert inbox.signed_in == [(b"tijdbank", b"geheim")]
    assert len(inbox.messages) == 1


def test_a_server_without_starttls_gets_nothing_when_it_is_asked_for(
    inbox: Inbox, smtp_port: int
) -> None:
    deliver = mailer(
        settings(
            TIMEBANK_MAIL_HOST="127.0.0.1",
            TIMEBANK_MAIL_PORT=smtp_port,
            TIMEBANK_MAIL_STARTTLS=True,
        )
    )

    with pytest.raises(OSError, match="STARTTLS"):
        deliver(a_mail())

    assert inbox.messages == []


def test_a_server_that_is_not_there_is_an_error_that_the_outbox_knows() -> None:
    deliver = mailer(settings(TIMEBANK_MAIL_HOST="127.0.0.1", TIMEBANK_MAIL_PORT=a_free_port()))

    with pytest.raises(OSError, match="refused"):
        deliver(a_mail())
