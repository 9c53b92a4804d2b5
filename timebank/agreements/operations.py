# SPDX-License-Identifier: EUPL-1.2
"""Writing that somebody agrees, and what the rules then approve by themselves. The door commits."""

from __future__ import annotations

import datetime
import uuid

from sqlalchemy import select, update
from sqlalchemy.orm import Session

import ledger
from timebank.agreements.models import AutomaticApproval, ExchangeConfirmation
from timebank.agreements.policy import both_agree
from timebank.approvals.operations import carry_out, within_reach
from timebank.approvals.policy import Decision, DecisionKind
from timebank.asking.queries import questions_about
from timebank.categories.models import Boundary, HelpCategory
from timebank.checks.policy import lacking
from timebank.checks.queries import checks_of
from timebank.exchanges.errors import AlreadyDecided, UnknownExchange
from timebank.exchanges.models import Exchange, ExchangeOnBehalf
from timebank.exchanges.policy import takes_part
from timebank.exchanges.workflow import ExchangeState
from timebank.members.policy import Actor
from timebank.rules.policy import between, is_sampled
from timebank.rules.queries import rules_by_place
from timebank.second_looks.queries import refused_before
from timebank.signals.queries import looks_at


def confirm_exchange(
    session: Session, exchange_id: uuid.UUID, *, by: Actor, now: datetime.datetime
) -> bool:
    """Say as one of the two that it is right; done before, it stays as it was.

    When both agree, the rules of the neighbourhoods may approve it at once, if it is small and
    nothing about it asks for a look. Some of those are drawn to be looked at afterwards.

    Returns:
        Whether the rules approved it.

    Raises:
        UnknownExchange: the actor is neither of the two.
        AlreadyDecided: it does not wait any more.

    Source: policy row V15.
    """
    exchange = session.get(Exchange, (by.timebank_id, exchange_id), populate_existing=True)
    if exchange is None or not takes_part(
        by, helper_id=exchange.helper_id, helped_id=exchange.helped_id
    ):
        raise UnknownExchange
    if exchange.state is not ExchangeState.SUBMITTED:
        raise AlreadyDecided(exchange.state)
    session.execute(
        ledger.insert_or_conflict(session, ExchangeConfirmation)
        .values(
            timebank_id=by.timebank_id,
            exchange_id=exchange_id,
            member_id=by.member_id,
            confirmed_at=now,
        )
        .on_conflict_do_nothing(index_elements=["timebank_id", "exchange_id", "member_id"])
    )
    return _let_rules_approve(session, exchange, now=now)


def check_sampled(
    session: Session, exchange_id: uuid.UUID, *, by: Actor, now: datetime.datetime
) -> None:
    """Tick off an exchange that was approved by itself and drawn to be looked at.

    Raises as :func:`approve_exchange` does; ticked off before, it stays as it was.
    """
    within_reach(session, exchange_id, by)
    session.execute(
        update(AutomaticApproval)
        .where(
            AutomaticApproval.timebank_id == by.timebank_id,
            AutomaticApproval.exchange_id == exchange_id,
            AutomaticApproval.sampled,
            AutomaticApproval.checked_at.is_(None),
        )
        .values(checked_at=now, checked_by=by.member_id),
        execution_options={"synchronize_session": False},
    )


def _let_rules_approve(session: Session, exchange: Exchange, *, now: datetime.datetime) -> bool:
    """Approve what both agree on, where the neighbourhoods let that pass and nothing stands out."""
    bank = exchange.timebank_id
    places = rules_by_place(session, timebank_id=bank)
    rules = between(
        places, (exchange.helper_neighbourhood_code, exchange.helped_neighbourhood_code)
    )
    if not 0 < exchange.minutes <= rules.auto_approve_minutes:
        return False
    if not both_agree(*_agreed(session, exchange)):
        return False
    looks = looks_at(session, {exchange.id: exchange}, timebank_id=bank, rules=places)
    if looks[exchange.id] or _needs_a_person(session, exchange):
        return False
    by = Actor(timebank_id=bank, member_id=None, grants=())
    carry_out(session, exchange, Decision(DecisionKind.APPROVE), by=by, now=now)
    session.add(
        AutomaticApproval(
            timebank_id=bank,
            exchange_id=exchange.id,
            approved_at=now,
            sampled=is_sampled(exchange.id, rules.sample_percentage),
        )
    )
    session.flush()
    return True


def _needs_a_person(session: Session, exchange: Exchange) -> bool:
    """Say whether it was refused before, somebody asked, a check lacks, or it is an exception."""
    bank = exchange.timebank_id
    if refused_before(session, timebank_id=bank, exchange_ids=[exchange.id]):
        return True
    if questions_about(session, exchange_ids=[exchange.id], timebank_id=bank).get(exchange.id):
        return True
    have = checks_of(session, [exchange.helper_id], timebank_id=bank)
    if lacking(exchange.category_code, have[exchange.helper_id]):
        return True
    kind = session.get_one(HelpCategory, (bank, exchange.category_code))
    return kind.boundary is Boundary.PROFESSIONAL_ONLY


def _agreed(session: Session, exchange: Exchange) -> tuple[set[uuid.UUID], set[uuid.UUID | None]]:
    """Return the two, and who said so: whoever logged it, for whom it was logged, who confirmed."""
    key = (exchange.timebank_id, exchange.id)
    on_behalf = session.get(ExchangeOnBehalf, key)
    confirmed = session.scalars(
        select(ExchangeConfirmation.member_id).where(
            ExchangeConfirmation.timebank_id == exchange.timebank_id,
            ExchangeConfirmation.exchange_id == exchange.id,
        )
    )
    said = {exchange.logged_by, on_behalf.acting_for_id if on_behalf else None, *confirmed}
    return {exchange.helper_id, exchange.helped_id}, said
