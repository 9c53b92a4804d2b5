# SPDX-License-Identifier: EUPL-1.2
"""Periods of a report, its tables, and the goals that it speaks to. Pure.

Every page, file and document is made from the same ``Table`` values, so they cannot disagree.
"""

from __future__ import annotations

import dataclasses
import datetime
import functools
import hashlib
import json
import pathlib
import re
import tomllib
from collections.abc import Collection, Mapping, Sequence

from timebank.figures.policy import CATALOGUE, FigureKey, QuarterReport, Unit
from timebank.publication.figures import Cell, FlowCell, Publication
from timebank.reports.errors import NoSuchPeriod, Why
from timebank.statements.policy import Quarter

MOST_QUARTERS = 4
"""A report spans a year at most; longer runs are told by one page for each year."""
EARLIEST_YEAR = 2000
QUARTERS_OF_A_YEAR = 4
PEOPLE = "people"
"""The column of active people, who gave or received. It is no figure of the catalogue."""
_QUARTER = re.compile(r"([0-9]{4})-([1-4])", re.ASCII)
_YEAR = re.compile(r"[0-9]{4}", re.ASCII)
_RUN = "--"
Codes = tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Period:
    """One to four quarters in a row that are over."""

    quarters: tuple[Quarter, ...]

    @property
    def first_day(self) -> datetime.date:
        """Return the first day (inclusive)."""
        return self.quarters[0].first_day

    @property
    def last_day(self) -> datetime.date:
        """Return the last day (inclusive)."""
        return self.quarters[-1].last_day

    @property
    def is_one_quarter(self) -> bool:
        """Say whether it is a single quarter; only of such a one there are exact indicators."""
        return len(self.quarters) == 1

    @property
    def code(self) -> str:
        """Return the period as it stands in an address: ``2026-1``, ``2026-1--2026-3``."""
        if self.is_one_quarter:
            return self.quarters[0].code
        return f"{self.quarters[0].code}{_RUN}{self.quarters[-1].code}"


def period_of(text: str, newest: Quarter) -> Period:
    """Read a period: ``2026-1``, ``2026`` or ``2026-1--2026-4``, both ends inclusive.

    Args:
        newest: the last quarter that is over. Of the year that runs, the quarters up to it.

    Raises:
        NoSuchPeriod: it cannot be read, is not over, spans more than ``MOST_QUARTERS``, or lies
            before ``EARLIEST_YEAR``.
    """
    first, last = _ends(text, newest)
    if first > last:
        raise NoSuchPeriod(Why.UNREADABLE)
    if (last.year - first.year) * QUARTERS_OF_A_YEAR + last.number - first.number >= MOST_QUARTERS:
        raise NoSuchPeriod(Why.TOO_LONG)
    if last > newest:
        raise NoSuchPeriod(Why.TO_COME)
    if first.year < EARLIEST_YEAR:
        raise NoSuchPeriod(Why.TOO_OLD)
    quarters = [first]
    while quarters[-1] < last:
        quarters.append(quarters[-1].next())
    return Period(tuple(quarters))


def year_of(year: int, newest: Quarter) -> Period:
    """Return the quarters of a year that are over.

    Raises:
        NoSuchPeriod: none is, or no books were kept so long ago.
    """
    return period_of(str(year) if year > 0 else "", newest)


def _ends(text: str, newest: Quarter) -> tuple[Quarter, Quarter]:
    if _YEAR.fullmatch(text):
        year = int(text)
        if year < EARLIEST_YEAR:
            raise NoSuchPeriod(Why.TOO_OLD)
        last = Quarter(year, QUARTERS_OF_A_YEAR)
        return Quarter(year, 1), newest if newest.year == year else last
    start, run, end = text.partition(_RUN)
    first, last_one = _quarter(start), _quarter(end if run else start)
    if first is None or last_one is None:
        raise NoSuchPeriod(Why.UNREADABLE)
    return first, last_one


def _quarter(text: str) -> Quarter | None:
    found = _QUARTER.fullmatch(text)
    return Quarter(int(found[1]), int(found[2])) if found and int(found[1]) else None


