# SPDX-License-Identifier: EUPL-1.2
"""Writing amendments: correct, take back, change the kind of help. The door commits.

Nothing is edited or deleted: what was booked is booked back by a new transfer, and the right
answers become a new exchange, all in one batch of the books (docs/adr/0028).
"""

from __future__ import annotations

import dataclasses
import datetime
import uuid

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

import ledger
from timebank import clock
from timebank.amendments.errors import BothLeft, NothingChanged
from timebank.amendments.models import Correction, KindChange
from timebank.approvals.operations import enough_eyes, tell_both, within_reach
from timebank.approvals.policy import check_may_decide
from timebank.calls.models import CallReason
from timebank.categories.queries import is_offered, open_kind
from timebank.disputes.operations import close_dispute
from timebank.disputes.policy import DisputeOutcome
from timebank.exchanges.errors import (
    AlreadyDecided,
    FormKeyUsed,
    ProfessionalOnly,
    UnknownKind,
    UnknownOther,
)
from timebank.exchanges.models import Exchange
from timebank.exchanges.operations import (
    LogExchange,
    Logged,
    Parties,
    change_state,
    check_answers,
    insert_exchange,
    note_event,
    order_of,
    parties_of,
    record_move,
    resolution_of,
)
from timebank.exchanges.workflow import PENDING, Action, ExchangeState
from timebank.members.models import Member
from timebank.members.policy import Actor
from timebank.pot.operations import pot_account

_UNDOING = uuid.UUID("0b7c2c0e-5a35-5a0e-9d0a-6f0c9a4d2b17")
"""Namespace of the ids of transfers that take hours back: one per exchange."""


def take_back(
    session: Session,
    exchange_id: uuid.UUID,
    *,
    by: Actor,
    now: datetime.datetime,
    seen: uuid.UUID | None = None,
) -> None:
    """Decide that an exchange does not count: what waited is given up, what was booked is undone.

    Args:
        seen: the open dispute that the coordinator read; None when there was none.

    Raises:
        UnknownExchange, NotPermitted, OwnExchange: see ``approvals.policy.check_may_decide``.
        AlreadyDecided: somebody was first, or the dispute that was seen is closed.
        BothLeft: nobody is left whose hours could change.
    """
    exchange = within_reach(session, exchange_id, by)
    waited = exchange.state in PENDING
    record_move(session, exchange, Action.TAKE_BACK, by=by, now=now)
    _close_seen(session, exchange, DisputeOutcome.TAKEN_BACK, seen, now)
    step = _undoing(session, exchange, waited=waited, by=by, now=now)
    ledger.book_all(session, [step], now=now)
    if not waited:
        _link(session, exchange, None, step.wish.transfer_id)
    tell_both(session, exchange, CallReason.TAKEN_BACK, now=now)


def correct_exchange(
    session: Session,
    exchange_id: uuid.UUID,
    command: LogExchange,
    *,
    by: Actor,
    now: datetime.datetime,
    seen: uuid.UUID | None = None,
) -> Logged:
    """Put an exchange with the right answers in the place of one that was not right.

    What waited is voided, what was posted is reversed, and the new exchange is posted: all of it
    in one batch of the books. Where two coordinators must look at so many hours, it is reserved.
    A form that is sent twice corrects once.

    Args:
        command: the right answers; ``form_key`` is made with the form, ``acting_for_id`` is unused.
        seen: the open dispute that the coordinator read; None when there was none.

    Raises:
        UnknownExchange, NotPermitted, OwnExchange: see ``approvals.policy.check_may_decide``; it
            holds for the people of the old and of the new answers.
        AlreadyDecided: somebody was first: it was corrected or taken back before.
        NothingChanged: these are the answers that stand.
        FormKeyUsed: the key was used before for something else.
        What ``exchanges.operations.log_exchange`` says about answers.
    """
    exchange = within_reach(session, exchange_id, by)
    stored = _stored(session, exchange, command)
    if stored is not None:
        return Logged(stored, replayed=True)
    if _answers(exchange) == _answers(command):
        raise NothingChanged
    members = parties_of(session, by.timebank_id, command)
    _check_not_own(members, command, by)
    check_answers(session, by.timebank_id, command, members, clock.day_of(now), exchange)
    waited = exchange.state in PENDING
    record_move(session, exchange, Action.CORRECT, by=by, now=now)
    _close_seen(session, exchange, DisputeOutcome.CORRECTED, seen, now)
    new_id = ledger.new_id(now)
    kind = _write_right_answers(session, command, members, new_id, by=by, now=now)
    undoing = _undoing(session, exchange, waited=waited, by=by, now=now)
    right = ledger.Step(kind, order_of(command, by, members, new_id))
    _book(session, [undoing, right], now)
    _link(session, exchange, new_id, None if waited else undoing.wish.transfer_id)
    tell_both(session, exchange, CallReason.CORRECTED, now=now, subject_id=new_id)
    return Logged(new_id, replayed=False)


