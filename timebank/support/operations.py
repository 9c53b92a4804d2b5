# SPDX-License-Identifier: EUPL-1.2
"""Writing support: how much somebody wants, the buddy, the date of the certificate."""

from __future__ import annotations

import dataclasses
import datetime
import uuid

from sqlalchemy.orm import Session

import ledger
from timebank import clock
from timebank.audit.operations import write_down_by
from timebank.members.errors import UnknownMember
from timebank.members.holding import all_stay
from timebank.members.models import Member
from timebank.members.policy import Actor, Permission
from timebank.support.errors import CertificateInFuture, OwnBuddy
from timebank.support.models import MemberSupport
from timebank.support.policy import Support


@dataclasses.dataclass(frozen=True)
class KeepSupport:
    """A wish to keep what somebody needs; it replaces what was kept before."""

    member_id: uuid.UUID
    support: Support
    buddy_id: uuid.UUID | None = None
    conduct_certificate_date: datetime.date | None = None


def keep_support(
    session: Session, command: KeepSupport, *, by: Actor, now: datetime.datetime
) -> None:
    """Keep what somebody needs, for coordinators only.

    Raises:
        UnknownMember: not within the actor's reach, or the buddy is no member.
        OwnBuddy: the buddy is the member.
        CertificateInFuture: the certificate is dated after today.
    """
    stays = all_stay(session, by.timebank_id, command.member_id)
    member = session.get(Member, (by.timebank_id, command.member_id))
    if not stays or member is None:
        raise UnknownMember(command.member_id)
    if not by.reach(Permission.KEEP_SUPPORT).covers(member.neighbourhood_code):
        raise UnknownMember(command.member_id)
    if command.buddy_id == command.member_id:
        raise OwnBuddy
    if command.buddy_id and session.get(Member, (by.timebank_id, command.buddy_id)) is None:
        raise UnknownMember(command.buddy_id)
    day = command.conduct_certificate_date
    if day is not None and day > clock.day_of(now):
        raise CertificateInFuture(day)
    kept = {
        "support": command.support,
        "buddy_id": command.buddy_id,
        "conduct_certificate_date": day,
    }
    session.execute(
        ledger.insert_or_conflict(session, MemberSupport)
        .values(timebank_id=by.timebank_id, member_id=command.member_id, **kept)
        .on_conflict_do_update(index_elements=["timebank_id", "member_id"], set_=kept)
    )
    session.expire_all()
    write_down_by(session, "support:keep", by, about=command.member_id, now=now)
