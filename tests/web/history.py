# SPDX-License-Identifier: EUPL-1.2
"""Long books, made quickly: approved exchanges between Fatima and Jan in bulk, both databases."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

import sqlalchemy as sa
from flask import Flask

import ledger
from tests import builders
from timebank.extensions import db
from timebank.members.models import Member

Row = dict[str, Any]
LOGGED_AT = datetime.datetime(2026, 2, 1, 9, tzinfo=datetime.UTC)
DAY = datetime.date(2026, 1, 31)
MINUTES = 15


def write_history(app: Flask, exchanges: int) -> None:
    """Add approved exchanges, each with its reservation, its posting and its two entries."""
    tables = ledger.Base.metadata.tables
    with app.app_context():
        fatima = builders.member_of(db.session, "Fatima")
        jan = builders.member_of(db.session, "Jan")
        where: Row = {"timebank_id": fatima.timebank_id}
        ids = [uuid.UUID(int=2 * number + 1) for number in range(exchanges)]
        for name, rows in (
            ("exchange", [_exchange(where, one, fatima, jan) for one in ids]),
            ("ledger_transfer", [_transfer(where, one, fatima, jan, None) for one in ids]),
            ("ledger_transfer", [_transfer(where, _next(one), fatima, jan, one) for one in ids]),
            ("ledger_entry", _entries(where, ids, fatima, jan)),
        ):
            db.session.execute(sa.insert(tables[name]), rows)
        account = tables["ledger_account"]
        total = exchanges * MINUTES
        for member, column in ((fatima, "credited_minutes"), (jan, "debited_minutes")):
            db.session.execute(
                sa.update(account)
                .where(account.c.id == member.account_id)
                .values({column: total, "last_seq": exchanges})
            )
        db.session.commit()


def _next(exchange_id: uuid.UUID) -> uuid.UUID:
    return uuid.UUID(int=exchange_id.int + 1)


def _exchange(where: Row, exchange_id: uuid.UUID, fatima: Member, jan: Member) -> Row:
    return where | {
        "id": exchange_id,
        "form_key": exchange_id,
        "helper_id": fatima.id,
        "helped_id": jan.id,
        "helper_neighbourhood_code": fatima.neighbourhood_code,
        "helped_neighbourhood_code": jan.neighbourhood_code,
        "category_code": "coffee",
        "minutes": MINUTES,
        "helped_on": DAY,
        "state": "approved",
        "logged_by": fatima.id,
        "logged_at": LOGGED_AT,
    }


def _transfer(
    where: Row, transfer_id: uuid.UUID, fatima: Member, jan: Member, refers_to: uuid.UUID | None
) -> Row:
    return where | {
        "id": transfer_id,
        "kind": "post_pending" if refers_to else "reserve",
        "debit_account_id": jan.account_id,
        "credit_account_id": fatima.account_id,
        "minutes": MINUTES,
        "refers_to": refers_to,
        "effective_on": DAY,
        "recorded_at": LOGGED_AT,
        "recorded_by": fatima.id,
        "fingerprint": b"0" * 16,
    }


def _entries(where: Row, ids: list[uuid.UUID], fatima: Member, jan: Member) -> list[Row]:
    return [
        where
        | {
            "account_id": member.account_id,
            "seq": number,
            "transfer_id": _next(exchange_id),
            "minutes": sign * MINUTES,
            "balance_minutes": sign * MINUTES * number,
            "neighbourhood_code": member.neighbourhood_code,
            "recorded_at": LOGGED_AT,
        }
        for number, exchange_id in enumerate(ids, start=1)
        for member, sign in ((fatima, 1), (jan, -1))
    ]
