# SPDX-License-Identifier: EUPL-1.2
"""Reading calls that wait. Nothing here writes."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import and_, case, func, select
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


@dataclasses.dataclass(frozen=True)
class Contact:
    """Somebody to call; without a number it becomes a letter or a visit."""

    member_id: uuid.UUID
    full_name: str
    phone: str | None


def waiting_calls(session: Session, *, by: Actor, limit: int = 50) -> Sequence[WaitingCall]:
    """Return the calls that wait in the actor's neighbourhoods: first those about tomorrow.

    A call about tomorrow says nothing the day after. Then the oldest first, and last those about
    what was approved: that news is good, and a letter tells it too.

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
    can_wait = case(
        (CallTask.reason == CallReason.APPOINTMENT_TOMORROW, 0),
        (CallTask.reason == CallReason.APPROVED, 2),
        else_=1,
    )
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


def contacts_of(
    session: Session, member_ids: Collection[uuid.UUID], *, by: Actor
) -> dict[uuid.UUID, Contact]:
    """Return name and number of those of these members whom the actor may see, by member.

    Raises:
        NotPermitted: the actor reads no people.
    """
    by.require(Permission.READ_PEOPLE)
    reach = by.reach(Permission.READ_PEOPLE)
    query = (
        select(Person.member_id, Person.given_name, Person.family_name, Person.phone)
        .join(
            Member,
            and_(Member.timebank_id == Person.timebank_id, Member.id == Person.member_id),
        )
        .where(Person.timebank_id == by.timebank_id, Person.member_id.in_(member_ids))
    )
    if not reach.everywhere:
        query = query.where(Member.neighbourhood_code.in_(reach.codes))
    return {
        member_id: Contact(member_id, f"{given} {family}", phone)
        for member_id, given, family, phone in session.execute(query)
    }


def count_waiting_calls(session: Session, *, by: Actor) -> tuple[int, datetime.datetime | None]:
    """Return how many calls wait in the actor's neighbourhoods, and since when the oldest does.

    Raises:
        NotPermitted: the actor reads no people.
    """
    by.require(Permission.READ_PEOPLE)
    reach = by.reach(Permission.READ_PEOPLE)
    query = (
        select(func.count(), func.min(CallTask.asked_at))
        .select_from(CallTask)
        .join(
            Member,
            and_(Member.timebank_id == CallTask.timebank_id, Member.id == CallTask.member_id),
        )
        .where(CallTask.timebank_id == by.timebank_id, CallTask.done_at.is_(None))
    )
    if not reach.everywhere:
        query = query.where(Member.neighbourhood_code.in_(reach.codes))
    count, oldest = session.execute(query).one()
    return count, oldest


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