def change_kind(
    session: Session, exchange_id: uuid.UUID, code: str, *, by: Actor, now: datetime.datetime
) -> None:
    """Give an exchange another kind of help; the books do not change (policy row W2).

    Raises:
        UnknownExchange, NotPermitted, OwnExchange: see ``approvals.policy.check_may_decide``.
        UnknownKind, ProfessionalOnly: this kind of help is not booked here.
        NothingChanged: it has this kind already.
        AlreadyDecided: it does not count any more.
    """
    exchange = within_reach(session, exchange_id, by)
    if exchange.category_code == code:
        raise NothingChanged
    _check_kind(session, by.timebank_id, code)
    record_move(session, exchange, Action.CHANGE_KIND, by=by, now=now)
    # From here on this transaction holds the row: a colleague before us has committed.
    session.refresh(exchange)
    session.execute(
        insert(KindChange).values(
            timebank_id=by.timebank_id,
            id=ledger.new_id(now),
            exchange_id=exchange_id,
            old_code=exchange.category_code,
            new_code=code,
        )
    )
    session.execute(
        update(Exchange)
        .where(Exchange.timebank_id == by.timebank_id, Exchange.id == exchange_id)
        .values(category_code=code)
    )


def _check_not_own(members: Parties, command: LogExchange, by: Actor) -> None:
    """The new answers too are about people within reach, none of whom is the coordinator."""
    helper, helped = members[command.helper_id], members[command.helped_id]
    check_may_decide(
        by,
        helper_id=command.helper_id,
        helped_id=command.helped_id,
        neighbourhood_codes=(helper.neighbourhood_code or "", helped.neighbourhood_code or ""),
    )


def _check_kind(session: Session, timebank_id: int, code: str) -> None:
    kind = open_kind(session, code, timebank_id=timebank_id)
    if kind is None:
        raise UnknownKind(code)
    if not is_offered(kind):
        raise ProfessionalOnly(code)


def _close_seen(
    session: Session,
    exchange: Exchange,
    outcome: DisputeOutcome,
    seen: uuid.UUID | None,
    now: datetime.datetime,
) -> None:
    closed = close_dispute(session, exchange, outcome, now)
    if seen is not None and closed != seen:
        raise AlreadyDecided(exchange.state)


def _stored(session: Session, exchange: Exchange, command: LogExchange) -> uuid.UUID | None:
    """Return the exchange that this form made before, if it stands in the place of this one."""
    found = session.execute(
        select(Exchange, Correction.exchange_id)
        .outerjoin(
            Correction,
            (Correction.timebank_id == Exchange.timebank_id)
            & (Correction.replaced_by == Exchange.id),
        )
        .where(Exchange.timebank_id == exchange.timebank_id, Exchange.form_key == command.form_key)
    ).first()
    if found is None:
        return None
    if found[1] != exchange.id or _answers(found[0]) != _answers(command):
        raise FormKeyUsed
    return found[0].id


def _answers(of: Exchange | LogExchange) -> tuple[object, ...]:
    return (of.helper_id, of.helped_id, of.category_code, of.minutes, of.helped_on)