@dataclasses.dataclass(frozen=True)
class Column:
    """A column of a table: which figure of the catalogue it holds, and what it counts."""

    key: str
    unit: Unit


def column_of(key: FigureKey) -> Column:
    """Return the column of a figure of the catalogue."""
    return Column(key.value, next(figure.unit for figure in CATALOGUE if figure.key is key))


GIVEN, RECEIVED, NET, FLOW = (
    column_of(key) for key in (FigureKey.GIVEN, FigureKey.RECEIVED, FigureKey.NET, FigureKey.FLOW)
)
ACTIVE = Column(PEOPLE, Unit.PEOPLE)
EXCHANGES = Column("exchanges", Unit.TIMES)
HOURS = (GIVEN, RECEIVED, NET, ACTIVE)


@dataclasses.dataclass(frozen=True)
class Row:
    """One row of a table.

    Attributes:
        codes: what the row is about: areas that stand together, a kind of help, a quarter.
        values: whole numbers in the unit of each column; None for what is not told.
        to: of a flow, the areas that received.
        is_withheld: too few people to show; then every value is None.
    """

    codes: Codes
    values: tuple[int | None, ...]
    to: Codes = ()
    is_withheld: bool = False


@dataclasses.dataclass(frozen=True)
class Table:
    """A table as every page, file and document shows it."""

    key: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    @property
    def is_empty(self) -> bool:
        """Say whether there is no number in it at all."""
        return not any(value for row in self.rows for value in row.values)

    def total(self, column: int) -> int:
        """Return the sum of what is shown in a column; it is no figure of its own."""
        return sum(row.values[column] or 0 for row in self.rows)


@dataclasses.dataclass(frozen=True)
class Goal:
    """A goal of policy and the figures that speak to it; the words stand in ``goals.toml``."""

    key: str
    rows: tuple[str, ...]
    words: Mapping[str, str]
    figures: tuple[FigureKey, ...]
    published: tuple[str, ...]


@functools.cache
def goals() -> tuple[Goal, ...]:
    """Return the goals in the order of a report."""
    text = pathlib.Path(__file__).with_name("goals.toml").read_text("utf-8")
    return tuple(
        Goal(
            row["key"],
            tuple(row["rows"]),
            {name: row[name] for name in ("name_nl", "name_en", "words_nl", "words_en")},
            tuple(FigureKey(key) for key in row["figures"]),
            tuple(row["published"]),
        )
        for row in tomllib.loads(text)["goal"]
    )


def keys_in_order(keys: Collection[str]) -> list[str]:
    """Return those of these keys that are goals, in the order of a report."""
    return [goal.key for goal in goals() if goal.key in keys]


def hours_table(
    cells: Mapping[Codes, Cell], withheld: Collection[str], inside: Collection[str]
) -> Table:
    """Return the published hours of the areas that touch ``inside``, then what is withheld."""
    rows = [
        Row(
            codes, (cell.given_minutes, cell.received_minutes, cell.net_minutes, cell.active_people)
        )
        for codes, cell in sorted(cells.items())
        if not set(codes).isdisjoint(inside)
    ]
    nothing = (None,) * len(HOURS)
    rows += [Row((code,), nothing, is_withheld=True) for code in sorted(withheld) if code in inside]
    return Table("hours", HOURS, tuple(rows))


def exact_hours_table(hours: Mapping[str, tuple[int, int, int]], codes: Sequence[str]) -> Table:
    """Return exact hours and active people of neighbourhoods, in the order of ``codes``.

    Args:
        hours: minutes given, minutes received and active people by neighbourhood.
    """
    rows = []
    for code in codes:
        given, received, people = hours[code]
        rows.append(Row((code,), (given, received, given - received, people)))
    return Table("hours", HOURS, tuple(rows))


