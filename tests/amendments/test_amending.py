# SPDX-License-Identifier: EUPL-1.2
"""Correct, take back, change the kind of help: nothing is edited, and the books stay right."""

from __future__ import annotations

import dataclasses
import datetime
import uuid

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import ledger
from tests.builders import NOW, a_command, actor_of, approved, logged, member_of, timebank_of
from tests.disputes.test_disputing import balance_of, open_at, say, state_of
from timebank.amendments.errors import BothLeft, NothingChanged
from timebank.amendments.operations import change_kind, correct_exchange, take_back
from timebank.amendments.queries import Links, kinds_before, links_of
from timebank.approvals.errors import OwnExchange
from timebank.categories.operations import close_category
from timebank.disputes.operations import let_stand
from timebank.disputes.policy import DisputeOutcome
from timebank.disputes.queries import disputes_of
from timebank.erasure.operations import erase_member
from timebank.exchanges.errors import (
    AlreadyDecided,
    DayInFuture,
    FormKeyUsed,
    NotAWholeStep,
    ProfessionalOnly,
    UnknownExchange,
    UnknownKind,
    UnknownOther,
)
from timebank.exchanges.models import Exchange
from timebank.exchanges.operations import LogExchange, Logged
from timebank.exchanges.queries import exchange_for, history_of
from timebank.exchanges.workflow import Action, ExchangeState
from timebank.members.errors import NotPermitted
from timebank.statements.queries import own_statement

LATER = NOW + datetime.timedelta(hours=3)


def right(session: Session, **answers: object) -> LogExchange:
    """The answers of the builder, with other minutes unless said otherwise."""
    return a_command(session, **({"minutes": 30} | answers))  # type: ignore[arg-type]


def correct(
    session: Session,
    exchange_id: uuid.UUID,
    command: LogExchange,
    by: str = "Nadia",
    **more: uuid.UUID,
) -> Logged:
    return correct_exchange(
        session, exchange_id, command, by=actor_of(session, by), now=LATER, **more
    )


def back(session: Session, exchange_id: uuid.UUID, by: str = "Nadia") -> None:
    take_back(session, exchange_id, by=actor_of(session, by), now=LATER)


def sound(session: Session) -> bool:
    session.commit()
    return ledger.violations(session, timebank_id=timebank_of(session).id) == []


def links(session: Session, exchange_id: uuid.UUID) -> Links:
    return links_of(session, exchange_id, timebank_id=timebank_of(session).id)


@pytest.mark.parametrize("waits", [True, False])
@pytest.mark.parametrize("disputed", [True, False])
def test_a_correction_puts_the_right_answers_in_the_place_of_the_wrong_ones(
    session: Session, waits: bool, disputed: bool
) -> None:
    old = logged(session) if waits else approved(session)
    if disputed:
        say(session, old, "Jan")

    new = correct(session, old, right(session)).exchange_id

    assert sound(session)
    assert (state_of(session, old), state_of(session, new)) == (
        ExchangeState.REVERSED,
        ExchangeState.APPROVED,
    )
    assert (balance_of(session, "Fatima"), balance_of(session, "Jan")) == ((30, 0), (-30, 0))
    assert (links(session, old).replaced_by, links(session, new).replaces) == (new, old)
    here = {"timebank_id": timebank_of(session).id}
    assert history_of(session, old, **here)[0][-1].action is Action.CORRECT
    assert [e.action for e in history_of(session, new, **here)[0]] == [Action.LOG]
    outcomes = [one.outcome for one in disputes_of(session, old, **here)]
    assert outcomes == [DisputeOutcome.CORRECTED] * disputed
    assert open_at(session, "Nadia") == []


def test_old_and_new_stand_in_the_statement_and_lead_to_their_exchanges(session: Session) -> None:
    old = approved(session)
    new = correct(session, old, right(session)).exchange_id
    newest = correct(session, new, right(session, minutes=45)).exchange_id
    session.commit()

    lines = own_statement(session, by=actor_of(session, "Fatima")).lines

    told = [
        (line.entry.minutes, line.exchange and line.exchange.exchange_id, line.is_correction)
        for line in lines
    ]
    assert told == [
        (45, newest, False),
        (-30, new, True),
        (30, new, False),
        (-90, old, True),
        (90, old, False),
    ]
    assert balance_of(session, "Fatima") == (45, 0)
    assert sound(session)


