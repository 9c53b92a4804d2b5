# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from tests.ledger.conftest import BANK, LATER, NOW, TABLES, ZIJLWIJK, Books

pytestmark = pytest.mark.parametrize("templates", ["postgresql"], indirect=True)

GUARDED = [sa.inspect(model).local_table.name for model in TABLES]
FIGURES = [
    "credited_minutes",
    "debited_minutes",
    "pending_in_minutes",
    "pending_out_minutes",
    "last_seq",
    "last_number",
    "last_recorded_at",
    "id",
    "timebank_id",
    "opened_at",
]


@pytest.fixture
def role(engine: sa.Engine, books: Books) -> Iterator[str]:
    """A role that may do with the books what the application may, and nothing else."""
    name = f"clerk_{uuid.uuid4().hex[:12]}"
    with engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE ROLE {name}")
        for statement in ledger.grant_statements(name):
            connection.exec_driver_sql(statement)
    books.session.commit()
    yield name
    books.session.rollback()
    with engine.begin() as connection:
        connection.exec_driver_sql(f"DROP OWNED BY {name}")
        connection.exec_driver_sql(f"DROP ROLE {name}")


@pytest.fixture
def clerk(engine: sa.Engine, books: Books, role: str) -> Iterator[Books]:
    """The books as that role has them in hand."""
    books.posted(90)
    books.reserved(15)
    books.seal()
    with engine.connect() as connection:
        connection.exec_driver_sql(f"SET ROLE {role}")
        connection.commit()
        with Session(connection) as session:
            ledger.enter_timebank(session, BANK)
            assert session.scalar(sa.text("SELECT current_user")) == role
            yield Books(session, books.helper, books.helped)
        connection.invalidate()


def test_a_clerk_can_do_whatever_the_application_does(clerk: Books) -> None:
    reservation = clerk.reserved(30, expires_at=LATER)
    clerk.resolved("post_pending", reservation)
    clerk.resolved("void", clerk.reserved())
    clerk.resolved("expire", clerk.reserved(expires_at=NOW))
    clerk.resolved("reverse", clerk.posted())
    third = clerk.open_account()
    ledger.book_all(
        clerk.session,
        [ledger.Step(ledger.TransferKind.POST, clerk.order(5, credit_account_id=third))],
        now=NOW,
    )
    clerk.limit(third, floor=-60, ceiling=60)
    clerk.move(third, ZIJLWIJK)
    clerk.empty(third)
    clerk.close(third)
    assert clerk.seal(LATER) is not None

    assert clerk.balance(clerk.helper).posted_minutes == 120
    assert ledger.verify(clerk.session, timebank_id=BANK).blocks == 2
    assert clerk.violations() == []


def _denied(clerk: Books, statement: str) -> None:
    with pytest.raises(sa.exc.DBAPIError) as refusal:
        clerk.session.execute(sa.text(statement))
    clerk.session.rollback()
    assert "InsufficientPrivilege" in type(refusal.value.orig).__name__


@pytest.mark.parametrize("table", GUARDED)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {0} SET timebank_id = timebank_id",
        "DELETE FROM {0}",
        "TRUNCATE {0} CASCADE",
        "ALTER TABLE {0} DISABLE TRIGGER ALL",
        "DROP TABLE {0} CASCADE",
    ],
)
def test_a_clerk_cannot_change_what_was_written(clerk: Books, table: str, statement: str) -> None:
    _denied(clerk, statement.format(table))


@pytest.mark.parametrize("table", ["ledger_transfer", "ledger_seal", "ledger_entry"])
def test_a_clerk_cannot_change_any_column_of_the_journal(clerk: Books, table: str) -> None:
    for name in ledger.Base.metadata.tables[table].columns.keys():  # noqa: SIM118
        _denied(clerk, f"UPDATE {table} SET {name} = {name}")  # noqa: S608


@pytest.mark.parametrize("figure", FIGURES)
def test_a_clerk_cannot_change_a_figure_of_an_account(clerk: Books, figure: str) -> None:
    _denied(clerk, f"UPDATE ledger_account SET {figure} = {figure}")  # noqa: S608


def test_a_clerk_cannot_write_an_entry(clerk: Books) -> None:
    _denied(clerk, "INSERT INTO ledger_entry SELECT * FROM ledger_entry")


@pytest.mark.parametrize("trigger", ["ledger_transfer_book", "ledger_transfer_no_update"])
def test_a_clerk_cannot_take_a_trigger_away(clerk: Books, trigger: str) -> None:
    _denied(clerk, f"DROP TRIGGER {trigger} ON ledger_transfer")


@pytest.mark.parametrize("function", ["ledger_refuse", "ledger_stamp", "ledger_book"])
def test_a_clerk_cannot_change_what_a_trigger_does(clerk: Books, function: str) -> None:
    _denied(
        clerk,
        f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql"
        " AS 'BEGIN RETURN NEW; END'",
    )


def test_a_clerk_cannot_pass_for_the_replication(clerk: Books) -> None:
    _denied(clerk, "SET session_replication_role = replica")


def test_a_clerk_cannot_open_an_account_with_minutes_on_it(clerk: Books) -> None:
    copy = (
        "INSERT INTO ledger_account (timebank_id, id, status, neighbourhood_code,"
        " credited_minutes, debited_minutes, pending_in_minutes, pending_out_minutes,"
        " last_seq, last_number, last_recorded_at, opened_at)"
        " SELECT timebank_id, 17, status, neighbourhood_code, 600, 0, 0, 0, 0, 0,"
        " last_recorded_at, opened_at FROM ledger_account LIMIT 1"
    )

    with pytest.raises(sa.exc.DBAPIError):
        clerk.session.execute(sa.text(copy))


def test_a_clerk_cannot_put_tables_of_his_own_before_the_books(clerk: Books, books: Books) -> None:
    """A temporary table comes before all others in the search, unless a function says otherwise."""
    before = books.balance(books.helper)
    for table in ("ledger_account", "ledger_entry"):
        clerk.session.execute(
            sa.text(f"CREATE TEMPORARY TABLE {table} AS SELECT * FROM {table}")  # noqa: S608
        )
        clerk.session.execute(sa.text(f"GRANT ALL ON {table} TO PUBLIC"))

    posted = clerk.posted(30)

    books.session.expire_all()
    assert books.transfer(posted).minutes == 30
    assert books.balance(books.helper).posted_minutes == before.posted_minutes + 30
    assert books.violations() == []


@pytest.mark.parametrize("name", ["", "a b", "a; DROP TABLE ledger_seal", 'a"', "1a"])
def test_a_role_that_is_no_plain_name_is_refused(name: str, templates: object) -> None:
    del templates

    with pytest.raises(ValueError, match=f"^{name}$"):
        ledger.grant_statements(name)
