# SPDX-License-Identifier: EUPL-1.2
"""Writing a second look at help that was not approved. The door commits.

Nothing is edited: what was not approved stays so, and a new exchange with the same content waits
in its place, linked as a correction is (docs/adr/0028).
"""

from __future__ import annotations

import datetime
import uuid

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

import ledger
from timebank import clock
from timebank.amendments.models import Correction
from timebank.approvals.operations import within_reach
from timebank.audit.operations import write_down_by
from timebank.calls.models import CallReason
from timebank.calls.operations import Letter, call_without_email, mail_members
from timebank.exchanges.errors import AlreadyDecided, UnknownOther
from timebank.exchanges.models import Exchange, ExchangeNote, ExchangeOnBehalf, NoteKind
from timebank.exchanges.operations import (
    LogExchange,
    Logged,
    check_answers,
    insert_exchange,
    keep_words,
    note_event,
    order_of,
    parties_of,
)
from timebank.exchanges.workflow import Action, ExchangeState
from timebank.members.policy import Actor

_AGAIN = uuid.UUID("5b1f3f0e-7a63-5c1e-8d5c-2f0d6f2c9a41")
"""Namespace of the keys of exchanges that are looked at again: one per exchange, so one outcome."""


def look_again(
    session: Session,
    exchange_id: uuid.UUID,
    *,
    by: Actor,
    now: datetime.datetime,
    letter: Letter | None = None,
) -> Logged:
    """Let help that was not approved wait once more, and tell both people.

    The new exchange has the same content and the same writer; the history says which coordinator
    let it wait. Pressed twice, or by two at once, there is one new exchange.

    Args:
        letter: the mail to who has an address; None when the door has no words for it.

    Raises:
        UnknownExchange, NotPermitted, OwnExchange: see ``approvals.policy.check_may_decide``.
        AlreadyDecided: it is not one that was not approved.
        UnknownOther: one of the two left or was erased.
        What ``exchanges.operations.check_answers`` says about a correction.

    Source: policy row V15: give room, and account for it afterwards.
    """
    old = within_reach(session, exchange_id, by)
    if old.state is not ExchangeState.REJECTED:
        raise AlreadyDecided(old.state)
    command = _same_content(session, old)
    members = parties_of(session, by.timebank_id, command)
    check_answers(session, by.timebank_id, command, members, clock.day_of(now), old)
    new_id = ledger.new_id(now)
    writer = Actor(timebank_id=by.timebank_id, member_id=old.logged_by, grants=())
    if not insert_exchange(session, command, writer, members, new_id, now):
        return Logged(_made_before(session, by.timebank_id, command.form_key), replayed=True)
    try:
        ledger.reserve(session, order_of(command, by, members, new_id), now=now)
    except ledger.AccountClosed as left_meanwhile:
        raise UnknownOther from left_meanwhile
    _keep_beside(session, old, command, new_id)
    note_event(session, new_id, Action.LOG, by, now, None)
    _write_down_and_tell(session, old, new_id, by=by, now=now, letter=letter)
    return Logged(new_id, replayed=False)


def _same_content(session: Session, old: Exchange) -> LogExchange:
    note = session.get(ExchangeNote, (old.timebank_id, old.id, NoteKind.NOTE))
    behalf = session.get(ExchangeOnBehalf, (old.timebank_id, old.id))
    return LogExchange(
        form_key=uuid.uuid5(_AGAIN, str(old.id)),
        helper_id=old.helper_id,
        helped_id=old.helped_id,
        category_code=old.category_code,
        minutes=old.minutes,
        helped_on=old.helped_on,
        note=note.words if note else "",
        acting_for_id=behalf.acting_for_id if behalf else None,
    )


def _keep_beside(session: Session, old: Exchange, command: LogExchange, new_id: uuid.UUID) -> None:
    """Keep for whom it was typed, the words, and that it stands in the place of the old one."""
    here = {"timebank_id": old.timebank_id, "exchange_id": new_id}
    behalf = session.get(ExchangeOnBehalf, (old.timebank_id, old.id))
    if behalf is not None:
        typed = {"acting_for_id": behalf.acting_for_id, "entered_by_id": behalf.entered_by_id}
        session.execute(insert(ExchangeOnBehalf).values(**here, **typed))
    keep_words(
        session,
        timebank_id=old.timebank_id,
        exchange_id=new_id,
        kind=NoteKind.NOTE,
        words=command.note,
    )
    session.execute(
        insert(Correction).values(
            timebank_id=old.timebank_id, exchange_id=old.id, replaced_by=new_id, undone_by=None
        )
    )


def _made_before(session: Session, timebank_id: int, form_key: uuid.UUID) -> uuid.UUID:
    return session.scalars(
        select(Exchange.id).where(
            Exchange.timebank_id == timebank_id, Exchange.form_key == form_key
        )
    ).one()


def _write_down_and_tell(
    session: Session,
    old: Exchange,
    new_id: uuid.UUID,
    *,
    by: Actor,
    now: datetime.datetime,
    letter: Letter | None,
) -> None:
    both = (old.helper_id, old.helped_id)
    for member_id in both:
        write_down_by(session, "exchange:look_again", by, about=member_id, subject=new_id, now=now)
    call_without_email(
        session,
        CallReason.LOOKED_AT_AGAIN,
        timebank_id=by.timebank_id,
        member_ids=both,
        subject_id=new_id,
        now=now,
    )
    if letter is not None:
        mail_members(session, both, timebank_id=by.timebank_id, letter=letter, now=now)