def test_the_direction_can_be_corrected(session: Session) -> None:
    old = approved(session)

    correct(session, old, a_command(session, "Jan", "Fatima"))

    assert (balance_of(session, "Fatima"), balance_of(session, "Jan")) == ((-90, 0), (90, 0))
    assert sound(session)


def test_a_form_sent_twice_corrects_once(session: Session) -> None:
    old, command = approved(session), right(session)

    first = correct(session, old, command)
    session.commit()
    again = correct(session, old, command)

    assert again == dataclasses.replace(first, replayed=True)
    with pytest.raises(FormKeyUsed):
        correct(session, old, dataclasses.replace(command, minutes=15))
    assert len(session.scalars(select(Exchange)).all()) == 2


def test_what_was_corrected_is_not_corrected_taken_back_or_approved_again(
    session: Session,
) -> None:
    old = approved(session)
    correct(session, old, right(session))
    session.commit()

    for again in (
        lambda: correct(session, old, right(session, minutes=15), by="Bart"),
        lambda: back(session, old, by="Bart"),
        lambda: let_stand(session, old, by=actor_of(session, "Bart"), now=LATER),
        lambda: say(session, old, "Jan"),
        lambda: change_kind(session, old, "coffee", by=actor_of(session, "Bart"), now=LATER),
    ):
        with pytest.raises(AlreadyDecided) as refusal:
            again()
        assert refusal.value.state == "reversed"
        session.rollback()
    assert balance_of(session, "Fatima") == (30, 0)


@pytest.mark.parametrize("waits", [True, False])
def test_taking_back_gives_up_what_waits_and_books_back_what_was_booked(
    session: Session, waits: bool
) -> None:
    exchange_id = logged(session) if waits else approved(session)
    say(session, exchange_id, "Jan")

    back(session, exchange_id)

    assert sound(session)
    assert state_of(session, exchange_id) is ExchangeState.WITHDRAWN
    assert (balance_of(session, "Fatima"), balance_of(session, "Jan")) == ((0, 0), (0, 0))
    assert links(session, exchange_id) == Links()
    lines = own_statement(session, by=actor_of(session, "Fatima")).lines
    assert [line.is_correction for line in lines] == ([] if waits else [True, False])
    with pytest.raises(AlreadyDecided):
        back(session, exchange_id, by="Bart")


def test_what_waits_is_taken_back_only_when_somebody_objects(session: Session) -> None:
    exchange_id = logged(session)

    with pytest.raises(AlreadyDecided):
        back(session, exchange_id)

    assert state_of(session, exchange_id) is ExchangeState.SUBMITTED


def test_a_colleague_who_read_another_dispute_is_told_that_it_was_decided(
    session: Session,
) -> None:
    exchange_id = approved(session)
    say(session, exchange_id, "Jan")
    (seen,) = disputes_of(session, exchange_id, timebank_id=timebank_of(session).id)
    let_stand(session, exchange_id, by=actor_of(session, "Nadia"), now=LATER)
    session.commit()

    with pytest.raises(AlreadyDecided):
        correct(session, exchange_id, right(session), by="Bart", seen=seen.dispute_id)
    session.rollback()

    assert state_of(session, exchange_id) is ExchangeState.APPROVED
    assert balance_of(session, "Fatima") == (90, 0)


@pytest.mark.policy("L17")
def test_nobody_corrects_what_they_took_part_in_nor_writes_themselves_in(session: Session) -> None:
    own, others = approved(session, "Nadia", "Fatima"), approved(session)

    with pytest.raises(OwnExchange):
        correct(session, own, right(session, helper="Jan", helped="Fatima"))
    with pytest.raises(OwnExchange):
        back(session, own)
    with pytest.raises(OwnExchange):
        change_kind(session, own, "coffee", by=actor_of(session, "Nadia"), now=LATER)
    with pytest.raises(OwnExchange):
        correct(session, others, right(session, helper="Nadia", helped="Fatima"))


