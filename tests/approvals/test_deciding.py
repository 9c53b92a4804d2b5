# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime
import uuid

import pytest
from sqlalchemy import select
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
from timebank.approvals.errors import OwnExchange, ReasonMissing
from timebank.approvals.operations import Rejection, approve_exchange, reject_exchange
from timebank.exchanges.errors import (
    AlreadyDecided,
    NoteNotReadable,
    NoteTooLong,
    UnknownExchange,
)
from timebank.exchanges.models import Exchange, ExchangeNote, NoteKind
from timebank.exchanges.operations import log_exchange
from timebank.exchanges.queries import history_of
from timebank.exchanges.workflow import Action, ExchangeState, RejectionReason
from timebank.members.errors import NotPermitted
from timebank.members.policy import organisation

LATER = NOW + datetime.timedelta(hours=3)
WRONG_DAY = Rejection(RejectionReason.WRONG_DAY_OR_TIME)


def approve(session: Session, exchange_id: uuid.UUID, by: str) -> None:
    approve_exchange(session, exchange_id, by=actor_of(session, by), now=LATER)


def reject(
    session: Session, exchange_id: uuid.UUID, rejection: Rejection = WRONG_DAY, by: str = "Nadia"
) -> None:
    reject_exchange(session, exchange_id, rejection, by=actor_of(session, by), now=LATER)


def state_of(session: Session, exchange_id: uuid.UUID) -> ExchangeState:
    return session.scalars(select(Exchange.state).where(Exchange.id == exchange_id)).one()


def balances(session: Session) -> dict[str, tuple[int, int, int]]:
    found = {}
    for name in ("Fatima", "Greet"):
        member = member_of(session, name)
        assert member.account_id is not None
        balance = ledger.balance_of(
            session, timebank_id=member.timebank_id, account_id=member.account_id
        )
        found[name] = (
            balance.posted_minutes,
            balance.pending_in_minutes,
            balance.pending_out_minutes,
        )
    return found


@pytest.mark.parametrize("by", ["Nadia", "Marijke", "Bart"])
def test_a_coordinator_of_either_side_or_an_administrator_approves(
    session: Session, by: str
) -> None:
    exchange_id = logged(session, "Fatima", "Greet")

    approve(session, exchange_id, by)
    session.commit()

    assert state_of(session, exchange_id) is ExchangeState.APPROVED
    assert balances(session) == {"Fatima": (90, 0, 0), "Greet": (-90, 0, 0)}
    assert ledger.violations(session, timebank_id=timebank_of(session).id) == []


@pytest.mark.parametrize("by", ["Nadia", "Marijke", "Bart"])
def test_rejecting_gives_the_minutes_up_and_books_nothing(session: Session, by: str) -> None:
    exchange_id = logged(session, "Fatima", "Greet")

    reject(session, exchange_id, by=by)
    session.commit()

    assert state_of(session, exchange_id) is ExchangeState.REJECTED
    assert balances(session) == {"Fatima": (0, 0, 0), "Greet": (0, 0, 0)}
    assert session.scalars(select(ledger.Entry)).all() == []
    assert ledger.violations(session, timebank_id=timebank_of(session).id) == []


@pytest.mark.parametrize(
    ("by", "error"),
    [
        ("Jan", UnknownExchange),
        ("Greet", UnknownExchange),
        ("Marijke", UnknownExchange),
        ("Annelies", UnknownExchange),
        ("Gerda", UnknownExchange),
        ("Fatima", NotPermitted),
    ],
)
def test_nobody_else_decides(session: Session, by: str, error: type[Exception]) -> None:
    exchange_id = logged(session, "Fatima", "Nadia")

    with pytest.raises(error):
        approve(session, exchange_id, by)
    with pytest.raises(error):
        reject(session, exchange_id, by=by)

    session.rollback()
    assert session.scalars(select(Exchange)).all() == []


@pytest.mark.policy("L17")
@pytest.mark.parametrize(("helper", "helped"), [("Nadia", "Fatima"), ("Fatima", "Nadia")])
def test_a_coordinator_who_took_part_reads_that_somebody_else_decides(
    session: Session, helper: str, helped: str
) -> None:
    exchange_id = logged(session, helper, helped)

    with pytest.raises(OwnExchange):
        approve(session, exchange_id, "Nadia")
    with pytest.raises(OwnExchange):
        reject(session, exchange_id, by="Nadia")

    assert state_of(session, exchange_id) is ExchangeState.SUBMITTED
    approve(session, exchange_id, "Bart")
    assert state_of(session, exchange_id) is ExchangeState.APPROVED


