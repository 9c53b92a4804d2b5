# SPDX-License-Identifier: EUPL-1.2
"""Accounts for the tests of the books, in a timebank that nothing outside the ledger knows."""

from __future__ import annotations

import dataclasses
import datetime
import uuid

import pytest
from sqlalchemy.orm import Session

import ledger

NOW = datetime.datetime(2026, 3, 10, 9, 0, tzinfo=datetime.UTC)
BANK = 900


@dataclasses.dataclass
class Books:
    """Two accounts and short ways to move minutes from the helped to the helper."""

    session: Session
    helper: int
    helped: int

    def order(self, minutes: int = 60, **changes: object) -> ledger.Order:
        values: dict[str, object] = {
            "timebank_id": BANK,
            "transfer_id": uuid.uuid4(),
            "debit_account_id": self.helped,
            "credit_account_id": self.helper,
            "minutes": minutes,
            "effective_on": NOW.date(),
        }
        return ledger.Order(**(values | changes))  # type: ignore[arg-type]

    def balance(self, account_id: int) -> ledger.Balance:
        return ledger.balance_of(self.session, timebank_id=BANK, account_id=account_id)


@pytest.fixture
def books(session: Session) -> Books:
    helper, helped = (
        ledger.open_account(session, timebank_id=BANK, neighbourhood_code=code, now=NOW)
        for code in ("BU05460800", "BU05460801")
    )
    session.commit()
    return Books(session, helper, helped)
