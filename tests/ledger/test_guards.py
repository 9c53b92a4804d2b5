# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from ledger.guards import GUARDED, guard_names
from tests.ledger import tampering
from tests.ledger.conftest import BANK, NOW, Books

ON_POSTGRESQL = pytest.mark.parametrize("templates", ["postgresql"], indirect=True)
ON_SQLITE = pytest.mark.parametrize("templates", ["sqlite"], indirect=True)
TRANSFER = sa.inspect(ledger.Transfer).local_table
CREATE_TRIGGER = "CREATE TRIGGER "

GUARDED_STATEMENTS = [
    ("ledger_transfer", "UPDATE ledger_transfer SET minutes = minutes + 1"),
    ("ledger_transfer", "UPDATE ledger_transfer SET recorded_by = NULL"),
    ("ledger_transfer", "DELETE FROM ledger_transfer"),
    ("ledger_entry", "UPDATE ledger_entry SET minutes = minutes + 1"),
    ("ledger_entry", "UPDATE ledger_entry SET neighbourhood_code = 'BU0'"),
    ("ledger_entry", "DELETE FROM ledger_entry"),
    ("ledger_seal", "UPDATE ledger_seal SET transfers = transfers + 1"),
    ("ledger_seal", "DELETE FROM ledger_seal"),
    ("ledger_account", "DELETE FROM ledger_account"),
    ("ledger_account", "UPDATE ledger_account SET last_seq = last_seq - 1 WHERE last_seq > 0"),
    ("ledger_account", "UPDATE ledger_account SET id = id + 1 WHERE timebank_id = 900"),
    ("ledger_account", "UPDATE ledger_account SET timebank_id = 901 WHERE timebank_id = 900"),
]


@pytest.fixture
def models_engine(empty_database_url: str) -> Iterator[sa.Engine]:
    """A database made straight from the models, without a migration."""
    engine = ledger.prepare_engine(sa.create_engine(empty_database_url))
    ledger.Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


def _triggers(engine: sa.Engine) -> dict[tuple[str, str], str]:
    """Read the triggers of the journal and their functions as the database stores them."""
    query = {
        "sqlite": "SELECT 'trigger', name, sql FROM sqlite_master WHERE type = 'trigger'"
        " AND tbl_name LIKE 'ledger%'",
        "postgresql": "SELECT 'trigger', tgname, pg_get_triggerdef(oid) FROM pg_trigger"
        " WHERE NOT tgisinternal AND tgrelid::regclass::text LIKE 'ledger%'"
        " UNION ALL SELECT 'function', proname, pg_get_functiondef(oid) FROM pg_proc"
        " WHERE proname LIKE 'ledger%'",
    }[engine.dialect.name]
    with engine.connect() as connection:
        return {(row[0], row[1]): row[2] for row in connection.execute(sa.text(query))}


def _missing(session: Session) -> set[str]:
    return set(ledger.missing_guards(session.connection()))


@pytest.mark.parametrize(("table", "statement"), GUARDED_STATEMENTS)
def test_the_database_itself_refuses_to_change_what_was_written(
    full_books: Books, table: str, statement: str
) -> None:
    full_books.seal()
    before = full_books.rows()

    with pytest.raises(sa.exc.IntegrityError, match=rf"{table}.*(is refused|never goes back)"):
        full_books.session.execute(sa.text(statement))
    full_books.session.rollback()

    assert full_books.rows() == before


@ON_POSTGRESQL
@pytest.mark.parametrize("table", GUARDED)
def test_the_database_itself_refuses_to_truncate(full_books: Books, table: str) -> None:
    before = full_books.rows()

    with pytest.raises(sa.exc.IntegrityError, match=f"TRUNCATE on {table} is refused"):
        full_books.session.execute(sa.text(f"TRUNCATE {table} CASCADE"))
    full_books.session.rollback()

    assert full_books.rows() == before


