# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import uuid

import pytest
from sqlalchemy.orm import Session

import ledger
from tests.builders import (
    NOW,
    a_command,
    actor_of,
    approved,
    logged,
    member_of,
    timebank_of,
)
from timebank.exchanges.errors import AlreadyDecided, UnknownExchange
from timebank.exchanges.models import Exchange
from timebank.exchanges.operations import log_exchange, withdraw_exchange
from timebank.exchanges.queries import history_of
from timebank.exchanges.workflow import Action, ExchangeState
from timebank.members.policy import organisation


def withdraw(session: Session, exchange_id: uuid.UUID, by: str) -> None:
    withdraw_exchange(session, exchange_id, by=actor_of(session, by), now=NOW)


def state_of(session: Session, exchange_id: uuid.UUID) -> ExchangeState:
    exchange = session.get(Exchange, (timebank_of(session).id, exchange_id), populate_existing=True)
    assert exchange is not None
    return exchange.state


def test_who_logged_it_takes_it_back_and_nothing_is_booked(session: Session) -> None:
    exchange_id = logged(session, "Fatima", "Jan")

    withdraw(session, exchange_id, "Fatima")
    session.commit()

    assert state_of(session, exchange_id) is ExchangeState.WITHDRAWN
    bank, account = timebank_of(session).id, member_of(session, "Fatima").account_id
    assert account is not None
    assert ledger.balance_of(session, timebank_id=bank, account_id=account) == ledger.Balance(
        0, 0, 0, 0, 0
    )
    assert ledger.violations(session, timebank_id=bank) == []


def test_the_history_says_who_took_it_back(session: Session) -> None:
    exchange_id = logged(session, "Fatima", "Jan")
    withdraw(session, exchange_id, "Fatima")

    events, words = history_of(session, exchange_id, timebank_id=timebank_of(session).id)

    assert {(event.action, event.actor_name) for event in events} == {
        (Action.LOG, "Fatima El Amrani"),
        (Action.WITHDRAW, "Fatima El Amrani"),
    }
    assert words is None


@pytest.mark.parametrize("by", ["Jan", "Greet", "Nadia", "Bart", "Annelies", "Henk"])
def test_for_anybody_else_there_is_nothing_to_take_back(session: Session, by: str) -> None:
    exchange_id = logged(session, "Fatima", "Jan")

    with pytest.raises(UnknownExchange):
        withdraw(session, exchange_id, by)


def test_an_exchange_that_never_was_cannot_be_taken_back(session: Session) -> None:
    with pytest.raises(UnknownExchange):
        withdraw(session, uuid.uuid4(), "Fatima")


def test_a_paper_slip_is_taken_back_by_nobody(session: Session) -> None:
    by = organisation(timebank_of(session).id)
    slip = log_exchange(session, a_command(session), by=by, now=NOW)

    with pytest.raises(UnknownExchange):
        withdraw_exchange(session, slip.exchange_id, by=by, now=NOW)
    with pytest.raises(UnknownExchange):
        withdraw(session, slip.exchange_id, "Fatima")


def test_what_was_approved_is_not_taken_back(session: Session) -> None:
    exchange_id = approved(session, "Fatima", "Jan")

    with pytest.raises(AlreadyDecided) as refusal:
        withdraw(session, exchange_id, "Fatima")

    assert refusal.value.state == "approved"
    assert state_of(session, exchange_id) is ExchangeState.APPROVED


def test_it_is_taken_back_once(session: Session) -> None:
    exchange_id = logged(session, "Fatima", "Jan")
    withdraw(session, exchange_id, "Fatima")
    session.commit()

    with pytest.raises(AlreadyDecided):
        withdraw(session, exchange_id, "Fatima")
