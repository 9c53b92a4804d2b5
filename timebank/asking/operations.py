# SPDX-License-Identifier: EUPL-1.2
"""Writing questions about exchanges that wait, and their answers. The door commits."""

from __future__ import annotations

import datetime
import uuid

from sqlalchemy import update
from sqlalchemy.orm import Session

import ledger
from timebank.approvals.operations import within_reach
from timebank.asking.errors import AnswerEmpty, NothingAsked, QuestionEmpty
from timebank.asking.models import ExchangeQuestion
from timebank.exchanges.errors import AlreadyDecided, FormKeyUsed
from timebank.exchanges.models import Exchange, ExchangeOnBehalf
from timebank.exchanges.policy import check_note, writers
from timebank.exchanges.workflow import ExchangeState
from timebank.lettering import readable
from timebank.members.policy import Actor


def ask_about(
    session: Session,
    exchange_id: uuid.UUID,
    words: str,
    *,
    key: uuid.UUID,
    by: Actor,
    now: datetime.datetime,
) -> None:
    """Ask whoever logged an exchange about it, of one from a file both people; it goes on waiting.

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
    made = session.execute(
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
    if made is None:
        stored = session.get_one(ExchangeQuestion, (by.timebank_id, key), populate_existing=True)
        if (stored.exchange_id, stored.asked_by, stored.words) != (exchange_id, by.member_id, kept):
            raise FormKeyUsed


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


def may_answer(session: Session, exchange_id: uuid.UUID, *, by: Actor) -> bool:
    """Say whether the actor logged the exchange, or somebody logged it for the actor.

    What came from a file was logged by nobody: either of the two may answer.
    """
    exchange = session.get(Exchange, (by.timebank_id, exchange_id))
    if exchange is None:
        return False
    on_behalf = session.get(ExchangeOnBehalf, (by.timebank_id, exchange_id))
    return by.member_id in writers(
        logged_by=exchange.logged_by,
        acting_for_id=on_behalf.acting_for_id if on_behalf else None,
        helper_id=exchange.helper_id,
        helped_id=exchange.helped_id,
    )
