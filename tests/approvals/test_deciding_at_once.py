# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import ledger
from tests.approvals.at_once import Work, at_once
from tests.builders import NOW, actor_of, logged, timebank_of
from timebank.approvals.operations import Rejection, approve_exchange, reject_exchange
from timebank.exchanges.errors import AlreadyDecided
from timebank.exchanges.models import Exchange, ExchangeEvent
from timebank.exchanges.operations import withdraw_exchange
from timebank.exchanges.workflow import RejectionReason

WRONG_DAY = Rejection(RejectionReason.WRONG_DAY_OR_TIME)


def works_on(session: Session) -> tuple[Work, Work, Work]:
    """Log an exchange and return three works: approve, reject and withdraw it."""
    exchange_id = logged(session, "Fatima", "Jan")
    decider, logger = actor_of(session, "Nadia"), actor_of(session, "Fatima")
    session.commit()
    return (
        lambda own: approve_exchange(own, exchange_id, by=decider, now=NOW),
        lambda own: reject_exchange(own, exchange_id, WRONG_DAY, by=decider, now=NOW),
        lambda own: withdraw_exchange(own, exchange_id, by=logger, now=NOW),
    )


def outcomes(answers: list[object]) -> Counter[object]:
    return Counter(type(answer) for answer in answers)


def count_of(session: Session, model: type[ledger.Base]) -> int | None:
    return session.scalar(select(func.count()).select_from(model))


def test_of_eight_approvals_at_once_one_posts_and_seven_come_too_late(
    session: Session, engine: sa.Engine
) -> None:
    approve, _, _ = works_on(session)

    answers = at_once(engine, *[approve] * 8)

    assert outcomes(answers) == {type(None): 1, AlreadyDecided: 7}
    assert count_of(session, ledger.Entry) == 2
    assert count_of(session, ExchangeEvent) == 2
    assert ledger.violations(session, timebank_id=timebank_of(session).id) == []


def test_of_approvals_rejections_and_withdrawals_at_once_one_counts(
    session: Session, engine: sa.Engine
) -> None:
    bank = timebank_of(session).id
    for _ in range(4):
        works = works_on(session)

        answers = at_once(engine, *works, *works, *works)

        assert outcomes(answers) == {type(None): 1, AlreadyDecided: 8}
    states = list(session.scalars(select(Exchange.state)))
    assert "submitted" not in states
    assert count_of(session, ledger.Entry) == 2 * states.count("approved")
    assert count_of(session, ledger.Transfer) == 2 * 4
    assert ledger.violations(session, timebank_id=bank) == []


def test_eight_coordinators_who_approve_different_exchanges_at_once_all_succeed(
    session: Session, engine: sa.Engine
) -> None:
    actor = actor_of(session, "Bart")
    pairs = [("Fatima", "Jan"), ("Jan", "Greet"), ("Greet", "Fatima"), ("Jan", "Fatima")] * 2
    ids = [logged(session, *pair) for pair in pairs]
    session.commit()

    def approving(number: int) -> Callable[[Session], None]:
        return lambda own: approve_exchange(own, ids[number], by=actor, now=NOW)

    answers = at_once(engine, *[approving(number) for number in range(8)])

    assert answers == [None] * 8
    assert count_of(session, ledger.Entry) == 16
    assert ledger.violations(session, timebank_id=timebank_of(session).id) == []