def gathered(table: Table, group_of: Mapping[str, str]) -> Table:
    """Add up the shown rows of each coarser area; areas that stand together across two stay so.

    Nothing is counted anew, so a coarser level tells nothing that the rows do not.

    Args:
        group_of: the coarser area of each basic area; one that is no key stays by itself.
    """
    sums: dict[Codes, list[int]] = {}
    left_out: list[Row] = []
    for row in table.rows:
        groups = {group_of.get(code) or code for code in row.codes}
        if row.is_withheld:
            left_out.append(dataclasses.replace(row, codes=tuple(sorted(groups))))
            continue
        so_far = sums.setdefault(tuple(sorted(groups)), [0] * len(row.values))
        for place, value in enumerate(row.values):
            so_far[place] += value or 0
    rows = [Row(codes, tuple(values)) for codes, values in sums.items()]
    counted = {code for codes in sums for code in codes}
    rows += [row for row in dict.fromkeys(left_out) if not counted & set(row.codes)]
    return dataclasses.replace(table, rows=tuple(rows))


def flow_table(cells: Sequence[Cell], flows: Sequence[FlowCell]) -> Table:
    """Return every way between two published cells; one that is not shown is withheld."""
    shown = {(flow.givers, flow.receivers): flow.minutes for flow in flows}
    ways = [(giver.areas, receiver.areas) for giver in cells for receiver in cells]
    return Table(
        "flows",
        (FLOW,),
        tuple(
            Row(giver, (shown.get((giver, receiver)),), receiver, (giver, receiver) not in shown)
            for giver, receiver in ways
        ),
    )


def quarter_table(parts: Sequence[Publication], inside: Collection[str]) -> Table:
    """Return what was shown of each quarter: sums of the cells that touch ``inside``."""
    rows = []
    for quarter, part in ((quarter_code(part.first_day), part) for part in parts):
        cells = [cell for cell in part.cells if not set(cell.areas).isdisjoint(inside)]
        sums = (
            sum(cell.given_minutes for cell in cells),
            sum(cell.received_minutes for cell in cells),
            sum(cell.net_minutes for cell in cells),
            sum(cell.active_people for cell in cells),
        )
        rows.append(Row((quarter,), sums if cells else (None,) * len(HOURS), is_withheld=not cells))
    return Table("quarters", HOURS, tuple(rows))


def quarter_code(day: datetime.date) -> str:
    """Return the code of the quarter of a day, such as ``2026-2``."""
    return f"{day.year}-{(day.month - 1) // 3 + 1}"


def indicator_table(codes: Codes, report: QuarterReport) -> Table:
    """Return the indicators of an area as one row, a column for each."""
    columns = tuple(column_of(key) for key in report.values)
    return Table("indicators", columns, (Row(codes, tuple(report.values.values())),))


def detail_tables(report: QuarterReport) -> tuple[Table, ...]:
    """Return kinds of help, steps of the ladder and the people who helped over a year."""
    minutes = column_of(FigureKey.HELPED_MINUTES)
    givers = column_of(FigureKey.ACTIVE_GIVERS)
    return (
        Table(
            "kinds",
            (EXCHANGES, minutes),
            tuple(Row((kind.code,), (kind.exchanges, kind.minutes)) for kind in report.kinds),
        ),
        Table(
            "steps",
            (EXCHANGES,),
            tuple(Row((step,), (count,)) for step, count in report.steps.items()),
        ),
        Table("trend", (givers,), tuple(Row((code,), (people,)) for code, people in report.trend)),
    )


def goals_table(kinds: Sequence[tuple[str, int]], goal_of: Mapping[str, str]) -> Table:
    """Return the minutes of help that served each goal, then what served none in particular.

    Source: policy row D9.

    Args:
        kinds: code and minutes of each kind of help.
        goal_of: the key of the goal of a kind, by its code.
    """
    sums: dict[str, int] = {}
    for code, minutes in kinds:
        key = goal_of.get(code, "")
        sums[key] = sums.get(key, 0) + minutes
    order = [*keys_in_order(sums), *([""] if "" in sums else [])]
    rows = tuple(Row((key,), (sums[key],)) for key in order)
    return Table("goals", (column_of(FigureKey.HELPED_MINUTES),), rows)


def fingerprint(tables: Sequence[Table], area: str, period: Period) -> str:
    """Return the SHA-256 of the numbers of a document, the same whenever it is made again."""
    numbers = [
        [table.key, [[list(row.codes), list(row.to), list(row.values)] for row in table.rows]]
        for table in tables
    ]
    said = json.dumps([area, period.code, numbers], separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()
