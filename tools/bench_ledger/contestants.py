# SPDX-License-Identifier: EUPL-1.2
"""Who takes part, apart from django-hordak, which has an environment of its own.

Each contestant prepares its tables and accounts, connects, and then does single pieces of work.
Accounts are counted from 0 here; each contestant knows what it calls them.
"""

from __future__ import annotations

import datetime
import pathlib
import random
import sqlite3
import uuid
from typing import Any

import psycopg
import sqlalchemy as sa
from choices import ACCOUNTS, BEGIN, STEP, Pair, choose
from sqlalchemy.orm import Session

import ledger

TIMEBANK = 1
CODES = [f"BU0546080{digit}" for digit in range(10)]


class Ours:
    """The ledger through its front door, on a plain connection that commits each transfer."""

    name = "timebank"

    def prepare(self, url: str) -> None:
        engine = ledger.prepare_engine(sa.create_engine(url))
        ledger.Base.metadata.create_all(engine)
        with Session(engine) as session:
            for number in range(ACCOUNTS):
                ledger.open_account(
                    session,
                    timebank_id=TIMEBANK,
                    neighbourhood_code=CODES[number % len(CODES)],
                    now=BEGIN,
                )
            session.commit()
        engine.dispose()

    def connect(self, url: str) -> None:
        self.engine = ledger.prepare_engine(sa.create_engine(url))
        self.connection = self.engine.connect()
        self.single = self.engine.connect().execution_options(**ledger.AUTOCOMMIT)
        ids = sa.select(ledger.Account.id).order_by(ledger.Account.id)
        self.ids = list(self.connection.scalars(ids))
        self.connection.commit()

    def post(self, pair: Pair) -> None:
        now = datetime.datetime.now(datetime.UTC)
        ledger.post(self.single, self._order(pair, now), now=now)

    def batch(self, pairs: list[Pair], now: datetime.datetime | None = None) -> None:
        now = now or datetime.datetime.now(datetime.UTC)
        steps = [ledger.Step(ledger.TransferKind.POST, self._order(pair, now)) for pair in pairs]
        with self.connection.begin():
            ledger.book_all(self.connection, steps, now=now)

    def load(self, transfers: int) -> None:
        chooser = random.Random(1)
        for start in range(0, transfers, 1000):
            self.batch([choose(chooser) for _ in range(1000)], BEGIN + STEP * start)

    # Reads say no BEGIN and no COMMIT, as those of Django do not.

    def balance(self, account: int) -> None:
        ledger.balance_of(self.single, timebank_id=TIMEBANK, account_id=self.ids[account])

    def balance_at(self, account: int, moment: datetime.datetime) -> None:
        ledger.balance_at(
            self.single, timebank_id=TIMEBANK, account_id=self.ids[account], moment=moment
        )

    def statement(self, account: int) -> None:
        ledger.account_statement(
            self.single, timebank_id=TIMEBANK, account_id=self.ids[account], limit=50
        )

    def drift(self) -> int:
        """Return how many invariants are broken."""
        return len(ledger.violations(self.connection, timebank_id=TIMEBANK))

    def _order(self, pair: Pair, now: datetime.datetime) -> ledger.Order:
        debit, credit = self.ids[pair[0]], self.ids[pair[1]]
        return ledger.Order(TIMEBANK, ledger.new_id(now), debit, credit, 60, now.date())


class RawPsycopg:
    """The limit: the least that books a transfer, one statement, one round trip, no guards."""

    name = "raw"
    tables = """
        CREATE TABLE account (id integer PRIMARY KEY, balance bigint NOT NULL DEFAULT 0)
            WITH (fillfactor = 70);
        CREATE TABLE transfer (id uuid PRIMARY KEY, debit integer NOT NULL,
            credit integer NOT NULL, minutes integer NOT NULL, at timestamptz NOT NULL);
        CREATE TABLE entry (account integer NOT NULL, transfer uuid NOT NULL,
            minutes integer NOT NULL, at timestamptz NOT NULL);
        CREATE INDEX entry_account ON entry (account, at);
    """
    statement_of_post = """
        WITH locked AS (
            SELECT id FROM account WHERE id IN (%(d)s, %(c)s) ORDER BY id FOR UPDATE
        ), written AS (
            INSERT INTO transfer VALUES (%(id)s, %(d)s, %(c)s, 60, now())
        ), entries AS (
            INSERT INTO entry VALUES (%(d)s, %(id)s, -60, now()), (%(c)s, %(id)s, 60, now())
        )
        UPDATE account SET balance = balance + CASE WHEN account.id = %(d)s THEN -60 ELSE 60 END
        FROM locked WHERE account.id = locked.id
    """

    def prepare(self, url: str) -> None:
        with psycopg.connect(plain(url), autocommit=True) as connection:
            connection.execute(self.tables)
            connection.execute(
                "INSERT INTO account SELECT n FROM generate_series(0, %s) n", [ACCOUNTS - 1]
            )

    def connect(self, url: str) -> None:
        self.connection = psycopg.connect(plain(url), autocommit=True)

    def post(self, pair: Pair) -> None:
        values = {"d": pair[0], "c": pair[1], "id": uuid.uuid4()}
        self.connection.execute(self.statement_of_post, values)

    def drift(self) -> int:
        return 0


