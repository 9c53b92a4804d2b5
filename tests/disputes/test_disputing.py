# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime
import pathlib
import uuid

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import ledger
from tests.builders import NOW, actor_of, approved, logged, timebank_of
from timebank import web
from timebank.approvals.errors import OwnExchange
from timebank.approvals.operations import approve_exchange
from timebank.approvals.queries import waiting_for
from timebank.disputes.errors import AlreadyDisputed, DisputeReasonMissing
from timebank.disputes.models import Dispute
from timebank.disputes.operations import Complaint, let_stand, raise_dispute, withdraw_own
from timebank.disputes.policy import DisputeOutcome, DisputeReason
from timebank.disputes.queries import disputes_of, open_disputes
from timebank.erasure.operations import erase_member
from timebank.exchanges.errors import AlreadyDecided, NoteTooLong, UnknownExchange
from timebank.exchanges.models import Exchange
from timebank.exchanges.operations import withdraw_exchange
from timebank.exchanges.queries import history_of
from timebank.exchanges.workflow import Action, ExchangeState

LATER = NOW + datetime.timedelta(hours=2)
SHORTER = Complaint(DisputeReason.WRONG_TIME, " Het was een half uur. ")


def say(session: Session, exchange_id: uuid.UUID, by: str, what: Complaint = SHORTER) -> None:
    raise_dispute(
        session, exchange_id, what, by=actor_of(session, by), now=NOW + datetime.timedelta(hours=1)
    )


def state_of(session: Session, exchange_id: uuid.UUID) -> ExchangeState:
    return session.scalars(select(Exchange.state).where(Exchange.id == exchange_id)).one()


def balance_of(session: Session, name: str) -> tuple[int, int]:
    actor = actor_of(session, name)
    assert actor.account_id is not None
    found = ledger.balance_of(session, timebank_id=actor.timebank_id, account_id=actor.account_id)
    return found.posted_minutes, found.pending_in_minutes - found.pending_out_minutes


def open_at(session: Session, name: str) -> list[uuid.UUID]:
    return [row.exchange_id for _, row in open_disputes(session, by=actor_of(session, name))]


@pytest.mark.parametrize("by", ["Fatima", "Jan"])
def test_what_waits_is_not_approved_in_the_ordinary_way_once_somebody_objects(
    session: Session, by: str
) -> None:
    exchange_id = logged(session)

    say(session, exchange_id, by)
    session.commit()

    assert state_of(session, exchange_id) is ExchangeState.DISPUTED
    assert open_at(session, "Nadia") == [exchange_id]
    assert list(waiting_for(session, by=actor_of(session, "Nadia"))) == []
    assert balance_of(session, "Fatima") == (0, 90)
    with pytest.raises(AlreadyDecided):
        approve_exchange(session, exchange_id, by=actor_of(session, "Nadia"), now=LATER)


def test_what_is_booked_keeps_counting_while_a_coordinator_looks(session: Session) -> None:
    exchange_id = approved(session)

    say(session, exchange_id, "Jan")
    session.commit()

    assert state_of(session, exchange_id) is ExchangeState.APPROVED
    assert balance_of(session, "Fatima") == (90, 0)
    assert open_at(session, "Nadia") == [exchange_id]
    (said,) = disputes_of(session, exchange_id, timebank_id=timebank_of(session).id)
    assert (said.raised_by_name, said.reason) == ("Jan van den Berg", DisputeReason.WRONG_TIME)
    assert (said.words, said.outcome) == ("Het was een half uur.", None)


@pytest.mark.parametrize("waits", [True, False])
def test_a_coordinator_lets_it_stand_and_the_history_says_so(session: Session, waits: bool) -> None:
    exchange_id = logged(session) if waits else approved(session)
    say(session, exchange_id, "Jan")

    let_stand(session, exchange_id, by=actor_of(session, "Nadia"), now=LATER)
    session.commit()

    assert state_of(session, exchange_id) is ExchangeState.APPROVED
    assert balance_of(session, "Fatima") == (90, 0)
    assert open_at(session, "Nadia") == []
    events, _ = history_of(session, exchange_id, timebank_id=timebank_of(session).id)
    assert [event.action for event in events][-2:] == [Action.DISPUTE, Action.LET_STAND]
    (said,) = disputes_of(session, exchange_id, timebank_id=timebank_of(session).id)
    assert said.outcome is DisputeOutcome.STANDS
    with pytest.raises(AlreadyDecided):
        let_stand(session, exchange_id, by=actor_of(session, "Bart"), now=LATER)


