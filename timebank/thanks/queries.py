# SPDX-License-Identifier: EUPL-1.2
"""Reading thanks. Nothing here writes, and nothing counts them: there is no score."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from timebank.exchanges.models import Exchange
from timebank.exchanges.queries import ExchangeRow, either_side_in, exchanges_by_id
from timebank.exchanges.workflow import ExchangeState
from timebank.members.policy import Actor, Permission
from timebank.thanks.models import ThankYou

PAGE = 20


@dataclasses.dataclass(frozen=True)
class Thanks:
    """Words of thanks; ``is_shown`` is None while they wait for a coordinator."""

    exchange_id: uuid.UUID
    words: str
    written_at: datetime.datetime
    is_shown: bool | None


def thanks_of(session: Session, exchange: ExchangeRow, *, by: Actor) -> Thanks | None:
    """Return the thanks for an exchange that the actor may read.

    The helper reads them when a coordinator agreed; who wrote them and coordinators always do.
    """
    stored = session.get(ThankYou, (by.timebank_id, exchange.exchange_id))
    if stored is None or (exchange.helper_id == by.member_id and not stored.is_shown):
        return None
    return _as_thanks(stored)


def waiting_thanks(
    session: Session, *, by: Actor, limit: int = PAGE
) -> Sequence[tuple[Thanks, ExchangeRow]]:
    """Return the thanks that wait in the actor's neighbourhoods, oldest first, in two statements.

    Those of the actor's own exchanges are left out: a colleague reads them (policy row L17).

    Raises:
        NotPermitted: the actor decides about no exchanges.
    """
    by.require(Permission.DECIDE_EXCHANGES)
    reach = by.reach(Permission.DECIDE_EXCHANGES)
    query = (
        select(ThankYou)
        .join(
            Exchange,
            and_(Exchange.timebank_id == ThankYou.timebank_id, Exchange.id == ThankYou.exchange_id),
        )
        .where(
            ThankYou.timebank_id == by.timebank_id,
            ThankYou.read_at.is_(None),
            Exchange.state == ExchangeState.APPROVED,
            ~or_(Exchange.helper_id == by.member_id, Exchange.helped_id == by.member_id),
        )
        .order_by(ThankYou.written_at, ThankYou.exchange_id)
        .limit(limit)
    )
    if not reach.everywhere:
        query = query.where(either_side_in(reach.codes))
    found = session.scalars(query).all()
    if not found:
        return []
    ids = [one.exchange_id for one in found]
    exchanges = exchanges_by_id(session, timebank_id=by.timebank_id, exchange_ids=ids)
    return [(_as_thanks(one), exchanges[one.exchange_id]) for one in found]


def thanks_for_oneself(session: Session, *, by: Actor) -> list[dict[str, Any]]:
    """Return the thanks the actor wrote, and those they may read, newest first, as plain values."""
    rows = session.execute(
        select(ThankYou, Exchange.helped_id)
        .join(
            Exchange,
            and_(Exchange.timebank_id == ThankYou.timebank_id, Exchange.id == ThankYou.exchange_id),
        )
        .where(
            ThankYou.timebank_id == by.timebank_id,
            or_(
                Exchange.helped_id == by.member_id,
                and_(Exchange.helper_id == by.member_id, ThankYou.is_shown.is_(True)),
            ),
        )
        .order_by(ThankYou.written_at.desc())
    )
    return [
        {
            "kind": "thanks",
            "exchange": thanks.exchange_id,
            "words": thanks.words,
            "by_me": helped_id == by.member_id,
            "at": thanks.written_at,
        }
        for thanks, helped_id in rows
    ]


def _as_thanks(stored: ThankYou) -> Thanks:
    return Thanks(stored.exchange_id, stored.words, stored.written_at, stored.is_shown)
