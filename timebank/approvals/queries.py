# SPDX-License-Identifier: EUPL-1.2
"""Reading what waits for a coordinator. Nothing here writes."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from sqlalchemy.orm import Session

from timebank.exchanges.models import Exchange
from timebank.exchanges.policy import takes_part
from timebank.exchanges.queries import (
    ExchangeRow,
    as_exchange_row,
    either_side_in,
    exchange_rows,
)
from timebank.exchanges.workflow import ExchangeState
from timebank.members.policy import Actor, Permission

PAGE = 50


@dataclasses.dataclass(frozen=True)
class Waiting:
    """One exchange that waits; ``is_own`` when somebody else must decide about it."""

    exchange: ExchangeRow
    is_own: bool


def waiting_for(session: Session, *, by: Actor, limit: int = PAGE + 1) -> Sequence[Waiting]:
    """Return the exchanges that wait in the actor's neighbourhoods, oldest first.

    Args:
        limit: at most this many; one more than a page tells whether there are more.

    Raises:
        NotPermitted: the actor decides about no exchanges.
    """
    by.require(Permission.DECIDE_EXCHANGES)
    reach = by.reach(Permission.DECIDE_EXCHANGES)
    query = exchange_rows(
        Exchange.timebank_id == by.timebank_id, Exchange.state == ExchangeState.SUBMITTED
    )
    if not reach.everywhere:
        query = query.where(either_side_in(reach.codes))
    rows = session.execute(query.order_by(Exchange.logged_at, Exchange.id).limit(limit))
    exchanges = [as_exchange_row(row) for row in rows]
    return [
        Waiting(row, takes_part(by, helper_id=row.helper_id, helped_id=row.helped_id))
        for row in exchanges
    ]
