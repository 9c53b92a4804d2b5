# SPDX-License-Identifier: EUPL-1.2
"""How migrations run: in one real transaction on both databases, and so that SQLite loses nothing.

The stock environment is unsafe on SQLite: it commits halves of a failed migration, and rebuilding a
table fails while others refer to it (docs/adr/0010).
"""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext
from alembic.runtime.migration import MigrationContext
from flask import current_app

from ledger import Base, UtcDateTime


def run_migrations() -> None:
    engine = current_app.extensions["migrate"].db.engine
    sqlite = engine.dialect.name == "sqlite"
    if sqlite:
        engine = _own_sqlite_engine(engine.url)
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            compare_type=True,
            render_as_batch=sqlite,
            render_item=_plain_types,
            include_object=_stands_here(engine.dialect.name),
            transactional_ddl=True,
            transaction_per_migration=False,
            on_version_apply=_after_each_step,
        )
        with context.begin_transaction():
            if not sqlite and _has_steps_to_take():
                _let_the_owner_see_everything(connection)
            context.run_migrations()
            if sqlite:
                _refuse_broken_keys(connection)
            else:
                _wall_the_owner_in(connection)


def _own_sqlite_engine(url: sa.URL) -> sa.Engine:
    """Make an engine with real transactions, and with keys off while tables are rebuilt."""
    engine = sa.create_engine(url, poolclass=sa.pool.NullPool)

    @sa.event.listens_for(engine, "connect")
    def connect(connection: object, _record: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA busy_timeout = 30000")
        connection.execute("PRAGMA foreign_keys = OFF")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _refuse_broken_keys(connection: sa.Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise RuntimeError(f"a migration broke foreign keys: {broken[:5]}")


_FORCED = (
    "SELECT relname FROM pg_class WHERE relforcerowsecurity"
    " AND relnamespace = current_schema()::regnamespace"
)
_NOT_FORCED = (
    "SELECT relname FROM pg_class WHERE relrowsecurity AND NOT relforcerowsecurity"
    " AND relnamespace = current_schema()::regnamespace"
)


def _has_steps_to_take() -> bool:
    """Say whether anything will change: the locks below are not for each start of a process."""
    current = context.get_context().get_current_heads()
    try:
        destination = context.get_revision_argument()
    except KeyError:
        return False  # a command that only looks
    return destination not in (*current, current)


def _after_each_step(*, ctx: MigrationContext, **_about: object) -> None:
    if ctx.dialect.name == "postgresql":
        _let_the_owner_see_everything(ctx.connection)


def _let_the_owner_see_everything(connection: sa.Connection) -> None:
    """Take FORCE away until the end of this transaction: a step that changes rows would find none.

    The application never notices: the tables are locked until the walls stand again.
    """
    _alter_each(connection, _FORCED, "NO FORCE")


def _wall_the_owner_in(connection: sa.Connection) -> None:
    _alter_each(connection, _NOT_FORCED, "FORCE")


def _alter_each(connection: sa.Connection, tables: str, how: str) -> None:
    for name in connection.exec_driver_sql(tables).scalars().all():
        connection.exec_driver_sql(f'ALTER TABLE "{name}" {how} ROW LEVEL SECURITY')


def _stands_here(dialect: str) -> Callable[..., bool]:
    """Leave out what the models mark as standing on the other database only."""

    def stands(item: sa.schema.SchemaItem, *_about: object) -> bool:
        return item.info.get("only_on", dialect) == dialect

    return stands


def _plain_types(kind: str, item: object, _context: AutogenContext) -> str | bool:
    """Print our types as plain ones: a migration imports only Alembic and SQLAlchemy."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


run_migrations()
