# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from tests.ledger.conftest import NOW, Books
from tests.ledger.racing import race


@pytest.mark.parametrize(
    ("made", "verbs"),
    [("reserved", ("post_pending", "void")), ("posted", ("reverse", "reverse"))],
)
def test_of_eight_who_resolve_one_transfer_one_wins(
    engine: sa.Engine, books: Books, made: str, verbs: tuple[str, str]
) -> None:
    first = getattr(books, made)()

    def resolve(session: Session, number: int) -> Any:
        return getattr(ledger, verbs[number % 2])(session, books.resolution(first), now=NOW)

    answers = race(engine, 8, resolve)

    (winner,) = [answer for answer in answers if isinstance(answer, ledger.Receipt)]
    losers = [answer for answer in answers if isinstance(answer, ledger.AlreadyResolved)]
    assert [loser.resolved_as for loser in losers] == [winner.kind] * 7
    assert books.balance(books.helper).pending_in_minutes == 0
    assert books.violations() == []


@pytest.mark.parametrize("verb", ["post", "reserve"])
def test_thirty_two_who_send_the_same_order_make_one_transfer(
    engine: sa.Engine, books: Books, verb: str
) -> None:
    order = books.order(90)

    answers = race(engine, 32, lambda session, _: getattr(ledger, verb)(session, order, now=NOW))

    assert sum(not answer.replayed for answer in answers) == 1  # type: ignore[union-attr]
    assert {(a.transfer_id, a.minutes, a.recorded_at) for a in answers} == {  # type: ignore[union-attr]
        (order.transfer_id, 90, NOW)
    }
    balance = books.balance(books.helper)
    assert balance.posted_minutes + balance.pending_in_minutes == 90
    assert books.violations() == []


def test_of_eight_who_use_one_id_for_different_orders_one_wins(
    engine: sa.Engine, books: Books
) -> None:
    key = books.order().transfer_id

    def post(session: Session, number: int) -> ledger.Receipt:
        return ledger.post(session, books.order(number + 1, transfer_id=key), now=NOW)

    answers = race(engine, 8, post)

    (winner,) = [answer for answer in answers if isinstance(answer, ledger.Receipt)]
    assert sum(isinstance(answer, ledger.KeyConflict) for answer in answers) == 7
    assert books.balance(books.helper).posted_minutes == winner.minutes
    assert books.violations() == []


def test_eight_who_post_between_two_accounts_in_both_directions_lose_nothing(
    engine: sa.Engine, books: Books
) -> None:
    def post(session: Session, number: int) -> ledger.Receipt:
        order = books.order(number + 1)
        if number % 2:
            order = books.order(
                number + 1, debit_account_id=books.helper, credit_account_id=books.helped
            )
        return ledger.post(session, order, now=NOW)

    answers = race(engine, 8, post, rounds=10)

    assert all(isinstance(answer, ledger.Receipt) for answer in answers)
    assert books.balance(books.helper) == ledger.Balance(160, 200, 0, 0, 80)
    assert books.balance(books.helped) == ledger.Balance(200, 160, 0, 0, 80)
    assert books.violations() == []
