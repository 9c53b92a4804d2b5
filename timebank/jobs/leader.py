# SPDX-License-Identifier: EUPL-1.2
"""One scheduler of several works: whoever holds the lock. It is freed when its process dies."""

from __future__ import annotations

import fcntl
import pathlib
from types import TracebackType
from typing import IO

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

_ADVISORY_KEY = 7_203_114_901
"""Any number that nothing else in the database locks by."""


class Leadership:
    """Try to be the one; ask :meth:`is_held` before each piece of work."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None
        self._file: IO[str] | None = None

    def is_held(self) -> bool:
        """Say whether this process holds the lock now, taking it if it is free."""
        if self._engine.dialect.name == "postgresql":
            return self._postgresql()
        return self._sqlite()

    def _postgresql(self) -> bool:
        if self._connection is None:
            engine = self._engine.execution_options(isolation_level="AUTOCOMMIT")
            connection = engine.connect()
            got = connection.execute(
                text("SELECT pg_try_advisory_lock(:key)"), {"key": _ADVISORY_KEY}
            ).scalar()
            if not got:
                connection.close()
                return False
            self._connection = connection
        try:
            self._connection.execute(text("SELECT 1"))
        except SQLAlchemyError:
            # A dead connection has lost the lock; the next question asks for it anew.
            self._connection.invalidate()
            self._connection.close()
            self._connection = None
            raise
        return True

    def _sqlite(self) -> bool:
        if self._file is None:
            path = pathlib.Path(f"{self._engine.url.database}.scheduler-lock")
            handle = path.open("w")
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                handle.close()
                return False
            self._file = handle
        return True

    def __enter__(self) -> Leadership:
        """Hold nothing yet; the first question takes the lock."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Free the lock."""
        if self._connection is not None:
            self._connection.close()
        if self._file is not None:
            self._file.close()
