# SPDX-License-Identifier: EUPL-1.2
"""The statements that the two databases spell apart, but for the one in ``ledger.writing``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Table,
    Text,
    any_,
    bindparam,
    func,
    insert,
    literal,
    select,
)
from sqlalchemy import cast as sa_cast
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from ledger.models import Account, Transfer

Books = Session | Connection
"""Where the books are: an ORM session or a plain connection; the caller commits either."""

ACCOUNT = cast(Table, Account.__table__)
TRANSFER = cast(Table, Transfer.__table__)
_NAMES = [column.name for column in TRANSFER.c]


def dialect_of(books: Books) -> str:
    """Return ``sqlite`` or ``postgresql``."""
    bound = books if isinstance(books, Connection) else books.get_bind()
    return bound.dialect.name


def connection_of(books: Books) -> Connection:
    """Return the connection on which the books are being written."""
    return books if isinstance(books, Connection) else books.connection()


def commits_by_itself(books: Books) -> bool:
    """Say whether each statement is a transaction of its own here."""
    connection = connection_of(books)
    if connection.dialect.name == "postgresql":
        driver: Any = connection.connection.dbapi_connection
        return bool(driver.autocommit)
    return connection.get_execution_options().get("isolation_level") == "AUTOCOMMIT"


def insert_or_conflict(books: Books, table: Any) -> postgresql.Insert | sqlite.Insert:  # noqa: ANN401 - a table or a mapped class, as SQLAlchemy takes it
    """Return an INSERT that can say what to do on a conflict, for this database.

    On PostgreSQL such an INSERT waits for a rival that has the same key in hand, so that the
    outcome is final; on SQLite there is one writer at a time.
    """
    if dialect_of(books) == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def among(books: Books, column: Column[Any], values: Sequence[Any]) -> ColumnElement[bool]:
    """Return the condition that a column holds one of many values."""
    if dialect_of(books) == "sqlite":
        return column.in_(values)
    # One array: as many parameters as values would take longer to read than the rows themselves.
    # The driver spells it: of a text that is cast PostgreSQL makes no table to look values up in.
    return column == any_(literal(list(values), postgresql.ARRAY(column.type)))


def insert_many(books: Books, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write many transfers, numbered by the caller, in their order."""
    if dialect_of(books) == "sqlite":
        books.execute(insert(TRANSFER), [{name: row[name] for name in _NAMES} for row in rows])
        return
    # One array for each column: a statement with a parameter for each value would be as long as
    # the batch, and reading it would take longer than booking it.
    arrays = {f"p_{name}": _as_text(row[name] for row in rows) for name in _NAMES}
    books.execute(_INSERT_ARRAYS, arrays)


def _as_text(values: Iterable[Any]) -> str:
    """Spell an array as PostgreSQL reads it: numbers, UUIDs, kinds, days and moments only.

    None of these holds a quotation mark or a backslash. The driver would look at each value three
    times before it spelled it, and a batch has ten thousand; most columns of a batch hold the same
    value in every row, which is spelled once.
    """
    spelled: list[str] = []
    last, text = None, "NULL"
    for value in values:
        if value is not last:
            last, text = value, "NULL" if value is None else f'"{value}"'
        spelled.append(text)
    return "{" + ",".join(spelled) + "}"


def _from_arrays() -> postgresql.Insert:
    arrays = [
        sa_cast(bindparam(f"p_{c.name}", type_=Text), postgresql.ARRAY(c.type)) for c in TRANSFER.c
    ]
    lines = func.unnest(*arrays).table_valued(*_NAMES, with_ordinality="place")
    lines = lines.render_derived()
    chosen = select(*(lines.c[name] for name in _NAMES)).order_by(lines.c.place)
    return postgresql.insert(TRANSFER).from_select(_NAMES, chosen)


_INSERT_ARRAYS = _from_arrays()
