# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import uuid

import pytest
from sqlalchemy.orm import Session

from tests.builders import NOW, actor_of, approved, logged, timebank_of
from tests.imports.bringing import from_a_file
from timebank.approvals.errors import OwnExchange
from timebank.asking.errors import AnswerEmpty, NothingAsked, QuestionEmpty
from timebank.asking.operations import answer_question, ask_about
from timebank.asking.queries import question_for_oneself, questions_about, unanswered
from timebank.desk.queries import inbox_of
from timebank.exchanges.errors import (
    AlreadyDecided,
    FormKeyUsed,
    NoteTooLong,
    UnknownExchange,
)


def ask(session: Session, exchange_id: uuid.UUID, words: str = "Was dit maandag?") -> None:
    key = uuid.uuid5(exchange_id, words)
    ask_about(session, exchange_id, words, key=key, by=actor_of(session, "Nadia"), now=NOW)


def answer(session: Session, exchange_id: uuid.UUID, name: str, words: str = "Ja") -> None:
    answer_question(session, exchange_id, words, by=actor_of(session, name), now=NOW)


def test_a_question_waits_for_who_logged_it_and_comes_back_with_the_answer(
    session: Session,
) -> None:
    exchange_id, nadia = logged(session), actor_of(session, "Nadia")
    ask(session, exchange_id)
    ask(session, exchange_id)

    waits = inbox_of(session, by=nadia)
    assert [one.exchange.exchange_id for one in waits.waits_for_others] == [exchange_id]
    answer(session, exchange_id, "Fatima")
    back = inbox_of(session, by=nadia)

    assert [one.exchange.exchange_id for one in back.first] == [exchange_id]
    (question,) = questions_about(
        session, timebank_id=timebank_of(session).id, exchange_ids=[exchange_id]
    )[exchange_id]
    assert (question.words, question.answer, question.asked_by_name) == (
        "Was dit maandag?",
        "Ja",
        "Nadia Benali",
    )
    assert unanswered([question]) is None


def test_the_start_page_knows_the_question_of_who_may_answer_and_of_nobody_else(
    session: Session,
) -> None:
    first, filed = logged(session), from_a_file(session)
    for exchange_id in (first, filed):
        ask(session, exchange_id)

    def waits(name: str) -> uuid.UUID | None:
        return question_for_oneself(session, by=actor_of(session, name))

    assert {waits("Fatima"), waits("Jan")} <= {first, filed}
    assert waits("Jan") == filed
    assert waits("Nadia") is waits("Greet") is None
    answer(session, filed, "Jan")
    assert (waits("Fatima"), waits("Jan")) == (first, None)
    answer(session, first, "Fatima")
    assert waits("Fatima") is None


def test_only_who_logged_it_answers_and_only_once(session: Session) -> None:
    exchange_id = logged(session)
    ask(session, exchange_id)
    for name in ("Jan", "Greet", "Nadia"):
        with pytest.raises(NothingAsked):
            answer(session, exchange_id, name)

    answer(session, exchange_id, "Fatima")
    with pytest.raises(NothingAsked):
        answer(session, exchange_id, "Fatima")


def test_either_of_the_two_answers_about_help_from_a_file(session: Session) -> None:
    for name in ("Fatima", "Jan"):
        exchange_id = from_a_file(session, minutes=30 if name == "Jan" else 90)
        ask(session, exchange_id)
        for stranger in ("Greet", "Nadia"):
            with pytest.raises(NothingAsked):
                answer(session, exchange_id, stranger)

        answer(session, exchange_id, name)

        with pytest.raises(NothingAsked):
            answer(session, exchange_id, "Jan")


def test_words_are_words_and_what_was_decided_is_not_asked_about(session: Session) -> None:
    exchange_id, done = logged(session), approved(session)
    own = logged(session, "Nadia", "Jan")
    ask(session, exchange_id, "Hoe lang?")

    for words, error in (("  ", QuestionEmpty), ("w" * 501, NoteTooLong)):
        with pytest.raises(error):
            ask(session, exchange_id, words)
    for words, error in (("  ", AnswerEmpty), ("w" * 501, NoteTooLong)):
        with pytest.raises(error):
            answer(session, exchange_id, "Fatima", words)
    with pytest.raises(AlreadyDecided):
        ask(session, done)
    with pytest.raises(OwnExchange):
        ask(session, own)
    with pytest.raises(UnknownExchange):
        ask(session, uuid.uuid4())


def test_the_key_of_a_question_asks_nothing_else(session: Session) -> None:
    first, second, key = logged(session), logged(session), uuid.uuid4()
    nadia = actor_of(session, "Nadia")
    ask_about(session, first, "Was dit maandag?", key=key, by=nadia, now=NOW)

    ask_about(session, first, " Was dit maandag? ", key=key, by=nadia, now=NOW)
    for exchange_id, words in ((second, "Was dit maandag?"), (first, "Of dinsdag?")):
        with pytest.raises(FormKeyUsed):
            ask_about(session, exchange_id, words, key=key, by=nadia, now=NOW)
