# SPDX-License-Identifier: EUPL-1.2
"""Measure the pages of figures with short and long books: ``python tools/bench_figures``.

Towns of a thousand people are read in turns in one run: ten thousand transfers in a quarter, and a
million at the same rate over twenty-five years (long books); with ``--busy`` also a million in ten
years. What is printed is the median of the ratios of the rounds. Then a rule of statistics that
asks nine questions for each member, as TimeOverflow does, is held against ours. The last lines read
``figure NAME VALUE``.
"""

from __future__ import annotations

import argparse
import datetime
import pathlib
import statistics
import sys
import time
from collections.abc import Callable

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE))
sys.path.insert(0, str(HERE.parent.parent))

import sqlalchemy as sa  # noqa: E402 - the path is set first
from loading import Books, codes, found_town  # noqa: E402 - as above
from sqlalchemy.orm import Session  # noqa: E402 - as above

import ledger  # noqa: E402 - as above
import timebank.app  # noqa: E402, F401 - maps every table
from tests.databases import postgresql_server  # noqa: E402 - as above
from timebank.figures.indicators import quarter_report  # noqa: E402 - as above
from timebank.figures.places import ground_of  # noqa: E402 - as above
from timebank.figures.queries import (  # noqa: E402 - as above
    area_balances,
    flow_matrix,
    quarter_figures,
)
from timebank.members.policy import organisation  # noqa: E402 - as above
from timebank.rollups.operations import roll_up  # noqa: E402 - as above
from timebank.rollups.proving import differing_days  # noqa: E402 - as above
from timebank.showing.queries import shown_of  # noqa: E402 - as above
from timebank.statements.policy import Quarter  # noqa: E402 - as above

NOW = datetime.datetime(2026, 9, 30, 12, tzinfo=datetime.UTC)
TODAY = NOW.date()
QUARTER = Quarter(2026, 3)
MEMBERS = 1_000
RIVAL_QUERIES = 9
SCANNED = ("ledger_entry", "ledger_transfer", "exchange", "figure_day", "figure_pair")
Page = Callable[[Session, int], object]


class Town:
    """A database with books of some length, rolled up and proven."""

    def __init__(self, server: str, name: str, transfers: int, years: float, members: int) -> None:
        self.name = name
        self.url = _database(server, name)
        self.engine = ledger.prepare_engine(sa.create_engine(self.url))
        ledger.Base.metadata.create_all(self.engine)
        days = int(365 * years)
        first = TODAY - datetime.timedelta(days=days - 1)
        started = time.perf_counter()
        with Session(self.engine) as session:
            self.bank = found_town(session, first)
            session.commit()
        Books(self.bank, members, (first, days), seed=7).copy(self.url, transfers)
        loaded = time.perf_counter()
        with Session(self.engine) as session:
            ledger.enter_timebank(session, self.bank)
            while roll_up(session, timebank_id=self.bank, now=NOW):
                session.commit()
            session.commit()
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
        rolled = time.perf_counter()
        self.differing = len(differing_days(self.engine, timebank_id=self.bank))
        self.proof_seconds = time.perf_counter() - rolled
        self.roll_seconds = rolled - loaded
        say(
            f"{name}: {transfers:,} transfers loaded in {loaded - started:.0f} s, rolled up in"
            f" {self.roll_seconds:.0f} s, proven in {self.proof_seconds:.0f} s,"
            f" {self.differing} rows differ"
        )

    def seconds(self, page: Page) -> float:
        """Read a page once, in a transaction of its own."""
        with Session(self.engine) as session:
            ledger.enter_timebank(session, self.bank)
            session.connection()
            started = time.perf_counter()
            page(session, self.bank)
            return time.perf_counter() - started

    def statements(self, page: Page) -> tuple[int, int]:
        """Count the statements of a page, and how many scans of a long table their plans hold."""
        sent: list[tuple[str, object]] = []

        def note(
            _c: object, _cursor: object, statement: str, parameters: object, *_: object
        ) -> None:
            if statement.lstrip().startswith(("SELECT", "WITH")) and "set_config" not in statement:
                sent.append((statement, parameters))

        with Session(self.engine) as session:
            ledger.enter_timebank(session, self.bank)
            connection = session.connection()
            sa.event.listen(self.engine, "before_cursor_execute", note)
            page(session, self.bank)
            sa.event.remove(self.engine, "before_cursor_execute", note)
            scans = 0
            for statement, parameters in sent:
                plan = connection.exec_driver_sql("EXPLAIN " + statement, parameters)
                text = "\n".join(row[0] for row in plan)
                found = [name for name in SCANNED if f"Seq Scan on {name} " in text]
                scans += len(found)
                if found:
                    say(f"{self.name}: scans {found}")
        return len(sent), scans


def balances(session: Session, bank: int) -> object:
    """Read the balances of all neighbourhoods now."""
    return area_balances(session, by=organisation(bank), on=TODAY)


def past(session: Session, bank: int) -> object:
    """Read the balances of all neighbourhoods two months ago."""
    day = TODAY - datetime.timedelta(days=61)
    return area_balances(session, by=organisation(bank), on=day)


def neighbourhoods(session: Session, bank: int) -> object:
    """Read the page of neighbourhoods."""
    return quarter_figures(session, by=organisation(bank), quarter=QUARTER)


def flows(session: Session, bank: int) -> object:
    """Read the matrix of flows of a quarter."""
    return flow_matrix(session, by=organisation(bank), quarter=QUARTER)


