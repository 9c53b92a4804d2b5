# SPDX-License-Identifier: EUPL-1.2
"""Reading what was written down, newest first. Nothing here writes."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank.audit.models import AuditEvent


def events(
    session: Session,
    *,
    timebank_id: int,
    about: uuid.UUID | None = None,
    before: uuid.UUID | None = None,
    limit: int = 50,
) -> Sequence[AuditEvent]:
    """Return events of a timebank, newest first.

    Args:
        about: those that concern this member only; None means all.
        before: events older than this one (exclusive); None starts at the newest.
        limit: at most this many.
    """
    query = select(AuditEvent).where(AuditEvent.timebank_id == timebank_id)
    if about is not None:
        query = query.where(AuditEvent.about_member_id == about)
    if before is not None:
        query = query.where(AuditEvent.id < before)
    return session.scalars(query.order_by(AuditEvent.id.desc()).limit(limit)).all()
