# SPDX-License-Identifier: EUPL-1.2
"""Long books, made quickly: rows are copied into tables whose triggers are switched off.

What comes out is what booking one by one would have written: numbers without gaps, running
balances, account rows that equal their entries; only the reservations that a desk makes first are
not there. Nobody waits an hour for a million bookings.
"""

from __future__ import annotations

import datetime
import random
import uuid
from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from timebank.areas.models import Area, AreaLevel, Neighbourhood
from timebank.areas.operations import OpenTimebank, open_timebank
from timebank.categories.operations import load_categories

PLACES = 20
NEIGHBOURS = 5
"""With so many others somebody helps and is helped; most of them live near."""
KINDS = ("coffee", "groceries", "phone_call", "odd_job_indoors", "odd_job_garden")
MUNICIPALITY = "GM9999"
Row = dict[str, Any]


def found_town(session: Session, today: datetime.date) -> int:
    """Open a timebank with twenty neighbourhoods in five wijken; return its number."""
    session.add(Area(code=MUNICIPALITY, year=2026, level=AreaLevel.MUNICIPALITY, name="Town"))
    for wijk in range(PLACES // 4):
        session.add(
            Area(
                code=f"WK9999{wijk:02}",
                year=2026,
                level=AreaLevel.WIJK,
                name=f"Wijk {wijk}",
                parent_code=MUNICIPALITY,
            )
        )
    session.flush()
    command = OpenTimebank("bench", "Bench", MUNICIPALITY, "Nobody", "000", "nobody@example.org")
    bank = open_timebank(session, command, today=today)
    ledger.enter_timebank(session, bank.id)
    load_categories(session, timebank_id=bank.id)
    for number, code in enumerate(codes()):
        session.add(
            Area(
                code=code,
                year=2026,
                level=AreaLevel.BUURT,
                name=f"Buurt {number}",
                parent_code=f"WK9999{number // 4:02}",
            )
        )
        session.add(
            Neighbourhood(
                timebank_id=bank.id,
                code=code,
                year=2026,
                name=f"Buurt {number}",
                switched_on_on=today,
            )
        )
    session.flush()
    return bank.id


def codes() -> list[str]:
    """Return the codes of the neighbourhoods."""
    return [f"BU9999{number:04}" for number in range(PLACES)]


class Books:
    """Rows of members, accounts, exchanges, transfers and entries, drawn from one seed."""

    def __init__(self, bank: int, members: int, days: tuple[datetime.date, int], seed: int) -> None:
        self.bank, self.chance = bank, random.Random(seed)  # noqa: S311 - no secret
        self.first_day, self.days = days
        self.opened = _noon(self.first_day) - datetime.timedelta(days=1)
        places = codes()
        self.members = [uuid.UUID(int=number + 1) for number in range(members)]
        self.accounts = list(range(1, members + 1))
        self.places = [places[number * PLACES // members] for number in range(members)]
        self.known = [
            [(number + step) % members for step in range(1, NEIGHBOURS + 1)]
            for number in range(members)
        ]
        self.sums = [[0, 0, 0, 0] for _ in range(members)]

    def copy(self, url: str, transfers: int) -> None:
        """Write everything, in five passes of COPY on one connection."""
        engine = sa.create_engine(url)
        with engine.begin() as connection:
            connection.exec_driver_sql("SET session_replication_role = replica")
            ledger.enter_timebank(connection, self.bank)
            rows = list(self._bookings(transfers))
            self._copy(connection, "member", MEMBER, self._members())
            self._copy(connection, "ledger_account", ACCOUNT, self._accounts())
            self._copy(connection, "exchange", EXCHANGE, (row[0] for row in rows))
            self._copy(connection, "ledger_transfer", TRANSFER, (row[1] for row in rows))
            entries = (entry for row in rows for entry in row[2:])
            self._copy(connection, "ledger_entry", ENTRY, entries)
        engine.dispose()
        settled = sa.create_engine(url, isolation_level="AUTOCOMMIT")
        with settled.connect() as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
        settled.dispose()

    def _copy(
        self, connection: sa.Connection, table: str, columns: str, rows: Iterable[Any]
    ) -> None:
        cursor: Any = connection.connection.cursor()
        with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copying:
            for row in rows:
                copying.write_row(row)

    def _bookings(self, transfers: int) -> Iterator[tuple[Row, ...]]:
        """Draw each booking, in the order of time."""
        moments = sorted(self.chance.random() for _ in range(transfers))
        span = datetime.timedelta(days=self.days)
        start = _noon(self.first_day) - datetime.timedelta(hours=12)
        for number, part in enumerate(moments):
            at, day = start + part * span, (start + part * span).date()
            helper = self.chance.randrange(len(self.members))
            helped = self.chance.choice(self.known[helper])
            minutes, key = 15 * self.chance.randint(1, 12), uuid.UUID(int=number + 10**9)
            kind = self.chance.choice(KINDS)
            given, got = self.sums[helper], self.sums[helped]
            given[0] += minutes
            got[1] += minutes
            given[2] += 1
            got[2] += 1
            got[3] += 1
            yield (
                (self.bank, key, key, self.members[helper], self.members[helped],
                 self.places[helper], self.places[helped], kind, minutes, day, "approved",
                 self.members[helper], at),
                (self.bank, key, "post", self.accounts[helped], self.accounts[helper], minutes,
                 got[3], day, at),
                (self.bank, self.accounts[helper], given[2], key, minutes, given[0] - given[1],
                 self.places[helper], at),
                (self.bank, self.accounts[helped], got[2], key, -minutes, got[0] - got[1],
                 self.places[helped], at),
            )  # fmt: skip

    def _members(self) -> Iterator[tuple[Any, ...]]:
        for member, account, place in zip(self.members, self.accounts, self.places, strict=True):
            yield self.bank, member, account, place, self.first_day

    def _accounts(self) -> Iterator[tuple[Any, ...]]:
        last = _noon(self.first_day) + datetime.timedelta(days=self.days)
        for account, place, sums in zip(self.accounts, self.places, self.sums, strict=True):
            given, received, seq, number = sums
            yield (self.bank, account, "open", place, given, received, 0, 0, seq, number, last,
                   self.opened)  # fmt: skip


MEMBER = "timebank_id, id, account_id, neighbourhood_code, joined_on"
ACCOUNT = (
    "timebank_id, id, status, neighbourhood_code, credited_minutes, debited_minutes,"
    " pending_in_minutes, pending_out_minutes, last_seq, last_number, last_recorded_at, opened_at"
)
EXCHANGE = (
    "timebank_id, id, form_key, helper_id, helped_id, helper_neighbourhood_code,"
    " helped_neighbourhood_code, category_code, minutes, helped_on, state, logged_by, logged_at"
)
TRANSFER = (
    "timebank_id, id, kind, debit_account_id, credit_account_id, minutes, number, effective_on,"
    " recorded_at"
)
ENTRY = (
    "timebank_id, account_id, seq, transfer_id, minutes, balance_minutes, neighbourhood_code,"
    " recorded_at"
)


def _noon(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(12), datetime.UTC)
