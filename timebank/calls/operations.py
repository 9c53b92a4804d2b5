# SPDX-License-Identifier: EUPL-1.2
"""Writing calls: tell a member something by mail, or let a call wait; say that it was made."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Iterable

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

import ledger
from timebank.audit.operations import write_down_by
from timebank.calls.errors import UnknownCall
from timebank.calls.models import CallReason, CallTask
from timebank.members.models import Member, Person
from timebank.members.policy import Actor, Permission
from timebank.notices.operations import queue_mail

Letter = Callable[[str], tuple[str, str]]
"""Makes subject and body of a mail in a language; the door has the words."""


def tell_member(
    session: Session,
    reason: CallReason,
    *,
    timebank_id: int,
    member_id: uuid.UUID,
    letter: Letter | None,
    now: datetime.datetime,
    subject_id: uuid.UUID | None = None,
) -> None:
    """Let a member hear something: by mail, or without an address by a coordinator who calls.

    Args:
        letter: None when the door has no words for a mail: then a coordinator calls.
    """
    person = session.execute(
        select(Person.email, Person.language).where(
            Person.timebank_id == timebank_id, Person.member_id == member_id
        )
    ).first()
    if person is None:
        return
    if person.email is not None and letter is not None:
        subject, body = letter(person.language)
        queue_mail(
            session,
            timebank_id=timebank_id,
            to_address=person.email,
            subject=subject,
            body=body,
            now=now,
        )
        return
    _let_a_call_wait(session, reason, timebank_id, member_id, subject_id, now)


def mail_members(
    session: Session,
    member_ids: Iterable[uuid.UUID],
    *,
    timebank_id: int,
    letter: Letter,
    now: datetime.datetime,
) -> None:
    """Queue a mail to those of these members who have an e-mail address, in their language."""
    people = session.execute(
        select(Person.email, Person.language)
        .where(
            Person.timebank_id == timebank_id,
            Person.member_id.in_(list(member_ids)),
            Person.email.is_not(None),
        )
        .order_by(Person.member_id)
    ).all()
    for email, language in people:
        subject, body = letter(language)
        queue_mail(
            session,
            timebank_id=timebank_id,
            to_address=str(email),
            subject=subject,
            body=body,
            now=now,
        )


def call_without_email(
    session: Session,
    reason: CallReason,
    *,
    timebank_id: int,
    member_ids: Iterable[uuid.UUID],
    subject_id: uuid.UUID,
    now: datetime.datetime,
) -> None:
    """Let those of these members who have no e-mail address hear something by a call.

    Who has an address reads it on their own pages. A call that waits already is not asked for
    twice; one call tells somebody all that was approved, and names the first of it.

    Args:
        member_ids: the two of an exchange; who left or was erased is not called.
        subject_id: the exchange that it is about.
    """
    people = session.scalars(
        select(Person.member_id)
        .where(
            Person.timebank_id == timebank_id,
            Person.member_id.in_(list(member_ids)),
            Person.email.is_(None),
        )
        .order_by(Person.member_id)
    ).all()
    about = None if reason is CallReason.APPROVED else subject_id
    for member_id in people:
        if not call_waits(
            session, timebank_id=timebank_id, member_id=member_id, reason=reason, subject_id=about
        ):
            _let_a_call_wait(session, reason, timebank_id, member_id, subject_id, now)


def call_waits(
    session: Session,
    *,
    timebank_id: int,
    member_id: uuid.UUID,
    reason: CallReason,
    subject_id: uuid.UUID | None = None,
) -> bool:
    """Say whether a call to this member for this reason waits already: one call tells it all.

    Args:
        subject_id: only a call about this; None means about anything.
    """
    query = select(CallTask.id).where(
        CallTask.timebank_id == timebank_id,
        CallTask.member_id == member_id,
        CallTask.reason == reason,
        CallTask.done_at.is_(None),
    )
    if subject_id is not None:
        query = query.where(CallTask.subject_id == subject_id)
    return session.execute(query.limit(1)).first() is not None


def _let_a_call_wait(
    session: Session,
    reason: CallReason,
    timebank_id: int,
    member_id: uuid.UUID,
    subject_id: uuid.UUID | None,
    now: datetime.datetime,
) -> None:
    session.execute(
        insert(CallTask).values(
            timebank_id=timebank_id,
            id=ledger.new_id(now),
            member_id=member_id,
            reason=reason,
            subject_id=subject_id,
            asked_at=now,
        )
    )


def drop_calls(
    session: Session,
    reason: CallReason,
    *,
    timebank_id: int,
    subject_id: uuid.UUID | None = None,
    member_id: uuid.UUID | None = None,
    before: datetime.datetime | None = None,
) -> None:
    """Take calls off the list that nobody made and that say nothing any more.

    Args:
        member_id: only those to this member; None means to anybody.
        subject_id: only those about this; None means about anything.
        before: only those that were asked before this moment (exclusive); None means all.
    """
    query = delete(CallTask).where(
        CallTask.timebank_id == timebank_id,
        CallTask.reason == reason,
        CallTask.done_at.is_(None),
    )
    if subject_id is not None:
        query = query.where(CallTask.subject_id == subject_id)
    if member_id is not None:
        query = query.where(CallTask.member_id == member_id)
    if before is not None:
        query = query.where(CallTask.asked_at < before)
    session.execute(query, execution_options={"synchronize_session": False})


def drop_calls_while_waiting(session: Session, *, timebank_id: int, exchange_id: uuid.UUID) -> None:
    """Take off the list what was told while help waited: it does not wait any more."""
    session.execute(
        delete(CallTask).where(
            CallTask.timebank_id == timebank_id,
            CallTask.reason.in_((CallReason.QUESTION, CallReason.LOOKED_AT_AGAIN)),
            CallTask.subject_id == exchange_id,
            CallTask.done_at.is_(None),
        ),
        execution_options={"synchronize_session": False},
    )


def finish_call(session: Session, call_id: uuid.UUID, *, by: Actor, now: datetime.datetime) -> None:
    """Say that a member was called or has got a letter; said twice, it was said once.

    Raises:
        UnknownCall: there is none within the actor's reach.
    """
    call = session.get(CallTask, (by.timebank_id, call_id))
    member = session.get(Member, (by.timebank_id, call.member_id)) if call else None
    if (
        call is None
        or member is None
        or not by.reach(Permission.READ_PEOPLE).covers(member.neighbourhood_code)
    ):
        raise UnknownCall
    if call.done_at is not None:
        return
    call.done_at, call.done_by = now, by.member_id
    write_down_by(
        session, "member:call", by, about=call.member_id, subject=call.subject_id, now=now
    )
    session.flush()
