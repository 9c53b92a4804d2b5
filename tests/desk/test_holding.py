# SPDX-License-Identifier: EUPL-1.2
"""A decision of the desk is held: it counts at once for everybody, and for the books when due."""

from __future__ import annotations

import datetime
import uuid

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import ledger
from tests.approvals.test_deciding import balances, state_of
from tests.builders import NOW, actor_of, approved, logged, member_of, timebank_of
from tests.rules.test_changing import let_count
from timebank.approvals.errors import OwnExchange, ReasonMissing, SecondNeeded, WordsMissing
from timebank.approvals.operations import approve_exchange, return_exchange
from timebank.approvals.policy import Decision, DecisionKind
from timebank.desk.errors import TooLateToUndo
from timebank.desk.models import HeldDecision
from timebank.desk.operations import (
    carry_out_held,
    hold_approvals,
    hold_decision,
    undo_decisions,
)
from timebank.desk.queries import due_decisions, own_decision, undoable_by
from timebank.erasure.operations import erase_member
from timebank.exchanges.errors import AlreadyDecided, FormKeyUsed
from timebank.exchanges.models import ExchangeEvent
from timebank.exchanges.operations import withdraw_exchange
from timebank.exchanges.queries import history_of
from timebank.exchanges.workflow import Action, ExchangeState, RejectionReason
from timebank.members.errors import NotPermitted

UNTIL = NOW + datetime.timedelta(seconds=10)
JUST_BEFORE = UNTIL - datetime.timedelta(microseconds=1)
APPROVE = Decision(DecisionKind.APPROVE)
REJECT = Decision(DecisionKind.REJECT, RejectionReason.OTHER, "Al geteld")
RETURN = Decision(DecisionKind.RETURN, None, "Welke dag was het?")
AFTER = {
    DecisionKind.APPROVE: (ExchangeState.APPROVED, Action.APPROVE, (90, 0, 0)),
    DecisionKind.REJECT: (ExchangeState.REJECTED, Action.REJECT, (0, 0, 0)),
    DecisionKind.RETURN: (ExchangeState.RETURNED, Action.RETURN, (0, 0, 0)),
}


def hold(
    session: Session,
    exchange_id: uuid.UUID,
    decision: Decision = APPROVE,
    by: str = "Nadia",
    batch_id: uuid.UUID | None = None,
) -> uuid.UUID:
    batch_id = batch_id or uuid.uuid4()
    moment = {"batch_id": batch_id, "by": actor_of(session, by), "now": NOW, "until": UNTIL}
    hold_decision(session, exchange_id, decision, **moment)  # type: ignore[arg-type]
    return batch_id


def carry_out(session: Session, exchange_id: uuid.UUID, now: datetime.datetime = UNTIL) -> bool:
    bank = timebank_of(session).id
    return carry_out_held(session, exchange_id, timebank_id=bank, now=now)


@pytest.mark.parametrize("decision", [APPROVE, REJECT, RETURN], ids=lambda one: str(one.kind))
def test_a_held_decision_books_nothing_until_it_is_due_and_is_carried_out_once(
    session: Session, decision: Decision
) -> None:
    exchange_id, bank = logged(session, "Fatima", "Greet"), timebank_of(session).id
    hold(session, exchange_id, decision)

    assert not carry_out(session, exchange_id, JUST_BEFORE)
    assert state_of(session, exchange_id) is ExchangeState.HELD
    assert balances(session)["Fatima"] == (0, 90, 0)
    assert due_decisions(session, timebank_id=bank, now=JUST_BEFORE) == []
    assert due_decisions(session, timebank_id=bank, now=UNTIL) == [exchange_id]
    assert carry_out(session, exchange_id)
    assert not carry_out(session, exchange_id)

    state, action, minutes = AFTER[decision.kind]
    assert state_of(session, exchange_id) is state
    assert balances(session)["Fatima"] == minutes
    events, words = history_of(session, exchange_id, timebank_id=bank)
    decided = [event for event in events if event.action is not Action.LOG]
    assert [(event.action, event.actor_name, event.happened_at) for event in decided] == [
        (action, "Nadia Benali", NOW)
    ]
    assert words == (decision.words or None)
    assert ledger.violations(session, timebank_id=bank) == []


