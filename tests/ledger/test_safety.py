# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from ledger import safety
from tests.ledger import tampering

ON_POSTGRESQL = pytest.mark.parametrize("templates", ["postgresql"], indirect=True)
ON_SQLITE = pytest.mark.parametrize("templates", ["sqlite"], indirect=True)
SETTINGS = ["fsync", "full_page_writes", "synchronous_commit"]


@pytest.fixture
def durable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out what the server of the tests has switched off for all its databases."""
    monkeypatch.setattr(safety, "_POSTGRESQL_SETTINGS", {})


def _dangers(engine: sa.Engine, *pragmas: str) -> list[str]:
    with engine.connect() as connection:
        if pragmas:
            connection.exec_driver_sql("COMMIT")
        for pragma in pragmas:
            connection.exec_driver_sql(f"PRAGMA {pragma}")
        if pragmas:
            connection.exec_driver_sql("BEGIN")
        found = list(ledger.dangers(connection))
        connection.detach()
    return found


@pytest.mark.usefixtures("durable")
def test_a_sound_database_has_no_dangers(engine: sa.Engine) -> None:
    ledger.refuse_unsafe(engine)

    assert _dangers(engine) == []


@pytest.mark.usefixtures("durable")
def test_a_database_that_lost_a_trigger_is_refused(engine: sa.Engine, session: Session) -> None:
    for name in ("ledger_transfer_no_update", "ledger_entry_no_delete"):
        tampering.drop_guard(session, name)

    with pytest.raises(ledger.UnsafeDatabase) as refusal:
        ledger.refuse_unsafe(engine)

    expected = "2 triggers of the books are missing or changed: ledger_entry_no_delete"
    assert refusal.value.dangers == (expected,)
    assert str(refusal.value) == expected


@pytest.mark.usefixtures("durable")
def test_a_database_without_books_is_refused(empty_database_url: str) -> None:
    engine = ledger.prepare_engine(sa.create_engine(empty_database_url))

    assert _dangers(engine) == ["there are no books in this database yet: run its migrations"]
    engine.dispose()


@ON_SQLITE
@pytest.mark.parametrize(
    ("pragma", "danger"),
    [
        ("synchronous = OFF", "SQLite runs below synchronous=FULL"),
        ("synchronous = NORMAL", "SQLite runs below synchronous=FULL"),
        ("journal_mode = MEMORY", "SQLite keeps no journal on disk"),
        ("journal_mode = OFF", "SQLite keeps no journal on disk"),
        ("foreign_keys = OFF", "SQLite runs with foreign_keys off"),
    ],
)
def test_a_careless_sqlite_is_dangerous(engine: sa.Engine, pragma: str, danger: str) -> None:
    (found,) = _dangers(engine, pragma)

    assert found.startswith(danger)


@ON_SQLITE
@pytest.mark.parametrize("pragma", ["synchronous = EXTRA", "journal_mode = DELETE"])
def test_a_careful_sqlite_is_not(engine: sa.Engine, pragma: str) -> None:
    assert _dangers(engine, pragma) == []


@ON_POSTGRESQL
@pytest.mark.parametrize("off", [[], *([name] for name in SETTINGS), SETTINGS])
def test_a_careless_postgresql_is_dangerous(
    engine: sa.Engine, monkeypatch: pytest.MonkeyPatch, off: list[str]
) -> None:
    asked: list[str] = []

    class Answer:
        def __init__(self, name: str) -> None:
            self.name = name

        def scalar(self) -> str:
            return "off" if self.name in off else "on"

    def show(statement: str, *_rest: Any) -> Answer:
        asked.append(statement)
        return Answer(statement.removeprefix("SHOW "))

    with engine.connect() as connection:
        monkeypatch.setattr(connection, "exec_driver_sql", show)
        found = list(ledger.dangers(connection))

    assert asked == [f"SHOW {name}" for name in SETTINGS]
    assert [danger.split("=off: ")[0] for danger in found] == [
        f"PostgreSQL runs with {name}" for name in off
    ]


@ON_POSTGRESQL
@pytest.mark.parametrize(("value", "dangerous"), [("off", True), ("on", False), ("local", False)])
def test_the_real_setting_of_a_real_server_is_read(
    engine: sa.Engine, value: str, dangerous: bool
) -> None:
    with engine.connect() as connection:
        connection.exec_driver_sql(f"SET LOCAL synchronous_commit = {value}")
        found = list(ledger.dangers(connection))

    assert any("synchronous_commit=off" in danger for danger in found) is dangerous
