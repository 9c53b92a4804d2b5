# SPDX-License-Identifier: EUPL-1.2
"""A results report in words: the blocks that the page and the PDF both draw."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import get_locale, gettext

from timebank import clock
from timebank.areas.models import Timebank
from timebank.categories.models import HelpCategory
from timebank.documents.blocks import (
    Block,
    Cells,
    Document,
    Facts,
    Grid,
    Heading,
    Paragraph,
    Picture,
)
from timebank.figures.policy import FigureKey
from timebank.reports.policy import Goal, Row, Table, fingerprint, goals
from timebank.reports.queries import Report
from timebank.web import figure_words
from timebank.web import report_words as words
from timebank.web.filters import day_of_moment, in_a_row, month_name

MOST_BARS = 15
"""So many bars are drawn of a table, the longest; the table beneath holds every row."""
PICTURED = {"hours": (0, 1), "kinds": (1,)}
PICTURED |= dict.fromkeys(("flows", "goals", "steps", "trend"), (0,))
"""The columns of each table that are drawn, each as a picture of its own."""
Kinds = Mapping[str, HelpCategory]


def document_of(report: Report, timebank: Timebank, kinds: Kinds) -> Document:
    """Return a report as a document: goals first, then pictures and tables, then the seal."""
    title = gettext("Results of %(name)s", name=timebank.name)
    subtitle = gettext(
        "%(area)s, %(months)s",
        area=words.area_name(report),
        months=words.period_name(report.period),
    )
    blocks: list[Block] = [Paragraph(_which_numbers(report))]
    blocks += _which_neighbourhoods(report) + _standing_together(report)
    blocks.append(Heading(gettext("The goals")))
    for goal in goals():
        blocks += _goal(goal, report, kinds)
    for table in report.tables.values():
        if table.key != "indicators":
            blocks += _told(table, report, kinds)
    blocks += _rule(report, timebank) + _seals(report)
    return Document(
        title=title,
        subtitle=subtitle,
        language=str(get_locale()),
        author=timebank.name,
        # Not the moment of now: made again later, the same report gives the same bytes.
        made_at=clock.start_of(report.period.last_day),
        withheld=gettext("too few people to show"),
        foot=f"{title}, {subtitle}",
        blocks=blocks,
    )


def _which_numbers(report: Report) -> str:
    if report.is_exact:
        return gettext("This report holds exact figures. Keep it within your organisation.")
    return gettext(
        "This report holds rounded figures. Everyone may read them: nobody can be recognised."
    )


def _which_neighbourhoods(report: Report) -> list[Block]:
    """Name what "all my neighbourhoods" are: whoever gets the file does not know whose it is."""
    if report.area.name or not report.is_exact:
        return []
    names = sorted(report.names[code] for code in report.area.codes)
    return [Paragraph(gettext("Counted here: %(names)s.", names=in_a_row(names)))]


def _standing_together(report: Report) -> list[Block]:
    """Say first of all when the figures of an area are those of its neighbours too."""
    others = {code for codes in report.together for code in codes} - report.area.codes
    if not others:
        return []
    together = sorted(report.names[code] for codes in report.together for code in codes)
    return [
        Paragraph(
            gettext(
                "These are figures of %(names)s together. In one of them too few people took part.",
                names=in_a_row(together),
            )
        )
    ]


def _goal(goal: Goal, report: Report, kinds: Kinds) -> list[Block]:
    name, sentence = words.goal_words(goal)
    facts = _published_facts(goal, report)
    if report.is_exact:
        facts = _exact_facts(goal, report) + _facts_of_kinds(goal, report, kinds)
    told: list[Block] = [Heading(name, level=3), Paragraph(sentence)]
    if facts:
        return [*told, Facts(facts)]
    nothing = gettext("There are no figures about this goal that everyone may read.")
    return [*told, Paragraph(nothing)]


def _exact_facts(goal: Goal, report: Report) -> list[tuple[str, str, str]]:
    table = report.tables["indicators"]
    values = dict(zip((column.key for column in table.columns), table.rows[0].values, strict=True))
    return [
        (
            str(figure_words.NAMES[key]),
            figure_words.told(words.unit_of(key), values[key.value]),
            str(figure_words.MEANINGS[key]),
        )
        for key in goal.figures
        if key.value in values
    ]


def _facts_of_kinds(goal: Goal, report: Report, kinds: Kinds) -> list[tuple[str, str, str]]:
    """Tell the hours of the kinds of help that served this goal, and which they were."""
    table = report.tables["goals"]
    told = [row for row in table.rows if row.codes == (goal.key,)]
    names = [
        words.row_name("kinds", row, report.names, kinds)
        for row in report.tables["kinds"].rows
        if report.goals.get(row.codes[0]) == goal.key
    ]
    return [
        (
            gettext("Hours of help for this goal"),
            words.cell_words(table.columns[0], row, row.values[0]),
            in_a_row(sorted(names)),
        )
        for row in told
    ]


def _published_facts(goal: Goal, report: Report) -> list[tuple[str, str, str]]:
    """Tell sums of what is shown in the tables; where nothing is shown, nothing is told."""
    facts = []
    for key in goal.published:
        table = report.tables.get("flows" if key == FigureKey.FLOW else "hours")
        if table is None or all(row.is_withheld for row in table.rows):
            continue
        place = next(n for n, column in enumerate(table.columns) if column.key == key)
        column = table.columns[place]
        total = table.total(place)
        if key == FigureKey.FLOW:
            total = sum(row.values[0] or 0 for row in table.rows if row.codes != row.to)
        facts.append(
            (
                words.column_name(column),
                words.sum_words(column, total),
                words.column_meaning(column),
            )
        )
    return facts


def _told(table: Table, report: Report, kinds: Kinds) -> list[Block]:
    heading = Heading(str(words.TABLES[table.key]))
    if not table.rows and report.is_exact:
        return [heading, Paragraph(gettext("No help was approved in these months."))]
    if not table.rows:
        nothing = gettext("Too few people took part in these months. So we show no figures.")
        return [heading, Paragraph(nothing)]
    pictures: list[Block] = [
        _picture(table, place, report, kinds) for place in PICTURED.get(table.key, ())
    ]
    return [heading, *pictures, _grid(table, report, kinds)]


def _picture(table: Table, place: int, report: Report, kinds: Kinds) -> Picture:
    column = table.columns[place]
    rows = list(table.rows)
    if len(rows) > MOST_BARS:
        rows = sorted(rows, key=lambda row: -(row.values[place] or 0))[:MOST_BARS]
    return Picture(
        key=f"{table.key}-{column.key}",
        title=words.column_name(column),
        about=words.column_meaning(column),
        rows=[
            (
                words.row_name(table.key, row, report.names, kinds),
                None if row.is_withheld else row.values[place] or 0,
                words.cell_words(column, row, row.values[place]),
            )
            for row in rows
        ],
    )


def _grid(table: Table, report: Report, kinds: Kinds) -> Grid:
    return Grid(
        title=gettext("%(title)s, in a table", title=str(words.TABLES[table.key])),
        head=[str(words.FIRST_COLUMN[table.key]), *map(words.column_name, table.columns)],
        rows=[_cells(table, row, report, kinds) for row in table.rows],
        foot=_foot(table),
    )


def _cells(table: Table, row: Row, report: Report, kinds: Kinds) -> Cells:
    numbers = [
        None if row.is_withheld else words.cell_words(column, row, value)
        for column, value in zip(table.columns, row.values, strict=True)
    ]
    return [words.row_name(table.key, row, report.names, kinds), *numbers]


def _foot(table: Table) -> Cells | None:
    """Return the sums of what is shown, where they mean something."""
    summed = table.key in ("hours", "goals", "kinds", "steps") and len(table.rows) > 1
    if not summed or all(row.is_withheld for row in table.rows):
        return None
    return [
        gettext("Together, as shown"),
        *(
            words.sum_words(column, table.total(place))
            for place, column in enumerate(table.columns)
        ),
    ]


def _rule(report: Report, timebank: Timebank) -> list[Block]:
    blocks: list[Block] = [
        Heading(gettext("How we count")),
        Paragraph(
            gettext(
                "Help counts in the months in which it was approved, for the neighbourhood where"
                " each person lived then. One hour of help is one hour, whatever it was."
            )
        ),
    ]
    if not report.is_exact:
        blocks.append(Paragraph(words.rule_words(report.thresholds)))
    if report.together:
        blocks.append(
            Paragraph(
                gettext(
                    "Some neighbourhoods stand together, because too few people took part in one"
                    " of them."
                )
            )
        )
    if report.too_many_cells:
        blocks.append(
            Paragraph(
                gettext("Who helps whom is left out, because there are too many neighbourhoods.")
            )
        )
    call = gettext(
        "Questions? Call %(name)s: %(phone)s.",
        name=timebank.contact_name,
        phone=timebank.contact_phone,
    )
    return [*blocks, Paragraph(call)]


def _seals(report: Report) -> list[Block]:
    """Say which months are closed. The seal of exact figures stays within: whoever knows all of
    them but one could try out numbers until the seal fits.
    """
    blocks: list[Block] = [Heading(gettext("What is fixed"))]
    if not report.seals:
        blocks.append(Paragraph(gettext("No month of this period is closed yet.")))
    else:
        rows = [
            (
                month_name(seal.month_on),
                gettext("closed on %(day)s", day=day_of_moment(seal.closed_at)),
                seal.digest
                if report.is_exact
                else gettext("What a closed month says never changes."),
            )
            for seal in report.seals
        ]
        blocks.append(Facts(rows))
    print_of = fingerprint(list(report.tables.values()), report.area.key, report.period)
    meaning = gettext("Made again, the same numbers give the same fingerprint.")
    return [*blocks, Facts([(gettext("Fingerprint of this report"), print_of, meaning)])]
