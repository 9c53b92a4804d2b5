# SPDX-License-Identifier: EUPL-1.2
"""The books in the files of other programs, so that an auditor needs nothing of ours.

Beancount and hledger files hold every posted transfer and end with an assertion of each balance:
their own tools add everything up again and refuse the file when one minute differs. CSV holds the
journal as a table; JSON Lines holds every row of every table, enough to build the books again.
Accounts are numbers here; who holds them is not in the books.

Everything is written while it is read: a long history needs no more memory than a short one.
"""

from __future__ import annotations

import csv
import datetime
import io
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import Select, Table, func, select

from ledger.dialects import ACCOUNT, TRANSFER, Books
from ledger.models import POSTING_KINDS
from ledger.seals import SEAL
from ledger.spelling import ENTRY, ROWS_AT_ONCE

Progress = Callable[[int], None]
"""Called now and then with the number of rows written so far."""
_REPORT_EVERY = 1000
_DAY = datetime.timedelta(days=1)


def export(
    books: Books, *, timebank_id: int, form: str, progress: Progress | None = None
) -> Iterator[str]:
    """Yield the lines of a file, each with its line feed.

    Args:
        form: one of ``FORMS``.
        progress: told how many rows were written.

    Raises:
        KeyError: there is no such form.
    """
    return FORMS[form](books, timebank_id, progress or (lambda _rows: None))


def _beancount(books: Books, timebank_id: int, progress: Progress) -> Iterator[str]:
    yield from _heading(timebank_id)
    yield 'option "operating_currency" "MIN"\n\n'
    first, last = _period(books, timebank_id)
    for account in _accounts(books, timebank_id):
        yield f"{first} open {_beancount_name(account.id)} MIN\n"
    for row in _postings(books, timebank_id, progress):
        yield f'\n{row.recorded_at:%Y-%m-%d} * "{row.kind}"\n'
        yield f'  transfer: "{row.id}"\n'
        yield f"  effective: {row.effective_on}\n"
        if row.refers_to:
            yield f'  refers-to: "{row.refers_to}"\n'
        yield f"  {_beancount_name(row.debit_account_id)}  {-row.minutes} MIN\n"
        yield f"  {_beancount_name(row.credit_account_id)}  {row.minutes} MIN\n"
    yield "\n"
    for account in _accounts(books, timebank_id):
        yield f"{last + _DAY} balance {_beancount_name(account.id)}  {account.balance} MIN\n"


def _hledger(books: Books, timebank_id: int, progress: Progress) -> Iterator[str]:
    yield from _heading(timebank_id)
    yield "commodity 1000. MIN\n\n"
    _first, last = _period(books, timebank_id)
    for account in _accounts(books, timebank_id):
        yield f"account member:{account.id}\n"
    for row in _postings(books, timebank_id, progress):
        named = f", refers-to:{row.refers_to}" if row.refers_to else ""
        yield f"\n{row.recorded_at:%Y-%m-%d} * ({row.id}) {row.kind}"
        yield f"  ; effective:{row.effective_on}{named}\n"
        yield f"    member:{row.debit_account_id}  {-row.minutes} MIN\n"
        yield f"    member:{row.credit_account_id}  {row.minutes} MIN\n"
    yield f"\n{last + _DAY} * closing balances\n"
    for account in _accounts(books, timebank_id):
        yield f"    member:{account.id}  0 MIN = {account.balance} MIN\n"


def _csv(books: Books, timebank_id: int, progress: Progress) -> Iterator[str]:
    names = [column.name for column in TRANSFER.c]
    yield _csv_line(names)
    for row in _told(_stream(books, _whole(TRANSFER, timebank_id)), progress):
        yield _csv_line([_plain(value) for value in row])


def _jsonl(books: Books, timebank_id: int, progress: Progress) -> Iterator[str]:
    def tables() -> Iterator[tuple[str, Any]]:
        for table in (ACCOUNT, TRANSFER, ENTRY, SEAL):
            for row in _stream(books, _whole(table, timebank_id)):
                yield table.name, row

    for name, row in _told(tables(), progress):
        values = {key: _plain(value) for key, value in row._asdict().items()}
        yield json.dumps({"table": name} | values, separators=(",", ":")) + "\n"


FORMS: dict[str, Callable[[Books, int, Progress], Iterator[str]]] = {
    "beancount": _beancount,
    "hledger": _hledger,
    "csv": _csv,
    "jsonl": _jsonl,
}
"""What the books can be written as."""


def _heading(timebank_id: int) -> Iterator[str]:
    """Say what the file holds; both programs take lines that begin with ``;`` as remarks."""
    yield f"; The hour ledger of timebank {timebank_id}, in minutes (MIN).\n"
    yield "; Help given is positive, help received negative; all balances sum to zero.\n"
    yield "; Every transfer that was posted; what is pending is not here.\n\n"


def _period(books: Books, timebank_id: int) -> tuple[datetime.date, datetime.date]:
    """Return the first and the last day that anything happened to an account."""
    first, last, written = books.execute(
        select(
            func.min(ACCOUNT.c.opened_at),
            func.max(ACCOUNT.c.last_recorded_at),
            select(func.min(TRANSFER.c.recorded_at))
            .where(TRANSFER.c.timebank_id == timebank_id)
            .scalar_subquery(),
        ).where(ACCOUNT.c.timebank_id == timebank_id)
    ).one()
    if first is None:
        return datetime.date.min, datetime.date.min
    return min(first, written or first).date(), last.date()


def _accounts(books: Books, timebank_id: int) -> Iterator[Any]:
    balance = ACCOUNT.c.credited_minutes - ACCOUNT.c.debited_minutes
    query = select(ACCOUNT.c.id, balance.label("balance"))
    return _stream(books, query.where(ACCOUNT.c.timebank_id == timebank_id).order_by(ACCOUNT.c.id))


def _postings(books: Books, timebank_id: int, progress: Progress) -> Iterator[Any]:
    query = _whole(TRANSFER, timebank_id).where(TRANSFER.c.kind.in_(POSTING_KINDS))
    return _told(_stream(books, query), progress)


def _whole(table: Table, timebank_id: int) -> Select[Any]:
    query = select(table).where(table.c.timebank_id == timebank_id)
    if table is TRANSFER:
        return query.order_by(TRANSFER.c.recorded_at, TRANSFER.c.id)
    return query.order_by(*table.primary_key)


def _stream(books: Books, query: Select[Any]) -> Iterator[Any]:
    yield from books.execute(query.execution_options(yield_per=ROWS_AT_ONCE))


def _told(rows: Iterator[Any], progress: Progress) -> Iterator[Any]:
    for count, row in enumerate(rows, start=1):
        yield row
        if count % _REPORT_EVERY == 0:
            progress(count)


def _plain(value: object) -> object:
    if isinstance(value, bytes):
        return value.hex()
    if value is None or isinstance(value, int):
        return value
    return value.isoformat() if isinstance(value, datetime.date) else str(value)


def _csv_line(values: Sequence[object]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(values)
    return line.getvalue()


def _beancount_name(account_id: int) -> str:
    return f"Equity:Member:A{account_id}"
