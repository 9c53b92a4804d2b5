# SPDX-License-Identifier: EUPL-1.2
"""The walls that the database itself keeps around the books, as triggers on both engines.

Transfers, entries and seals are never updated, deleted or truncated. An account is never deleted,
its numbers never go back or skip, its time never runs back, its floor and ceiling hold unless a
move improves a breach or takes a mistake back, and once closed it is never changed. The text of a
trigger is written once, here and in ``ledger.bookkeeping``; a test holds it against what the
migrations created.
"""

from __future__ import annotations

import re

from sqlalchemy import Connection, MetaData, event, text

from ledger.base import Base
from ledger.bookkeeping import (
    BODIES,
    REFUSAL,
    all_of,
    postgresql_bookkeeping,
    sqlite_bookkeeping,
)
from ledger.models import ACCOUNT_RULES

APPEND_ONLY = ("ledger_transfer", "ledger_entry", "ledger_seal")
GUARDED = (*APPEND_ONLY, "ledger_account")
_CREATE_TRIGGER = "CREATE TRIGGER "
_REFUSE_BODY = (
    "BEGIN RAISE EXCEPTION '% on % is refused: the books are append-only', TG_OP, TG_TABLE_NAME"
    " USING ERRCODE = 'restrict_violation'; END"
)
_STANDING_ON_POSTGRESQL = (
    "SELECT t.tgname, p.proname, p.prosrc, p.prosecdef, p.proconfig,"
    " pg_get_triggerdef(t.oid) AS definition FROM pg_trigger t"
    " JOIN pg_class c ON c.oid = t.tgrelid"
    " JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_proc p ON p.oid = t.tgfoid"
    " WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A')"
    " AND n.nspname = current_schema()"
)
_LOW = "({row}.credited_minutes - {row}.debited_minutes - {row}.pending_out_minutes)"
_HIGH = "({row}.credited_minutes - {row}.debited_minutes + {row}.pending_in_minutes)"
OWN_TABLES_FIRST = (
    "SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true)"
)
"""Said before the functions are made, which keep it: nobody can put tables of his own before."""
_OPENS_AT_ZERO = (
    "NEW.credited_minutes + NEW.debited_minutes + NEW.pending_in_minutes"
    " + NEW.pending_out_minutes + NEW.last_seq + NEW.last_number <> 0"
)
_KEEP_NUMBERS = (
    "NEW.last_seq - OLD.last_seq NOT BETWEEN 0 AND 1"
    " OR NEW.last_number - OLD.last_number NOT BETWEEN 0 AND 1"
    " OR NEW.id <> OLD.id OR NEW.timebank_id <> OLD.timebank_id"
)
MOVES = {
    # A reversal takes a mistake back and is never held up by a limit (docs/adr/0015).
    "floor": (
        f"NEW.floor_minutes IS NOT NULL AND {_LOW.format(row='NEW')} < NEW.floor_minutes"
        f" AND {_LOW.format(row='NEW')} < {_LOW.format(row='OLD')}"
        " AND NEW.credited_minutes >= OLD.credited_minutes"
    ),
    "ceiling": (
        f"NEW.ceiling_minutes IS NOT NULL AND {_HIGH.format(row='NEW')} > NEW.ceiling_minutes"
        f" AND {_HIGH.format(row='NEW')} > {_HIGH.format(row='OLD')}"
        " AND NEW.debited_minutes >= OLD.debited_minutes"
    ),
    "clock": "NEW.last_recorded_at < OLD.last_recorded_at",
    "closed": "OLD.status = 'closed'",
}
"""What an account row may not do, by the code of the refusal."""