@pytest.mark.parametrize("decision", [APPROVE, REJECT, RETURN], ids=lambda one: str(one.kind))
def test_undone_in_time_it_waits_as_before_and_can_be_decided_anew(
    session: Session, decision: Decision
) -> None:
    exchange_id = logged(session, "Fatima", "Greet")
    nadia, bart = actor_of(session, "Nadia"), actor_of(session, "Bart")
    batch_id = hold(session, exchange_id, decision)
    (undoable,) = undoable_by(session, by=nadia, now=JUST_BEFORE)
    assert (undoable.count, undoable.kind, undoable.until) == (1, decision.kind, UNTIL)
    with pytest.raises(TooLateToUndo):
        undo_decisions(session, batch_id, by=bart, now=JUST_BEFORE)

    assert undo_decisions(session, batch_id, by=nadia, now=JUST_BEFORE) == 1

    assert state_of(session, exchange_id) is ExchangeState.SUBMITTED
    assert not carry_out(session, exchange_id)
    assert len(session.scalars(select(ExchangeEvent)).all()) == 1
    with pytest.raises(TooLateToUndo):
        undo_decisions(session, batch_id, by=nadia, now=JUST_BEFORE)
    approve_exchange(session, exchange_id, by=nadia, now=UNTIL)
    assert balances(session)["Fatima"] == (90, 0, 0)


def test_at_the_moment_it_is_due_it_cannot_be_undone_any_more(session: Session) -> None:
    exchange_id, nadia = logged(session), actor_of(session, "Nadia")
    batch_id = hold(session, exchange_id)

    with pytest.raises(TooLateToUndo):
        undo_decisions(session, batch_id, by=nadia, now=UNTIL)
    assert undoable_by(session, by=nadia, now=UNTIL) == []
    assert carry_out(session, exchange_id)


def test_what_is_held_is_decided_for_everybody_else(session: Session) -> None:
    exchange_id = logged(session)
    hold(session, exchange_id)

    for again in (APPROVE, REJECT, RETURN):
        with pytest.raises(AlreadyDecided):
            hold(session, exchange_id, again, by="Bart")
    with pytest.raises(AlreadyDecided):
        approve_exchange(session, exchange_id, by=actor_of(session, "Bart"), now=NOW)
    with pytest.raises(AlreadyDecided):
        withdraw_exchange(session, exchange_id, by=actor_of(session, "Fatima"), now=NOW)
    assert own_decision(session, exchange_id, by=actor_of(session, "Bart")) is None
    nadia = actor_of(session, "Nadia")
    assert own_decision(session, exchange_id, by=nadia) is DecisionKind.APPROVE
    carry_out(session, exchange_id)
    assert own_decision(session, exchange_id, by=nadia) is DecisionKind.APPROVE


def test_a_decision_without_its_reason_or_words_or_about_oneself_is_not_held(
    session: Session,
) -> None:
    exchange_id, own = logged(session), logged(session, "Nadia", "Jan")

    with pytest.raises(ReasonMissing):
        hold(session, exchange_id, Decision(DecisionKind.REJECT))
    with pytest.raises(WordsMissing):
        hold(session, exchange_id, Decision(DecisionKind.RETURN, None, " \n"))
    with pytest.raises(WordsMissing):
        return_exchange(session, exchange_id, "", by=actor_of(session, "Bart"), now=NOW)
    with pytest.raises(OwnExchange):
        hold(session, own)
    with pytest.raises(NotPermitted):
        hold(session, exchange_id, by="Jan")
    assert session.scalars(select(HeldDecision)).all() == []


