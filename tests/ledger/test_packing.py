# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime
import random

import sqlalchemy as sa

import ledger
from tests.ledger.conftest import BANK, NOW, Books

ACCOUNTS, ROUNDS, A_ROUND = 40, 15, 200


def _grow(books: Books) -> None:
    """Let many accounts grow at once, each at its own end, as they do in a town."""
    chooser = random.Random(7)  # noqa: S311 - no secret
    accounts = [
        ledger.open_account(books.session, timebank_id=BANK, neighbourhood_code="BU1", now=NOW)
        for _ in range(ACCOUNTS)
    ]
    for number in range(ROUNDS):
        now = NOW + datetime.timedelta(minutes=number)
        steps = []
        for _ in range(A_ROUND):
            debit, credit = chooser.sample(accounts, 2)
            order = ledger.Order(BANK, ledger.new_id(now), debit, credit, 15, now.date())
            steps.append(ledger.Step(ledger.TransferKind.POST, order))
        ledger.book_all(books.session, steps, now=now)
    books.session.commit()


def test_packing_gives_room_back_and_changes_no_row(books: Books, engine: sa.Engine) -> None:
    _grow(books)
    rows = books.rows()

    before, after = ledger.pack(engine)

    assert after < 0.95 * before
    assert books.rows() == rows
    assert books.violations() == []


def test_packing_what_is_packed_gives_nothing_back(books: Books, engine: sa.Engine) -> None:
    _grow(books)
    books.session.close()
    _, once = ledger.pack(engine)

    before, twice = ledger.pack(engine)

    assert (before, twice) == (once, once)
