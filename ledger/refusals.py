# SPDX-License-Identifier: EUPL-1.2
"""What the database says when it refuses a transfer, in the words of ``ledger.errors``.

PostgreSQL sends the account row with its refusal, because the transaction can ask nothing more.
SQLite can only send a word, and is asked for the row.
"""

from __future__ import annotations

import datetime
import json
import re
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from ledger.bookkeeping import REFUSAL
from ledger.dialects import ACCOUNT, Books, dialect_of
from ledger.errors import (
    AccountClosed,
    ClockWentBack,
    KeyConflict,
    LedgerError,
    LimitReached,
    NotExpired,
    ReservationExpired,
    UnknownAccount,
)
from ledger.models import TransferKind

_CODE = re.compile(re.escape(REFUSAL) + r"([a-z-]+)")
_TAKEN_KEY = re.compile(r"\(timebank_id, id\)=\(\d+, ([0-9a-f-]{36})\)")
State = Mapping[str, Any]
"""An account row as it stood before the refused transfer."""


def refusal_of(books: Books, error: DBAPIError, row: Mapping[str, Any]) -> LedgerError | None:
    """Return what the database refused, or None when it failed in another way.

    Args:
        row: the transfer that was to be written, by column.
    """
    taken = _TAKEN_KEY.search(str(error.orig))
    if taken:
        return KeyConflict(uuid.UUID(taken.group(1)))
    found = _CODE.search(str(error.orig))
    if found is None:
        return None
    return _REFUSALS[found.group(1)](books, error, row)


def limit_reached(state: State, row: Mapping[str, Any], limit: str) -> LimitReached:
    """Say which limit of which account the transfer would pass, and where it would come."""
    balance = state["credited_minutes"] - state["debited_minutes"]
    if limit == "floor":
        reached = balance - state["pending_out_minutes"] - row["minutes"]
    else:
        reached = balance + state["pending_in_minutes"] + row["minutes"]
    return LimitReached(state["id"], limit, state[f"{limit}_minutes"], reached)


def _unknown(side: str) -> Callable[..., LedgerError]:
    return lambda _books, _error, row: UnknownAccount(row["timebank_id"], row[side])


def _closed(side: str) -> Callable[..., LedgerError]:
    return lambda _books, _error, row: AccountClosed(row[side])


def _limit(side: str, limit: str) -> Callable[..., LedgerError]:
    return lambda books, error, row: limit_reached(_state(books, error, row, side), row, limit)


def _clock(books: Books, error: DBAPIError, row: Mapping[str, Any]) -> LedgerError:
    sides = ("debit_account_id", "credit_account_id")
    moments = [_moment(_state(books, error, row, side)["last_recorded_at"]) for side in sides]
    return ClockWentBack(row["recorded_at"], max(moments))


def _misfit(_books: Books, _error: DBAPIError, row: Mapping[str, Any]) -> LedgerError:
    """What a reservation looks like was checked before; only its term can have passed since."""
    if row["kind"] is TransferKind.EXPIRE:
        return NotExpired(row["refers_to"], row["first_expires_at"])
    return ReservationExpired(row["refers_to"], row["first_expires_at"])


def _state(books: Books, error: DBAPIError, row: Mapping[str, Any], side: str) -> State:
    if dialect_of(books) == "postgresql":
        detail: State = json.loads(error.orig.diag.message_detail)  # type: ignore[union-attr]
        return detail
    found = books.execute(
        select(ACCOUNT).where(
            ACCOUNT.c.timebank_id == row["timebank_id"], ACCOUNT.c.id == row[side]
        )
    )
    return dict(found.mappings().one())


def _moment(value: object) -> datetime.datetime:
    if isinstance(value, datetime.datetime):
        return value
    return datetime.datetime.fromisoformat(str(value)).astimezone(datetime.UTC)


_REFUSALS: dict[str, Callable[..., LedgerError]] = {
    "debit-unknown": _unknown("debit_account_id"),
    "credit-unknown": _unknown("credit_account_id"),
    "debit-closed": _closed("debit_account_id"),
    "credit-closed": _closed("credit_account_id"),
    "floor": _limit("debit_account_id", "floor"),
    "ceiling": _limit("credit_account_id", "ceiling"),
    "clock": _clock,
    "misfit": _misfit,
}