class Pgledger:
    """pgledger, from its SQL file: one function call for each transfer."""

    name = "pgledger"

    def __init__(self, sql: pathlib.Path) -> None:
        self.sql = sql

    def prepare(self, url: str) -> None:
        with psycopg.connect(plain(url), autocommit=True) as connection:
            connection.execute(self.sql.read_text("utf-8"))
            for number in range(ACCOUNTS):
                connection.execute(
                    "SELECT id FROM pgledger_create_account(%s, 'MIN')", [f"member {number}"]
                )

    def connect(self, url: str) -> None:
        self.connection = psycopg.connect(plain(url), autocommit=True)
        rows = self.connection.execute("SELECT id FROM pgledger_accounts_view ORDER BY name")
        self.ids = [row[0] for row in rows]

    def post(self, pair: Pair) -> None:
        debit, credit = self.ids[pair[0]], self.ids[pair[1]]
        self.connection.execute(
            "SELECT * FROM pgledger_create_transfer(%s, %s, %s)", [debit, credit, 60]
        )

    def drift(self) -> int:
        return 0


class RawSqlite:
    """SQLite by hand, FULL and WAL: the same rows as ours, no guards, no keys of our own."""

    name = "raw"
    tables = """
        CREATE TABLE account (id integer PRIMARY KEY, balance integer NOT NULL DEFAULT 0,
            seq integer NOT NULL DEFAULT 0);
        CREATE TABLE transfer (id text PRIMARY KEY, debit integer NOT NULL,
            credit integer NOT NULL, minutes integer NOT NULL, day text NOT NULL, at text NOT NULL);
        CREATE TABLE entry (account integer NOT NULL, seq integer NOT NULL, transfer text NOT NULL,
            minutes integer NOT NULL, balance integer NOT NULL, at text NOT NULL,
            PRIMARY KEY (account, seq)) WITHOUT ROWID;
    """

    def prepare(self, url: str) -> None:
        self.connect(url)
        self.connection.executescript(self.tables)
        self.connection.execute("BEGIN")
        self.connection.executemany(
            "INSERT INTO account (id) VALUES (?)", [(n,) for n in range(ACCOUNTS)]
        )
        self.connection.execute("COMMIT")

    def connect(self, url: str) -> None:
        path = sa.make_url(url).database
        self.connection = sqlite3.connect(str(path), isolation_level=None, timeout=60)
        self.connection.execute("PRAGMA journal_mode = WAL")
        self.connection.execute("PRAGMA synchronous = FULL")

    def post(self, pair: Pair) -> None:
        run: Any = self.connection.execute
        now = datetime.datetime.now(datetime.UTC)
        transfer, at = uuid.uuid4().hex, now.isoformat()
        run("BEGIN IMMEDIATE")
        run(
            "INSERT INTO transfer VALUES (?, ?, ?, 60, ?, ?)",
            (transfer, *pair, now.date().isoformat(), at),
        )
        for account, minutes in zip(pair, (-60, 60), strict=True):
            balance, seq = run(
                "UPDATE account SET balance = balance + ?, seq = seq + 1 WHERE id = ?"
                " RETURNING balance, seq",
                (minutes, account),
            ).fetchone()
            run(
                "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?)",
                (account, seq, transfer, minutes, balance, at),
            )
        run("COMMIT")

    def drift(self) -> int:
        return 0


def plain(url: str) -> str:
    """Return the address as the driver wants it."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)
