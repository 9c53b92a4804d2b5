# SPDX-License-Identifier: EUPL-1.2
"""Both agree: when that lets help pass by itself, and when a person still has to look."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import ledger
from tests.builders import NOW, a_command, actor_of, approved, logged, timebank_of
from tests.rules.test_changing import let_count
from timebank.agreements.models import AutomaticApproval, ExchangeConfirmation
from timebank.agreements.operations import check_sampled, confirm_exchange
from timebank.agreements.queries import to_look_at_afterwards
from timebank.approvals.errors import OwnExchange
from timebank.exchanges.errors import AlreadyDecided, UnknownExchange
from timebank.exchanges.models import Exchange, ExchangeEvent
from timebank.exchanges.operations import log_exchange, withdraw_exchange
from timebank.exchanges.workflow import Action, ExchangeState
from timebank.members.policy import organisation


def confirm(session: Session, exchange_id: uuid.UUID, name: str) -> bool:
    return confirm_exchange(session, exchange_id, by=actor_of(session, name), now=NOW)


def state_of(session: Session, exchange_id: uuid.UUID) -> ExchangeState:
    return session.scalars(select(Exchange.state).where(Exchange.id == exchange_id)).one()


@pytest.mark.policy("V15")
def test_small_help_passes_by_itself_when_both_agree_and_one_is_drawn_to_look_at(
    session: Session,
) -> None:
    approved(session)
    let_count(session, auto_approve_minutes=60, sample_percentage=100)
    exchange_id = logged(session, minutes=60)

    assert confirm(session, exchange_id, "Jan")

    assert state_of(session, exchange_id) is ExchangeState.APPROVED
    event = session.scalars(
        select(ExchangeEvent).where(
            ExchangeEvent.exchange_id == exchange_id, ExchangeEvent.action == Action.APPROVE
        )
    ).one()
    assert event.actor_id is None
    nadia = actor_of(session, "Nadia")
    assert [row.exchange_id for row in to_look_at_afterwards(session, by=nadia)] == [exchange_id]
    check_sampled(session, exchange_id, by=nadia, now=NOW)
    assert to_look_at_afterwards(session, by=nadia) == []
    assert ledger.violations(session, timebank_id=timebank_of(session).id) == []


@pytest.mark.parametrize("reason", ["too long", "off", "first", "pair", "other neighbourhood"])
def test_what_is_not_small_or_stands_out_waits_for_a_person(session: Session, reason: str) -> None:
    if reason != "first":
        approved(session)
        approved(session, "Greet", "Jan")
    alert = 120 if reason == "pair" else 600
    let_count(session, auto_approve_minutes=60, alert_pair_week_minutes=alert)
    if reason == "off":
        let_count(session)
    helper = "Greet" if reason == "other neighbourhood" else "Fatima"
    exchange_id = logged(session, helper, "Jan", minutes=75 if reason == "too long" else 60)

    assert not confirm(session, exchange_id, "Jan")

    assert state_of(session, exchange_id) is ExchangeState.SUBMITTED
    assert session.scalars(select(ExchangeConfirmation)).all()
    assert session.scalars(select(AutomaticApproval)).all() == []


def test_who_logged_it_cannot_agree_for_the_other_and_a_paper_slip_needs_both(
    session: Session,
) -> None:
    approved(session)
    let_count(session, auto_approve_minutes=60)
    own = logged(session, minutes=30)
    bank = organisation(timebank_of(session).id)
    slip = log_exchange(session, a_command(session, minutes=30), by=bank, now=NOW).exchange_id

    assert not confirm(session, own, "Fatima")
    assert not confirm(session, slip, "Jan")
    assert not confirm(session, slip, "Jan")
    assert confirm(session, slip, "Fatima")


def test_strangers_do_not_agree_and_what_was_decided_is_told(session: Session) -> None:
    exchange_id = logged(session)
    for name in ("Greet", "Nadia", "Bart"):
        with pytest.raises(UnknownExchange):
            confirm(session, exchange_id, name)

    withdraw_exchange(session, exchange_id, by=actor_of(session, "Fatima"), now=NOW)
    with pytest.raises(AlreadyDecided):
        confirm(session, exchange_id, "Jan")


@pytest.mark.policy("L17")
def test_nobody_ticks_off_what_they_took_part_in(session: Session) -> None:
    approved(session, "Nadia", "Jan")
    let_count(session, auto_approve_minutes=60, sample_percentage=100)
    exchange_id = logged(session, "Nadia", "Jan", minutes=30)
    assert confirm(session, exchange_id, "Jan")

    nadia = actor_of(session, "Nadia")
    assert to_look_at_afterwards(session, by=nadia) == []
    with pytest.raises(OwnExchange):
        check_sampled(session, exchange_id, by=nadia, now=NOW)
