# SPDX-License-Identifier: EUPL-1.2
"""Writing exchanges: log one, withdraw it, record what became of it. The door commits.

Each operation checks permission itself, so that every door refuses alike. Deciding about exchanges
is the room ``approvals``; unfinished forms are the room ``drafts``.
"""

from __future__ import annotations

import dataclasses
import datetime
import uuid

from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session

import ledger
from timebank import clock
from timebank.areas.models import Timebank
from timebank.boundaries.operations import free_override, use_override
from timebank.categories.models import Boundary, HelpCategory
from timebank.drafts.operations import drop_draft
from timebank.exchanges import errors
from timebank.exchanges.models import (
    Exchange,
    ExchangeEvent,
    ExchangeNote,
    ExchangeOnBehalf,
    NoteKind,
)
from timebank.exchanges.policy import check_day, check_minutes, check_note, check_parties
from timebank.exchanges.workflow import Action, ExchangeState, RejectionReason, state_after
from timebank.lettering import readable
from timebank.members.models import Member
from timebank.members.policy import Actor
from timebank.rules.policy import between
from timebank.rules.queries import rules_by_place, stops_at_a_limit
from timebank.trust.operations import check_may_act_for

_DECISION = uuid.UUID("6f2f7a52-7f0d-5a3c-9c0e-3f1b3a5d8e41")
"""Namespace of the ids of postings and voids: one per exchange, so that it happens once."""


@dataclasses.dataclass(frozen=True)
class LogExchange:
    """A wish to log that somebody helped somebody.

    Attributes:
        form_key: made with the form; sent twice, it logs once.
        minutes: whole steps of the timebank, at most a day.
        helped_on: the day of the help, today at the latest.
        acting_for_id: the one of the two for whom the actor fills the form in; None for oneself.
    """

    form_key: uuid.UUID
    helper_id: uuid.UUID
    helped_id: uuid.UUID
    category_code: str
    minutes: int
    helped_on: datetime.date
    note: str = ""
    acting_for_id: uuid.UUID | None = None


_ANSWERS = ("helper_id", "helped_id", "category_code", "minutes", "helped_on")
"""What must be the same for a form to be the same form."""
Parties = dict[uuid.UUID, "Row[uuid.UUID, int | None, str | None, datetime.date]"]
"""The helper and the helped by id: account, neighbourhood and first day."""


@dataclasses.dataclass(frozen=True)
class Logged:
    """The exchange that stands after the commit; ``replayed`` when it stood there before."""

    exchange_id: uuid.UUID
    replayed: bool


def log_exchange(
    session: Session, command: LogExchange, *, by: Actor, now: datetime.datetime
) -> Logged:
    """Log an exchange and set its minutes apart as pending; a coordinator decides later.

    Raises:
        NotPermitted: the actor logs no exchanges.
        UnknownMember: the actor may not fill in for this member.
        SamePerson, UnknownOther: the two are not two people of this timebank, or the actor is
            neither of them.
        UnknownKind, ProfessionalOnly: this kind of help is not booked here, without an exception.
        InvalidDuration, NotAWholeStep, DayInFuture, DayTooLongAgo, DayBeforeJoining, NoteTooLong,
        NoteNotReadable, HoursFarApart: an answer is not possible.
        FormKeyUsed: the key was used before for other answers, or by somebody else.
    """
    check_parties(by, command.helper_id, command.helped_id, command.acting_for_id)
    if command.acting_for_id is not None:
        check_may_act_for(session, command.acting_for_id, by=by)
    if (stored := _by_form_key(session, by.timebank_id, command.form_key)) is not None:
        return _replayed(stored, command, by)
    members = parties_of(session, by.timebank_id, command)
    check_answers(session, by.timebank_id, command, members, clock.day_of(now))
    exchange_id = ledger.new_id(now)
    if not insert_exchange(session, command, by, members, exchange_id, now):
        return _replayed(_by_form_key(session, by.timebank_id, command.form_key), command, by)
    _keep_who_typed(session, command, by, exchange_id)
    try:
        ledger.reserve(session, order_of(command, by, members, exchange_id), now=now)
    except ledger.AccountClosed as left_meanwhile:
        raise errors.UnknownOther from left_meanwhile
    note_event(session, exchange_id, Action.LOG, by, now, None)
    keep_words(
        session,
        timebank_id=by.timebank_id,
        exchange_id=exchange_id,
        kind=NoteKind.NOTE,
        words=command.note,
    )
    drop_draft(session, timebank_id=by.timebank_id, form_key=command.form_key)
    return Logged(exchange_id, replayed=False)