@ON_SQLITE
@pytest.mark.parametrize("table", ["ledger_entry", "ledger_account", "ledger_seal"])
def test_the_database_itself_refuses_to_replace(full_books: Books, table: str) -> None:
    full_books.seal()
    replace = sa.text(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")  # noqa: S608

    with pytest.raises(sa.exc.IntegrityError, match=rf"{table}.*is refused"):
        full_books.session.execute(replace)


@ON_SQLITE
def test_replacing_a_transfer_changes_nothing(full_books: Books) -> None:
    before = full_books.rows()
    names = ", ".join(column.name for column in TRANSFER.columns)

    full_books.session.execute(
        sa.text(
            f"INSERT OR REPLACE INTO ledger_transfer ({names})"  # noqa: S608
            f" SELECT {names.replace('minutes', 'minutes * 2')} FROM ledger_transfer"
        )
    )
    full_books.session.commit()

    assert full_books.rows() == before


def test_a_guard_that_does_something_else_is_missed(session: Session) -> None:
    if session.get_bind().dialect.name == "sqlite":
        tampering.drop_guard(session, "ledger_entry_no_update")
        session.execute(
            sa.text(
                "CREATE TRIGGER ledger_entry_no_update BEFORE UPDATE ON ledger_entry"
                " BEGIN SELECT 1; END"
            )
        )
    else:
        session.execute(
            sa.text(
                "CREATE OR REPLACE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql"
                " AS 'BEGIN RETURN NEW; END'"
            )
        )

    assert "ledger_entry_no_update" in _missing(session)


@pytest.mark.parametrize(
    "change",
    [
        "last_seq = last_seq",
        "neighbourhood_code = 'BU0'",
        "floor_minutes = 5",
        "ceiling_minutes = 5",
    ],
)
def test_an_account_row_may_change_where_it_belongs_and_how_far_it_goes(
    full_books: Books, change: str
) -> None:
    full_books.session.execute(sa.text(f"UPDATE ledger_account SET {change}"))  # noqa: S608

    full_books.session.commit()


@ON_SQLITE
@pytest.mark.parametrize("number", ["last_seq", "last_number"])
def test_the_numbers_of_an_account_go_on_by_one_at_a_time(full_books: Books, number: str) -> None:
    one_on = f"UPDATE ledger_account SET {number} = {number} + 1"  # noqa: S608
    full_books.session.execute(sa.text(one_on))

    with pytest.raises(sa.exc.IntegrityError, match="never goes back"):
        full_books.session.execute(sa.text(one_on.replace("+ 1", "+ 2")))


@ON_POSTGRESQL
@pytest.mark.parametrize(
    "change",
    [
        "credited_minutes = credited_minutes + 1",
        "debited_minutes = debited_minutes + 1",
        "pending_in_minutes = pending_in_minutes + 1",
        "pending_out_minutes = pending_out_minutes + 1",
        "last_seq = last_seq + 1",
        "last_number = last_number + 1",
        "last_recorded_at = last_recorded_at + interval '1 second'",
    ],
)
def test_only_a_transfer_moves_the_figures_of_an_account(full_books: Books, change: str) -> None:
    before = full_books.rows()

    with pytest.raises(sa.exc.IntegrityError, match="only a transfer moves minutes"):
        full_books.session.execute(sa.text(f"UPDATE ledger_account SET {change}"))  # noqa: S608
    full_books.session.rollback()

    assert full_books.rows() == before


@ON_POSTGRESQL
@pytest.mark.parametrize(
    "instead",
    [
        "BEFORE INSERT ON ledger_entry FOR EACH ROW",
        "BEFORE UPDATE ON ledger_entry FOR EACH ROW WHEN (false)",
        "BEFORE UPDATE ON ledger_account FOR EACH ROW WHEN (false)",
        "AFTER UPDATE ON ledger_entry FOR EACH STATEMENT",
    ],
)
def test_a_guard_of_the_right_name_that_watches_something_else_is_missed(
    session: Session, instead: str
) -> None:
    tampering.drop_guard(session, "ledger_entry_no_update")
    session.execute(
        sa.text(f"CREATE TRIGGER ledger_entry_no_update {instead} EXECUTE FUNCTION ledger_refuse()")
    )
    session.commit()

    assert _missing(session) == {"ledger_entry_no_update"}


@ON_POSTGRESQL
@pytest.mark.parametrize("function", ["ledger_book", "ledger_stamp"])
def test_a_guard_whose_function_has_lost_its_owners_rights_is_missed(
    session: Session, function: str
) -> None:
    session.execute(sa.text(f"ALTER FUNCTION {function}() SECURITY INVOKER"))
    session.commit()

    assert _missing(session) == {f"ledger_transfer_{function.removeprefix('ledger_')}"}


def test_the_tables_are_made_twice_without_harm(models_engine: sa.Engine) -> None:
    ledger.Base.metadata.create_all(models_engine)

    with Session(models_engine) as session:
        assert _missing(session) == set()


def test_a_sound_database_misses_no_guard(session: Session) -> None:
    assert _missing(session) == set()


def test_every_guard_that_is_dropped_is_missed(session: Session) -> None:
    names = sorted(guard_names(session.get_bind().dialect.name))

    for name in names:
        tampering.drop_guard(session, name)

    assert _missing(session) == set(names)


def test_a_dropped_guard_alone_is_missed(session: Session) -> None:
    tampering.drop_guard(session, "ledger_account_no_delete")

    assert _missing(session) == {"ledger_account_no_delete"}


@ON_POSTGRESQL
@pytest.mark.parametrize("how", ["DISABLE", "ENABLE REPLICA"])
def test_a_guard_that_is_switched_off_is_missed(session: Session, how: str) -> None:
    session.execute(sa.text(f"ALTER TABLE ledger_entry {how} TRIGGER ledger_entry_no_truncate"))
    session.commit()

    assert _missing(session) == {"ledger_entry_no_truncate"}


@ON_POSTGRESQL
def test_a_guard_that_always_fires_is_not_missed(session: Session) -> None:
    session.execute(
        sa.text("ALTER TABLE ledger_entry ENABLE ALWAYS TRIGGER ledger_entry_no_update")
    )
    session.commit()

    assert _missing(session) == set()


def test_the_migration_builds_the_same_guards_as_the_models(
    engine: sa.Engine, models_engine: sa.Engine
) -> None:
    migrated = _triggers(engine)

    assert migrated == _triggers(models_engine)
    triggers = {name for kind, name in migrated if kind == "trigger"}
    assert triggers == guard_names(engine.dialect.name)


def test_a_database_made_from_the_models_lets_a_transfer_be_resolved_once(
    models_engine: sa.Engine,
) -> None:
    with Session(models_engine) as session:
        helper, helped = (
            ledger.open_account(session, timebank_id=BANK, neighbourhood_code="BU0", now=NOW)
            for _ in "ab"
        )
        books = Books(session, helper, helped)
        reservation = books.reserved()
        books.resolved("post_pending", reservation)

        with pytest.raises(ledger.AlreadyResolved):
            books.resolved("void", reservation)


def test_there_is_a_statement_for_every_name(session: Session) -> None:
    dialect = session.get_bind().dialect.name

    statements = ledger.guard_statements(dialect)

    triggers = [s for s in statements if s.startswith(CREATE_TRIGGER)]
    assert {trigger.split()[2] for trigger in triggers} == guard_names(dialect)
    assert len(triggers) == len(guard_names(dialect))
