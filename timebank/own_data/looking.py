# SPDX-License-Identifier: EUPL-1.2
"""Who did something with a member's data or looked at it, as that member may read it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, aliased

from timebank.audit.models import AuditEvent
from timebank.members.models import Person
from timebank.members.policy import Actor
from timebank.notes.queries import notes_for_oneself, readings_for_oneself, worries_about_oneself


def looked_at(session: Session, *, by: Actor) -> list[dict[str, Any]]:
    """Return who did something with the actor's data or looked at it, newest first.

    That a concern was written is left out as the concern is, and that notes were read while there
    is none that the actor may read: else one could tell from the other.
    """
    hidden = worries_about_oneself(session, by=by)
    silent = bool(hidden) and not notes_for_oneself(session, by=by)
    who = aliased(Person)
    rows: Sequence[Any] = session.execute(
        select(AuditEvent, who.given_name, who.family_name)
        .outerjoin(
            who,
            and_(
                who.timebank_id == AuditEvent.timebank_id,
                who.member_id == AuditEvent.by_member_id,
            ),
        )
        .where(
            AuditEvent.timebank_id == by.timebank_id,
            AuditEvent.about_member_id == by.member_id,
        )
        .order_by(AuditEvent.id.desc())
    ).all()
    reasons = readings_for_oneself(session, by=by)
    return [
        {
            "action": event.action,
            "by": given and f"{given} {family}",
            "by_me": event.by_member_id == by.member_id,
            "by_the_organisation": event.by_member_id is None,
            "at": event.happened_at,
            "reason": reasons.get(event.subject_id) if event.subject_id else None,
        }
        for event, given, family in rows
        if event.subject_id not in hidden and not (silent and event.action == "note:read")
    ]
