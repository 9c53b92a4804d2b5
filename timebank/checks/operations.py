# SPDX-License-Identifier: EUPL-1.2
"""Writing checks: a coordinator saw a talk or a training. The door commits."""

from __future__ import annotations

import datetime
import uuid

from sqlalchemy.orm import Session

import ledger
from timebank import clock
from timebank.audit.operations import write_down_by
from timebank.checks.errors import DayMissing, KindMissing
from timebank.checks.models import MemberCheck
from timebank.checks.policy import Qualification
from timebank.members.errors import UnknownMember
from timebank.members.holding import all_stay
from timebank.members.models import Member
from timebank.members.policy import Actor, Permission


def keep_check(
    session: Session,
    member_id: uuid.UUID,
    kind: Qualification | None,
    happened_on: datetime.date | None,
    *,
    by: Actor,
    now: datetime.datetime,
) -> None:
    """Keep that a talk or a training was had; a later one replaces the day of an earlier one.

    Args:
        happened_on: the day, today at the latest (inclusive).

    Raises:
        UnknownMember: not within the actor's reach, or it is the actor: nobody checks themselves.
        KindMissing, DayMissing: it is not said what was done, or when.
    """
    stays = all_stay(session, by.timebank_id, member_id)
    member = session.get(Member, (by.timebank_id, member_id))
    reach = by.reach(Permission.KEEP_SUPPORT)
    if not stays or member is None or member_id == by.member_id:
        raise UnknownMember(member_id)
    if not reach.covers(member.neighbourhood_code):
        raise UnknownMember(member_id)
    if kind is None:
        raise KindMissing
    if happened_on is None or happened_on > clock.day_of(now):
        raise DayMissing
    seen = {"happened_on": happened_on, "seen_by": by.member_id, "seen_at": now}
    session.execute(
        ledger.insert_or_conflict(session, MemberCheck)
        .values(timebank_id=by.timebank_id, member_id=member_id, kind=kind, **seen)
        .on_conflict_do_update(index_elements=["timebank_id", "member_id", "kind"], set_=seen)
    )
    session.expire_all()
    write_down_by(session, "check:keep", by, about=member_id, now=now)
