# SPDX-License-Identifier: EUPL-1.2
"""The walls that the database itself keeps around the journal, as triggers on both engines.

Entries and transfers are never updated, deleted or truncated; an account is never deleted and the
number of its last entry never goes back. The text of a trigger is written once, here; a test holds
it against what the migration created.
"""

from __future__ import annotations

from sqlalchemy import DDL, Connection, event, text

from ledger.base import Base

APPEND_ONLY = ("ledger_transfer", "ledger_entry")
_CREATE_TRIGGER = "CREATE TRIGGER "
_REFUSE_BODY = (
    "BEGIN RAISE EXCEPTION '% on % is refused: the books are append-only', TG_OP, TG_TABLE_NAME"
    " USING ERRCODE = 'restrict_violation'; END"
)
_STANDING_ON_POSTGRESQL = (
    "SELECT t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
    " JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_proc p ON p.oid = t.tgfoid"
    " WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A')"
    " AND n.nspname = current_schema() AND p.prosrc = :body"
)
GUARDED = (*APPEND_ONLY, "ledger_account")


def guard_statements(dialect: str) -> list[str]:
    """Return the statements that build the walls.

    Args:
        dialect: ``sqlite`` or ``postgresql``.
    """
    return _sqlite_statements() if dialect == "sqlite" else _postgresql_statements()


def guard_names(dialect: str) -> frozenset[str]:
    """Return the names of the triggers that must stand in the database."""
    statements = [s for s in guard_statements(dialect) if s.startswith(_CREATE_TRIGGER)]
    return frozenset(statement.split()[2] for statement in statements)


def missing_guards(connection: Connection) -> frozenset[str]:
    """Return the names of the triggers that are missing, switched off, or do something else."""
    dialect = connection.dialect.name
    if dialect == "sqlite":
        wanted = {s.split()[2]: s for s in guard_statements(dialect)}
        rows = connection.execute(
            text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        )
        stored = {row.name: row.sql for row in rows}
        return frozenset(name for name, sql in wanted.items() if stored.get(name) != sql)
    standing = connection.execute(text(_STANDING_ON_POSTGRESQL), {"body": _REFUSE_BODY})
    return guard_names(dialect) - frozenset(standing.scalars())


def _sqlite_statements() -> list[str]:
    """SQLite's REPLACE deletes without asking the DELETE triggers, so inserts are guarded too.

    A transfer that stands already is skipped instead of refused: that is how a repeated key finds
    its first answer.
    """
    statements = [
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} BEGIN"
        f" SELECT RAISE(ABORT, '{table} is append-only: {verb} is refused'); END"
        for table in APPEND_ONLY
        for verb in ("UPDATE", "DELETE")
    ]
    return [
        *statements,
        "CREATE TRIGGER ledger_transfer_no_replace BEFORE INSERT ON ledger_transfer"
        " WHEN EXISTS (SELECT 1 FROM ledger_transfer WHERE timebank_id = NEW.timebank_id"
        " AND (id = NEW.id OR refers_to = NEW.refers_to)) BEGIN"
        " SELECT RAISE(IGNORE); END",
        "CREATE TRIGGER ledger_entry_no_replace BEFORE INSERT ON ledger_entry"
        " WHEN EXISTS (SELECT 1 FROM ledger_entry WHERE timebank_id = NEW.timebank_id"
        " AND account_id = NEW.account_id AND seq = NEW.seq) BEGIN"
        " SELECT RAISE(ABORT, 'ledger_entry is append-only: REPLACE is refused'); END",
        "CREATE TRIGGER ledger_account_no_replace BEFORE INSERT ON ledger_account"
        " WHEN EXISTS (SELECT 1 FROM ledger_account WHERE timebank_id = NEW.timebank_id"
        " AND id = NEW.id) BEGIN"
        " SELECT RAISE(ABORT, 'ledger_account: REPLACE is refused'); END",
        "CREATE TRIGGER ledger_account_no_delete BEFORE DELETE ON ledger_account BEGIN"
        " SELECT RAISE(ABORT, 'ledger_account: DELETE is refused'); END",
        "CREATE TRIGGER ledger_account_seq_forward BEFORE UPDATE ON ledger_account"
        " WHEN NEW.last_seq < OLD.last_seq OR NEW.id <> OLD.id"
        " OR NEW.timebank_id <> OLD.timebank_id BEGIN"
        " SELECT RAISE(ABORT, 'ledger_account: the entry number never goes back'); END",
    ]


def _postgresql_statements() -> list[str]:
    refuse = "EXECUTE FUNCTION ledger_refuse()"
    rows = [
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} FOR EACH ROW {refuse}"
        for table in APPEND_ONLY
        for verb in ("UPDATE", "DELETE")
    ]
    truncates = [
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {refuse}"
        for table in GUARDED
    ]
    return [
        "CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS"
        f" $refuse${_REFUSE_BODY}$refuse$",
        *rows,
        *truncates,
        f"CREATE TRIGGER ledger_account_no_delete BEFORE DELETE ON ledger_account"
        f" FOR EACH ROW {refuse}",
        "CREATE TRIGGER ledger_account_seq_forward BEFORE UPDATE ON ledger_account FOR EACH ROW"
        " WHEN (NEW.last_seq < OLD.last_seq OR NEW.id <> OLD.id"
        f" OR NEW.timebank_id <> OLD.timebank_id) {refuse}",
    ]


def _attach() -> None:
    """Build the walls too when the tables are made straight from the models, without Alembic."""
    for dialect in ("sqlite", "postgresql"):
        for statement in guard_statements(dialect):
            ddl: DDL = DDL(statement.replace("%", "%%"))  # type: ignore[no-untyped-call]
            event.listen(Base.metadata, "after_create", ddl.execute_if(dialect=dialect))


_attach()
