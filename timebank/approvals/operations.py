# SPDX-License-Identifier: EUPL-1.2
"""Writing decisions about exchanges that wait. The door commits.

Each is carried out at once; the room ``desk`` lets a decision be held for a moment first.
"""

from __future__ import annotations

import dataclasses
import datetime
import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

import ledger
from timebank.approvals.errors import SecondNeeded
from timebank.approvals.models import FirstApproval
from timebank.approvals.policy import (
    Decision,
    DecisionKind,
    check_decision,
    check_may_decide,
)
from timebank.boundaries.operations import free_override
from timebank.calls.models import CallReason
from timebank.calls.operations import call_without_email, drop_calls_while_waiting
from timebank.exchanges.errors import AlreadyDecided, UnknownExchange
from timebank.exchanges.models import Exchange, NoteKind
from timebank.exchanges.operations import keep_words, record_move, resolution_of
from timebank.exchanges.workflow import Action, ExchangeState, RejectionReason
from timebank.members.policy import Actor
from timebank.rules.queries import rules_between


@dataclasses.dataclass(frozen=True)
class Rejection:
    """Why an exchange is not approved: a reason from the list, with words where they are needed."""

    reason: RejectionReason | None
    words: str = ""


_ACTIONS = {
    DecisionKind.APPROVE: Action.APPROVE,
    DecisionKind.REJECT: Action.REJECT,
    DecisionKind.RETURN: Action.RETURN,
}
_CALLS = {
    DecisionKind.APPROVE: CallReason.APPROVED,
    DecisionKind.REJECT: CallReason.REJECTED,
    DecisionKind.RETURN: CallReason.RETURNED,
}


def approve_exchange(
    session: Session, exchange_id: uuid.UUID, *, by: Actor, now: datetime.datetime
) -> None:
    """Approve an exchange: its minutes are posted, unless a second coordinator has to approve too.

    Raises:
        UnknownExchange: there is none within the actor's reach.
        NotPermitted: the actor decides about no exchanges.
        OwnExchange: the actor took part in it.
        AlreadyDecided: somebody was first.
        SecondNeeded: the actor was the first of two already.
    """
    exchange = within_reach(session, exchange_id, by)
    if enough_eyes(session, exchange, by=by, now=now):
        carry_out(session, exchange, Decision(DecisionKind.APPROVE), by=by, now=now)


def reject_exchange(
    session: Session,
    exchange_id: uuid.UUID,
    rejection: Rejection,
    *,
    by: Actor,
    now: datetime.datetime,
) -> None:
    """Reject an exchange with a reason: its minutes are given up, nothing is booked.

    Raises as :func:`approve_exchange` does, and:
        ReasonMissing: no reason, or the reason "other" without words.
        NoteTooLong, NoteNotReadable: the words are not words.
    """
    decision = Decision(DecisionKind.REJECT, rejection.reason, rejection.words)
    exchange = within_reach(session, exchange_id, by)
    check_decision(decision)
    carry_out(session, exchange, decision, by=by, now=now)


def return_exchange(
    session: Session, exchange_id: uuid.UUID, words: str, *, by: Actor, now: datetime.datetime
) -> None:
    """Give an exchange back to be logged again: its minutes are given up, the words say why.

    Raises as :func:`approve_exchange` does, and:
        WordsMissing, NoteTooLong, NoteNotReadable: the words are not words.
    """
    decision = Decision(DecisionKind.RETURN, None, words)
    exchange = within_reach(session, exchange_id, by)
    check_decision(decision)
    carry_out(session, exchange, decision, by=by, now=now)


def within_reach(session: Session, exchange_id: uuid.UUID, by: Actor) -> Exchange:
    """Return an exchange about which this actor may decide.

    Raises:
        UnknownExchange, NotPermitted, OwnExchange
    """
    exchange = session.get(Exchange, (by.timebank_id, exchange_id))
    if exchange is None:
        raise UnknownExchange
    check_may_decide(
        by,
        helper_id=exchange.helper_id,
        helped_id=exchange.helped_id,
        neighbourhood_codes=(
            exchange.helper_neighbourhood_code,
            exchange.helped_neighbourhood_code,
        ),
    )
    return exchange


def enough_eyes(session: Session, exchange: Exchange, *, by: Actor, now: datetime.datetime) -> bool:
    """Say whether this approval is enough; the first of two is written down.

    Raises:
        AlreadyDecided, SecondNeeded
    """
    codes = (exchange.helper_neighbourhood_code, exchange.helped_neighbourhood_code)
    limit = rules_between(session, timebank_id=by.timebank_id, codes=codes).four_eyes_minutes
    if not limit or exchange.minutes <= limit:
        return True
    if exchange.state not in (ExchangeState.SUBMITTED, ExchangeState.DISPUTED):
        raise AlreadyDecided(exchange.state)
    written = session.execute(
        ledger.insert_or_conflict(session, FirstApproval)
        .values(
            timebank_id=by.timebank_id,
            exchange_id=exchange.id,
            approved_by=by.member_id,
            approved_at=now,
        )
        .on_conflict_do_nothing(index_elements=["timebank_id", "exchange_id"])
        .returning(FirstApproval.exchange_id)
    ).first()
    if written is not None:
        return False
    first = session.scalars(
        select(FirstApproval.approved_by).where(
            FirstApproval.timebank_id == by.timebank_id, FirstApproval.exchange_id == exchange.id
        )
    ).one()
    if first == by.member_id:
        raise SecondNeeded
    return True


def carry_out(
    session: Session,
    exchange: Exchange,
    decision: Decision,
    *,
    by: Actor,
    now: datetime.datetime,
    decided_at: datetime.datetime | None = None,
) -> None:
    """Do what was decided: the state, the line of history, the books, the words, who hears it.

    Args:
        decided_at: when somebody decided so, if that was earlier.

    Raises:
        AlreadyDecided: the exchange does not wait (any more).
    """
    record_move(
        session,
        exchange,
        _ACTIONS[decision.kind],
        by=by,
        now=decided_at or now,
        reason=decision.reason,
    )
    if decision.kind is DecisionKind.RETURN:
        free_override(session, by.timebank_id, exchange.form_key)
    resolve = ledger.post_pending if decision.kind is DecisionKind.APPROVE else ledger.void
    resolve(session, resolution_of(exchange, by=by), now=now)
    keep_words(
        session,
        timebank_id=by.timebank_id,
        exchange_id=exchange.id,
        kind=NoteKind.REASON,
        words=decision.words,
    )
    tell_both(session, exchange, _CALLS[decision.kind], now=now)


def tell_both(
    session: Session,
    exchange: Exchange,
    reason: CallReason,
    *,
    now: datetime.datetime,
    subject_id: uuid.UUID | None = None,
) -> None:
    """Let the two who have no e-mail hear by a call what became of it; nothing is asked any more.

    Args:
        subject_id: the exchange to tell them about, when another one stands in its place.
    """
    drop_calls_while_waiting(session, timebank_id=exchange.timebank_id, exchange_id=exchange.id)
    call_without_email(
        session,
        reason,
        timebank_id=exchange.timebank_id,
        member_ids=(exchange.helper_id, exchange.helped_id),
        subject_id=subject_id or exchange.id,
        now=now,
    )
