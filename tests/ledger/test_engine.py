# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import contextlib
import pathlib
import sqlite3
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

import ledger
from ledger.engine import BUSY_TIMEOUT_MILLISECONDS
from tests.ledger.conftest import BANK, NOW


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
