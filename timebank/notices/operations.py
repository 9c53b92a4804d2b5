# SPDX-License-Identifier: EUPL-1.2
"""Writing messages: queue one, and write down that delivery was tried."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from ledger import new_id
from timebank.notices.models import Mail


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


def record_attempt(
    session: Session, *, timebank_id: int, mail_id: uuid.UUID, sent: bool, now: datetime.datetime
) -> None:
    """Write down that delivery was tried; the words of a message that left are wiped."""
    wiped: dict[str, Any] = {"sent_at": now, "body": ""} if sent else {}
    session.execute(
        update(Mail)
        .where(Mail.timebank_id == timebank_id, Mail.id == mail_id)
        .values(attempts=Mail.attempts + 1, **wiped)
    )