def test_an_administrator_does_not_decide_about_their_own_exchange_either(
    session: Session,
) -> None:
    exchange_id = logged(session, "Bart", "Fatima")

    with pytest.raises(OwnExchange):
        approve(session, exchange_id, "Bart")


def test_an_exchange_that_never_was_cannot_be_decided(session: Session) -> None:
    with pytest.raises(UnknownExchange):
        approve(session, uuid.uuid4(), "Bart")


def test_a_second_decision_is_told_what_the_first_one_was(session: Session) -> None:
    exchange_id = approved(session, "Fatima", "Greet")
    session.commit()

    with pytest.raises(AlreadyDecided) as again:
        approve(session, exchange_id, "Nadia")
    with pytest.raises(AlreadyDecided) as other_way:
        reject(session, exchange_id)

    assert (again.value.state, other_way.value.state) == ("approved", "approved")
    session.rollback()
    assert balances(session) == {"Fatima": (90, 0, 0), "Greet": (-90, 0, 0)}


def test_a_rejected_exchange_cannot_be_approved_any_more(session: Session) -> None:
    exchange_id = logged(session, "Fatima", "Greet")
    reject(session, exchange_id)
    session.commit()

    with pytest.raises(AlreadyDecided) as refusal:
        approve(session, exchange_id, "Bart")

    assert refusal.value.state == "rejected"


def test_a_decision_on_a_page_that_is_out_of_date_is_told_so(session: Session) -> None:
    exchange_id = logged(session, "Fatima", "Greet")
    stale = session.get(Exchange, (timebank_of(session).id, exchange_id))
    approve(session, exchange_id, "Nadia")
    assert stale is not None
    assert stale.state is ExchangeState.SUBMITTED

    with pytest.raises(AlreadyDecided) as refusal:
        reject(session, exchange_id)

    assert refusal.value.state == "approved"


@pytest.mark.parametrize(
    "rejection",
    [
        Rejection(None),
        Rejection(None, "words without a reason"),
        Rejection(RejectionReason.OTHER),
        Rejection(RejectionReason.OTHER, "  \n "),
    ],
)
def test_a_rejection_needs_a_reason_and_another_reason_needs_words(
    session: Session, rejection: Rejection
) -> None:
    exchange_id = logged(session, "Fatima", "Greet")

    with pytest.raises(ReasonMissing) as refusal:
        reject(session, exchange_id, rejection)

    assert refusal.value.field == "reason"
    assert state_of(session, exchange_id) is ExchangeState.SUBMITTED


@pytest.mark.parametrize(("words", "error"), [("x" * 501, NoteTooLong), ("a\0", NoteNotReadable)])
def test_the_words_of_a_rejection_are_words(
    session: Session, words: str, error: type[Exception]
) -> None:
    exchange_id = logged(session, "Fatima", "Greet")

    with pytest.raises(error):
        reject(session, exchange_id, Rejection(RejectionReason.OTHER, words))

    assert state_of(session, exchange_id) is ExchangeState.SUBMITTED


@pytest.mark.policy("D2")
@pytest.mark.parametrize("reason", list(RejectionReason))
def test_every_reason_and_its_words_are_kept_beside_the_note(
    session: Session, reason: RejectionReason
) -> None:
    exchange_id = logged(session, "Fatima", "Greet", note="Tassen")

    reject(session, exchange_id, Rejection(reason, " Al geteld "))
    session.commit()

    events, words = history_of(session, exchange_id, timebank_id=timebank_of(session).id)
    assert (events[-1].action, events[-1].reason) == (Action.REJECT, reason)
    assert (events[-1].actor_name, events[-1].happened_at) == ("Nadia Benali", LATER)
    assert words == "Al geteld"
    notes = {note.kind: note.words for note in session.scalars(select(ExchangeNote))}
    assert notes == {NoteKind.NOTE: "Tassen", NoteKind.REASON: "Al geteld"}


def test_an_approval_is_the_last_line_of_the_history(session: Session) -> None:
    exchange_id = logged(session, "Fatima", "Greet")
    approve(session, exchange_id, "Marijke")

    events, words = history_of(session, exchange_id, timebank_id=timebank_of(session).id)

    assert (events[-1].action, events[-1].actor_name) == (Action.APPROVE, "Marijke van Duijn")
    assert words is None


def test_a_paper_slip_is_approved_as_any_other(session: Session) -> None:
    by = organisation(timebank_of(session).id)
    slip = log_exchange(session, a_command(session, "Fatima", "Greet"), by=by, now=NOW)

    approve(session, slip.exchange_id, "Nadia")

    assert balances(session)["Fatima"] == (90, 0, 0)
