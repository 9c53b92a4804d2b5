# SPDX-License-Identifier: EUPL-1.2
"""A connection that commits each statement: fit for single transfers, refused for more."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

import ledger
from tests.ledger.conftest import BANK, NOW, Books


@pytest.fixture
def single(engine: sa.Engine, books: Books) -> Iterator[sa.Connection]:
    with engine.connect().execution_options(**ledger.AUTOCOMMIT) as connection:
        yield connection


def test_a_single_transfer_is_there_for_everyone_with_its_answer(
    single: sa.Connection, books: Books
) -> None:
    receipt = ledger.post(single, books.order(90), now=NOW)

    assert not receipt.replayed
    assert books.balance(books.helper).posted_minutes == 90
    assert books.violations() == []


def test_a_refused_transfer_leaves_nothing_and_the_connection_goes_on(
    single: sa.Connection, books: Books
) -> None:
    books.limit(books.helped, floor=-30)

    with pytest.raises(ledger.LimitReached):
        ledger.post(single, books.order(90), now=NOW)
    ledger.post(single, books.order(30), now=NOW)

    assert books.balance(books.helper).posted_minutes == 30
    assert books.violations() == []


def test_a_reservation_is_resolved_on_it(single: sa.Connection, books: Books) -> None:
    order = books.order(45)
    ledger.reserve(single, order, now=NOW)

    ledger.post_pending(single, books.resolution(order.transfer_id), now=NOW)

    assert books.balance(books.helper).posted_minutes == 45


@pytest.mark.parametrize("templates", ["postgresql"], indirect=True)
def test_a_driver_that_commits_by_itself_without_telling_is_seen(
    engine: sa.Engine, books: Books
) -> None:
    with engine.connect() as connection:
        driver = connection.connection.dbapi_connection
        assert driver is not None
        driver.autocommit = True  # type: ignore[attr-defined] - as some pools set it
        with pytest.raises(ledger.NoTransaction):
            ledger.close_account(connection, timebank_id=BANK, account_id=books.helper, now=NOW)
        connection.detach()


def test_a_batch_is_refused_on_it(single: sa.Connection, books: Books) -> None:
    steps = [ledger.Step(ledger.TransferKind.POST, books.order())]

    with pytest.raises(ledger.NoTransaction):
        ledger.book_all(single, steps, now=NOW)

    assert books.balance(books.helper).posted_minutes == 0


def test_closing_an_account_is_refused_on_it(single: sa.Connection, books: Books) -> None:
    with pytest.raises(ledger.NoTransaction):
        ledger.close_account(single, timebank_id=BANK, account_id=books.helper, now=NOW)


@pytest.mark.parametrize("kind", ["void", "reverse", "expire", "post_pending"])
def test_an_order_cannot_be_resolved(books: Books, kind: str) -> None:
    step = ledger.Step(ledger.TransferKind(kind), books.order())

    with pytest.raises(ledger.BatchRefused) as refusal:
        ledger.book_all(books.session, [step], now=NOW)

    assert isinstance(refusal.value.cause, ledger.InvalidStep)
    assert refusal.value.cause.kind == kind


@pytest.mark.parametrize("kind", ["post", "reserve"])
def test_a_resolution_cannot_be_ordered(books: Books, kind: str) -> None:
    step = ledger.Step(ledger.TransferKind(kind), books.resolution(books.posted()))

    with pytest.raises(ledger.BatchRefused) as refusal:
        ledger.book_all(books.session, [step], now=NOW)

    assert isinstance(refusal.value.cause, ledger.InvalidStep)
    assert str(refusal.value.cause) == f"a {kind} is not what was asked for"
