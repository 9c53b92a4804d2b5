# SPDX-License-Identifier: EUPL-1.2
"""Reading what a report tells: by the published rule for everyone, exactly for coordinators.

Nothing here writes, and nothing here decides what may be shown: that is ``publication``.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

import ledger
from timebank import clock
from timebank.areas.models import Area
from timebank.areas.policy import is_code, parents_of
from timebank.figures.errors import UnknownPlace
from timebank.figures.indicators import quarter_report
from timebank.figures.places import (
    Ground,
    Spot,
    at_level,
    own_places,
    spot_called,
    spots_of,
)
from timebank.figures.policy import Level
from timebank.figures.queries import quarter_figures
from timebank.members.policy import Actor
from timebank.months.models import ClosedMonth
from timebank.publication.figures import Books, Flow, Publication, Share
from timebank.publication.publishing import added_up, publish
from timebank.publication.rounding import flow_may_be_shown
from timebank.publication.thresholds import Thresholds
from timebank.reports.errors import NoSuchArea
from timebank.reports.policy import (
    HOURS,
    Codes,
    Period,
    Row,
    Table,
    detail_tables,
    flow_table,
    gathered,
    hours_table,
    indicator_table,
    quarter_table,
)
from timebank.rollups.moves import help_moves
from timebank.rollups.queries import pairs
from timebank.showing.models import PublicationRule
from timebank.statements.policy import Quarter

MOST_CELLS_WITH_FLOWS = 20
"""Above so many figures the table of flows would keep a reader waiting (docs/adr/0040)."""


@dataclasses.dataclass(frozen=True)
class Seal:
    """A month that is closed: on which day, and what seals its report."""

    month_on: datetime.date
    closed_at: datetime.datetime
    digest: str


@dataclasses.dataclass(frozen=True)
class Report:
    """What is told about a period and an area.

    Attributes:
        is_exact: exact numbers, for within the organisation; otherwise by the published rule.
        thresholds: how strict that rule is for the newest quarter.
        tables: by key, in the order of the document.
        names: of every area that a row can be about, by code or key.
        together: areas that stand together because one of them is too small.
        too_many_cells: flows are left out, because there are too many areas to judge them.
    """

    period: Period
    area: Spot
    is_exact: bool
    thresholds: Thresholds
    tables: Mapping[str, Table]
    names: Mapping[str, str]
    seals: Sequence[Seal] = ()
    together: Sequence[Codes] = ()
    too_many_cells: bool = False


def area_called(session: Session, ground: Ground, key: str | None, by: Actor | None = None) -> Spot:
    """Return the area with this key, or everything there is; for an actor, of the own areas.

    One statement more when there is none, to say of which year the code is.

    Raises:
        NoSuchArea: the timebank has none, or this reader may not choose it.
        NotPermitted: the actor reads no exact figures.
    """
    places = ground.places if by is None else own_places(ground, by)
    try:
        return spot_called(spots_of(ground, places), key)
    except UnknownPlace as refusal:
        raise NoSuchArea(_year_of_code(session, key or "")) from refusal


def _year_of_code(session: Session, code: str) -> int | None:
    if not is_code(code):
        return None
    return session.scalar(select(func.max(Area.year)).where(Area.code == code))


def published_report(
    session: Session,
    ground: Ground,
    *,
    period: Period,
    area: Spot,
    level: Level = Level.NEIGHBOURHOOD,
    with_flows: bool = False,
) -> Report:
    """Return what everyone may read of a period and an area.

    A statement for each quarter and one for the thresholds; one more with flows, which need a
    period of one quarter.

    Args:
        level: how coarse; a coarser one adds up what is shown, and counts nothing anew.
    """
    rules = _rules(session, ground.timebank_id)
    parts = [
        _publish(session, ground, quarter, rules, with_flows=with_flows and period.is_one_quarter)
        for quarter in period.quarters
    ]
    cells = (
        added_up(parts)
        if len(parts) > 1
        else {cell.areas: cell for part in parts for cell in part.cells}
    )
    withheld = set.intersection(*(set(part.withheld) for part in parts))
    fine = hours_table(cells, withheld, area.codes)
    tables = {"hours": gathered(fine, _groups(ground, level))}
    if not period.is_one_quarter:
        tables["quarters"] = quarter_table(parts, area.codes)
    too_many = len(cells) > MOST_CELLS_WITH_FLOWS
    if with_flows and period.is_one_quarter and not too_many:
        tables["flows"] = _flows_touching(parts[0], area)
    return Report(
        period,
        area,
        is_exact=False,
        thresholds=thresholds_from(rules, period.quarters[-1].first_day),
        tables=tables,
        names=_names(ground),
        seals=_seals(session, ground, period) if with_flows else (),
        together=[row.codes for row in fine.rows if len(row.codes) > 1],
        too_many_cells=with_flows and too_many,
    )


def exact_report(
    session: Session, ground: Ground, *, by: Actor, quarter: Quarter, area: Spot
) -> Report:
    """Return the exact figures of a quarter and one of the actor's own areas.

    Ten statements, whatever the history.

    Raises:
        NotPermitted: the actor reads no exact figures.
    """
    found = quarter_figures(session, by=by, quarter=quarter)
    told = quarter_report(session, ground, quarter=quarter, codes=sorted(area.codes))
    hours = Table(
        "hours",
        HOURS,
        tuple(
            Row(
                (row.code,),
                (row.given_minutes, row.received_minutes, row.net_minutes, row.active_people),
            )
            for row in found.rows
            if row.code in area.codes
        ),
    )
    indicators = indicator_table((area.key,), told)
    period = Period((quarter,))
    return Report(
        period,
        area,
        is_exact=True,
        thresholds=Thresholds(),
        tables={table.key: table for table in (hours, indicators, *detail_tables(told))},
        names=_names(ground),
        seals=_seals(session, ground, period),
    )


def kinds_shown(session: Session, ground: Ground, report: Report) -> Sequence[str]:
    """Return the kinds of help in which enough people of an area took part, by code.

    Of the newest quarter of the report; none where no figure of the area is shown.
    Only that there was some is told, never how much: a number for each kind beside a number for
    each area would be a second breakdown of the same hours (docs/adr/0039). One statement.
    """
    if all(row.is_withheld for row in report.tables["hours"].rows):
        return []
    quarter, area = report.period.quarters[-1], report.area
    moved = help_moves(ground.timebank_id, quarter.since, quarter.until, ground.codes)
    sides = (
        moved.c.giver_account_id,
        moved.c.giver_code,
        moved.c.receiver_account_id,
        moved.c.receiver_code,
    )
    rows = session.execute(
        select(moved.c.category_code, *sides, func.sum(moved.c.net_minutes))
        .where(moved.c.giver_code.in_(area.codes), moved.c.receiver_code.in_(area.codes))
        .group_by(moved.c.category_code, *sides)
    )
    by_kind: dict[str, list[Flow]] = {}
    for kind, giver, giver_code, receiver, receiver_code, minutes in rows:
        if int(minutes) > 0:
            way = Flow(giver, giver_code, receiver, receiver_code, int(minutes))
            by_kind.setdefault(kind, []).append(way)
    return sorted(
        kind for kind, flows in by_kind.items() if flow_may_be_shown(flows, report.thresholds)
    )


def thresholds_from(rules: Sequence[PublicationRule], first_day: datetime.date) -> Thresholds:
    """Return how strict a timebank is with a period that begins on this day.

    Args:
        rules: all of the timebank, the newest first.
    """
    names = [field.name for field in dataclasses.fields(Thresholds)]
    for rule in rules:
        if rule.counts_from <= first_day:
            return Thresholds(**{name: getattr(rule, name) for name in names})
    return Thresholds()


def _rules(session: Session, timebank_id: int) -> Sequence[PublicationRule]:
    return session.scalars(
        select(PublicationRule)
        .where(PublicationRule.timebank_id == timebank_id)
        .order_by(PublicationRule.counts_from.desc())
    ).all()


def _publish(
    session: Session,
    ground: Ground,
    quarter: Quarter,
    rules: Sequence[PublicationRule],
    *,
    with_flows: bool,
) -> Publication:
    shares: dict[str, list[Share]] = {place.code: [] for place in ground.places}
    for flow in ledger.account_flows(
        session,
        timebank_id=ground.timebank_id,
        neighbourhood_codes=list(shares),
        since=quarter.since,
        until=quarter.until,
    ):
        shares[flow.neighbourhood_code].append(
            Share(flow.account_id, flow.given_minutes, flow.received_minutes)
        )
    thresholds = thresholds_from(rules, quarter.first_day)
    books = Books(quarter.first_day, quarter.last_day, shares, parents_of(shares))
    shown = publish(books, thresholds)
    if not with_flows or len(shown.cells) > MOST_CELLS_WITH_FLOWS:
        return shown
    return publish(dataclasses.replace(books, flows=_flows(session, ground, quarter)), thresholds)


def _flows(session: Session, ground: Ground, quarter: Quarter) -> list[Flow]:
    """Return who gave whom how much, in one statement; what was taken back counts for nobody."""
    rows = pairs(
        session,
        ground.timebank_id,
        quarter,
        quarter,
        through=ground.through,
        codes=ground.codes,
    )
    way = (
        rows.c.giver_account_id,
        rows.c.giver_code,
        rows.c.receiver_account_id,
        rows.c.receiver_code,
    )
    query = select(*way, func.sum(rows.c.minutes)).group_by(*way)
    return [
        Flow(giver, giver_code, receiver, receiver_code, int(minutes))
        for giver, giver_code, receiver, receiver_code, minutes in session.execute(query)
        if minutes > 0
    ]


def _flows_touching(part: Publication, area: Spot) -> Table:
    table = flow_table(part.cells, part.flows)
    rows = [row for row in table.rows if not area.codes.isdisjoint((*row.codes, *row.to))]
    return dataclasses.replace(table, rows=tuple(rows))


def _groups(ground: Ground, level: Level) -> dict[str, str]:
    if level is Level.NEIGHBOURHOOD:
        return {}
    return {place.code: at_level(ground, place, level)[0] for place in ground.places}


def _names(ground: Ground) -> dict[str, str]:
    """Return the name of every area by its code or key, coarse ones first so that fine ones win."""
    names: dict[str, str] = {}
    for level in (Level.MUNICIPALITY, Level.SERVICE_AREA, Level.WIJK, Level.NEIGHBOURHOOD):
        names |= dict(at_level(ground, place, level) for place in ground.places)
    return names


def _seals(session: Session, ground: Ground, period: Period) -> list[Seal]:
    rows = session.execute(
        select(ClosedMonth.month_on, ClosedMonth.closed_at, ClosedMonth.digest)
        .where(
            ClosedMonth.timebank_id == ground.timebank_id,
            ClosedMonth.month_on >= period.first_day,
            ClosedMonth.month_on <= period.last_day,
        )
        .order_by(ClosedMonth.month_on)
    )
    return [Seal(row.month_on, row.closed_at, row.digest.hex()) for row in rows]


def newest_over(now: datetime.datetime) -> Quarter:
    """Return the last quarter that is over."""
    today = clock.day_of(now)
    return Quarter(today.year, (today.month - 1) // 3 + 1).previous()
