# SPDX-License-Identifier: EUPL-1.2
"""What the roles of the application and of a reader cannot do, tried on a real PostgreSQL."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

import ledger
from tests.databases import APP_ROLE, READER_ROLE
from tests.tenancy.conftest import HERE, TWIN, Twins
from timebank.cli.grants import APPLICATION, READER, without_a_line

JOURNAL = ("ledger_transfer", "ledger_entry", "ledger_seal")
NEVER_CHANGED = (*JOURNAL, "ledger_account", "audit_event")
REFUSED = [
    "UPDATE {0} SET timebank_id = timebank_id",
    "UPDATE {0} SET timebank_id = 2",
    "TRUNCATE {0}",
    "TRUNCATE {0} CASCADE",
    "ALTER TABLE {0} DISABLE TRIGGER ALL",
    "ALTER TABLE {0} DISABLE TRIGGER USER",
    "ALTER TABLE {0} ADD COLUMN extra integer",
    "ALTER TABLE {0} DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE {0} NO FORCE ROW LEVEL SECURITY",
    "ALTER TABLE {0} OWNER TO CURRENT_USER",
    "ALTER TABLE {0} RENAME TO gone",
    "DROP POLICY own_timebank ON {0}",
    "CREATE POLICY all_of_it ON {0} USING (true)",
    "ALTER POLICY own_timebank ON {0} USING (true)",
    "DROP TABLE {0} CASCADE",
    "CREATE TRIGGER mine BEFORE INSERT ON {0} EXECUTE FUNCTION ledger_refuse()",
]
FUNCTIONS = [
    "ledger_refuse",
    "ledger_account_walls",
    "ledger_entry_walls",
    "ledger_stamp",
    "ledger_book",
    "audit_event_walls",
]
TRIGGERS = [
    ("ledger_transfer_stamp", "ledger_transfer"),
    ("ledger_transfer_book", "ledger_transfer"),
    ("ledger_entry_no_delete", "ledger_entry"),
    ("ledger_account_walls", "ledger_account"),
    ("audit_event_no_change", "audit_event"),
]
WITHOUT_A_RIGHT, WITHOUT_A_WAY = {"42501"}, {"42501", "23001"}
NAMELESS = ledger.tenant_tables() - set(READER)


def _refusal(engine: sa.Engine, statement: str) -> str:
    """Return the number of the refusal, said inside a timebank; empty when it was done."""
    with engine.connect() as connection:
        ledger.enter_timebank(connection, HERE)
        try:
            connection.exec_driver_sql(statement)
        except sa.exc.DBAPIError as refusal:
            return str(getattr(refusal.orig, "sqlstate", ""))
    return ""


@pytest.mark.parametrize("table", NEVER_CHANGED)
@pytest.mark.parametrize("statement", REFUSED)
def test_the_application_has_no_right_to_change_what_was_written(
    clerk: sa.Engine, table: str, statement: str
) -> None:
    assert _refusal(clerk, statement.format(table)) in WITHOUT_A_RIGHT


@pytest.mark.parametrize("table", NEVER_CHANGED)
def test_the_application_cannot_delete_what_was_written(clerk: sa.Engine, table: str) -> None:
    """It has the right on old rows of the audit; the trigger refuses young ones."""
    allowed = WITHOUT_A_WAY if table == "audit_event" else WITHOUT_A_RIGHT

    assert _refusal(clerk, f"DELETE FROM {table}") in allowed  # noqa: S608


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE OR REPLACE FUNCTION {0}() RETURNS trigger LANGUAGE plpgsql"
        " AS 'BEGIN RETURN NEW; END'",
        "DROP FUNCTION {0}() CASCADE",
        "ALTER FUNCTION {0}() RENAME TO gone",
        "ALTER FUNCTION {0}() OWNER TO CURRENT_USER",
    ],
)
def test_the_application_cannot_change_what_a_trigger_does(
    clerk: sa.Engine, function: str, statement: str
) -> None:
    assert _refusal(clerk, statement.format(function)) in WITHOUT_A_RIGHT


@pytest.mark.parametrize(("trigger", "table"), TRIGGERS)
@pytest.mark.parametrize(
    "statement", ["DROP TRIGGER {0} ON {1}", "ALTER TABLE {1} DISABLE TRIGGER {0}"]
)
def test_the_application_cannot_take_a_trigger_away(
    clerk: sa.Engine, trigger: str, table: str, statement: str
) -> None:
    assert _refusal(clerk, statement.format(trigger, table)) in WITHOUT_A_RIGHT


@pytest.mark.parametrize(
    "statement",
    [
        "SET session_replication_role = replica",
        "SET ROLE postgres",
        "CREATE TABLE mine (id integer)",
        "CREATE FUNCTION mine() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
        "CREATE SCHEMA mine",
        "CREATE ROLE mine",
        "INSERT INTO ledger_entry SELECT * FROM ledger_entry",
        "INSERT INTO timebank SELECT * FROM timebank",
        "DELETE FROM timebank",
        "DELETE FROM area",
        "UPDATE alembic_version SET version_num = '0001'",
        "DELETE FROM exchange_event",
        "UPDATE exchange_event SET actor_id = NULL",
        "DELETE FROM exchange",
        "DELETE FROM member",
        "SELECT pg_read_file('/etc/hostname')",
        "COPY person TO PROGRAM 'cat'",
    ],
)
def test_the_application_has_no_right_beyond_its_work(clerk: sa.Engine, statement: str) -> None:
    assert _refusal(clerk, statement) in WITHOUT_A_RIGHT


def test_the_application_owns_nothing_and_is_nobody_special(twins: Twins) -> None:
    owned = sa.text(
        "SELECT count(*) FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner"
        " WHERE r.rolname = ANY (:roles)"
    )
    with twins.owner.connect() as connection:
        assert connection.scalar(owned, {"roles": [APP_ROLE, READER_ROLE]}) == 0
        assert ledger.role_dangers(connection, APP_ROLE) == []
        assert ledger.role_dangers(connection, READER_ROLE) == []


@pytest.mark.parametrize("table", sorted(NAMELESS))
def test_the_reader_sees_no_table_that_names_somebody(reader: sa.Engine, table: str) -> None:
    assert _refusal(reader, f"SELECT 1 FROM {table}") in WITHOUT_A_RIGHT  # noqa: S608


def test_the_reader_sees_no_number_of_a_person_or_an_account(twins: Twins) -> None:
    columns = sa.text(
        "SELECT table_name || '.' || column_name FROM information_schema.column_privileges"
        " WHERE grantee = :role"
    )
    with twins.owner.connect() as connection:
        seen = set(connection.scalars(columns, {"role": READER_ROLE}))

    assert {name.split(".")[0] for name in seen} == set(READER)
    numbers = {name for name in seen if name.endswith("_id") and "timebank_id" not in name}
    assert numbers == set()
    assert {name for name in seen if name.startswith("ledger_entry.")} == {
        "ledger_entry.timebank_id",
        "ledger_entry.neighbourhood_code",
        "ledger_entry.minutes",
        "ledger_entry.recorded_at",
    }


def test_the_reader_adds_minutes_up_in_the_timebank_it_entered(
    twins: Twins, reader: sa.Engine
) -> None:
    query = sa.text(
        "SELECT timebank_id, neighbourhood_code, sum(minutes) FROM ledger_entry"
        " WHERE minutes > 0 GROUP BY 1, 2"
    )
    with twins.owner.connect() as connection:
        there = {tuple(row) for row in connection.execute(query) if row.timebank_id == TWIN}
    with reader.connect() as connection:
        assert connection.execute(query).all() == []
        ledger.enter_timebank(connection, TWIN)
        assert {tuple(row) for row in connection.execute(query)} == there != set()


@pytest.mark.parametrize("table", sorted(READER))
def test_the_reader_writes_nothing(reader: sa.Engine, table: str) -> None:
    assert _refusal(reader, f"DELETE FROM {table}") in {"42501", "25006"}  # noqa: S608
    with reader.connect() as connection:
        assert connection.exec_driver_sql("SHOW transaction_read_only").scalar() == "on"


def test_every_table_has_a_line_in_the_table_of_grants(twins: Twins) -> None:
    tables = set(sa.inspect(twins.owner).get_table_names())

    assert tables == {*ledger.Base.metadata.tables, "alembic_version"}
    assert without_a_line(tables) == frozenset()
    assert set(APPLICATION) <= tables
    assert set(READER) <= tables


def test_a_table_without_a_line_is_named() -> None:
    assert without_a_line({"person", "ledger_seal", "shoe"}) == {"shoe"}


def test_what_may_never_change_is_not_changeable_by_the_table_of_grants() -> None:
    assert "UPDATE" not in APPLICATION["audit_event"] + APPLICATION["exchange_event"]
    assert not [table for table in APPLICATION if table.startswith("ledger_")]
