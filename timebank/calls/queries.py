# SPDX-License-Identifier: EUPL-1.2
"""Reading calls that wait. Nothing here writes."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from timebank.calls.models import CallReason, CallTask
from timebank.members.models import Member, Person
from timebank.members.policy import Actor, Permission

ABOUT_APPOINTMENTS = frozenset({CallReason.APPOINTMENT_TOMORROW, CallReason.APPOINTMENT_NEWS})


@dataclasses.dataclass(frozen=True)
class WaitingCall:
    """Whom to call and why; without a telephone number it becomes a letter or a visit."""

    call_id: uuid.UUID
    member_id: uuid.UUID
    full_name: str
    phone: str | None
    reason: CallReason
    exchange_id: uuid.UUID | None
    appointment_id: uuid.UUID | None
    asked_at: datetime.datetime


def waiting_calls(session: Session, *, by: Actor, limit: int = 50) -> Sequence[WaitingCall]:
    """Return the calls that wait in the actor's neighbourhoods: first those about tomorrow.

    Then the oldest first. A call about tomorrow says nothing the day after.

    Raises:
        NotPermitted: the actor reads no people.
    """
    by.require(Permission.READ_PEOPLE)
    reach = by.reach(Permission.READ_PEOPLE)
    query = (
        select(CallTask, Person.given_name, Person.family_name, Person.phone)
        .join(
            Member,
            and_(Member.timebank_id == CallTask.timebank_id, Member.id == CallTask.member_id),
        )
        .join(
            Person,
            and_(
                Person.timebank_id == CallTask.timebank_id,
                Person.member_id == CallTask.member_id,
            ),
        )
        .where(CallTask.timebank_id == by.timebank_id, CallTask.done_at.is_(None))
    )
    if not reach.everywhere:
        query = query.where(Member.neighbourhood_code.in_(reach.codes))
    can_wait = CallTask.reason != CallReason.APPOINTMENT_TOMORROW
    rows = session.execute(query.order_by(can_wait, CallTask.asked_at, CallTask.id).limit(limit))
    return [
        WaitingCall(
            call.id,
            call.member_id,
            f"{given} {family}",
            phone,
            call.reason,
            None if call.reason in ABOUT_APPOINTMENTS else call.subject_id,
            call.subject_id if call.reason in ABOUT_APPOINTMENTS else None,
            call.asked_at,
        )
        for call, given, family, phone in rows
    ]


def call_waits(
    session: Session, *, timebank_id: int, member_id: uuid.UUID, reason: CallReason
) -> bool:
    """Say whether a call to this member for this reason waits already: one call tells it all."""
    return (
        session.execute(
            select(CallTask.id)
            .where(
                CallTask.timebank_id == timebank_id,
                CallTask.member_id == member_id,
                CallTask.reason == reason,
                CallTask.done_at.is_(None),
            )
            .limit(1)
        ).first()
        is not None
    )


def calls_for_oneself(session: Session, *, by: Actor) -> list[dict[str, Any]]:
    """Return the calls that stand for a mail to the actor, newest first: why, when, by whom."""
    rows = session.execute(
        select(CallTask, Person.given_name, Person.family_name)
        .outerjoin(
            Person,
            and_(Person.timebank_id == CallTask.timebank_id, Person.member_id == CallTask.done_by),
        )
        .where(CallTask.timebank_id == by.timebank_id, CallTask.member_id == by.member_id)
        .order_by(CallTask.asked_at.desc(), CallTask.id.desc())
    )
    return [
        {
            "call": call.reason,
            "queued_at": call.asked_at,
            "called_at": call.done_at,
            "called_by": given and f"{given} {family}",
        }
        for call, given, family in rows
    ]