def report(session: Session, bank: int) -> object:
    """Read the indicators of all neighbourhoods in a quarter."""
    ground = ground_of(session, timebank_id=bank)
    return quarter_report(session, ground, quarter=QUARTER, codes=codes())


def published(session: Session, bank: int) -> object:
    """Read what everyone may see of a quarter that is not closed yet, with who helps whom."""
    ground = ground_of(session, timebank_id=bank)
    return shown_of(session, ground, [QUARTER], with_flows=True)


PAGES: dict[str, Page] = {
    "balances": balances,
    "balances_past": past,
    "neighbourhoods": neighbourhoods,
    "flows": flows,
    "report": report,
    "published": published,
}
RIVAL = (
    "SELECT count(*) FROM ledger_entry WHERE timebank_id = %s AND account_id = %s",
    "SELECT sum(minutes) FROM ledger_entry WHERE timebank_id = %s AND account_id = %s"
    " AND minutes > 0",
    "SELECT sum(minutes) FROM ledger_entry WHERE timebank_id = %s AND account_id = %s"
    " AND minutes < 0",
    "SELECT max(recorded_at) FROM ledger_entry WHERE timebank_id = %s AND account_id = %s",
    "SELECT count(*) FROM ledger_entry WHERE timebank_id = %s AND account_id = %s AND minutes > 0",
    "SELECT count(*) FROM ledger_entry WHERE timebank_id = %s AND account_id = %s AND minutes < 0",
    "SELECT posted.credited_minutes - posted.debited_minutes FROM ledger_account posted"
    " WHERE timebank_id = %s AND id = %s",
    "SELECT neighbourhood_code FROM ledger_account WHERE timebank_id = %s AND id = %s",
    "SELECT joined_on FROM member WHERE timebank_id = %s AND account_id = %s",
)
"""A stand-in: nine small statements for each member, on our tables and by their keys."""


def rival(session: Session, bank: int) -> object:
    """Ask nine questions about each member, one after the other."""
    cursor = session.connection().connection.cursor()
    cursor.execute("SELECT id FROM ledger_account WHERE timebank_id = %s", (bank,))
    accounts = [row[0] for row in cursor.fetchall()]
    for account in accounts:
        for statement in RIVAL:
            cursor.execute(statement, (bank, account))
            cursor.fetchone()
    return len(accounts)


def say(text: str) -> None:
    """Tell how far it is, beside the results."""
    print(text, file=sys.stderr, flush=True)


def main() -> None:
    """Run everything and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--long", type=int, default=1_000_000, help="transfers of long books")
    parser.add_argument("--short", type=int, default=10_000, help="transfers of short books")
    parser.add_argument("--busy", action="store_true", help="also a million in ten years")
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    figures: dict[str, float] = {}
    with postgresql_server() as server:
        towns = {
            "short": Town(server, "short", options.short, 0.25, MEMBERS),
            "long": Town(server, "long", options.long, options.long / options.short / 4, MEMBERS),
        }
        if options.busy:
            towns["busy"] = Town(server, "busy", options.long, 10, MEMBERS)
        figures |= _compare(towns, options.rounds)
        for members in (200, 1_000, 10_000):
            figures |= _against_rival(server, members, options.short)
    print(f"\n{'figure':<32} value")
    for name, value in figures.items():
        print(f"figure {name} {value:.3f}")


def _compare(towns: dict[str, Town], rounds: int) -> dict[str, float]:
    figures: dict[str, float] = {}
    for name, page in PAGES.items():
        times: dict[str, list[float]] = {town: [] for town in towns}
        for town in towns.values():
            town.seconds(page)
        for _ in range(rounds):
            for key, town in towns.items():
                times[key].append(town.seconds(page))
        count, scans = towns["long"].statements(page)
        figures[f"{name}_statements"] = count
        figures[f"{name}_scans"] = scans
        for key in towns:
            figures[f"{name}_{key}_ms"] = 1000 * statistics.median(times[key])
        for key in set(towns) - {"short"}:
            ratios = [a / b for a, b in zip(times[key], times["short"], strict=True)]
            figures[f"{name}_{key}_vs_short"] = statistics.median(ratios)
        ratio = figures[f"{name}_long_vs_short"]
        say(f"{name}: {count} statements, {scans} scans, long against short {ratio:.2f}")
    for key, town in towns.items():
        figures[f"differing_{key}"] = town.differing
        figures[f"roll_up_{key}_s"] = town.roll_seconds
        figures[f"proof_{key}_s"] = town.proof_seconds
    return figures


def _against_rival(server: str, members: int, transfers: int) -> dict[str, float]:
    town = Town(server, f"members_{members}", transfers, 1, members)
    town.seconds(report)
    ours = statistics.median(town.seconds(report) for _ in range(5))
    theirs = town.seconds(rival)
    return {
        f"members_{members}_statements_ours": town.statements(report)[0],
        f"members_{members}_statements_per_member_rule": RIVAL_QUERIES * members + 1,
        f"members_{members}_ours_ms": 1000 * ours,
        f"members_{members}_per_member_rule_ms": 1000 * theirs,
        f"members_{members}_rule_vs_ours": theirs / ours,
    }


def _database(server: str, name: str) -> str:
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.DDL("CREATE DATABASE %(name)s", context={"name": f"bench_{name}"}))
    engine.dispose()
    url = sa.make_url(server).set(database=f"bench_{name}")
    return url.render_as_string(hide_password=False)


if __name__ == "__main__":
    main()
