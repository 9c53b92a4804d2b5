# SPDX-License-Identifier: EUPL-1.2
"""Writing disputes and corrections. The door commits; each operation is whole in one transaction.

Nothing is edited or deleted: what was booked is booked back by a new transfer, and the right
answers become a new exchange (docs/adr/0028).
"""

from __future__ import annotations

import dataclasses
import datetime
import uuid

from sqlalchemy import select, update
from sqlalchemy.orm import Session

import ledger
from timebank.approvals.operations import enough_eyes, tell_both, within_reach
from timebank.calls.models import CallReason
from timebank.calls.operations import drop_calls_while_waiting
from timebank.disputes.errors import AlreadyDisputed
from timebank.disputes.models import OPEN, Dispute
from timebank.disputes.policy import DisputeOutcome, DisputeReason, check_reason
from timebank.exchanges.errors import (
    AlreadyDecided,
    UnknownExchange,
)
from timebank.exchanges.models import Exchange
from timebank.exchanges.operations import record_move, resolution_of, withdraw_exchange
from timebank.exchanges.policy import check_note, takes_part
from timebank.exchanges.workflow import Action, ExchangeState
from timebank.lettering import readable
from timebank.members.policy import Actor


@dataclasses.dataclass(frozen=True)
class Complaint:
    """Why somebody says that it is not right: a reason from the list, perhaps with words."""

    reason: DisputeReason | None
    words: str = ""


def raise_dispute(
    session: Session,
    exchange_id: uuid.UUID,
    complaint: Complaint,
    *,
    by: Actor,
    now: datetime.datetime,
) -> None:
    """Say that an exchange is not right. While it waits it is not approved in the ordinary way.

    Said twice by the same member, the first time stands.

    Raises:
        UnknownExchange: the actor took no part in it.
        DisputeReasonMissing, NoteTooLong, NoteNotReadable: the reason or the words cannot be kept.
        AlreadyDisputed: the other one said so before, and it is still open.
        AlreadyDecided: it does not count any more: taken back, not approved, or corrected.
    """
    exchange = session.get(Exchange, (by.timebank_id, exchange_id))
    if exchange is None or by.member_id is None:
        raise UnknownExchange
    if not takes_part(by, helper_id=exchange.helper_id, helped_id=exchange.helped_id):
        raise UnknownExchange
    reason = check_reason(complaint.reason, complaint.words)
    check_note(complaint.words)
    before = _open_dispute(session, by.timebank_id, exchange_id)
    if before is not None:
        if before.raised_by != by.member_id:
            raise AlreadyDisputed
        return
    try:
        record_move(session, exchange, Action.DISPUTE, by=by, now=now)
    except AlreadyDecided as decided:
        if decided.state == ExchangeState.DISPUTED:
            raise AlreadyDisputed from decided
        # It was approved since the page was opened: what is not right then can still be said.
        record_move(session, exchange, Action.DISPUTE, by=by, now=now)
    raised = session.execute(
        ledger.insert_or_conflict(session, Dispute)
        .values(
            timebank_id=by.timebank_id,
            id=ledger.new_id(now),
            exchange_id=exchange_id,
            raised_by=by.member_id,
            reason=reason,
            words=readable(complaint.words),
            raised_at=now,
        )
        .on_conflict_do_nothing(index_elements=["timebank_id", "exchange_id"], index_where=OPEN)
        .returning(Dispute.id)
    )
    if raised.first() is None:
        raise AlreadyDisputed


def let_stand(
    session: Session, exchange_id: uuid.UUID, *, by: Actor, now: datetime.datetime
) -> bool:
    """Decide that a disputed exchange is right as it stands; if it still waited, it is posted.

    Returns:
        False when so many hours need two coordinators and this was the first: the dispute stays
        open for a colleague.

    Raises:
        UnknownExchange, NotPermitted, OwnExchange: see ``approvals.policy.check_may_decide``.
        AlreadyDecided: nothing is open about it (any more).
        SecondNeeded: the actor was the first of two already.
    """
    exchange = within_reach(session, exchange_id, by)
    waited = exchange.state is ExchangeState.DISPUTED
    if waited and not enough_eyes(session, exchange, by=by, now=now):
        return False
    record_move(session, exchange, Action.LET_STAND, by=by, now=now)
    if not close_dispute(session, exchange, DisputeOutcome.STANDS, now):
        raise AlreadyDecided(exchange.state)
    if waited:
        ledger.post_pending(session, resolution_of(exchange, by=by), now=now)
    tell_both(session, exchange, CallReason.STANDS, now=now)
    return True


def withdraw_own(
    session: Session, exchange_id: uuid.UUID, *, by: Actor, now: datetime.datetime
) -> None:
    """Take one's own exchange back while it waits; what was said about it is dealt with by that.

    This is what doors call: an open dispute of what does not count would be kept for ever.

    Raises what ``exchanges.operations.withdraw_exchange`` raises.
    """
    withdraw_exchange(session, exchange_id, by=by, now=now)
    exchange = session.get_one(Exchange, (by.timebank_id, exchange_id))
    close_taken_back(session, exchange, now)


def close_taken_back(session: Session, exchange: Exchange, now: datetime.datetime) -> None:
    """Close what was said about help that one of the two took back, and call nobody about it."""
    close_dispute(session, exchange, DisputeOutcome.TAKEN_BACK, now)
    drop_calls_while_waiting(session, timebank_id=exchange.timebank_id, exchange_id=exchange.id)


def _open_dispute(session: Session, timebank_id: int, exchange_id: uuid.UUID) -> Dispute | None:
    return session.scalars(
        select(Dispute).where(
            Dispute.timebank_id == timebank_id,
            Dispute.exchange_id == exchange_id,
            Dispute.closed_at.is_(None),
        )
    ).first()


def close_dispute(
    session: Session, exchange: Exchange, outcome: DisputeOutcome, now: datetime.datetime
) -> uuid.UUID | None:
    """Close what is open about an exchange and return it; of two at once one closes it."""
    return session.scalars(
        update(Dispute)
        .where(
            Dispute.timebank_id == exchange.timebank_id,
            Dispute.exchange_id == exchange.id,
            Dispute.closed_at.is_(None),
        )
        .values(closed_at=now, outcome=outcome)
        .returning(Dispute.id),
        execution_options={"synchronize_session": False},
    ).first()
