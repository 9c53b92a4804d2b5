# SPDX-License-Identifier: EUPL-1.2
"""Reading questions about exchanges. Nothing here writes."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from timebank.approvals.models import FirstApproval
from timebank.approvals.queries import PAGE, waiting_for
from timebank.asking.models import ExchangeQuestion
from timebank.exchanges.models import Exchange, ExchangeOnBehalf
from timebank.exchanges.workflow import ExchangeState
from timebank.members.models import Person
from timebank.members.policy import Actor


@dataclasses.dataclass(frozen=True)
class Question:
    """A question as a page shows it; a name is None when that person was erased."""

    exchange_id: uuid.UUID
    words: str
    asked_at: datetime.datetime
    asked_by_name: str | None
    answer: str
    answered_at: datetime.datetime | None
    question_id: uuid.UUID
    answered_by: uuid.UUID | None
    answered_by_name: str | None


@dataclasses.dataclass(frozen=True)
class Counts:
    """How much help waits on the desk, told apart as the desk does.

    Attributes:
        mine: for this coordinator.
        others: for an answer, or for a second coordinator.
        more: there is more than a page; the counts are of the first page.
    """

    mine: int
    others: int
    more: bool


def questions_about(
    session: Session, *, timebank_id: int, exchange_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, list[Question]]:
    """Return what was asked about these exchanges, oldest first, by exchange."""
    asker, answerer = aliased(Person), aliased(Person)
    rows = session.execute(
        select(ExchangeQuestion, asker, answerer)
        .outerjoin(asker, _is_person(asker, ExchangeQuestion.asked_by))
        .outerjoin(answerer, _is_person(answerer, ExchangeQuestion.answered_by))
        .where(
            ExchangeQuestion.timebank_id == timebank_id,
            ExchangeQuestion.exchange_id.in_(exchange_ids),
        )
        .order_by(ExchangeQuestion.asked_at, ExchangeQuestion.id)
    )
    found: dict[uuid.UUID, list[Question]] = {}
    for question, asked_by, answered_by in rows:
        found.setdefault(question.exchange_id, []).append(
            Question(
                question.exchange_id,
                question.words,
                question.asked_at,
                asked_by.full_name if asked_by else None,
                question.answer,
                question.answered_at,
                question.id,
                question.answered_by,
                answered_by.full_name if answered_by else None,
            )
        )
    return found


def _is_person(
    person: type[Person], member_id: InstrumentedAttribute[uuid.UUID | None]
) -> ColumnElement[bool]:
    return and_(person.timebank_id == ExchangeQuestion.timebank_id, person.member_id == member_id)


def questions_for_oneself(session: Session, *, by: Actor) -> list[dict[str, Any]]:
    """Return what was asked about help that the actor took part in, or asked or answered by them.

    The newest first, as plain values.
    """
    rows = session.execute(
        select(ExchangeQuestion)
        .join(
            Exchange,
            and_(
                Exchange.timebank_id == ExchangeQuestion.timebank_id,
                Exchange.id == ExchangeQuestion.exchange_id,
            ),
        )
        .where(
            ExchangeQuestion.timebank_id == by.timebank_id,
            or_(
                Exchange.helper_id == by.member_id,
                Exchange.helped_id == by.member_id,
                ExchangeQuestion.asked_by == by.member_id,
                ExchangeQuestion.answered_by == by.member_id,
            ),
        )
        .order_by(ExchangeQuestion.asked_at.desc(), ExchangeQuestion.id)
    )
    return [
        {
            "exchange": one.exchange_id,
            "asked_by_me": one.asked_by == by.member_id,
            "words": one.words,
            "asked_at": one.asked_at,
            "answered_by_me": one.answered_by == by.member_id,
            "answer": one.answer or None,
            "answered_at": one.answered_at,
        }
        for (one,) in rows
    ]


def question_for_oneself(session: Session, *, by: Actor) -> uuid.UUID | None:
    """Return the exchange about which the actor was asked something longest ago, if any waits.

    Who may answer is as ``asking.operations.may_answer`` says.
    """
    return session.scalars(
        select(ExchangeQuestion.exchange_id)
        .join(
            Exchange,
            and_(
                Exchange.timebank_id == ExchangeQuestion.timebank_id,
                Exchange.id == ExchangeQuestion.exchange_id,
            ),
        )
        .outerjoin(
            ExchangeOnBehalf,
            and_(
                ExchangeOnBehalf.timebank_id == Exchange.timebank_id,
                ExchangeOnBehalf.exchange_id == Exchange.id,
            ),
        )
        .where(
            ExchangeQuestion.timebank_id == by.timebank_id,
            ExchangeQuestion.answered_at.is_(None),
            Exchange.state == ExchangeState.SUBMITTED,
            or_(
                Exchange.logged_by == by.member_id,
                ExchangeOnBehalf.acting_for_id == by.member_id,
                and_(
                    Exchange.logged_by.is_(None),
                    or_(
                        Exchange.helper_id == by.member_id,
                        Exchange.helped_id == by.member_id,
                    ),
                ),
            ),
        )
        .order_by(ExchangeQuestion.asked_at, ExchangeQuestion.id)
        .limit(1)
    ).first()


def unanswered(questions: Sequence[Question]) -> Question | None:
    """Return the question that waits for an answer, if one does."""
    return next((one for one in questions if one.answered_at is None), None)


def counts_for(session: Session, *, by: Actor) -> Counts:
    """Return how much waits on the desk, told apart as ``desk.queries.inbox_of`` does.

    Three statements, however much it is.

    Raises:
        NotPermitted: the actor decides about no exchanges.
    """
    rows = waiting_for(session, by=by)
    ids = [row.exchange_id for row in rows[:PAGE]]
    if not ids:
        return Counts(0, 0, more=False)
    asked = questions_about(session, timebank_id=by.timebank_id, exchange_ids=ids)
    firsts = session.scalars(
        select(FirstApproval.exchange_id).where(
            FirstApproval.timebank_id == by.timebank_id,
            FirstApproval.exchange_id.in_(ids),
            FirstApproval.approved_by == by.member_id,
        )
    )
    others = {key for key, questions in asked.items() if unanswered(questions)}
    others |= set(firsts)
    return Counts(len(ids) - len(others), len(others), more=len(rows) > PAGE)


def is_written_again(session: Session, form_key: uuid.UUID, *, timebank_id: int) -> bool:
    """Say whether somebody sent the form of this key, which follows from what was given back."""
    query = select(Exchange.id).where(
        Exchange.timebank_id == timebank_id, Exchange.form_key == form_key
    )
    return session.scalars(query).first() is not None
