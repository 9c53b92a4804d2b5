# SPDX-License-Identifier: EUPL-1.2
"""How a connection must behave so that the books can rely on it.

SQLite: foreign keys on, WAL, every commit on stable storage (``synchronous=FULL``), and a writer
takes the write lock at its first word (``BEGIN IMMEDIATE``), because a reader that turns writer
half-way fails with "database is locked" or, worse, decides on what it read before. A reader may
say so beforehand and then never waits. PostgreSQL needs none of this: READ COMMITTED suffices,
since the rules are constraints, unique keys and row locks.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from ledger.tenant import enter_timebank

BUSY_TIMEOUT_MILLISECONDS = 30_000
READ_ONLY = {"sqlite_begin": "DEFERRED"}
"""Execution options of an engine or connection that will only read."""
AUTOCOMMIT = {"isolation_level": "AUTOCOMMIT"}
"""Execution options of a connection on which each single transfer commits by itself.

A transfer is one statement, so that this is one round trip; the answer comes after the commit. What
takes more than one statement, a batch above all, is refused on such a connection.
"""


def prepare_engine(engine: Engine) -> Engine:
    """Make every connection of this engine fit for the books, and return the engine."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


@contextlib.contextmanager
def snapshot(engine: Engine, *, timebank_id: int | None = None) -> Iterator[Session]:
    """Give a session that sees one moment of the books, and neither waits nor is waited for.

    Several statements then agree with each other although others go on writing.

    Args:
        timebank_id: the timebank that is entered; None sees only what all timebanks share.
    """
    if engine.dialect.name == "sqlite":
        reader = engine.execution_options(**READ_ONLY)
    else:
        reader = engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
    with Session(reader) as session:
        enter_timebank(session, timebank_id)
        yield session


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # Autocommit mode of the driver: it must not open transactions of its own beside ours.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MILLISECONDS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("isolation_level") == AUTOCOMMIT["isolation_level"]:
        return
    how = options.get("sqlite_begin", "IMMEDIATE")
    statement = f"BEGIN {how}"
    try:
        # Through the driver: this is said once for each transaction and has nothing to build.
        connection.connection.dbapi_connection.execute(statement)  # type: ignore[union-attr]
    except sqlite3.OperationalError as error:
        raise OperationalError(statement, None, error) from error
