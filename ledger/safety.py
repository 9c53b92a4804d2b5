# SPDX-License-Identifier: EUPL-1.2
"""Whether this database keeps what it has acknowledged, and keeps its walls."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, Engine, inspect, text

from ledger.errors import UnsafeDatabase
from ledger.guards import missing_guards
from ledger.models import Account

_FULL = 2
_POSTGRESQL_SETTINGS = {
    "fsync": "a power cut can destroy the whole database",
    "full_page_writes": "a power cut can leave half-written pages",
    "synchronous_commit": "hours that were acknowledged can be lost",
}


_ROLE = text(
    "SELECT r.rolsuper, r.rolbypassrls, r.rolcreaterole OR r.rolcreatedb AS makes,"
    " has_schema_privilege(r.oid, current_schema(), 'CREATE') AS creates,"
    " EXISTS (SELECT 1 FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace"
    " AND c.relkind = 'r' AND pg_has_role(r.oid, c.relowner, 'MEMBER')) AS owns"
    " FROM pg_roles r WHERE r.rolname = coalesce(:role, current_user)"
)
_TOO_MUCH = {
    "rolsuper": "is a superuser: no wall of the database holds it",
    "rolbypassrls": "has BYPASSRLS: it sees the rows of every timebank",
    "makes": "may make roles or databases",
    "creates": "may make tables and functions",
    "owns": "owns tables, or may act as their owner: it could take the walls away",
}
"""What a role may not be or do that serves the application, and what it could do then."""


def refuse_unsafe(engine: Engine) -> None:
    """Refuse a database that could lose or bend the books; meant for the start of a process.

    Raises:
        UnsafeDatabase: with one sentence for each danger.
    """
    with engine.connect() as connection:
        found = tuple(dangers(connection))
    if found:
        raise UnsafeDatabase(found)


def dangers(connection: Connection) -> Iterator[str]:
    """Yield one sentence for each thing about this database that endangers the books."""
    if connection.dialect.name == "sqlite":
        yield from _sqlite(connection)
    else:
        for name, harm in _POSTGRESQL_SETTINGS.items():
            if connection.exec_driver_sql(f"SHOW {name}").scalar() == "off":
                yield f"PostgreSQL runs with {name}=off: {harm}"
    if not inspect(connection).has_table(Account.__tablename__):
        yield "there are no books in this database yet: run its migrations"
    elif missing := missing_guards(connection):
        yield f"{len(missing)} triggers of the books are missing or changed: {sorted(missing)[0]}"


def role_dangers(connection: Connection, role: str | None = None) -> list[str]:
    """Return one sentence for each thing that makes a role too strong to serve the application.

    On SQLite there are no roles and there is nothing to say.

    Args:
        role: None means the role of this connection.
    """
    if connection.dialect.name != "postgresql":
        return []
    found = connection.execute(_ROLE, {"role": role}).mappings().one()
    name = role or "the role of DATABASE_URL"
    if found["rolsuper"]:
        return [f"{name} {_TOO_MUCH['rolsuper']}"]
    return [f"{name} {harm}" for what, harm in _TOO_MUCH.items() if found[what]]


def _sqlite(connection: Connection) -> Iterator[str]:
    def pragma(name: str) -> str:
        return str(connection.exec_driver_sql(f"PRAGMA {name}").scalar()).lower()

    if int(pragma("synchronous")) < _FULL:
        yield "SQLite runs below synchronous=FULL: hours that were acknowledged can be lost"
    if pragma("journal_mode") in ("off", "memory"):
        yield "SQLite keeps no journal on disk: a crash can destroy the database"
    if pragma("foreign_keys") != "1":
        yield "SQLite runs with foreign_keys off: an entry could lose its transfer"
