# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime

import pytest

from timebank.figures.policy import INDICATORS, FigureKey
from timebank.publication.figures import Cell, FlowCell, Publication
from timebank.reports.errors import NoSuchPeriod, Why
from timebank.reports.policy import (
    HOURS,
    PEOPLE,
    Period,
    Row,
    Table,
    fingerprint,
    flow_table,
    gathered,
    goals,
    hours_table,
    period_of,
    quarter_table,
    year_of,
)
from timebank.statements.policy import Quarter

NEWEST = Quarter(2026, 2)
A, B, C = "BU00010101", "BU00010102", "BU00010201"


@pytest.mark.parametrize(
    ("text", "code", "quarters"),
    [
        ("2026-2", "2026-2", 1),
        ("2025", "2025-1--2025-4", 4),
        ("2026", "2026-1--2026-2", 2),
        ("2025-3--2026-2", "2025-3--2026-2", 4),
        ("2026-1--2026-1", "2026-1", 1),
    ],
)
def test_a_period_is_a_quarter_a_year_or_a_run(text: str, code: str, quarters: int) -> None:
    period = period_of(text, NEWEST)

    assert (period.code, len(period.quarters)) == (code, quarters)
    assert period.last_day == period.quarters[-1].last_day


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2026-3", Why.TO_COME),
        ("2027", Why.TO_COME),
        ("9999-4", Why.TO_COME),
        ("2025-2--2026-2", Why.TOO_LONG),
        ("1976-1--2026-1", Why.TOO_LONG),
        ("1999-4", Why.TOO_OLD),
        ("1976", Why.TOO_OLD),
        ("2026-2--2026-1", Why.UNREADABLE),
        ("2026-5", Why.UNREADABLE),
        ("0000-1", Why.UNREADABLE),
        ("", Why.UNREADABLE),
        ("2026-1--", Why.UNREADABLE),
        ("٢٠٢٥-١", Why.UNREADABLE),
        ("2" * 5000, Why.UNREADABLE),
    ],
)
def test_other_periods_are_refused_with_the_reason(text: str, why: Why) -> None:
    with pytest.raises(NoSuchPeriod) as refusal:
        period_of(text, NEWEST)

    assert refusal.value.why is why


@pytest.mark.parametrize("year", [0, -1, 12, 99999])
def test_a_year_that_is_none_is_refused(year: int) -> None:
    with pytest.raises(NoSuchPeriod):
        year_of(year, NEWEST)


def hours(**cells: tuple[int, int]) -> dict[tuple[str, ...], Cell]:
    found = {}
    for names, (given, received) in cells.items():
        areas = tuple({"a": A, "b": B, "c": C}[name] for name in names)
        found[areas] = Cell(areas, given, received, 10)
    return found


def test_the_table_of_hours_holds_what_touches_the_area_and_what_is_withheld_there() -> None:
    table = hours_table(hours(a=(600, 300), bc=(900, 900)), (), {A, B})

    assert [(row.codes, row.values) for row in table.rows] == [
        ((A,), (600, 300, 300, 10)),
        ((B, C), (900, 900, 0, 10)),
    ]
    withheld = hours_table(hours(a=(600, 300)), (B, C), {B})
    assert withheld.rows == (Row((B,), (None,) * 4, is_withheld=True),)
    assert withheld.is_empty


def test_a_coarser_level_adds_up_what_is_shown_and_nothing_else() -> None:
    table = hours_table(hours(a=(600, 300), b=(300, 300)), (C,), {A, B, C})

    assert [
        (row.codes, row.values) for row in gathered(table, {A: "W1", B: "W1", C: "W2"}).rows
    ] == [
        (("W1",), (900, 600, 300, 20)),
        (("W2",), (None,) * 4),
    ]
    # A withheld area within a wijk that is shown adds no row: it would stand beside its own sum.
    assert len(gathered(table, {A: "W1", B: "W1", C: "W1"}).rows) == 1
    assert [
        row.codes
        for row in gathered(hours_table(hours(ac=(5, 5)), (), {A}), {A: "W1", C: "W2"}).rows
    ] == [("W1", "W2")]


def test_every_way_between_cells_is_told_or_withheld() -> None:
    cells = list(hours(a=(600, 300), b=(300, 600)).values())

    table = flow_table(cells, [FlowCell((A,), (B,), 300)])

    assert [(row.codes, row.to, row.values[0], row.is_withheld) for row in table.rows] == [
        ((A,), (A,), None, True),
        ((A,), (B,), 300, False),
        ((B,), (A,), None, True),
        ((B,), (B,), None, True),
    ]


def test_a_quarter_without_cells_is_withheld_and_not_zero() -> None:
    first, last = datetime.date(2026, 1, 1), datetime.date(2026, 3, 31)
    nothing = Publication(first, last, (), (A,))
    some = Publication(first, last, (Cell((A,), 600, 300, 10),), ())

    assert quarter_table([nothing], {A}).rows[0].values == (None,) * 4
    assert quarter_table([some], {A}).rows[0].values == (600, 300, 300, 10)
    assert quarter_table([some], {B}).rows[0].is_withheld


def test_every_indicator_speaks_to_one_goal_and_every_published_figure_is_a_column() -> None:
    told = [key for goal in goals() for key in goal.figures]

    assert sorted(told) == sorted(figure.key for figure in INDICATORS)
    columns = {column.key for column in HOURS} | {FigureKey.FLOW.value, PEOPLE}
    assert {key for goal in goals() for key in goal.published} <= columns


def test_the_fingerprint_changes_with_any_number_area_or_period() -> None:
    period, later = Period((NEWEST.previous(),)), Period((NEWEST,))
    one, other = (Table("hours", HOURS, (Row((A,), (n, 0, n, 5)),)) for n in (300, 301))

    prints = [
        fingerprint([one], A, period),
        fingerprint([other], A, period),
        fingerprint([one], B, period),
        fingerprint([one], A, later),
    ]

    assert len(set(prints)) == 4
    assert fingerprint([one], A, period) == prints[0]
