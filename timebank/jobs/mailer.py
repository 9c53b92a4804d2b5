# SPDX-License-Identifier: EUPL-1.2
"""How a message leaves: over SMTP, or as a file when no mail server is set."""

from __future__ import annotations

import pathlib
import smtplib
import ssl
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from typing import Any

from timebank.notices.queries import WaitingMail

TIMEOUT_SECONDS = 10


Deliver = Callable[[WaitingMail], None]
"""Delivers one message; raises ``OSError`` (smtplib's errors are of that kind) when it cannot."""


def mailer(config: Mapping[str, Any]) -> Deliver:
    """Return what delivers a message under these settings."""
    if config["TIMEBANK_MAIL_HOST"]:
        return lambda mail: _over_smtp(mail, config)
    return lambda mail: _to_folder(mail, config)


def message_of(mail: WaitingMail, sender: str) -> EmailMessage:
    """Return the message as it travels. ``EmailMessage`` refuses line breaks in headers."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = mail.to_address
    message["Subject"] = mail.subject
    message["Date"] = mail.queued_at
    message["Message-ID"] = f"<{mail.mail_id}@timebank>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body)
    return message


def _to_folder(mail: WaitingMail, config: Mapping[str, Any]) -> None:
    folder = pathlib.Path(config["TIMEBANK_MAIL_FOLDER"])
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{mail.mail_id}.eml"
    path.write_bytes(message_of(mail, config["TIMEBANK_MAIL_FROM"]).as_bytes())


def _over_smtp(mail: WaitingMail, config: Mapping[str, Any]) -> None:
    with smtplib.SMTP(
        config["TIMEBANK_MAIL_HOST"], config["TIMEBANK_MAIL_PORT"], timeout=TIMEOUT_SECONDS
    ) as server:
        if config["TIMEBANK_MAIL_STARTTLS"]:
            server.starttls(context=ssl.create_default_context())
        if config["TIMEBANK_MAIL_USER"]:
            server.login(config["TIMEBANK_MAIL_USER"], config["TIMEBANK_MAIL_PASSWORD"])
        server.send_message(message_of(mail, config["TIMEBANK_MAIL_FROM"]))