_FIGURES = (
    "credited_minutes",
    "debited_minutes",
    "pending_in_minutes",
    "pending_out_minutes",
    "last_seq",
    "last_number",
    "last_recorded_at",
)
_REFUSE_MOVES = "".join(
    f"""
    IF {condition} THEN
        RAISE EXCEPTION '{REFUSAL}{code}'
            USING ERRCODE = 'check_violation', DETAIL = row_to_json(OLD)::text;
    END IF;"""
    for code, condition in MOVES.items()
)
_ANY_MOVE = " OR ".join(f"({condition})" for condition in MOVES.values())
_FIGURES_CHANGED = " OR ".join(f"NEW.{name} <> OLD.{name}" for name in _FIGURES)
_BOOKED_SOUNDLY = (
    "NEW.credited_minutes >= 0 AND NEW.debited_minutes >= 0 AND NEW.pending_in_minutes >= 0"
    f" AND NEW.pending_out_minutes >= 0 AND NOT ({_KEEP_NUMBERS}) AND NOT ({_ANY_MOVE})"
)
_WALLS_BODY = f"""
BEGIN
    -- A transfer is being booked: one condition, because this runs twice for each transfer.
    IF TG_OP = 'UPDATE' AND pg_trigger_depth() > 1 AND {_BOOKED_SOUNDLY} THEN
        RETURN NEW;
    END IF;
    IF NOT ({all_of(ACCOUNT_RULES)}) THEN
        RAISE EXCEPTION 'a row of ledger_account breaks a rule' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF {_OPENS_AT_ZERO} THEN
            RAISE EXCEPTION 'ledger_account: an account opens at zero'
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF {_KEEP_NUMBERS} THEN
        RAISE EXCEPTION 'ledger_account: the entry number never goes back'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF pg_trigger_depth() = 1 AND ({_FIGURES_CHANGED}) THEN
        RAISE EXCEPTION 'ledger_account: UPDATE is refused, only a transfer moves minutes'
            USING ERRCODE = 'restrict_violation';
    END IF;{_REFUSE_MOVES}
    RETURN NEW;
END"""
_ENTRY_BODY = """
BEGIN
    IF pg_trigger_depth() = 1 THEN
        RAISE EXCEPTION 'ledger_entry: INSERT is refused, only a transfer writes entries'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END"""
_WALL_BODIES = {
    "ledger_refuse": _REFUSE_BODY,
    "ledger_account_walls": _WALLS_BODY,
    "ledger_entry_walls": _ENTRY_BODY,
}
_BODIES = _WALL_BODIES | BODIES


def guard_statements(dialect: str) -> list[str]:
    """Return the statements that build the walls and the bookkeeping.

    Args:
        dialect: ``sqlite`` or ``postgresql``.
    """
    if dialect == "sqlite":
        return [*_sqlite_walls(), *sqlite_bookkeeping()]
    return [*_postgresql_walls(), *postgresql_bookkeeping()]


def guard_names(dialect: str) -> frozenset[str]:
    """Return the names of the triggers that must stand in the database."""
    statements = [s for s in guard_statements(dialect) if s.startswith(_CREATE_TRIGGER)]
    return frozenset(statement.split()[2] for statement in statements)


def missing_guards(connection: Connection) -> frozenset[str]:
    """Return the names of the triggers that are missing, switched off, or do something else."""
    dialect = connection.dialect.name
    wanted = {s.split()[2]: s for s in guard_statements(dialect) if s.startswith(_CREATE_TRIGGER)}
    if dialect == "sqlite":
        rows = connection.execute(
            text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        )
        stored = {row.name: row.sql for row in rows}
        return frozenset(name for name, sql in wanted.items() if stored.get(name) != sql)
    standing = {
        row.tgname
        for row in connection.execute(text(_STANDING_ON_POSTGRESQL))
        if row.tgname in wanted
        and _plain(row.definition) == wanted[row.tgname]
        and row.prosecdef == (row.proname in BODIES)
        and _looks_here_first(row.proconfig) == (row.proname in BODIES)
        and row.prosrc == _BODIES.get(row.proname)
    }
    return frozenset(wanted) - standing


def _looks_here_first(settings: list[str] | None) -> bool:
    """Say whether a function sees its own tables before the temporary ones of whoever calls it."""
    paths = [one for one in settings or () if one.startswith("search_path=")]
    return any(one.endswith(", pg_temp") for one in paths)


def _plain(definition: str) -> str:
    """Return a trigger as it is written here: PostgreSQL names the schema of its table."""
    return re.sub(r" ON [^ .]+\.", " ON ", definition)


