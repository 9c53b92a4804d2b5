# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import contextlib
import pathlib
import sqlite3
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from ledger.engine import BUSY_TIMEOUT_MILLISECONDS
from tests.ledger.conftest import BANK, NOW, Books


@pytest.fixture
def path(tmp_path: pathlib.Path) -> pathlib.Path:
    return tmp_path / "books.db"


@pytest.fixture
def sqlite_engine(path: pathlib.Path) -> Iterator[sa.Engine]:
    engine = ledger.prepare_engine(sa.create_engine(f"sqlite:///{path}"))
    yield engine
    engine.dispose()


def _can_begin_immediate(path: pathlib.Path) -> bool:
    """Try to take the write lock beside whoever else is there, without waiting."""
    with contextlib.closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as rival:
        try:
            rival.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        rival.execute("ROLLBACK")
        return True


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("busy_timeout", BUSY_TIMEOUT_MILLISECONDS),
    ],
)
def test_every_connection_to_sqlite_is_fit_for_the_books(
    sqlite_engine: sa.Engine, pragma: str, value: object
) -> None:
    with (
        sqlite_engine.connect().execution_options(**ledger.READ_ONLY) as first,
        sqlite_engine.connect().execution_options(**ledger.READ_ONLY) as second,
    ):
        found = [c.exec_driver_sql(f"PRAGMA {pragma}").scalar_one() for c in (first, second)]

    assert found == [value, value]


def test_a_writer_on_sqlite_has_the_write_lock_from_its_first_word(
    sqlite_engine: sa.Engine, path: pathlib.Path
) -> None:
    with sqlite_engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")

        rival_can_begin = _can_begin_immediate(path)

    assert not rival_can_begin
    assert _can_begin_immediate(path)


def test_a_reader_on_sqlite_that_says_so_holds_nobody_up(
    sqlite_engine: sa.Engine, path: pathlib.Path
) -> None:
    with sqlite_engine.connect().execution_options(**ledger.READ_ONLY) as connection:
        connection.exec_driver_sql("SELECT count(*) FROM sqlite_master")

        rival_can_begin = _can_begin_immediate(path)

    assert rival_can_begin


def test_a_read_only_engine_beside_the_other_holds_nobody_up(
    sqlite_engine: sa.Engine, path: pathlib.Path
) -> None:
    reading = sqlite_engine.execution_options(**ledger.READ_ONLY)
    with reading.connect() as connection:
        connection.exec_driver_sql("SELECT count(*) FROM sqlite_master")

        rival_can_begin = _can_begin_immediate(path)

    assert rival_can_begin


def test_what_was_not_committed_on_sqlite_is_gone(sqlite_engine: sa.Engine) -> None:
    ledger.Base.metadata.create_all(sqlite_engine)
    with sa.orm.Session(sqlite_engine) as session:
        ledger.open_account(session, timebank_id=BANK, neighbourhood_code="BU0", now=NOW)

    with sa.orm.Session(sqlite_engine) as session:
        trial = ledger.trial_balance(session, timebank_id=BANK)

    assert trial.accounts == 0


def test_an_engine_comes_back_prepared(engine: sa.Engine) -> None:
    other = sa.create_engine(engine.url)

    assert ledger.prepare_engine(other) is other


def test_a_transfer_on_a_connection_that_commits_by_itself_stands_at_once(
    engine: sa.Engine, books: Books
) -> None:
    order = books.order(90)

    with engine.connect().execution_options(**ledger.AUTOCOMMIT) as connection:
        receipt = ledger.post(connection, order, now=NOW)
        again = ledger.post(connection, order, now=NOW)
        connection.rollback()

    assert (receipt.replayed, again.replayed) == (False, True)
    assert books.balance(books.helper).posted_minutes == 90
    assert books.violations() == []


def test_a_refusal_on_a_connection_that_commits_by_itself_leaves_nothing(
    engine: sa.Engine, books: Books
) -> None:
    books.limit(books.helped, floor=0)
    before = books.rows()

    with (
        engine.connect().execution_options(**ledger.AUTOCOMMIT) as connection,
        pytest.raises(ledger.LimitReached),
    ):
        ledger.post(connection, books.order(), now=NOW)

    assert books.rows() == before


@pytest.mark.parametrize("minutes", [[], [30, 15]])
def test_a_batch_on_a_connection_that_commits_by_itself_is_refused(
    engine: sa.Engine, books: Books, minutes: list[int]
) -> None:
    steps = [ledger.Step(ledger.TransferKind.POST, books.order(number)) for number in minutes]

    with (
        Session(engine.execution_options(**ledger.AUTOCOMMIT)) as session,
        pytest.raises(ledger.NoTransaction, match="several transfers need a transaction"),
    ):
        ledger.book_all(session, steps, now=NOW)

    assert books.balance(books.helper).posted_minutes == 0


def test_a_snapshot_sees_one_moment_while_others_go_on_writing(
    engine: sa.Engine, books: Books
) -> None:
    books.posted(30)

    with ledger.snapshot(engine) as snapshot:
        first = ledger.trial_balance(snapshot, timebank_id=BANK)
        books.posted(60)
        second = ledger.trial_balance(snapshot, timebank_id=BANK)

    assert first == second == ledger.TrialBalance(30, 30, 2)
    assert ledger.trial_balance(books.session, timebank_id=BANK).credit_minutes == 90


def test_a_writer_who_waits_too_long_on_sqlite_meets_an_error_of_the_database(
    path: pathlib.Path, sqlite_engine: sa.Engine
) -> None:
    def have_no_patience(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA busy_timeout = 0")

    sa.event.listen(sqlite_engine, "connect", have_no_patience)
    with sqlite_engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as rival:
        rival.execute("BEGIN IMMEDIATE")
        with (
            sqlite_engine.connect() as connection,
            pytest.raises(sa.exc.OperationalError, match="locked") as refusal,
        ):
            connection.exec_driver_sql("SELECT 1")

    assert isinstance(refusal.value.orig, sqlite3.OperationalError)
    assert refusal.value.statement == "BEGIN IMMEDIATE"


def test_an_insert_on_either_database_can_meet_a_row_that_stands_already(
    engine: sa.Engine, books: Books
) -> None:
    table = sa.Table("said", sa.MetaData(), sa.Column("word", sa.Text, primary_key=True))
    table.create(books.session.connection())

    for _ in "ab":
        insert = ledger.insert_or_conflict(books.session, table).values(word="hour")
        books.session.execute(insert.on_conflict_do_nothing())
    books.session.commit()

    with engine.connect() as connection:
        again = ledger.insert_or_conflict(connection, table).values(word="hour")
        connection.execute(again.on_conflict_do_nothing())
        assert connection.execute(sa.select(table)).scalars().all() == ["hour"]