def test_said_twice_it_is_said_once_and_the_other_one_hears_that_it_is_looked_at(
    session: Session,
) -> None:
    exchange_id = approved(session)

    for _ in range(2):
        say(session, exchange_id, "Jan")
    with pytest.raises(AlreadyDisputed):
        say(session, exchange_id, "Fatima")

    assert len(session.scalars(select(Dispute)).all()) == 1
    events, _ = history_of(session, exchange_id, timebank_id=timebank_of(session).id)
    assert [event.action for event in events].count(Action.DISPUTE) == 1


@pytest.mark.parametrize("by", ["Greet", "Nadia", "Bart", "Annelies", "Henk"])
def test_only_who_took_part_says_that_it_is_not_right(session: Session, by: str) -> None:
    exchange_id = logged(session)

    with pytest.raises(UnknownExchange):
        say(session, exchange_id, by)


@pytest.mark.parametrize(
    ("complaint", "error"),
    [
        (Complaint(None, "words"), DisputeReasonMissing),
        (Complaint(DisputeReason.OTHER, "  "), DisputeReasonMissing),
        (Complaint(DisputeReason.TWICE, "x" * 501), NoteTooLong),
    ],
)
def test_it_needs_a_reason_that_can_be_kept(
    session: Session, complaint: Complaint, error: type[Exception]
) -> None:
    exchange_id = logged(session)

    with pytest.raises(error):
        say(session, exchange_id, "Jan", complaint)

    assert state_of(session, exchange_id) is ExchangeState.SUBMITTED


def test_what_was_taken_back_cannot_be_not_right(session: Session) -> None:
    exchange_id = logged(session)
    withdraw_exchange(session, exchange_id, by=actor_of(session, "Fatima"), now=NOW)

    with pytest.raises(AlreadyDecided) as refusal:
        say(session, exchange_id, "Jan")

    assert refusal.value.state == "withdrawn"


def test_who_logged_it_may_still_take_it_back_and_then_nothing_is_open(session: Session) -> None:
    exchange_id = logged(session)
    say(session, exchange_id, "Jan")

    withdraw_own(session, exchange_id, by=actor_of(session, "Fatima"), now=LATER)

    assert state_of(session, exchange_id) is ExchangeState.WITHDRAWN
    assert balance_of(session, "Fatima") == (0, 0)
    assert open_at(session, "Nadia") == []
    assert ended(session) == {(exchange_id, DisputeOutcome.TAKEN_BACK, LATER)}


def ended(session: Session) -> set[tuple[uuid.UUID, DisputeOutcome | None, object]]:
    rows = session.scalars(select(Dispute), execution_options={"populate_existing": True})
    return {(one.exchange_id, one.outcome, one.closed_at) for one in rows}


def test_no_door_takes_back_without_closing_what_was_said() -> None:
    for path in pathlib.Path(web.__file__).parent.glob("*.py"):
        assert "withdraw_exchange" not in path.read_text("utf-8"), path


def test_when_the_other_one_leaves_what_waits_is_given_up_and_what_was_said_is_closed(
    session: Session,
) -> None:
    waiting, booked = logged(session), approved(session)
    for exchange_id in (waiting, booked):
        say(session, exchange_id, "Jan")
    fatima = actor_of(session, "Fatima")
    assert fatima.member_id is not None

    erase_member(session, fatima.member_id, by=fatima, now=LATER)

    # What is booked still counts for Jan: a coordinator decides about it.
    assert ended(session) == {
        (waiting, DisputeOutcome.TAKEN_BACK, LATER),
        (booked, None, None),
    }
    assert open_at(session, "Nadia") == [booked]
    let_stand(session, booked, by=actor_of(session, "Nadia"), now=LATER)
    assert open_at(session, "Nadia") == []


@pytest.mark.policy("L17")
def test_a_coordinator_does_not_look_at_what_they_took_part_in(session: Session) -> None:
    exchange_id = logged(session, "Nadia", "Fatima")
    say(session, exchange_id, "Fatima")

    with pytest.raises(OwnExchange):
        let_stand(session, exchange_id, by=actor_of(session, "Nadia"), now=LATER)

    assert open_at(session, "Nadia") == []
    assert open_at(session, "Bart") == [exchange_id]
    assert open_at(session, "Marijke") == []


def test_who_leaves_takes_their_words_along_and_what_waits_is_given_up(session: Session) -> None:
    waiting, booked = logged(session), approved(session)
    for exchange_id in (waiting, booked):
        say(session, exchange_id, "Jan")
    jan = actor_of(session, "Jan")
    assert jan.member_id is not None

    erase_member(session, jan.member_id, by=jan, now=LATER)
    session.commit()

    assert session.scalars(select(Dispute)).all() == []
    assert state_of(session, waiting) is ExchangeState.WITHDRAWN
    assert ledger.violations(session, timebank_id=jan.timebank_id) == []
