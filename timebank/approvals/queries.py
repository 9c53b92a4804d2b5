# SPDX-License-Identifier: EUPL-1.2
"""Reading what waits for a coordinator. Nothing here writes."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import Session

from timebank.exchanges.models import Exchange
from timebank.exchanges.queries import (
    ExchangeRow,
    as_exchange_row,
    either_side_in,
    exchange_rows,
)
from timebank.exchanges.workflow import ExchangeState
from timebank.members.policy import Actor, Permission

PAGE = 50


def waiting_for(session: Session, *, by: Actor, limit: int = PAGE + 1) -> Sequence[ExchangeRow]:
    """Return the exchanges that wait for this actor's decision, oldest first.

    They are those of the actor's neighbourhoods in which the actor took no part. What was written
    down at one moment, as a file of slips is, goes by the day of the help.

    Args:
        limit: at most this many; one more than a page tells whether there are more.

    Raises:
        NotPermitted: the actor decides about no exchanges.
    """
    own = or_(Exchange.helper_id == by.member_id, Exchange.helped_id == by.member_id)
    return _waiting(session, by, ~own, limit)


def own_waiting(session: Session, *, by: Actor, limit: int = PAGE) -> Sequence[ExchangeRow]:
    """Return the actor's own exchanges that wait for a colleague, oldest first.

    Raises:
        NotPermitted: the actor decides about no exchanges.
    """
    own = or_(Exchange.helper_id == by.member_id, Exchange.helped_id == by.member_id)
    return _waiting(session, by, own, limit)


def _waiting(
    session: Session, by: Actor, condition: ColumnElement[bool], limit: int
) -> Sequence[ExchangeRow]:
    by.require(Permission.DECIDE_EXCHANGES)
    reach = by.reach(Permission.DECIDE_EXCHANGES)
    query = exchange_rows(
        Exchange.timebank_id == by.timebank_id,
        Exchange.state == ExchangeState.SUBMITTED,
        condition,
    )
    if not reach.everywhere:
        query = query.where(either_side_in(reach.codes))
    rows = session.execute(
        query.order_by(Exchange.logged_at, Exchange.helped_on, Exchange.id).limit(limit)
    )
    return [as_exchange_row(row) for row in rows]
