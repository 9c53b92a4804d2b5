# SPDX-License-Identifier: EUPL-1.2
"""Writing messages: queue one, and hand the waiting ones to whoever delivers."""

from __future__ import annotations

import datetime
from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from ledger import new_id
from timebank.notices.models import Mail

MOST_ATTEMPTS = 8

Deliver = Callable[[Mail], None]
"""Delivers one message; raises ``OSError`` (smtplib's errors are of that kind) when it cannot."""


def queue_mail(
    session: Session,
    *,
    timebank_id: int,
    to_address: str,
    subject: str,
    body: str,
    now: datetime.datetime,
) -> None:
    """Let a message wait; it leaves only if the caller's transaction is committed.

    Args:
        subject: general words only, never a name: subjects travel in the open.
    """
    session.add(
        Mail(
            timebank_id=timebank_id,
            id=new_id(now),
            to_address=to_address,
            subject=subject,
            body=body,
            queued_at=now,
            attempts=0,
        )
    )
    session.flush()


def deliver_waiting(
    session: Session, deliver: Deliver, *, now: datetime.datetime, limit: int = 50
) -> int:
    """Deliver the waiting messages, oldest first, and return how many left.

    One that fails is tried again next time, at most ``MOST_ATTEMPTS`` times; the rest go on.
    """
    waiting = session.scalars(
        select(Mail)
        .where(Mail.sent_at.is_(None), Mail.attempts < MOST_ATTEMPTS)
        .order_by(Mail.queued_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    return sum(_deliver_one(mail, deliver, now) for mail in waiting)


def _deliver_one(mail: Mail, deliver: Deliver, now: datetime.datetime) -> bool:
    mail.attempts += 1
    try:
        deliver(mail)
    except OSError:
        return False
    mail.sent_at = now
    mail.body = ""
    return True