def _write_right_answers(
    session: Session,
    command: LogExchange,
    members: Parties,
    exchange_id: uuid.UUID,
    *,
    by: Actor,
    now: datetime.datetime,
) -> ledger.TransferKind:
    """Insert the exchange that stands instead, and return how its minutes are written.

    So many hours that two coordinators must look are only set apart: this was the first of two.
    """
    if not insert_exchange(session, command, by, members, exchange_id, now):
        raise FormKeyUsed
    # One line: two of the same moment would stand in any order.
    note_event(session, exchange_id, Action.LOG, by, now, None)
    right = session.get_one(Exchange, (by.timebank_id, exchange_id))
    if not enough_eyes(session, right, by=by, now=now):
        return ledger.TransferKind.RESERVE
    change_state(session, right, ExchangeState.APPROVED)
    return ledger.TransferKind.POST


def _undoing(
    session: Session, exchange: Exchange, *, waited: bool, by: Actor, now: datetime.datetime
) -> ledger.Step:
    """Return the step that gives up what waited, or books back what was posted."""
    resolution = resolution_of(exchange, by=by)
    if waited:
        return ledger.Step(ledger.TransferKind.VOID, resolution)
    undoing = uuid.uuid5(_UNDOING, str(exchange.id))
    accounts = _open_accounts(session, exchange)
    if {exchange.helper_id, exchange.helped_id} == accounts.keys():
        posted = _posted_by(session, exchange, resolution.transfer_id)
        wish = dataclasses.replace(resolution, transfer_id=undoing, refers_to=posted)
        return ledger.Step(ledger.TransferKind.REVERSE, wish)
    if not accounts:
        raise BothLeft
    return _against_the_pot(session, exchange, undoing, accounts, by=by, now=now)


def _posted_by(session: Session, exchange: Exchange, resolution_id: uuid.UUID) -> uuid.UUID:
    """Return the transfer that posted an exchange: at once, or by resolving its reservation."""
    kinds = (ledger.TransferKind.POST, ledger.TransferKind.POST_PENDING)
    return session.scalars(
        select(ledger.Transfer.id).where(
            ledger.Transfer.timebank_id == exchange.timebank_id,
            ledger.Transfer.id.in_((exchange.id, resolution_id)),
            ledger.Transfer.kind.in_(kinds),
        )
    ).one()


def _open_accounts(session: Session, exchange: Exchange) -> dict[uuid.UUID, int]:
    """Return the accounts of those of the two who still take part."""
    rows = session.execute(
        select(Member.id, Member.account_id).where(
            Member.timebank_id == exchange.timebank_id,
            Member.id.in_((exchange.helper_id, exchange.helped_id)),
            Member.left_on.is_(None),
            Member.account_id.is_not(None),
        )
    )
    return {row.id: row.account_id for row in rows}


def _against_the_pot(
    session: Session,
    exchange: Exchange,
    undoing: uuid.UUID,
    accounts: dict[uuid.UUID, int],
    *,
    by: Actor,
    now: datetime.datetime,
) -> ledger.Step:
    """Undo one side only: the pot took over the hours of who left (docs/adr/0023)."""
    pot = pot_account(session, timebank_id=exchange.timebank_id, now=now)
    order = ledger.Order(
        timebank_id=exchange.timebank_id,
        transfer_id=undoing,
        debit_account_id=accounts.get(exchange.helper_id, pot),
        credit_account_id=accounts.get(exchange.helped_id, pot),
        minutes=exchange.minutes,
        effective_on=exchange.helped_on,
        recorded_by=by.member_id,
    )
    return ledger.Step(ledger.TransferKind.POST, order)


def _book(session: Session, steps: list[ledger.Step], now: datetime.datetime) -> None:
    try:
        ledger.book_all(session, steps, now=now)
    except ledger.BatchRefused as refused:
        if isinstance(refused.cause, ledger.AccountClosed):
            raise UnknownOther from refused
        raise


def _link(
    session: Session, exchange: Exchange, replaced_by: uuid.UUID | None, undone_by: uuid.UUID | None
) -> None:
    session.execute(
        insert(Correction).values(
            timebank_id=exchange.timebank_id,
            exchange_id=exchange.id,
            replaced_by=replaced_by,
            undone_by=undone_by,
        )
    )
