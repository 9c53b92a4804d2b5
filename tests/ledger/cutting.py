# SPDX-License-Identifier: EUPL-1.2
"""Connections that are cut: before a statement, before a COMMIT, or after it."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from typing import Any

import psycopg
import sqlalchemy as sa

WHERE = ("statement", "before commit", "after commit")


class Cutter:
    """Cuts one connection of an engine at a place of choice; the next one is whole again."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self.where: str | None = None
        self.skip = 0
        dialect: Any = engine.dialect
        self._commit, self._execute = dialect.do_commit, dialect.do_execute
        dialect.do_commit, dialect.do_execute = self._do_commit, self._do_execute

    @contextlib.contextmanager
    def cut(self, where: str | None, skip: int = 0) -> Iterator[None]:
        """Cut once within this block.

        Args:
            where: one of ``WHERE``; None cuts nothing.
            skip: let so many statements or commits pass first.
        """
        self.where, self.skip = where, skip
        try:
            yield
        finally:
            self.where = None

    def restore(self) -> None:
        dialect: Any = self.engine.dialect
        dialect.do_commit, dialect.do_execute = self._commit, self._execute

    def _do_commit(self, connection: Any) -> None:
        if self._is_due("before commit"):
            self._cut(connection)
        self._commit(connection)
        if self._is_due("after commit"):
            self._cut(connection)

    def _do_execute(
        self, cursor: Any, statement: str, parameters: Any, context: Any = None
    ) -> None:
        if self._is_due("statement"):
            self._cut(cursor.connection)
        self._execute(cursor, statement, parameters, context)

    def _is_due(self, where: str) -> bool:
        if self.where != where:
            return False
        self.skip -= 1
        return self.skip < 0

    def _cut(self, proxied: Any) -> None:
        self.where = None
        connection = getattr(proxied, "dbapi_connection", proxied)
        if isinstance(connection, sqlite3.Connection):
            # A file has no connection to lose: what was not committed is gone, as after a crash.
            connection.rollback()
            raise sqlite3.OperationalError("disk I/O error")
        connection.close()
        raise psycopg.OperationalError("the connection was cut")
