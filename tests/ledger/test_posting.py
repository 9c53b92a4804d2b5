# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import uuid

import pytest
from sqlalchemy import select

import ledger
from tests.ledger.conftest import BANK, NOW, Books


def _resolution(refers_to: uuid.UUID, transfer_id: uuid.UUID | None = None) -> ledger.Resolution:
    return ledger.Resolution(BANK, transfer_id or uuid.uuid4(), refers_to)


def test_posting_credits_the_helper_and_debits_the_helped(books: Books) -> None:
    ledger.post(books.session, books.order(minutes=90), now=NOW)
    books.session.commit()

    assert books.balance(books.helper).posted_minutes == 90
    assert books.balance(books.helped).posted_minutes == -90
    assert ledger.violations(books.session, timebank_id=BANK) == []