def withdraw_exchange(
    session: Session, exchange_id: uuid.UUID, *, by: Actor, now: datetime.datetime
) -> None:
    """Take one's own exchange back while it waits: nothing is booked. Doors: ``withdraw_own``.

    Raises:
        UnknownExchange: the actor did not log it, nor was it logged for the actor.
        AlreadyDecided: a coordinator was first.
    """
    exchange = session.get(Exchange, (by.timebank_id, exchange_id))
    if exchange is None or by.member_id is None:
        raise errors.UnknownExchange
    behalf = session.get(ExchangeOnBehalf, (by.timebank_id, exchange_id))
    acting_for_id = behalf.acting_for_id if behalf else None
    if by.member_id not in (exchange.logged_by, acting_for_id):
        raise errors.UnknownExchange
    if acting_for_id is not None and acting_for_id != by.member_id:
        check_may_act_for(session, acting_for_id, by=by)
    record_move(session, exchange, Action.WITHDRAW, by=by, now=now)
    free_override(session, by.timebank_id, exchange.form_key)
    ledger.void(session, resolution_of(exchange, by=by), now=now)


def record_move(
    session: Session,
    exchange: Exchange,
    action: Action,
    *,
    by: Actor,
    now: datetime.datetime,
    reason: RejectionReason | None = None,
) -> None:
    """Change the state and write the line of history; of two moves at once exactly one wins.

    Raises:
        AlreadyDecided: the exchange does not wait (any more).
    """
    after = state_after(exchange.state, action)
    change_state(session, exchange, after)
    note_event(session, exchange.id, action, by, now, reason)


def change_state(session: Session, exchange: Exchange, after: ExchangeState) -> None:
    """Change the state unless somebody else did since it was read. Raises AlreadyDecided."""
    won = session.execute(
        update(Exchange)
        .where(
            Exchange.timebank_id == exchange.timebank_id,
            Exchange.id == exchange.id,
            Exchange.state == exchange.state,
        )
        .values(state=after)
        .returning(Exchange.id),
        execution_options={"synchronize_session": False},
    ).first()
    if won is None:
        session.refresh(exchange)
        raise errors.AlreadyDecided(exchange.state)


def keep_words(
    session: Session, *, timebank_id: int, exchange_id: uuid.UUID, kind: NoteKind, words: str
) -> None:
    """Keep free words beside an exchange; empty ones are not kept."""
    if readable(words):
        session.execute(
            insert(ExchangeNote).values(
                timebank_id=timebank_id, exchange_id=exchange_id, kind=kind, words=readable(words)
            )
        )


def resolution_of(exchange: Exchange, *, by: Actor) -> ledger.Resolution:
    """Return the wish to resolve the exchange's reservation, with an id that exists once."""
    return ledger.Resolution(
        timebank_id=exchange.timebank_id,
        transfer_id=uuid.uuid5(_DECISION, str(exchange.id)),
        refers_to=exchange.id,
        recorded_by=by.member_id,
    )


def _keep_who_typed(
    session: Session, command: LogExchange, by: Actor, exchange_id: uuid.UUID
) -> None:
    if command.acting_for_id is not None:
        session.execute(
            insert(ExchangeOnBehalf).values(
                timebank_id=by.timebank_id,
                exchange_id=exchange_id,
                acting_for_id=command.acting_for_id,
                entered_by_id=by.member_id,
            )
        )


def _by_form_key(session: Session, timebank_id: int, form_key: uuid.UUID) -> Exchange | None:
    return session.scalars(
        select(Exchange).where(Exchange.timebank_id == timebank_id, Exchange.form_key == form_key)
    ).first()


def _replayed(stored: Exchange | None, command: LogExchange, by: Actor) -> Logged:
    """Answer a form that was sent before as the first time, if it is the same form."""
    same = (
        stored is not None
        and stored.logged_by == by.member_id
        and all(getattr(stored, name) == getattr(command, name) for name in _ANSWERS)
    )
    if stored is None or not same:
        raise errors.FormKeyUsed
    return Logged(stored.id, replayed=True)


