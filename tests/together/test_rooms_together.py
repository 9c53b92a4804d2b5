# SPDX-License-Identifier: EUPL-1.2
"""What one room decides holds when another room touches the same exchange."""

from __future__ import annotations

import datetime
import uuid

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.builders import NOW, TODAY, a_command, actor_of, approved, logged, member_of
from tests.disputes.test_disputing import balance_of
from tests.rules.test_changing import let_count
from timebank.agreements.operations import confirm_exchange
from timebank.amendments.operations import correct_exchange
from timebank.approvals.errors import SecondNeeded
from timebank.approvals.operations import approve_exchange
from timebank.asking.operations import ask_about
from timebank.boundaries.models import BoundaryOverride
from timebank.boundaries.operations import AllowOverride, allow_override
from timebank.disputes.operations import Complaint, let_stand, raise_dispute
from timebank.disputes.policy import DisputeReason
from timebank.exchanges.models import Exchange
from timebank.exchanges.operations import withdraw_exchange
from timebank.exchanges.workflow import ExchangeState
from timebank.figures.queries import quarter_figures
from timebank.statements.policy import quarter_of

WRONG = Complaint(DisputeReason.WRONG_TIME, "")


def state_of(session: Session, exchange_id: uuid.UUID) -> ExchangeState:
    return session.scalars(select(Exchange.state).where(Exchange.id == exchange_id)).one()


def dispute(session: Session, exchange_id: uuid.UUID) -> None:
    raise_dispute(session, exchange_id, WRONG, by=actor_of(session, "Jan"), now=NOW)


def test_many_hours_need_two_coordinators_also_after_a_dispute(session: Session) -> None:
    let_count(session, four_eyes_minutes=60)
    exchange_id = logged(session, minutes=240)
    dispute(session, exchange_id)
    nadia, bart = actor_of(session, "Nadia"), actor_of(session, "Bart")

    assert not let_stand(session, exchange_id, by=nadia, now=NOW)
    with pytest.raises(SecondNeeded):
        let_stand(session, exchange_id, by=nadia, now=NOW)
    assert state_of(session, exchange_id) is ExchangeState.DISPUTED

    assert let_stand(session, exchange_id, by=bart, now=NOW)
    assert state_of(session, exchange_id) is ExchangeState.APPROVED


def test_a_correction_to_many_hours_waits_for_a_second_coordinator(session: Session) -> None:
    let_count(session, four_eyes_minutes=60)
    small = approved(session, minutes=15)
    nadia, bart = actor_of(session, "Nadia"), actor_of(session, "Bart")

    made = correct_exchange(session, small, a_command(session, minutes=600), by=nadia, now=NOW)

    assert state_of(session, made.exchange_id) is ExchangeState.SUBMITTED
    assert balance_of(session, "Fatima") == (0, 600)
    with pytest.raises(SecondNeeded):
        approve_exchange(session, made.exchange_id, by=nadia, now=NOW)
    approve_exchange(session, made.exchange_id, by=bart, now=NOW)
    assert balance_of(session, "Fatima") == (600, 0)
    again = correct_exchange(
        session, made.exchange_id, a_command(session, minutes=45), by=nadia, now=NOW
    )
    assert state_of(session, again.exchange_id) is ExchangeState.APPROVED
    assert balance_of(session, "Fatima") == (45, 0)


def test_what_somebody_asked_about_does_not_pass_by_itself(session: Session) -> None:
    approved(session)
    let_count(session, auto_approve_minutes=60)
    exchange_id = logged(session, minutes=60)
    nadia, jan = actor_of(session, "Nadia"), actor_of(session, "Jan")
    ask_about(session, exchange_id, "Hoe laat?", key=uuid.uuid4(), by=nadia, now=NOW)

    assert not confirm_exchange(session, exchange_id, by=jan, now=NOW)


def test_a_visit_without_its_checks_does_not_pass_by_itself(session: Session) -> None:
    approved(session)
    let_count(session, auto_approve_minutes=60)
    exchange_id = logged(session, minutes=60, category_code="company")

    assert not confirm_exchange(session, exchange_id, by=actor_of(session, "Jan"), now=NOW)


def test_a_correction_may_be_of_an_old_day_and_stay_within_its_own_sum(session: Session) -> None:
    exchange_id = approved(session, helped_on=TODAY - datetime.timedelta(days=9), minutes=90)
    let_count(session, days_back=5, most_given_minutes=90, limits_block=True)
    right = a_command(session, helped_on=TODAY - datetime.timedelta(days=9), minutes=60)

    correct_exchange(session, exchange_id, right, by=actor_of(session, "Nadia"), now=NOW)

    assert state_of(session, exchange_id) is ExchangeState.REVERSED


def test_what_was_corrected_and_what_was_let_stand_count_once_in_the_figures(
    session: Session,
) -> None:
    nadia = actor_of(session, "Nadia")
    corrected, stands = approved(session), logged(session)
    correct_exchange(session, corrected, a_command(session, minutes=30), by=nadia, now=NOW)
    dispute(session, stands)
    let_stand(session, stands, by=nadia, now=NOW)

    counted = quarter_figures(session, by=nadia, quarter=quarter_of(TODAY)).steps
    assert sum(counted.values()) == 2


def test_an_exception_comes_back_with_the_help_that_was_taken_back(session: Session) -> None:
    fatima, jan = member_of(session, "Fatima"), member_of(session, "Jan")
    wish = AllowOverride(uuid.uuid4(), fatima.id, jan.id, "household_help", "Eén keer.")
    allow_override(session, wish, by=actor_of(session, "Bart"), now=NOW)
    exchange_id = logged(session, category_code="household_help")

    withdraw_exchange(session, exchange_id, by=actor_of(session, "Fatima"), now=NOW)

    assert session.scalars(select(BoundaryOverride.used_for)).all() == [None]
    assert state_of(session, logged(session, category_code="household_help"))
