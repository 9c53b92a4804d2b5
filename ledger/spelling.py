# SPDX-License-Identifier: EUPL-1.2
"""How a row of the books is spelled before it is digested: one JSON array on one line.

The values stand in the order of ``SPELLED``, without spaces: numbers as numbers, nothing as
``null``, an id as 32 hexadecimal digits, a day as 2026-03-01, a moment in UTC as
``2026-03-01 09:00:00.000000``, text as text in ASCII. That is also how SQLite stores them, and
there the row is spelled as it is stored, unread, so that no changed byte can hide behind a reader.
Anyone can spell and digest the rows again without this program (docs/seals.md).
"""

from __future__ import annotations

import datetime
import hashlib
import json
import uuid
from collections.abc import Iterator, Sequence
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, Table, select, type_coerce
from sqlalchemy.types import NullType

from ledger.dialects import TRANSFER, Books
from ledger.models import Entry

ENTRY = cast(Table, Entry.__table__)
SPELLED: dict[str, tuple[str, ...]] = {
    TRANSFER.name: (
        "timebank_id",
        "debit_account_id",
        "number",
        "id",
        "kind",
        "credit_account_id",
        "minutes",
        "refers_to",
        "effective_on",
        "recorded_at",
        "recorded_by",
        "expires_at",
    ),
    ENTRY.name: (
        "timebank_id",
        "account_id",
        "seq",
        "transfer_id",
        "minutes",
        "balance_minutes",
        "neighbourhood_code",
        "recorded_at",
    ),
}
"""Every column of the journal; the second and the third say where a row has its place."""
JOURNALS = (TRANSFER, ENTRY)
ROWS_AT_ONCE = 2000


def spell(row: Sequence[object]) -> bytes:
    """Return one row as it is digested, with a line feed at its end."""
    line = json.dumps([_value(value) for value in row], separators=(",", ":"), default=repr)
    return line.encode("ascii") + b"\n"


def digest_of(line: bytes) -> bytes:
    """Return the SHA-256 of a row that is spelled already."""
    return hashlib.sha256(line).digest()


def unread(table: Table, timebank_id: int) -> Select[Any]:
    """Select the rows of a timebank as they are stored, in the order of their places."""
    columns: list[ColumnElement[Any]] = [
        type_coerce(table.c[name], NullType()) for name in SPELLED[table.name]
    ]
    account, place = (table.c[name] for name in SPELLED[table.name][1:3])
    return select(*columns).where(table.c.timebank_id == timebank_id).order_by(account, place)


def read_rows(books: Books, query: Select[Any]) -> Iterator[Sequence[Any]]:
    """Read rows in portions, so that a long history needs no more memory than a short one."""
    yield from books.execute(query.execution_options(yield_per=ROWS_AT_ONCE))


def _value(value: object) -> object:
    if isinstance(value, uuid.UUID):
        return value.hex
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    if isinstance(value, datetime.date):
        return value.isoformat()
    return value
