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
        rows = [_exchange(where, one, fatima, jan) for one in ids]
        db.session.execute(sa.insert(tables["exchange"]), rows)
        orders = [_order(one, fatima, jan) for one in ids]
        ledger.book_all(db.session, orders, now=LOGGED_AT)
        postings = [_posting(one, fatima) for one in ids]
        ledger.book_all(db.session, postings, now=LOGGED_AT)
        db.session.commit()


def _order(exchange_id: uuid.UUID, fatima: Member, jan: Member) -> ledger.Step:
    order = ledger.Order(
        fatima.timebank_id,
        exchange_id,
        debit_account_id=_account(jan),
        credit_account_id=_account(fatima),
        minutes=MINUTES,
        effective_on=DAY,
        recorded_by=fatima.id,
    )
    return ledger.Step(ledger.TransferKind.RESERVE, order)


def _posting(exchange_id: uuid.UUID, fatima: Member) -> ledger.Step:
    resolution = ledger.Resolution(fatima.timebank_id, _next(exchange_id), exchange_id)
    return ledger.Step(ledger.TransferKind.POST_PENDING, resolution)


def _account(member: Member) -> int:
    assert member.account_id is not None
    return member.account_id


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