def parties_of(session: Session, timebank_id: int, command: LogExchange) -> Parties:
    """Return helper and helped, who both take part now, or raise errors.UnknownOther."""
    rows = session.execute(
        select(Member.id, Member.account_id, Member.neighbourhood_code, Member.joined_on).where(
            Member.timebank_id == timebank_id,
            Member.id.in_((command.helper_id, command.helped_id)),
            Member.left_on.is_(None),
            Member.account_id.is_not(None),
        )
    )
    members = {row.id: row for row in rows}
    if command.helper_id not in members or command.helped_id not in members:
        raise errors.UnknownOther
    return members


def check_answers(
    session: Session,
    timebank_id: int,
    command: LogExchange,
    members: Parties,
    today: datetime.date,
    instead_of: Exchange | None = None,
) -> None:
    """Refuse answers that do not fit; a correction may keep its kind, its day and its sum."""
    kind = session.get(HelpCategory, (timebank_id, command.category_code))
    same = instead_of is not None and instead_of.category_code == command.category_code
    if kind is None or not (kind.is_open or same):
        raise errors.UnknownKind(command.category_code)
    needs_exception = kind.boundary is Boundary.PROFESSIONAL_ONLY and not same
    if needs_exception and not use_override(session, timebank_id, command):
        raise errors.ProfessionalOnly(command.category_code)
    step = session.get_one(Timebank, timebank_id).step_minutes
    helper, helped = (members[one][1:3] for one in (command.helper_id, command.helped_id))
    places = rules_by_place(session, timebank_id=timebank_id)
    rules = between(places, (helper[1], helped[1]))
    check_minutes(command.minutes, step_minutes=rules.step_minutes or step)
    first_day = max(member.joined_on for member in members.values())
    days_back = 0 if instead_of else rules.days_back
    check_day(command.helped_on, today=today, first_day=first_day, days_back=days_back)
    check_note(command.note)
    sides = (helper, helped)
    if not instead_of and stops_at_a_limit(session, places, timebank_id, command.minutes, sides):
        raise errors.HoursFarApart


def insert_exchange(
    session: Session,
    command: LogExchange,
    by: Actor,
    members: Parties,
    exchange_id: uuid.UUID,
    now: datetime.datetime,
) -> bool:
    """Insert the exchange unless its form key is there; a rival with the same key is awaited."""
    inserted = session.execute(
        ledger.insert_or_conflict(session, Exchange)
        .values(
            timebank_id=by.timebank_id,
            id=exchange_id,
            form_key=command.form_key,
            helper_id=command.helper_id,
            helped_id=command.helped_id,
            helper_neighbourhood_code=members[command.helper_id].neighbourhood_code,
            helped_neighbourhood_code=members[command.helped_id].neighbourhood_code,
            category_code=command.category_code,
            minutes=command.minutes,
            helped_on=command.helped_on,
            state=ExchangeState.SUBMITTED,
            logged_by=by.member_id,
            logged_at=now,
        )
        .on_conflict_do_nothing(index_elements=["timebank_id", "form_key"])
        .returning(Exchange.id)
    )
    return inserted.first() is not None


def order_of(
    command: LogExchange, by: Actor, members: Parties, exchange_id: uuid.UUID
) -> ledger.Order:
    """The helped one's account is debited, the helper's is credited."""
    return ledger.Order(
        timebank_id=by.timebank_id,
        transfer_id=exchange_id,
        debit_account_id=members[command.helped_id].account_id,
        credit_account_id=members[command.helper_id].account_id,
        minutes=command.minutes,
        effective_on=command.helped_on,
        recorded_by=by.member_id,
    )


def note_event(
    session: Session,
    exchange_id: uuid.UUID,
    action: Action,
    by: Actor,
    now: datetime.datetime,
    reason: RejectionReason | None,
) -> None:
    """Write one line of the history of an exchange."""
    session.execute(
        insert(ExchangeEvent).values(
            timebank_id=by.timebank_id,
            id=ledger.new_id(now),
            exchange_id=exchange_id,
            action=action,
            reason=reason,
            actor_id=by.member_id,
            happened_at=now,
        )
    )