@pytest.mark.parametrize(("by", "error"), [("Marijke", UnknownExchange), ("Jan", NotPermitted)])
def test_nobody_else_corrects(session: Session, by: str, error: type[Exception]) -> None:
    exchange_id = approved(session)

    with pytest.raises(error):
        correct(session, exchange_id, right(session), by=by)
    with pytest.raises(error):
        back(session, exchange_id, by=by)
    with pytest.raises(error):
        change_kind(session, exchange_id, "coffee", by=actor_of(session, by), now=LATER)


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ({"minutes": 90}, NothingChanged),
        ({"minutes": 20}, NotAWholeStep),
        ({"helped_on": datetime.date(2026, 3, 11)}, DayInFuture),
        ({"category_code": "personal_care"}, ProfessionalOnly),
        ({"category_code": "juggling"}, UnknownKind),
    ],
)
def test_the_right_answers_are_held_to_the_rules_of_any_answer(
    session: Session, answers: dict[str, object], error: type[Exception]
) -> None:
    exchange_id = approved(session)

    with pytest.raises(error):
        correct(session, exchange_id, right(session, **answers))

    assert state_of(session, exchange_id) is ExchangeState.APPROVED


def test_when_one_of_them_left_the_other_side_is_booked_against_the_pot(session: Session) -> None:
    exchange_id = approved(session)
    jan = actor_of(session, "Jan")
    assert jan.member_id is not None
    erase_member(session, jan.member_id, by=jan, now=NOW)

    with pytest.raises(UnknownOther):
        correct(
            session,
            exchange_id,
            dataclasses.replace(right(session, helped="Greet"), helped_id=jan.member_id),
        )
    back(session, exchange_id)

    assert sound(session)
    assert balance_of(session, "Fatima") == (0, 0)
    assert own_statement(session, by=actor_of(session, "Fatima")).lines[0].is_correction
    assert state_of(session, exchange_id) is ExchangeState.WITHDRAWN


def test_when_both_left_their_hours_stay_as_they_are(session: Session) -> None:
    exchange_id = approved(session)
    for name in ("Jan", "Fatima"):
        actor = actor_of(session, name)
        assert actor.member_id is not None
        erase_member(session, actor.member_id, by=actor, now=NOW)

    with pytest.raises(BothLeft):
        back(session, exchange_id)


@pytest.mark.policy("W2")
@pytest.mark.parametrize("waits", [True, False])
def test_the_kind_of_help_changes_and_the_hours_in_the_books_stay(
    session: Session, waits: bool
) -> None:
    answers = {"category_code": "something_else"}
    exchange_id = logged(session, **answers) if waits else approved(session, **answers)
    state, before = state_of(session, exchange_id), balance_of(session, "Fatima")
    nadia, here = actor_of(session, "Nadia"), {"timebank_id": timebank_of(session).id}
    transfers = ledger.count_transfers(session, **here)

    change_kind(session, exchange_id, "groceries", by=nadia, now=LATER)
    change_kind(session, exchange_id, "coffee", by=nadia, now=LATER + datetime.timedelta(minutes=1))

    assert sound(session)
    assert exchange_for(session, exchange_id, by=nadia).category_code == "coffee"
    assert balance_of(session, "Fatima") == before
    assert ledger.count_transfers(session, **here) == transfers
    assert state_of(session, exchange_id) is state
    assert list(kinds_before(session, exchange_id, **here)) == [
        ("something_else", "groceries"),
        ("groceries", "coffee"),
    ]
    events = history_of(session, exchange_id, **here)[0]
    assert [event.action for event in events][-2:] == [Action.CHANGE_KIND] * 2


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("groceries", NothingChanged),
        ("personal_care", ProfessionalOnly),
        ("juggling", UnknownKind),
        ("coffee", UnknownKind),
    ],
)
def test_a_kind_that_cannot_be_is_refused(
    session: Session, code: str, error: type[Exception]
) -> None:
    exchange_id = approved(session)
    close_category(session, timebank_id=timebank_of(session).id, code="coffee")

    with pytest.raises(error):
        change_kind(session, exchange_id, code, by=actor_of(session, "Nadia"), now=LATER)

    assert member_of(session, "Fatima").account_id is not None
