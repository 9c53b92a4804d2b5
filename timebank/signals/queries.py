# SPDX-License-Identifier: EUPL-1.2
"""Reading what stands out about exchanges that wait: three statements, however many they are."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session

from timebank.exchanges.models import Exchange
from timebank.exchanges.queries import ExchangeRow
from timebank.exchanges.workflow import PENDING, ExchangeState
from timebank.members.models import Member
from timebank.rules.policy import Rules, between
from timebank.signals.policy import Given, Look, Waiting, reasons_to_look, week_of

_COUNTS = (*PENDING, ExchangeState.APPROVED)


Facts = Exchange | ExchangeRow
"""What is read of an exchange; a row of the table and a row of a page both have it."""


def looks_at(
    session: Session,
    exchanges: Mapping[uuid.UUID, Facts],
    *,
    timebank_id: int,
    rules: Mapping[str, Rules],
) -> dict[uuid.UUID, tuple[Look, ...]]:
    """Return why each of these exchanges needs a look, by id; an empty tuple when it does not.

    Args:
        exchanges: a page of them at most; what is read grows with their weeks and their people.
        rules: those of every neighbourhood that has its own.
    """
    facts = {
        exchange_id: Waiting(
            one.helper_id,
            one.helped_id,
            one.category_code,
            one.minutes,
            one.helped_on,
        )
        for exchange_id, one in exchanges.items()
    }
    people = {one.helper_id for one in facts.values()} | {one.helped_id for one in facts.values()}
    known = _known(session, timebank_id, people)
    given = _given(session, timebank_id, list(facts.values()))
    return {
        exchange_id: reasons_to_look(
            one,
            rules=between(rules, _codes(exchanges[exchange_id])),
            given=given.get(one.helper_id, ()),
            is_first=not {one.helper_id, one.helped_id} <= known,
        )
        for exchange_id, one in facts.items()
    }


def _codes(exchange: Facts) -> tuple[str, str]:
    return exchange.helper_neighbourhood_code, exchange.helped_neighbourhood_code


def _known(session: Session, timebank_id: int, people: set[uuid.UUID]) -> set[uuid.UUID]:
    """Return who of these people took part in something that was approved."""
    approved = exists().where(
        Exchange.timebank_id == Member.timebank_id,
        Exchange.state == ExchangeState.APPROVED,
        or_(Exchange.helper_id == Member.id, Exchange.helped_id == Member.id),
    )
    return set(
        session.scalars(
            select(Member.id).where(
                Member.timebank_id == timebank_id, Member.id.in_(people), approved
            )
        )
    )


def _given(
    session: Session, timebank_id: int, waiting: Sequence[Waiting]
) -> dict[uuid.UUID, list[Given]]:
    """Return help of the weeks in question, added up by day, for each helper or helped one."""
    if not waiting:
        return {}
    helpers = {one.helper_id for one in waiting}
    since = week_of(min(one.helped_on for one in waiting))[0]
    until = week_of(max(one.helped_on for one in waiting))[1]
    what = (Exchange.helper_id, Exchange.helped_id, Exchange.category_code, Exchange.helped_on)
    rows = session.execute(
        select(*what, func.sum(Exchange.minutes))
        .where(
            Exchange.timebank_id == timebank_id,
            Exchange.state.in_(_COUNTS),
            and_(Exchange.helped_on >= since, Exchange.helped_on < until),
            or_(Exchange.helper_id.in_(helpers), Exchange.helped_id.in_(helpers)),
        )
        .group_by(*what)
    )
    found: dict[uuid.UUID, list[Given]] = {}
    for row in rows:
        one = Given(*row)
        for person in {one.helper_id, one.helped_id}:
            found.setdefault(person, []).append(one)
    return found
