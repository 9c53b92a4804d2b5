# SPDX-License-Identifier: EUPL-1.2
"""Reading support, for coordinators only. Nothing here writes."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from timebank.members.errors import UnknownMember
from timebank.members.models import Member, Person
from timebank.members.policy import Actor, Permission
from timebank.members.queries import names_by_id
from timebank.support.models import MemberSupport
from timebank.support.policy import Support


@dataclasses.dataclass(frozen=True)
class KeptSupport:
    """What somebody needs, and who walks along."""

    support: Support = Support.NONE
    buddy_name: str | None = None
    conduct_certificate_date: datetime.date | None = None


def support_of(session: Session, member_id: uuid.UUID, *, by: Actor) -> KeptSupport:
    """Return what is kept of a member.

    Raises:
        UnknownMember: not within the actor's reach.
    """
    row = session.execute(
        select(
            Member.neighbourhood_code,
            MemberSupport.support,
            Person.given_name,
            Person.family_name,
            MemberSupport.conduct_certificate_date,
        )
        .outerjoin(
            MemberSupport,
            and_(
                MemberSupport.timebank_id == Member.timebank_id,
                MemberSupport.member_id == Member.id,
            ),
        )
        .outerjoin(
            Person,
            and_(
                Person.timebank_id == MemberSupport.timebank_id,
                Person.member_id == MemberSupport.buddy_id,
            ),
        )
        .where(Member.timebank_id == by.timebank_id, Member.id == member_id)
    ).first()
    if row is None or not by.reach(Permission.KEEP_SUPPORT).covers(row[0]):
        raise UnknownMember(member_id)
    _, support, given, family, certificate = row
    return KeptSupport(support or Support.NONE, given and f"{given} {family}", certificate)


def support_for_oneself(session: Session, *, by: Actor) -> list[dict[str, Any]]:
    """Return what is kept about the support that the actor wants: one row, or none."""
    row = session.get(MemberSupport, (by.timebank_id, by.member_id))
    if row is None:
        return []
    names = names_by_id(session, timebank_id=by.timebank_id, member_ids={row.buddy_id} - {None})
    return [
        {
            "support": row.support,
            "buddy": names.get(row.buddy_id),
            "conduct_certificate_date": row.conduct_certificate_date,
        }
    ]
