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
GUARDED = (*APPEND_ONLY, "ledger_account")


def guard_statements(dialect: str) -> list[str]:
    """Return the statements that build the walls.

    Args:
        dialect: ``sqlite`` or ``postgresql``.
    """
    return _sqlite_statements() if dialect == "sqlite" else _postgresql_statements()


def guard_names(dialect: str) -> frozenset[str]:
    """Return the names of the triggers that must stand in the database."""
    names = [f"{table}_no_{verb}" for table in APPEND_ONLY for verb in ("update", "delete")]
    names += ["ledger_account_no_delete", "ledger_account_seq_forward"]
    if dialect == "postgresql":
        names += [f"{table}_no_truncate" for table in GUARDED]
    return frozenset(names)


def missing_guards(connection: Connection) -> frozenset[str]:
    """Return the names of the triggers that are not there, or are switched off."""
    dialect = connection.dialect.name
    query = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": (
            "SELECT t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A')"
            " AND n.nspname = current_schema()"
        ),
    }[dialect]
    return guard_names(dialect) - frozenset(connection.execute(text(query)).scalars())


def _sqlite_statements() -> list[str]:
    statements = [
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} BEGIN"
        f" SELECT RAISE(ABORT, '{table} is append-only: {verb} is refused'); END"
        for table in APPEND_ONLY
        for verb in ("UPDATE", "DELETE")
    ]
    return [
        *statements,
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
        " 'BEGIN RAISE EXCEPTION ''% on % is refused: the books are append-only'', TG_OP,"
        " TG_TABLE_NAME USING ERRCODE = ''restrict_violation''; END'",
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
