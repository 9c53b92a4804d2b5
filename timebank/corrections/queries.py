# SPDX-License-Identifier: EUPL-1.2
"""Reading what members said of themselves. Nothing here writes."""

from __future__ import annotations

import datetime
import uuid

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from timebank.members.models import MemberPause


def pause_of(
    session: Session, *, timebank_id: int, member_id: uuid.UUID, today: datetime.date
) -> MemberPause | None:
    """Return the pause in which somebody is today, or None."""
    return session.scalars(
        select(MemberPause).where(
            MemberPause.timebank_id == timebank_id,
            MemberPause.member_id == member_id,
            or_(MemberPause.until.is_(None), MemberPause.until >= today),
        )
    ).first()
