# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime
import uuid

import pytest
import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import ledger
from tests.approvals.at_once import at_once
from tests.builders import NOW, TODAY, a_command, actor_of, logged, member_of, timebank_of
from timebank.approvals.operations import approve_exchange
from timebank.exchanges import operations
from timebank.exchanges.errors import FormKeyUsed
from timebank.exchanges.models import Exchange, ExchangeEvent
from timebank.exchanges.operations import Logged, log_exchange
from timebank.members.policy import organisation

KEY = uuid.UUID("11111111-2222-4333-8444-555555555555")


def count_of(session: Session, model: type[ledger.Base]) -> int | None:
    return session.scalar(select(func.count()).select_from(model))


def send(session: Session, by: str = "Fatima", **answers: object) -> Logged:
    command = a_command(session, form_key=KEY, **answers)  # type: ignore[arg-type]
    return log_exchange(session, command, by=actor_of(session, by), now=NOW)


def test_the_same_form_sent_twice_gets_the_same_answer_and_logs_once(session: Session) -> None:
    first = send(session, note="Een keer")
    session.commit()

    second = send(session, note="Een keer")
    session.commit()

    assert second == Logged(first.exchange_id, replayed=True)
    assert [count_of(session, model) for model in (Exchange, ExchangeEvent, ledger.Transfer)] == [
        1,
        1,
        1,
    ]


def test_a_form_sent_again_after_the_decision_gets_the_same_answer(session: Session) -> None:
    first = send(session)
    approve_exchange(session, first.exchange_id, by=actor_of(session, "Bart"), now=NOW)

    second = send(session)

    assert second == Logged(first.exchange_id, replayed=True)


def test_a_form_sent_again_after_the_other_left_gets_the_same_answer(session: Session) -> None:
    first = send(session)
    member_of(session, "Jan").left_on = TODAY
    session.flush()

    assert send(session) == Logged(first.exchange_id, replayed=True)


@pytest.mark.parametrize(
    "changes",
    [
        {"minutes": 45},
        {"category_code": "coffee"},
        {"helped_on": datetime.date(2026, 3, 8)},
        {"helped": "Greet"},
        {"helper": "Jan", "helped": "Fatima"},
    ],
)
def test_the_same_key_with_other_answers_is_refused(
    session: Session, changes: dict[str, object]
) -> None:
    send(session)
    session.commit()

    with pytest.raises(FormKeyUsed):
        send(session, **changes)

    session.rollback()
    assert count_of(session, Exchange) == 1


def test_the_key_of_somebody_else_is_refused_even_with_the_same_answers(
    session: Session,
) -> None:
    send(session, by="Fatima")

    with pytest.raises(FormKeyUsed):
        send(session, by="Jan")


def test_the_key_of_a_member_is_refused_to_the_organisation(session: Session) -> None:
    send(session)

    with pytest.raises(FormKeyUsed):
        log_exchange(
            session,
            a_command(session, form_key=KEY),
            by=organisation(timebank_of(session).id),
            now=NOW,
        )


def test_the_same_key_in_another_timebank_is_another_form(session: Session) -> None:
    first = logged(session, form_key=KEY)

    second = logged(session, "Henk", "Gerda", form_key=KEY)

    assert first != second


@pytest.mark.parametrize(("minutes", "refused"), [(90, False), (45, True)])
def test_a_rival_who_was_first_between_looking_and_writing_is_found(
    session: Session, monkeypatch: pytest.MonkeyPatch, minutes: int, refused: bool
) -> None:
    first = send(session)
    look, looked = operations._by_form_key, []

    def look_too_early(own: Session, timebank_id: int, key: uuid.UUID) -> Exchange | None:
        looked.append(key)
        return None if len(looked) == 1 else look(own, timebank_id, key)

    monkeypatch.setattr(operations, "_by_form_key", look_too_early)

    if refused:
        with pytest.raises(FormKeyUsed):
            send(session, minutes=minutes)
    else:
        assert send(session, minutes=minutes) == Logged(first.exchange_id, replayed=True)

    assert len(looked) == 2
    assert count_of(session, Exchange) == 1


def test_a_form_sent_by_eight_clicks_at_once_is_logged_once(
    session: Session, engine: sa.Engine
) -> None:
    command, actor = a_command(session, form_key=KEY), actor_of(session, "Fatima")
    session.commit()

    answers = at_once(engine, *[lambda own: log_exchange(own, command, by=actor, now=NOW)] * 8)

    (stored,) = session.scalars(select(Exchange.id)).all()
    assert all(isinstance(answer, Logged) for answer in answers), answers
    assert {answer.exchange_id for answer in answers if isinstance(answer, Logged)} == {stored}
    assert sum(not answer.replayed for answer in answers if isinstance(answer, Logged)) == 1
    assert ledger.violations(session, timebank_id=timebank_of(session).id) == []
