# SPDX-License-Identifier: EUPL-1.2
"""Reading disputes. Nothing here writes."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from timebank.disputes.models import Dispute
from timebank.disputes.policy import DisputeOutcome, DisputeReason
from timebank.exchanges.models import Exchange
from timebank.exchanges.queries import ExchangeRow, either_side_in, exchanges_by_id
from timebank.exchanges.workflow import ExchangeState
from timebank.members.models import Person
from timebank.members.policy import Actor, Permission

PAGE = 20
COUNTING = (ExchangeState.DISPUTED, ExchangeState.APPROVED)
"""What was taken back meanwhile needs no decision any more."""


@dataclasses.dataclass(frozen=True)
class DisputeRow:
    """What somebody said about an exchange, and how it ended; a name is None when erased."""

    dispute_id: uuid.UUID
    exchange_id: uuid.UUID
    raised_by: uuid.UUID
    raised_by_name: str | None
    reason: DisputeReason
    words: str
    raised_at: datetime.datetime
    outcome: DisputeOutcome | None


def disputes_of(
    session: Session, exchange_id: uuid.UUID, *, timebank_id: int
) -> Sequence[DisputeRow]:
    """Return what was said about an exchange, oldest first; who may see it is asked before."""
    return _rows(
        session,
        Dispute.timebank_id == timebank_id,
        Dispute.exchange_id == exchange_id,
    )


def open_disputes(
    session: Session, *, by: Actor, limit: int = PAGE
) -> Sequence[tuple[DisputeRow, ExchangeRow]]:
    """Return what is open in the actor's neighbourhoods, oldest first, in two statements.

    The actor's own exchanges are left out: a colleague decides about them (policy row L17).

    Args:
        limit: at most this many; the next ones appear when these are decided.

    Raises:
        NotPermitted: the actor decides about no exchanges.
    """
    by.require(Permission.DECIDE_EXCHANGES)
    reach = by.reach(Permission.DECIDE_EXCHANGES)
    still_counts = Exchange.state.in_(COUNTING)
    own = or_(Exchange.helper_id == by.member_id, Exchange.helped_id == by.member_id)
    here = [Dispute.timebank_id == by.timebank_id, Dispute.closed_at.is_(None), still_counts, ~own]
    if not reach.everywhere:
        here.append(either_side_in(reach.codes))
    found = _rows(session, *here, limit=limit)
    if not found:
        return []
    ids = [one.exchange_id for one in found]
    exchanges = exchanges_by_id(session, timebank_id=by.timebank_id, exchange_ids=ids)
    return [(one, exchanges[one.exchange_id]) for one in found]


def disputes_for_oneself(session: Session, *, by: Actor) -> list[dict[str, Any]]:
    """Return what the actor said about exchanges, newest first, as plain values."""
    rows = _rows(session, Dispute.timebank_id == by.timebank_id, Dispute.raised_by == by.member_id)
    return [
        {
            "kind": "dispute",
            "exchange": row.exchange_id,
            "reason": row.reason,
            "words": row.words,
            "at": row.raised_at,
        }
        for row in reversed(rows)
    ]


def _rows(
    session: Session, *conditions: ColumnElement[bool], limit: int | None = None
) -> Sequence[DisputeRow]:
    rows = session.execute(
        select(Dispute, Person.given_name, Person.family_name)
        .join(
            Exchange,
            and_(Exchange.timebank_id == Dispute.timebank_id, Exchange.id == Dispute.exchange_id),
        )
        .outerjoin(
            Person,
            and_(Person.timebank_id == Dispute.timebank_id, Person.member_id == Dispute.raised_by),
        )
        .where(*conditions)
        .order_by(Dispute.id)
        .limit(limit)
    )
    return [
        DisputeRow(
            dispute_id=one.id,
            exchange_id=one.exchange_id,
            raised_by=one.raised_by,
            raised_by_name=given and f"{given} {family}",
            reason=one.reason,
            words=one.words,
            raised_at=one.raised_at,
            outcome=one.outcome,
        )
        for one, given, family in rows
    ]
