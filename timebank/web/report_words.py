# SPDX-License-Identifier: EUPL-1.2
"""The words of reports: what tables, columns and rows are called, and what a period is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from timebank.categories.models import HelpCategory
from timebank.figures.policy import FigureKey, Unit
from timebank.publication.thresholds import Thresholds
from timebank.reports.errors import NoSuchPeriod, Why
from timebank.reports.policy import (
    EXCHANGES,
    PEOPLE,
    Column,
    Goal,
    Period,
    Row,
    Table,
    column_of,
    goals,
)
from timebank.reports.queries import Report
from timebank.web.figure_words import MEANINGS, NAMES, UNITS, told
from timebank.web.filters import (
    duration,
    in_a_row,
    label,
    month_name,
    net_words,
    quarter_name,
    short_duration,
)

TABLES: dict[str, LazyString] = {
    "hours": _l("Hours and people"),
    "quarters": _l("Quarter by quarter"),
    "flows": _l("Who helps whom"),
    "indicators": _l("In figures"),
    "goals": _l("Hours, by goal"),
    "kinds": _l("Hours, by kind of help"),
    "steps": _l("How often, by step"),
    "trend": _l("People who helped, over a year"),
}
FIRST_COLUMN: dict[str, LazyString] = {
    "hours": _l("Area"),
    "quarters": _l("Months"),
    "flows": _l("From and to"),
    "indicators": _l("Area"),
    "goals": _l("Goal"),
    "kinds": _l("Kind of help"),
    "steps": _l("Step"),
    "trend": _l("Months"),
}
_COLUMNS: dict[str, LazyString] = {PEOPLE: _l("Active people"), EXCHANGES.key: _l("How often")}
_MEANINGS: dict[str, LazyString] = {
    PEOPLE: _l("How many people gave or received help. Each counts once in an area."),
    EXCHANGES.key: _l("How often there was help, less what was taken back."),
}
WHY_NOT: dict[Why, LazyString] = {
    Why.UNREADABLE: _l("We cannot read this period. Choose one below."),
    Why.TO_COME: _l("This period is not over yet. Figures follow when it is. Choose one below."),
    Why.TOO_LONG: _l("This period is longer than a year. Choose a year or three months below."),
    Why.TOO_OLD: _l("No hours were written down so long ago. Choose a period below."),
}


def column_name(column: Column) -> str:
    """Name a column."""
    return str(_COLUMNS.get(column.key) or NAMES[FigureKey(column.key)])


def column_meaning(column: Column) -> str:
    """Say what a column means, in the sentence of the catalogue."""
    return str(_MEANINGS.get(column.key) or MEANINGS[FigureKey(column.key)])


def unit_of(key: FigureKey) -> Unit:
    """Return what a figure of the catalogue counts."""
    return column_of(key).unit


def unit_name(unit: Unit) -> str:
    """Name a unit as it stands in a file, where hours are whole minutes."""
    return gettext("minutes") if unit is Unit.MINUTES else str(UNITS[unit])


def row_name(
    table: str, row: Row, names: Mapping[str, str], kinds: Mapping[str, HelpCategory]
) -> str:
    """Name a row: areas by their names, a kind of help, a step, months."""
    if table == "kinds":
        return label(kinds[row.codes[0]])
    if table == "goals":
        return goal_name(row.codes[0])
    if table == "steps":
        return gettext("Step %(step)s", step=row.codes[0])
    if table in ("quarters", "trend"):
        year, number = row.codes[0].split("-")
        return quarter_name(int(year), int(number))
    if row.to:
        return gettext(
            "From %(givers)s to %(receivers)s",
            givers=place_names(row.codes, names),
            receivers=place_names(row.to, names),
        )
    return place_names(row.codes, names)


def place_names(codes: Sequence[str], names: Mapping[str, str]) -> str:
    """Name areas that stand together."""
    return in_a_row(sorted(names.get(code) or gettext("All neighbourhoods") for code in codes))


def area_name(report: Report) -> str:
    """Name the area of a report; everything together has no name of its own."""
    if report.area.name or not report.is_exact:
        return report.area.name or gettext("All neighbourhoods")
    return gettext("All my neighbourhoods")


def cell_words(column: Column, row: Row, value: int | None) -> str:
    """Say one number with its unit, or why it is not there."""
    if row.is_withheld:
        return gettext("too few people to show")
    return told(column.unit, value) if value is None else sum_words(column, value)


def sum_words(column: Column, value: int) -> str:
    """Say one number, or the sum of what is shown, with its unit; a difference in words."""
    return net_words(value) if column.key == FigureKey.NET else told(column.unit, value)


def told_short(minutes: int) -> str:
    """Say hours in a card."""
    return short_duration(minutes)


def period_name(period: Period) -> str:
    """Name a period by its months."""
    first, last = period.quarters[0], period.quarters[-1]
    if period.is_one_quarter:
        return quarter_name(first.year, first.number)
    if first.year == last.year and first.number == 1 and last.number == 4:  # noqa: PLR2004 - a year
        return str(first.year)
    return gettext(
        "%(first)s up to and including %(last)s",
        first=month_name(period.first_day),
        last=month_name(period.last_day),
    )


def why_not(refusal: NoSuchPeriod) -> str:
    """Say kindly why there is no report of a period."""
    return str(WHY_NOT[refusal.why])


def rule_words(rule: Thresholds) -> str:
    """Say what everyone may read, as strict as this timebank is."""
    rounding = gettext(
        "We round to %(duration)s and to %(people)s people: what is given and received together can"
        " therefore differ a little.",
        duration=duration(rule.round_minutes),
        people=rule.round_people,
    )
    leaving_out = gettext(
        "We leave figures out when fewer than %(least)s people took part, or when one person would"
        " stand out. In a table each hour counts once, so that nobody is found by subtracting.",
        least=rule.least_active,
    )
    return f"{rounding} {leaving_out}"


def goal_words(goal: Goal) -> tuple[str, str]:
    """Return the name of a goal and its sentence, in the language of the page."""
    language = "en" if str(get_locale()) == "en" else "nl"
    return goal.words[f"name_{language}"], goal.words[f"words_{language}"]


def goal_name(key: str) -> str:
    """Return the name of a goal by its key, and what to say of none."""
    for goal in goals():
        if goal.key == key:
            return goal_words(goal)[0]
    return gettext("No goal in particular")


def numbers_of_a_year(report: Report, places: int) -> list[tuple[str, str]]:
    """Return five numbers of a year, each with a sentence; sums of what is shown, nothing else.

    Args:
        places: how many neighbourhoods take part.
    """
    hours = report.tables["hours"]
    shown = [row for row in hours.rows if not row.is_withheld]
    quarters = [row for row in quarters_of(report).rows if not row.is_withheld]
    people = max((row.values[3] or 0 for row in quarters), default=0)
    busiest = max(quarters, key=lambda row: row.values[0] or 0, default=None)
    counted = len({code for row in shown for code in row.codes})
    return [
        (short_duration(hours.total(0)), gettext("of help was given, rounded for each area.")),
        (short_duration(hours.total(1)), gettext("of help was received, rounded for each area.")),
        (
            gettext("about %(num)s", num=people),
            gettext("people took part in the months with the most people, or more over the year."),
        ),
        (
            gettext("%(part)s of %(whole)s", part=counted, whole=places),
            gettext("neighbourhoods are in these figures."),
        ),
        (
            short_duration((busiest.values[0] or 0) if busiest else 0),
            gettext(
                "of it in %(months)s, the busiest months.",
                months=row_name("quarters", busiest, report.names, {}),
            )
            if busiest
            else gettext("in the busiest months."),
        ),
    ]


def quarters_of(report: Report) -> Table:
    """Return the quarters of a report; of a single one its hours together are that quarter."""
    if "quarters" in report.tables:
        return report.tables["quarters"]
    hours = report.tables["hours"]
    is_withheld = all(row.is_withheld for row in hours.rows)
    sums = tuple(hours.total(place) for place in range(len(hours.columns)))
    return Table(
        "quarters", hours.columns, (Row((report.period.code,), sums, is_withheld=is_withheld),)
    )
