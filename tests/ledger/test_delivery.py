# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from tests.ledger.conftest import NOW, Books

BROKEN = [
    sa.exc.OperationalError("COMMIT", {}, Exception("the server went away")),
    sa.exc.InterfaceError("COMMIT", {}, Exception("the connection is closed")),
]
Work = Callable[[Session], ledger.Receipt]


@pytest.fixture
def paused() -> list[float]:
    return []


def _posting(books: Books) -> Work:
    order = books.order(90)
    return lambda session: ledger.post(session, order, now=NOW)


def _breaking(work: Work, times: int, *, after: bool, error: Exception = BROKEN[0]) -> Work:
    """Break off so many times, before or after the work was committed."""
    left = [times]

    def attempt(session: Session) -> ledger.Receipt:
        if left[0] and not after:
            left[0] -= 1
            raise error
        receipt = work(session)
        if left[0]:
            left[0] -= 1
            session.commit()
            raise error
        return receipt

    return attempt


def test_work_that_succeeds_is_committed_once(
    engine: sa.Engine, books: Books, paused: list[float]
) -> None:
    receipt = ledger.exactly_once(engine, _posting(books), sleep=paused.append)

    assert not receipt.replayed
    assert books.balance(books.helper).posted_minutes == 90
    assert paused == []


@pytest.mark.parametrize("error", BROKEN, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("after", [False, True])
def test_work_is_repeated_until_it_is_answered_and_booked_once(
    engine: sa.Engine, books: Books, paused: list[float], after: bool, error: Exception
) -> None:
    work = _breaking(_posting(books), 3, after=after, error=error)

    receipt = ledger.exactly_once(engine, work, sleep=paused.append)

    assert receipt.replayed is after
    assert books.balance(books.helper).posted_minutes == 90
    assert paused == pytest.approx([0.05, 0.1, 0.2])
    assert books.violations() == []


def test_five_attempts_are_made_unless_somebody_says_otherwise(
    engine: sa.Engine, books: Books, paused: list[float]
) -> None:
    work = _breaking(_posting(books), 99, after=False)

    with pytest.raises(ledger.OutcomeUnknown):
        ledger.exactly_once(engine, work, sleep=paused.append)

    assert len(paused) == 4


def test_work_that_never_gets_an_answer_has_an_unknown_outcome(
    engine: sa.Engine, books: Books, paused: list[float]
) -> None:
    work = _breaking(_posting(books), 3, after=True)

    with pytest.raises(ledger.OutcomeUnknown) as refusal:
        ledger.exactly_once(engine, work, attempts=3, sleep=paused.append)

    assert refusal.value.attempts == 3
    assert refusal.value.__cause__ is BROKEN[0]
    assert str(refusal.value) == "no answer after 3 attempts; repeat it with the same keys"
    assert ledger.exactly_once(engine, work, sleep=paused.append).replayed


def test_the_last_attempt_is_not_followed_by_a_pause(
    engine: sa.Engine, books: Books, paused: list[float]
) -> None:
    work = _breaking(_posting(books), 9, after=False)

    with pytest.raises(ledger.OutcomeUnknown):
        ledger.exactly_once(engine, work, attempts=3, sleep=paused.append)

    assert paused == pytest.approx([0.05, 0.1])


def test_a_refusal_is_passed_on_at_once_and_nothing_is_left_of_the_work(
    engine: sa.Engine, books: Books, paused: list[float]
) -> None:
    before = books.rows()

    def work(session: Session) -> ledger.Receipt:
        ledger.post(session, books.order(), now=NOW)
        return ledger.post(session, books.order(debit_account_id=17), now=NOW)

    with pytest.raises(ledger.UnknownAccount):
        ledger.exactly_once(engine, work, sleep=paused.append)

    assert paused == []
    assert books.rows() == before


def test_an_attempt_that_broke_off_leaves_nothing_for_the_next(
    engine: sa.Engine, books: Books, paused: list[float]
) -> None:
    broken = [True]

    def work(session: Session) -> ledger.Receipt:
        receipt = ledger.post(session, books.order(30), now=NOW)
        if broken:
            broken.clear()
            raise BROKEN[0]
        return receipt

    ledger.exactly_once(engine, work, sleep=paused.append)

    assert books.balance(books.helper).posted_minutes == 30
