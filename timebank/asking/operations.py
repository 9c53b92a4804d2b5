# SPDX-License-Identifier: EUPL-1.2
"""Writing questions about exchanges that wait, and their answers. The door commits."""

from __future__ import annotations

import dataclasses
import datetime
import uuid

from sqlalchemy import select, update
from sqlalchemy.orm import Session

import ledger
from timebank.approvals.operations import within_reach
from timebank.asking.errors import AnswerEmpty, NothingAsked, QuestionEmpty
from timebank.asking.models import ExchangeQuestion
from timebank.audit.operations import write_down_by
from timebank.calls.models import CallReason
from timebank.calls.operations import Letter, call_without_email, drop_calls, mail_members
from timebank.exchanges.errors import AlreadyDecided, FormKeyUsed
from timebank.exchanges.models import Exchange, ExchangeOnBehalf
from timebank.exchanges.policy import check_note, writers
from timebank.exchanges.workflow import ExchangeState
from timebank.lettering import readable
from timebank.members.errors import UnknownMember
from timebank.members.policy import Actor
from timebank.trust.operations import check_may_act_for


@dataclasses.dataclass(frozen=True)
class Reply:
    """What somebody answered by telephone, and to which question."""

    question_id: uuid.UUID
    member_id: uuid.UUID
    words: str


def ask_about(
    session: Session,
    exchange_id: uuid.UUID,
    words: str,
    *,
    key: uuid.UUID,
    by: Actor,
    now: datetime.datetime,
    letter: Letter | None = None,
) -> None:
    """Ask whoever logged an exchange about it, of one from a file both people; it goes on waiting.

    Who has no e-mail is called by a coordinator; the others get a mail, once for each question.

    Args:
        letter: the mail that says that something is asked; None when the door has no words for it.

    Raises as :func:`approve_exchange` does, and:
        QuestionEmpty, NoteTooLong, NoteNotReadable: the words are not words.
        FormKeyUsed: the key was used before for another question.
    """
    exchange = within_reach(session, exchange_id, by)
    if exchange.state is not ExchangeState.SUBMITTED:
        raise AlreadyDecided(exchange.state)
    if not readable(words):
        raise QuestionEmpty
    check_note(words)
    kept = readable(words)
    asked = session.execute(
        ledger.insert_or_conflict(session, ExchangeQuestion)
        .values(
            timebank_id=by.timebank_id,
            id=key,
            exchange_id=exchange_id,
            asked_by=by.member_id,
            asked_at=now,
            words=kept,
            answer="",
        )
        .on_conflict_do_nothing(index_elements=["timebank_id", "id"])
        .returning(ExchangeQuestion.id)
    ).first()
    if asked is None:
        stored = session.get_one(ExchangeQuestion, (by.timebank_id, key), populate_existing=True)
        if (stored.exchange_id, stored.asked_by, stored.words) != (exchange_id, by.member_id, kept):
            raise FormKeyUsed
        return
    _tell_who_answers(session, exchange, by=by, letter=letter, now=now)


def answer_question(
    session: Session, exchange_id: uuid.UUID, words: str, *, by: Actor, now: datetime.datetime
) -> None:
    """Answer what was asked about an exchange of which the actor is a writer.

    Raises:
        AnswerEmpty, NoteTooLong, NoteNotReadable: the words are not words.
        NothingAsked: no question waits for the actor's answer; perhaps it was answered already.
    """
    if not may_answer(session, exchange_id, by=by):
        raise NothingAsked
    if not readable(words):
        raise AnswerEmpty
    check_note(words)
    answered = session.execute(
        update(ExchangeQuestion)
        .where(
            ExchangeQuestion.timebank_id == by.timebank_id,
            ExchangeQuestion.exchange_id == exchange_id,
            ExchangeQuestion.answered_at.is_(None),
        )
        .values(answer=readable(words), answered_at=now, answered_by=by.member_id)
        .returning(ExchangeQuestion.id),
        execution_options={"synchronize_session": False},
    ).first()
    if answered is None:
        raise NothingAsked
    _nobody_calls_any_more(session, by.timebank_id, exchange_id)


