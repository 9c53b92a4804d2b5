# SPDX-License-Identifier: EUPL-1.2
"""Who has no e-mail hears by a call what was decided and what is asked, each once."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.builders import (
    NOW,
    SLAAGHWIJK,
    a_command,
    actor_of,
    approved,
    logged,
    member_of,
    timebank_of,
)
from tests.disputes.test_disputing import say
from timebank.amendments.operations import correct_exchange, take_back
from timebank.approvals.operations import (
    Rejection,
    approve_exchange,
    reject_exchange,
    return_exchange,
)
from timebank.asking.errors import AnswerEmpty, NothingAsked
from timebank.asking.operations import Reply, answer_for, answer_question, ask_about
from timebank.asking.queries import questions_about
from timebank.audit.models import AuditEvent
from timebank.calls.models import CallReason
from timebank.calls.operations import finish_call
from timebank.calls.queries import contacts_of, waiting_calls
from timebank.disputes.operations import let_stand, withdraw_own
from timebank.exchanges.errors import UnknownExchange
from timebank.exchanges.workflow import RejectionReason
from timebank.letters.operations import print_letters
from timebank.members.errors import UnknownMember
from timebank.members.models import Person
from timebank.notices.models import Mail

Decide = Callable[[Session, uuid.UUID], object]


def without_email(session: Session, *names: str) -> None:
    session.execute(
        sa.update(Person)
        .where(Person.given_name.in_(names))
        .values(email=None, phone="071 5551234")
    )


def calls(session: Session, by: str = "Nadia") -> list[tuple[str, CallReason, uuid.UUID | None]]:
    """Whom to call, why and about which exchange, in the order of the list."""
    found = waiting_calls(session, by=actor_of(session, by))
    return [(one.full_name, one.reason, one.exchange_id) for one in found]


def reject(session: Session, exchange_id: uuid.UUID) -> None:
    why = Rejection(RejectionReason.WRONG_PERSON)
    reject_exchange(session, exchange_id, why, by=actor_of(session, "Nadia"), now=NOW)


def give_back(session: Session, exchange_id: uuid.UUID) -> None:
    return_exchange(session, exchange_id, "Welke dag?", by=actor_of(session, "Nadia"), now=NOW)


def stands(session: Session, exchange_id: uuid.UUID) -> None:
    say(session, exchange_id, "Jan")
    let_stand(session, exchange_id, by=actor_of(session, "Nadia"), now=NOW)


def taken_back(session: Session, exchange_id: uuid.UUID) -> None:
    say(session, exchange_id, "Jan")
    take_back(session, exchange_id, by=actor_of(session, "Nadia"), now=NOW)


def ask(session: Session, exchange_id: uuid.UUID, **more: object) -> uuid.UUID:
    key = uuid.uuid5(exchange_id, "asked")
    ask_about(
        session,
        exchange_id,
        "Was dit maandag?",
        key=key,
        by=actor_of(session, "Nadia"),
        now=NOW,
        **more,  # type: ignore[arg-type]
    )
    return key


def letter(language: str) -> tuple[str, str]:
    return f"A question ({language})", "Read it on your page."


@pytest.mark.parametrize(
    ("decide", "reason"),
    [
        (reject, CallReason.REJECTED),
        (give_back, CallReason.RETURNED),
        (stands, CallReason.STANDS),
        (taken_back, CallReason.TAKEN_BACK),
    ],
)
def test_what_was_decided_is_told_by_a_call_to_who_has_no_email(
    session: Session, decide: Decide, reason: CallReason
) -> None:
    without_email(session, "Jan")
    exchange_id = logged(session)

    decide(session, exchange_id)

    assert calls(session) == [("Jan van den Berg", reason, exchange_id)]


def test_of_a_correction_the_right_answers_are_told(session: Session) -> None:
    without_email(session, "Jan")
    old, nadia = approved(session), actor_of(session, "Nadia")

    made = correct_exchange(session, old, a_command(session, minutes=30), by=nadia, now=NOW)

    told = ("Jan van den Berg", CallReason.CORRECTED, made.exchange_id)
    assert calls(session)[0] == told


def test_one_call_tells_all_that_was_approved_after_the_rest_and_a_letter_tells_it_too(
    session: Session,
) -> None:
    without_email(session, "Jan", "Fatima")
    first = approved(session)
    approved(session, minutes=30)
    bad = logged(session, minutes=60)
    reject(session, bad)

    people = ["Fatima El Amrani", "Jan van den Berg"]
    told = calls(session)
    assert sorted(told[:2]) == [(name, CallReason.REJECTED, bad) for name in people]
    assert sorted(told[2:]) == [(name, CallReason.APPROVED, first) for name in people]
    nadia, place = actor_of(session, "Nadia"), SLAAGHWIJK
    print_letters(session, uuid.uuid4(), neighbourhood_code=place, by=nadia, now=NOW)
    assert {reason for _, reason, _ in calls(session)} == {CallReason.REJECTED}


def test_who_has_email_is_not_called_and_a_call_is_ticked_off_once(session: Session) -> None:
    without_email(session, "Jan")
    reject(session, logged(session))
    nadia = actor_of(session, "Nadia")
    (call,) = waiting_calls(session, by=nadia)

    for _ in range(2):
        finish_call(session, call.call_id, by=nadia, now=NOW)

    assert calls(session) == []
    made = sa.select(sa.func.count()).where(AuditEvent.action == "member:call")
    assert session.scalar(made) == 1


def test_a_question_is_mailed_without_a_name_or_waits_as_a_call_each_once(session: Session) -> None:
    without_email(session, "Jan")
    by_fatima, by_jan = logged(session), logged(session, "Jan", "Fatima")

    for exchange_id in (by_fatima, by_jan, by_fatima, by_jan):
        ask(session, exchange_id, letter=letter)

    assert calls(session) == [("Jan van den Berg", CallReason.QUESTION, by_jan)]
    mails = session.scalars(sa.select(Mail).where(Mail.to_address == "fatima@example.org")).all()
    assert [mail.subject for mail in mails] == ["A question (nl)"]


@pytest.mark.parametrize("end", ["answer", "approve", "withdraw"])
def test_a_question_that_needs_no_answer_any_more_is_not_called_about(
    session: Session, end: str
) -> None:
    without_email(session, "Jan")
    exchange_id, jan = logged(session, "Jan", "Fatima"), actor_of(session, "Jan")
    ask(session, exchange_id)
    if end == "answer":
        answer_question(session, exchange_id, "Ja", by=jan, now=NOW)
    elif end == "approve":
        approve_exchange(session, exchange_id, by=actor_of(session, "Nadia"), now=NOW)
    else:
        withdraw_own(session, exchange_id, by=jan, now=NOW)

    assert CallReason.QUESTION not in {reason for _, reason, _ in calls(session)}


@pytest.mark.policy("V9")
def test_a_coordinator_writes_down_the_answer_of_who_was_called(session: Session) -> None:
    without_email(session, "Jan")
    exchange_id, nadia = logged(session, "Jan", "Fatima"), actor_of(session, "Nadia")
    question = ask(session, exchange_id)
    reply = Reply(question, member_of(session, "Jan").id, " Ja, maandag ")

    for _ in range(2):
        answer_for(session, exchange_id, reply, by=nadia, now=NOW)

    (told,) = questions_about(
        session, timebank_id=timebank_of(session).id, exchange_ids=[exchange_id]
    )[exchange_id]
    assert (told.answer, told.answered_by_name) == ("Ja, maandag", "Nadia Benali")
    assert calls(session) == []
    deeds = sa.select(AuditEvent.about_member_id, AuditEvent.subject_id).where(
        AuditEvent.action == "question:answer_for"
    )
    assert session.execute(deeds).all() == [(reply.member_id, exchange_id)]
    late = Reply(question, reply.member_id, "Nee, dinsdag")
    with pytest.raises(NothingAsked):
        answer_for(session, exchange_id, late, by=nadia, now=NOW)


def test_the_call_stays_while_another_question_is_open(session: Session) -> None:
    without_email(session, "Jan")
    exchange_id, nadia = logged(session, "Jan", "Fatima"), actor_of(session, "Nadia")
    first, jan, second = ask(session, exchange_id), member_of(session, "Jan").id, uuid.uuid4()
    ask_about(session, exchange_id, "Hoe lang?", key=second, by=nadia, now=NOW)

    answer_for(session, exchange_id, Reply(first, jan, "Ja"), by=nadia, now=NOW)
    assert calls(session) == [("Jan van den Berg", CallReason.QUESTION, exchange_id)]
    answer_for(session, exchange_id, Reply(second, jan, "Een uur"), by=nadia, now=NOW)

    assert calls(session) == []


def test_an_answer_is_written_down_for_who_was_asked_only_and_within_reach(
    session: Session,
) -> None:
    exchange_id = logged(session, "Jan", "Fatima")
    question, jan = ask(session, exchange_id), member_of(session, "Jan").id
    nadia = actor_of(session, "Nadia")

    for member, words, by, error in (
        ("Fatima", "Ja", "Nadia", UnknownMember),
        ("Greet", "Ja", "Nadia", UnknownMember),
        ("Jan", "Ja", "Marijke", UnknownExchange),
        ("Jan", "  ", "Nadia", AnswerEmpty),
        ("Jan", "\u200b", "Nadia", AnswerEmpty),
    ):
        reply = Reply(question, member_of(session, member).id, words)
        with pytest.raises(error):
            answer_for(session, exchange_id, reply, by=actor_of(session, by), now=NOW)
    other = logged(session, "Jan", "Fatima", minutes=30)
    with pytest.raises(NothingAsked):
        answer_for(session, other, Reply(question, jan, "Ja"), by=nadia, now=NOW)


def test_a_coordinator_reads_the_numbers_of_people_within_reach_only(session: Session) -> None:
    without_email(session, "Jan", "Greet")
    both = [member_of(session, name).id for name in ("Jan", "Greet")]

    found = contacts_of(session, both, by=actor_of(session, "Nadia"))

    assert {key: (one.full_name, one.phone) for key, one in found.items()} == {
        both[0]: ("Jan van den Berg", "071 5551234")
    }
