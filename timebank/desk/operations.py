# SPDX-License-Identifier: EUPL-1.2
"""Writing what the desk decides: hold it, undo it, carry it out. The door commits.

The state changes at once by one guarded statement, so that of all who act on an exchange one wins;
nothing is booked before the decision is due (docs/adr/0027).
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import delete, literal, or_, select, update
from sqlalchemy.orm import Session

from timebank.approvals.errors import OwnExchange
from timebank.approvals.operations import carry_out, enough_eyes, within_reach
from timebank.approvals.policy import Decision, DecisionKind, check_decision, check_may_decide
from timebank.desk.errors import TooLateToUndo
from timebank.desk.models import HeldDecision
from timebank.exchanges.errors import AlreadyDecided, FormKeyUsed, UnknownExchange
from timebank.exchanges.models import Exchange
from timebank.exchanges.operations import change_state
from timebank.exchanges.workflow import ExchangeState
from timebank.lettering import readable
from timebank.members.policy import Actor, Permission
from timebank.rules.policy import Rules, between
from timebank.rules.queries import rules_by_place
from timebank.second_looks.queries import refused_before


def hold_decision(
    session: Session,
    exchange_id: uuid.UUID,
    decision: Decision,
    *,
    batch_id: uuid.UUID,
    by: Actor,
    now: datetime.datetime,
    until: datetime.datetime,
) -> bool:
    """Decide about an exchange, and let it be undone until a moment (exclusive).

    Nobody else can decide about it, nor take it back, but nothing is booked before then.

    Returns:
        Whether it is held; False after the first of two approvals, which books nothing anyway.

    Raises what :func:`approve_exchange`, :func:`reject_exchange` and :func:`return_exchange` raise,
    and FormKeyUsed: the key holds another decision. Sent again, it is answered as the first time.
    """
    exchange = within_reach(session, exchange_id, by)
    check_decision(decision)
    held = _held_in(session, by.timebank_id, batch_id)
    if held:
        _check_same(held, exchange_id, decision, by)
        return True
    if exchange.state is not ExchangeState.SUBMITTED:
        raise AlreadyDecided(exchange.state)
    if decision.kind is DecisionKind.APPROVE and not enough_eyes(session, exchange, by=by, now=now):
        return False
    change_state(session, exchange, ExchangeState.HELD)
    session.add(_held(exchange_id, decision, batch_id=batch_id, by=by, now=now, until=until))
    session.flush()
    return True


def hold_approvals(
    session: Session,
    exchange_ids: Collection[uuid.UUID],
    *,
    batch_id: uuid.UUID,
    by: Actor,
    now: datetime.datetime,
    until: datetime.datetime,
    category_code: str | None = None,
) -> int:
    """Approve many exchanges together, and let that be undone until a moment (exclusive).

    What a colleague decided meanwhile, what was taken back, what the actor may not decide about,
    what needs two coordinators and what was not approved before is left as it is.

    Args:
        category_code: only those of this kind of help; None means all.

    Returns:
        How many are held now. Sent again with the same key, it is as many as the first time.

    Raises:
        NotPermitted: the actor decides about no exchanges.
        FormKeyUsed: the key holds other decisions.
    """
    by.require(Permission.DECIDE_EXCHANGES)
    here = Exchange.timebank_id == by.timebank_id
    waiting = select(Exchange).where(
        here, Exchange.id.in_(exchange_ids), Exchange.state == ExchangeState.SUBMITTED
    )
    if category_code is not None:
        waiting = waiting.where(Exchange.category_code == category_code)
    # In the order of their ids, so that two who approve the same ones wait for each other.
    rows = session.scalars(waiting.order_by(Exchange.id).with_for_update()).all()
    places = rules_by_place(session, timebank_id=by.timebank_id)
    ids = [row.id for row in rows]
    seen = refused_before(session, timebank_id=by.timebank_id, exchange_ids=ids)
    chosen = [row.id for row in rows if row.id not in seen and _is_alone_enough(row, places, by)]
    if held := _held_in(session, by.timebank_id, batch_id):
        mine = all(one.decided_by == by.member_id for one in held)
        if chosen or not mine or not {one.exchange_id for one in held} <= set(exchange_ids):
            raise FormKeyUsed
        return len(held)
    won = session.scalars(
        update(Exchange)
        .where(here, Exchange.id.in_(chosen), Exchange.state == ExchangeState.SUBMITTED)
        .values(state=ExchangeState.HELD)
        .returning(Exchange.id),
        execution_options={"synchronize_session": False},
    ).all()
    for exchange_id in won:
        decision = Decision(DecisionKind.APPROVE)
        session.add(_held(exchange_id, decision, batch_id=batch_id, by=by, now=now, until=until))
    session.flush()
    session.expire_all()
    return len(won)


def undo_decisions(
    session: Session, batch_id: uuid.UUID, *, by: Actor, now: datetime.datetime
) -> int:
    """Let what the actor decided a moment ago wait again; return how many exchanges that are.

    Raises:
        TooLateToUndo: it was carried out, undone before, or decided by somebody else.
    """
    undone = session.scalars(
        delete(HeldDecision)
        .where(
            HeldDecision.timebank_id == by.timebank_id,
            HeldDecision.batch_id == batch_id,
            HeldDecision.decided_by == by.member_id,
            HeldDecision.due_at > now,
        )
        .returning(HeldDecision.exchange_id),
        execution_options={"synchronize_session": False},
    ).all()
    if not undone:
        raise TooLateToUndo
    for exchange_id in sorted(undone):
        _let_wait_again(session, by.timebank_id, exchange_id)
    return len(undone)


def carry_out_held(
    session: Session,
    exchange_id: uuid.UUID,
    *,
    timebank_id: int,
    now: datetime.datetime,
    early: bool = False,
) -> bool:
    """Carry out a held decision that is due; say whether there was one (still).

    Of an undo, another carrying out and this one exactly one finds the row. The caller commits
    after each, so that no transaction holds many accounts.

    Args:
        early: do not wait until it is due, because one of the two leaves now.
    """
    held = session.scalars(
        delete(HeldDecision)
        .where(
            HeldDecision.timebank_id == timebank_id,
            HeldDecision.exchange_id == exchange_id,
            or_(HeldDecision.due_at <= now, literal(early)),
        )
        .returning(HeldDecision),
        execution_options={"synchronize_session": False},
    ).first()
    if held is None:
        return False
    decision = Decision(held.kind, held.reason, held.words)
    by = Actor(timebank_id=timebank_id, member_id=held.decided_by, grants=())
    decided_at = held.decided_at
    session.expunge(held)
    exchange = _let_wait_again(session, timebank_id, exchange_id)
    carry_out(session, exchange, decision, by=by, now=now, decided_at=decided_at)
    return True


def _let_wait_again(session: Session, timebank_id: int, exchange_id: uuid.UUID) -> Exchange:
    exchange = session.get_one(Exchange, (timebank_id, exchange_id), populate_existing=True)
    change_state(session, exchange, ExchangeState.SUBMITTED)
    session.refresh(exchange)
    return exchange


def _held(
    exchange_id: uuid.UUID,
    decision: Decision,
    *,
    batch_id: uuid.UUID,
    by: Actor,
    now: datetime.datetime,
    until: datetime.datetime,
) -> HeldDecision:
    return HeldDecision(
        timebank_id=by.timebank_id,
        exchange_id=exchange_id,
        batch_id=batch_id,
        kind=decision.kind,
        reason=decision.reason,
        words=readable(decision.words),
        decided_by=by.member_id,
        decided_at=now,
        due_at=until,
    )


def _held_in(session: Session, timebank_id: int, batch_id: uuid.UUID) -> Sequence[HeldDecision]:
    """Return what is held with this key; after it is carried out nothing is known of the key."""
    return session.scalars(
        select(HeldDecision).where(
            HeldDecision.timebank_id == timebank_id, HeldDecision.batch_id == batch_id
        )
    ).all()


def _check_same(
    held: Sequence[HeldDecision], exchange_id: uuid.UUID, decision: Decision, by: Actor
) -> None:
    """Refuse a key that holds something else: undoing it would undo two things at once."""
    wanted = (exchange_id, decision.kind, decision.reason, readable(decision.words), by.member_id)
    if [(one.exchange_id, one.kind, one.reason, one.words, one.decided_by) for one in held] != [
        wanted
    ]:
        raise FormKeyUsed


def _is_alone_enough(exchange: Exchange, places: Mapping[str, Rules], by: Actor) -> bool:
    """Say whether this actor may decide, and nobody else has to look as well."""
    codes = (exchange.helper_neighbourhood_code, exchange.helped_neighbourhood_code)
    two = {"helper_id": exchange.helper_id, "helped_id": exchange.helped_id}
    try:
        check_may_decide(by, neighbourhood_codes=codes, **two)
    except (UnknownExchange, OwnExchange):
        return False
    limit = between(places, codes).four_eyes_minutes
    return not limit or exchange.minutes <= limit