def answer_for(
    session: Session,
    exchange_id: uuid.UUID,
    reply: Reply,
    *,
    by: Actor,
    now: datetime.datetime,
) -> None:
    """Write down what one of the two said by telephone to a coordinator who asked something.

    Both people can read who wrote it down. Sent twice with the same words, it was answered once.

    Raises as :func:`approve_exchange` does, and:
        UnknownMember: the actor may not act for this member, or it is not for them to answer.
        AnswerEmpty, NoteTooLong, NoteNotReadable: the words are not words.
        NothingAsked: somebody answered already, or the exchange does not wait any more.

    Source: policy row V9.
    """
    exchange = within_reach(session, exchange_id, by)
    words = readable(reply.words)
    if not words:
        raise AnswerEmpty
    check_note(reply.words)
    if reply.member_id not in _who_answers(session, exchange):
        raise UnknownMember(reply.member_id)
    check_may_act_for(session, reply.member_id, by=by)
    question = session.get(
        ExchangeQuestion, (by.timebank_id, reply.question_id), populate_existing=True
    )
    if question is None or question.exchange_id != exchange_id:
        raise NothingAsked
    if (question.answered_by, question.answer) == (by.member_id, words):
        return
    if exchange.state is not ExchangeState.SUBMITTED:
        raise NothingAsked
    _keep_answer(session, reply.question_id, words, by=by, now=now)
    if not _waits_for_answer(session, by.timebank_id, exchange_id):
        _nobody_calls_any_more(session, by.timebank_id, exchange_id)
    write_down_by(
        session, "question:answer_for", by, about=reply.member_id, subject=exchange_id, now=now
    )


def _keep_answer(
    session: Session, question_id: uuid.UUID, words: str, *, by: Actor, now: datetime.datetime
) -> None:
    """Keep the answer unless somebody was first; of two at once one is."""
    answered = session.execute(
        update(ExchangeQuestion)
        .where(
            ExchangeQuestion.timebank_id == by.timebank_id,
            ExchangeQuestion.id == question_id,
            ExchangeQuestion.answered_at.is_(None),
        )
        .values(answer=words, answered_at=now, answered_by=by.member_id)
        .returning(ExchangeQuestion.id),
        execution_options={"synchronize_session": False},
    ).first()
    if answered is None:
        raise NothingAsked


def _tell_who_answers(
    session: Session,
    exchange: Exchange,
    *,
    by: Actor,
    letter: Letter | None,
    now: datetime.datetime,
) -> None:
    whom = _writers(session, exchange) - {by.member_id}
    call_without_email(
        session,
        CallReason.QUESTION,
        timebank_id=by.timebank_id,
        member_ids=whom,
        subject_id=exchange.id,
        now=now,
    )
    if letter is not None:
        mail_members(session, whom, timebank_id=by.timebank_id, letter=letter, now=now)


def _nobody_calls_any_more(session: Session, timebank_id: int, exchange_id: uuid.UUID) -> None:
    drop_calls(session, CallReason.QUESTION, timebank_id=timebank_id, subject_id=exchange_id)


def _waits_for_answer(session: Session, timebank_id: int, exchange_id: uuid.UUID) -> bool:
    """Say whether another question about it is open: one call asks them all."""
    query = select(ExchangeQuestion.id).where(
        ExchangeQuestion.timebank_id == timebank_id,
        ExchangeQuestion.exchange_id == exchange_id,
        ExchangeQuestion.answered_at.is_(None),
    )
    return session.execute(query.limit(1)).first() is not None


def may_answer(session: Session, exchange_id: uuid.UUID, *, by: Actor) -> bool:
    """Say whether the actor logged the exchange, or somebody logged it for the actor.

    What came from a file was logged by nobody: either of the two may answer.
    """
    exchange = session.get(Exchange, (by.timebank_id, exchange_id))
    if exchange is None:
        return False
    return by.member_id in _writers(session, exchange)


def _who_answers(session: Session, exchange: Exchange) -> set[uuid.UUID]:
    """Return those of the two who can be called for an answer."""
    return _writers(session, exchange) & {exchange.helper_id, exchange.helped_id}


def _writers(session: Session, exchange: Exchange) -> set[uuid.UUID]:
    on_behalf = session.get(ExchangeOnBehalf, (exchange.timebank_id, exchange.id))
    return writers(
        logged_by=exchange.logged_by,
        acting_for_id=on_behalf.acting_for_id if on_behalf else None,
        helper_id=exchange.helper_id,
        helped_id=exchange.helped_id,
    )