def test_many_are_approved_together_undone_together_and_sent_twice_count_once(
    session: Session,
) -> None:
    nadia = actor_of(session, "Nadia")
    ids = [logged(session) for _ in range(5)]
    taken, own = logged(session), logged(session, "Nadia", "Jan")
    elsewhere = logged(session, "Marijke", "Greet")
    coffee = logged(session, category_code="coffee")
    withdraw_exchange(session, taken, by=actor_of(session, "Fatima"), now=NOW)
    key, every = uuid.uuid4(), [*ids, taken, own, elsewhere, coffee, uuid.uuid4()]
    how = {"batch_id": key, "by": nadia, "now": NOW, "until": UNTIL}

    counts = [
        hold_approvals(session, every, category_code="groceries", **how)  # type: ignore[arg-type]
        for _ in range(2)
    ]

    assert counts == [5, 5]
    assert {state_of(session, one) for one in ids} == {ExchangeState.HELD}
    assert {state_of(session, one) for one in (own, elsewhere, coffee)} == {ExchangeState.SUBMITTED}
    (undoable,) = undoable_by(session, by=nadia, now=NOW)
    assert undoable.count == 5
    assert undo_decisions(session, key, by=nadia, now=NOW) == 5
    assert {state_of(session, one) for one in ids} == {ExchangeState.SUBMITTED}


@pytest.mark.policy("V15")
def test_above_the_limit_two_different_coordinators_approve_before_it_is_booked(
    session: Session,
) -> None:
    let_count(session, four_eyes_minutes=60)
    exchange_id, nadia = logged(session, "Fatima", "Greet"), actor_of(session, "Nadia")

    hold(session, exchange_id)
    assert state_of(session, exchange_id) is ExchangeState.SUBMITTED
    for _ in range(2):
        with pytest.raises(SecondNeeded):
            hold(session, exchange_id)
        with pytest.raises(SecondNeeded):
            approve_exchange(session, exchange_id, by=nadia, now=NOW)
    together = {"batch_id": uuid.uuid4(), "by": nadia, "now": NOW, "until": UNTIL}
    assert hold_approvals(session, [exchange_id], **together) == 0  # type: ignore[arg-type]
    hold(session, exchange_id, by="Marijke")
    assert carry_out(session, exchange_id)

    assert balances(session)["Fatima"] == (90, 0, 0)
    small = approved(session, "Fatima", "Greet", minutes=60)
    assert state_of(session, small) is ExchangeState.APPROVED


def test_whoever_leaves_while_a_decision_is_held_leaves_with_it_carried_out(
    session: Session,
) -> None:
    approving, rejecting = (logged(session, "Fatima", "Greet") for _ in range(2))
    hold(session, approving)
    hold(session, rejecting, REJECT)
    greet = member_of(session, "Greet").id

    erase_member(session, greet, by=actor_of(session, "Bart"), now=NOW)
    session.commit()

    states = [state_of(session, one) for one in (approving, rejecting)]
    assert states == [ExchangeState.APPROVED, ExchangeState.REJECTED]
    assert ledger.violations(session, timebank_id=timebank_of(session).id) == []


def test_one_key_is_one_decision(session: Session) -> None:
    first, second = logged(session), logged(session)
    key = hold(session, first, REJECT)

    again = hold(session, first, REJECT, batch_id=key)
    others = [(first, APPROVE), (first, RETURN), (second, REJECT), (second, APPROVE)]
    for exchange_id, decision in others:
        with pytest.raises(FormKeyUsed):
            hold(session, exchange_id, decision, batch_id=key)

    assert again == key
    assert state_of(session, second) is ExchangeState.SUBMITTED
    assert undo_decisions(session, key, by=actor_of(session, "Nadia"), now=NOW) == 1
    hold(session, first, APPROVE, batch_id=key)


def test_the_key_of_many_that_were_approved_approves_no_others(session: Session) -> None:
    first, second = logged(session), logged(session)
    how = {"batch_id": uuid.uuid4(), "by": actor_of(session, "Nadia"), "now": NOW, "until": UNTIL}

    assert hold_approvals(session, [first], **how) == 1  # type: ignore[arg-type]
    for others in ([second], [first, second], []):
        with pytest.raises(FormKeyUsed):
            hold_approvals(session, others, **how)  # type: ignore[arg-type]

    assert state_of(session, second) is ExchangeState.SUBMITTED
    assert hold_approvals(session, [first], **how) == 1  # type: ignore[arg-type]
