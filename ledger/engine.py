# SPDX-License-Identifier: EUPL-1.2
"""How a connection must behave so that the books can rely on it.

SQLite: foreign keys on, WAL, every commit on stable storage (``synchronous=FULL``), and a writer
takes the write lock at its first word (``BEGIN IMMEDIATE``), because a reader that turns writer
half-way fails with "database is locked" or, worse, decides on what it read before. A reader may
say so beforehand and then never waits. PostgreSQL needs none of this: READ COMMITTED suffices,
since the rules are constraints, unique keys and row locks.
"""

from __future__ import annotations

import sqlite3

from sqlalchemy import Connection, Engine, event

BUSY_TIMEOUT_MILLISECONDS = 30_000
READ_ONLY = {"sqlite_begin": "DEFERRED"}
"""Execution options of an engine or connection that will only read."""


def prepare_engine(engine: Engine) -> Engine:
    """Make every connection of this engine fit for the books, and return the engine."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


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
    how = connection.get_execution_options().get("sqlite_begin", "IMMEDIATE")
    connection.exec_driver_sql(f"BEGIN {how}")
