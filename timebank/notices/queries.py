# SPDX-License-Identifier: EUPL-1.2
"""Reading messages that wait. Nothing here writes."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Sequence

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from timebank.notices.models import Mail
from timebank.notices.policy import TRIES

MOST_ATTEMPTS = len(TRIES)
"""After this many failures a message is left alone; somebody must look at the mail server."""


@dataclasses.dataclass(frozen=True)
class WaitingMail:
    """A message as whoever delivers it needs it, apart from the database."""

    timebank_id: int
    mail_id: uuid.UUID
    to_address: str
    subject: str
    body: str
    queued_at: datetime.datetime


def waiting_mail(
    session: Session, *, timebank_id: int, now: datetime.datetime, limit: int = 50
) -> Sequence[WaitingMail]:
    """Return the messages of a timebank whose next try is due, oldest first."""
    due_if_queued_by = case(
        {failed: now - age for failed, age in enumerate(TRIES)}, value=Mail.attempts
    )
    rows = session.execute(
        select(Mail.timebank_id, Mail.id, Mail.to_address, Mail.subject, Mail.body, Mail.queued_at)
        .where(
            Mail.timebank_id == timebank_id,
            Mail.sent_at.is_(None),
            Mail.attempts < MOST_ATTEMPTS,
            Mail.queued_at <= due_if_queued_by,
        )
        .order_by(Mail.queued_at, Mail.id)
        .limit(limit)
    )
    return [WaitingMail(*row) for row in rows]


def was_queued_since(
    session: Session,
    *,
    timebank_id: int,
    to_address: str,
    subject: str,
    since: datetime.datetime,
) -> bool:
    """Say whether a message with this subject to this address was queued since then (inclusive)."""
    return (
        session.execute(
            select(Mail.id)
            .where(
                Mail.timebank_id == timebank_id,
                Mail.to_address == to_address,
                Mail.subject == subject,
                Mail.queued_at >= since,
            )
            .limit(1)
        ).first()
        is not None
    )
