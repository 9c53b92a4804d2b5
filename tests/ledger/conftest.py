# SPDX-License-Identifier: EUPL-1.2
"""Accounts for the tests of the books, in a timebank that nothing outside the ledger knows."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Sequence
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger

NOW = datetime.datetime(2026, 3, 10, 9, 0, tzinfo=datetime.UTC)
LATER = NOW + datetime.timedelta(hours=3)
BANK = 900
SLAAGHWIJK, ZIJLWIJK = "BU05460800", "BU05460801"
TABLES = (ledger.Account, ledger.Transfer, ledger.Entry, ledger.Seal)


@dataclasses.dataclass
class Books:
    """Two accounts and short ways to move minutes from the helped to the helper."""

    session: Session
    helper: int
    helped: int

    def order(self, minutes: object = 60, **changes: object) -> ledger.Order:
        values: dict[str, object] = {
            "timebank_id": BANK,
            "transfer_id": uuid.uuid4(),
            "debit_account_id": self.helped,
            "credit_account_id": self.helper,
            "minutes": minutes,
            "effective_on": NOW.date(),
        }
        return ledger.Order(**(values | changes))  # type: ignore[arg-type]

    def resolution(
        self, refers_to: uuid.UUID, transfer_id: uuid.UUID | None = None, **changes: Any
    ) -> ledger.Resolution:
        return ledger.Resolution(BANK, transfer_id or uuid.uuid4(), refers_to, **changes)

    def posted(self, minutes: int = 60, *, now: datetime.datetime = NOW, **changes: Any) -> Any:
        """Post, commit and return the id of the transfer."""
        return self._commit(ledger.post(self.session, self.order(minutes, **changes), now=now))

    def reserved(self, minutes: int = 60, *, now: datetime.datetime = NOW, **changes: Any) -> Any:
        """Reserve, commit and return the id of the transfer."""
        return self._commit(ledger.reserve(self.session, self.order(minutes, **changes), now=now))

    def resolved(self, verb: str, refers_to: uuid.UUID, now: datetime.datetime = NOW) -> Any:
        """Post, void or reverse an earlier transfer, commit and return the id of the new one."""
        resolve = getattr(ledger, verb)
        return self._commit(resolve(self.session, self.resolution(refers_to), now=now))

    def open_account(self, code: str = SLAAGHWIJK, *, timebank_id: int = BANK) -> int:
        account_id = ledger.open_account(
            self.session, timebank_id=timebank_id, neighbourhood_code=code, now=NOW
        )
        self.session.commit()
        return account_id

    def move(self, account_id: int, code: str) -> None:
        ledger.move_account(
            self.session, timebank_id=BANK, account_id=account_id, neighbourhood_code=code
        )
        self.session.commit()

    def close(self, account_id: int, *, now: datetime.datetime = NOW) -> None:
        ledger.close_account(self.session, timebank_id=BANK, account_id=account_id, now=now)
        self.session.commit()

    def empty(self, account_id: int) -> None:
        """Bring an account to zero by a transfer with another one."""
        minutes, other = self.balance(account_id).posted_minutes, self.open_account()
        if minutes:
            sides = (account_id, other) if minutes > 0 else (other, account_id)
            self.posted(abs(minutes), debit_account_id=sides[0], credit_account_id=sides[1])

    def limit(self, account_id: int, floor: int | None = None, ceiling: int | None = None) -> None:
        ledger.limit_account(
            self.session,
            timebank_id=BANK,
            account_id=account_id,
            floor_minutes=floor,
            ceiling_minutes=ceiling,
            now=NOW,
        )
        self.session.commit()

    def seal(self, now: datetime.datetime = NOW) -> ledger.Block | None:
        """Close a block and commit it."""
        block = ledger.next_block(self.session, timebank_id=BANK, now=now)
        if block is not None:
            assert ledger.add_seal(self.session, block)
        self.session.commit()
        return block

    def balance(self, account_id: int) -> ledger.Balance:
        return ledger.balance_of(self.session, timebank_id=BANK, account_id=account_id)

    def entries(self, account_id: int) -> Sequence[ledger.Entry]:
        return self.session.scalars(
            sa.select(ledger.Entry)
            .where(ledger.Entry.timebank_id == BANK, ledger.Entry.account_id == account_id)
            .order_by(ledger.Entry.seq)
        ).all()

    def transfer(self, transfer_id: uuid.UUID) -> ledger.Transfer:
        return self.session.get_one(ledger.Transfer, (BANK, transfer_id))

    def statement(self, account_id: int, **page: Any) -> Sequence[ledger.StatementLine]:
        return ledger.account_statement(
            self.session, timebank_id=BANK, account_id=account_id, **page
        )

    def violations(self) -> list[ledger.Violation]:
        return ledger.violations(self.session, timebank_id=BANK)

    def rows(self) -> list[set[Any]]:
        """Read everything that stands in the three tables, to see whether anything changed."""
        tables = [sa.inspect(model).local_table for model in TABLES]
        rows = [{tuple(row) for row in self.session.execute(sa.select(t))} for t in tables]
        self.session.rollback()
        return rows

    def _commit(self, receipt: ledger.Receipt) -> uuid.UUID:
        self.session.commit()
        return receipt.transfer_id


def two_accounts(session: Session) -> Books:
    """Open the accounts of helper and helped, and commit."""
    helper, helped = (
        ledger.open_account(session, timebank_id=BANK, neighbourhood_code=code, now=NOW)
        for code in (SLAAGHWIJK, ZIJLWIJK)
    )
    session.commit()
    return Books(session, helper, helped)


@pytest.fixture
def books(session: Session) -> Books:
    return two_accounts(session)


@pytest.fixture
def full_books(books: Books) -> Books:
    """One of everything: open, posted and voided reservations, postings, both reversals, a move."""
    books.reserved(15)
    posted_from = books.resolved("post_pending", books.reserved(30))
    books.resolved("void", books.reserved(45))
    books.resolved("reverse", books.posted(60))
    books.move(books.helper, ZIJLWIJK)
    books.resolved("reverse", posted_from)
    books.posted(75)
    books.posted(90, debit_account_id=books.helper, credit_account_id=books.helped)
    return books
