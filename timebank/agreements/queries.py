# SPDX-License-Identifier: EUPL-1.2
"""Reading who agrees, and what passed by itself. Nothing here writes."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from timebank.agreements.models import AutomaticApproval, ExchangeConfirmation
from timebank.exchanges.models import Exchange
from timebank.exchanges.queries import (
    ExchangeRow,
    as_exchange_row,
    either_side_in,
    exchange_rows,
)
from timebank.exchanges.workflow import ExchangeState
from timebank.members.policy import Actor, Permission

SAMPLES = 20


def confirmations_of(
    session: Session, *, timebank_id: int, exchange_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, set[uuid.UUID]]:
    """Return who confirmed each of these exchanges, by exchange."""
    found: dict[uuid.UUID, set[uuid.UUID]] = {}
    for exchange_id, member_id in session.execute(
        select(ExchangeConfirmation.exchange_id, ExchangeConfirmation.member_id).where(
            ExchangeConfirmation.timebank_id == timebank_id,
            ExchangeConfirmation.exchange_id.in_(exchange_ids),
        )
    ):
        found.setdefault(exchange_id, set()).add(member_id)
    return found


def agreement_for_oneself(session: Session, *, by: Actor) -> dict[uuid.UUID, dict[str, Any]]:
    """Return who of the two said that help of the actor is right, and what passed by itself.

    By exchange, as plain values; in two statements.
    """
    here = or_(Exchange.helper_id == by.member_id, Exchange.helped_id == by.member_id)
    own = select(Exchange.id).where(Exchange.timebank_id == by.timebank_id, here)
    said = session.execute(
        select(ExchangeConfirmation)
        .where(
            ExchangeConfirmation.timebank_id == by.timebank_id,
            ExchangeConfirmation.exchange_id.in_(own),
        )
        .order_by(ExchangeConfirmation.confirmed_at)
    )
    found: dict[uuid.UUID, dict[str, Any]] = {}
    for (one,) in said:
        item = {"by_me": one.member_id == by.member_id, "at": one.confirmed_at}
        found.setdefault(one.exchange_id, {}).setdefault("confirmed", []).append(item)
    passed = session.execute(
        select(AutomaticApproval.exchange_id, AutomaticApproval.approved_at).where(
            AutomaticApproval.timebank_id == by.timebank_id,
            AutomaticApproval.exchange_id.in_(own),
        )
    )
    for exchange_id, approved_at in passed:
        found.setdefault(exchange_id, {})["approved_by_itself_at"] = approved_at
    return found


def passed_by_itself(session: Session, exchange_id: uuid.UUID, *, timebank_id: int) -> bool:
    """Say whether the rules approved this exchange."""
    return session.get(AutomaticApproval, (timebank_id, exchange_id)) is not None


def to_look_at_afterwards(
    session: Session, *, by: Actor, limit: int = SAMPLES
) -> Sequence[ExchangeRow]:
    """Return what passed by itself and was drawn to be looked at, oldest first.

    Those of the actor's own neighbourhoods, in which the actor took no part.

    Raises:
        NotPermitted: the actor decides about no exchanges.
    """
    by.require(Permission.DECIDE_EXCHANGES)
    reach = by.reach(Permission.DECIDE_EXCHANGES)
    drawn = select(AutomaticApproval.exchange_id).where(
        AutomaticApproval.timebank_id == by.timebank_id,
        AutomaticApproval.sampled,
        AutomaticApproval.checked_at.is_(None),
    )
    query = exchange_rows(
        Exchange.timebank_id == by.timebank_id,
        Exchange.id.in_(drawn),
        Exchange.state == ExchangeState.APPROVED,
        Exchange.helper_id != by.member_id,
        Exchange.helped_id != by.member_id,
    )
    if not reach.everywhere:
        query = query.where(either_side_in(reach.codes))
    rows = session.execute(query.order_by(Exchange.logged_at, Exchange.id).limit(limit))
    return [as_exchange_row(row) for row in rows]