def _sqlite_walls() -> list[str]:
    """SQLite's REPLACE deletes without asking the DELETE triggers, so inserts are guarded too.

    A transfer that stands already is skipped instead of refused: that is how a repeated key finds
    its first answer.
    """
    append_only = [
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} BEGIN"
        f" SELECT RAISE(ABORT, '{table} is append-only: {verb} is refused'); END"
        for table in APPEND_ONLY
        for verb in ("UPDATE", "DELETE")
    ]
    moves = " ".join(
        f"SELECT RAISE(ABORT, '{REFUSAL}{code}') WHERE {condition};"
        for code, condition in MOVES.items()
    )
    return [
        *append_only,
        "CREATE TRIGGER ledger_transfer_no_replace BEFORE INSERT ON ledger_transfer"
        " WHEN EXISTS (SELECT 1 FROM ledger_transfer WHERE timebank_id = NEW.timebank_id"
        " AND (id = NEW.id OR refers_to = NEW.refers_to)) BEGIN"
        " SELECT RAISE(IGNORE); END",
        _sqlite_no_replace("ledger_seal", "number = NEW.number"),
        _sqlite_no_replace("ledger_account", "id = NEW.id"),
        "CREATE TRIGGER ledger_entry_only_booked BEFORE INSERT ON ledger_entry"
        " WHEN NOT EXISTS (SELECT 1 FROM ledger_account WHERE timebank_id = NEW.timebank_id"
        " AND id = NEW.account_id AND last_seq = NEW.seq"
        " AND credited_minutes - debited_minutes = NEW.balance_minutes)"
        " OR NOT EXISTS (SELECT 1 FROM ledger_transfer WHERE timebank_id = NEW.timebank_id"
        " AND id = NEW.transfer_id AND recorded_at = NEW.recorded_at"
        " AND minutes = abs(NEW.minutes))"
        " OR EXISTS (SELECT 1 FROM ledger_entry WHERE timebank_id = NEW.timebank_id"
        " AND account_id = NEW.account_id AND seq = NEW.seq) BEGIN"
        " SELECT RAISE(ABORT, 'ledger_entry: INSERT is refused, only a transfer writes entries');"
        " END",
        "CREATE TRIGGER ledger_account_opens_at_zero BEFORE INSERT ON ledger_account"
        f" WHEN {_OPENS_AT_ZERO} BEGIN"
        " SELECT RAISE(ABORT, 'ledger_account: an account opens at zero'); END",
        "CREATE TRIGGER ledger_account_no_delete BEFORE DELETE ON ledger_account BEGIN"
        " SELECT RAISE(ABORT, 'ledger_account: DELETE is refused'); END",
        "CREATE TRIGGER ledger_account_walls BEFORE UPDATE ON ledger_account"
        f" WHEN {_KEEP_NUMBERS} OR {_ANY_MOVE} BEGIN {moves}"
        " SELECT RAISE(ABORT, 'ledger_account: the entry number never goes back'); END",
    ]


def _sqlite_no_replace(table: str, same: str) -> str:
    return (
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}"
        f" WHEN EXISTS (SELECT 1 FROM {table} WHERE timebank_id = NEW.timebank_id AND {same})"
        f" BEGIN SELECT RAISE(ABORT, '{table}: REPLACE is refused'); END"
    )


def _postgresql_walls() -> list[str]:
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
        *(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body${body}$body$"
            for name, body in _WALL_BODIES.items()
        ),
        *rows,
        *truncates,
        "CREATE TRIGGER ledger_account_no_delete BEFORE DELETE ON ledger_account"
        f" FOR EACH ROW {refuse}",
        # One function instead of a condition for each wall: PostgreSQL reads the condition of a
        # trigger anew for each statement, and a statement moves one account.
        "CREATE TRIGGER ledger_account_walls BEFORE INSERT OR UPDATE ON ledger_account"
        " FOR EACH ROW EXECUTE FUNCTION ledger_account_walls()",
        "CREATE TRIGGER ledger_entry_walls BEFORE INSERT ON ledger_entry"
        " FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_walls()",
    ]


@event.listens_for(Base.metadata, "after_create")
def _build_walls(_target: MetaData, connection: Connection, **_options: object) -> None:
    """Build the walls too when the tables are made straight from the models, without Alembic."""
    dialect = connection.dialect.name
    if missing_guards(connection) == guard_names(dialect):
        if dialect == "postgresql":
            connection.exec_driver_sql(OWN_TABLES_FIRST)
        for statement in guard_statements(dialect):
            connection.exec_driver_sql(statement.replace("%", "%%"))
