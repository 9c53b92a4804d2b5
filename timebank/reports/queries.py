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

from timebank import clock
from timebank.areas.models import Area
from timebank.areas.policy import is_code
from timebank.categories.queries import goals_of_kinds
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
from timebank.figures.queries import quarter_hours
from timebank.members.policy import Actor, Permission
from timebank.months.queries import Seal, closed_quarter, seals_of
from timebank.publication.figures import Publication
from timebank.publication.publishing import added_up
from timebank.publication.thresholds import Thresholds
from timebank.reports.errors import NoSuchArea
from timebank.reports.policy import (
    Codes,
    Period,
    Table,
    detail_tables,
    exact_hours_table,
    flow_table,
    gathered,
    goals_table,
    hours_table,
    indicator_table,
    quarter_table,
)
from timebank.showing.facts import kinds_in
from timebank.showing.policy import Shown
from timebank.showing.queries import shown_of
from timebank.statements.policy import Quarter


@dataclasses.dataclass(frozen=True)
class Report:
    """What is told about a period and an area.

    Attributes:
        is_exact: exact numbers, for within the organisation; otherwise by the published rule.
        thresholds: how strict that rule is for the newest quarter.
        told: what everyone may see of each quarter; nothing in an exact report.
        goals: which goal each kind of help serves, by code; only in an exact report.
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
    told: Sequence[Shown] = ()
    goals: Mapping[str, str] = dataclasses.field(default_factory=dict)
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
    with_seals: bool = False,
) -> Report:
    """Return what everyone may read of a period and an area.

    One statement where every quarter is closed, three otherwise; one more for the seals, and one
    for the flows of a quarter that is not closed. Flows need a period of one quarter.

    Args:
        level: how coarse; a coarser one adds up what is shown, and counts nothing anew.
    """
    with_flows = with_flows and period.is_one_quarter
    told = shown_of(session, ground, period.quarters, with_flows=with_flows)
    parts = [shown.publication for shown in told]
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
    if with_flows and not told[0].too_many_cells:
        tables["flows"] = _flows_touching(parts[0], area)
    return Report(
        period,
        area,
        is_exact=False,
        thresholds=told[-1].thresholds,
        tables=tables,
        names=_names(ground, *(shown.names for shown in told)),
        told=told,
        seals=_seals(session, ground, period) if with_seals else (),
        together=[row.codes for row in fine.rows if len(row.codes) > 1],
        too_many_cells=with_flows and told[0].too_many_cells,
    )


def exact_report(
    session: Session, ground: Ground, *, by: Actor, quarter: Quarter, area: Spot
) -> Report:
    """Return the exact figures of a quarter and one of the actor's own areas.

    Of a closed quarter what was written down then, in two statements; otherwise counted from the
    roll-ups, in nine. Neither is more with a longer history.

    Raises:
        NotPermitted: the actor reads no exact figures.
    """
    by.require(Permission.READ_EXACT_FIGURES)
    codes = sorted(area.codes)
    closed = closed_quarter(
        session, timebank_id=ground.timebank_id, quarter=quarter, key=area.key, codes=codes
    )
    hours = closed.hours if closed else quarter_hours(session, ground, quarter)
    told = (
        closed.indicators
        if closed
        else quarter_report(session, ground, quarter=quarter, codes=codes)
    )
    indicators = indicator_table((area.key,), told)
    period = Period((quarter,))
    goal_of = closed.goals if closed else goals_of_kinds(session, timebank_id=ground.timebank_id)
    by_goal = goals_table([(kind.code, kind.minutes) for kind in told.kinds], goal_of)
    here = [place.code for place in ground.places if place.code in area.codes & hours.keys()]
    tables = (
        exact_hours_table(hours, here),
        indicators,
        by_goal,
        *detail_tables(told),
    )
    return Report(
        period,
        area,
        is_exact=True,
        thresholds=Thresholds(),
        tables={table.key: table for table in tables},
        names=_names(ground, closed.names if closed else {}),
        goals=goal_of,
        seals=_seals_of_exact(session, ground, period, is_written=closed is not None),
    )


def kinds_shown(session: Session, ground: Ground, report: Report) -> dict[str, str | None]:
    """Return the kinds of help in which enough people of an area took part, by code.

    Of each quarter of the report; none where no figure of the area is shown. No statement where
    the quarters are closed, one for each otherwise.

    Returns:
        The goal that each served when its quarter was closed, empty for none in particular; None
        when the quarter is not closed and the goal is the one of today.
    """
    area = report.area
    if all(row.is_withheld for row in report.tables["hours"].rows):
        return {}
    kinds: dict[str, str | None] = {}
    for quarter, shown in zip(report.period.quarters, report.told, strict=bool(report.told)):
        if shown.is_closed:
            kinds |= {code: shown.goals.get(code, "") for code in shown.kinds.get(area.key, ())}
            continue
        areas = {area.key: area.codes}
        found = kinds_in(session, ground, quarter, areas, shown.thresholds)
        kinds = dict.fromkeys(found[area.key]) | kinds
    return dict(sorted(kinds.items()))


def _seals_of_exact(
    session: Session, ground: Ground, period: Period, *, is_written: bool
) -> list[Seal]:
    """Return the seals, but none over numbers that were counted after the quarter was closed."""
    seals = _seals(session, ground, period)
    is_closed = any(seal.month_on.month == period.last_day.month for seal in seals)
    return [] if is_closed and not is_written else seals


def _flows_touching(part: Publication, area: Spot) -> Table:
    table = flow_table(part.cells, part.flows)
    rows = [row for row in table.rows if not area.codes.isdisjoint((*row.codes, *row.to))]
    return dataclasses.replace(table, rows=tuple(rows))


def _groups(ground: Ground, level: Level) -> dict[str, str]:
    if level is Level.NEIGHBOURHOOD:
        return {}
    return {place.code: at_level(ground, place, level)[0] for place in ground.places}


def _names(ground: Ground, *then: Mapping[str, str]) -> dict[str, str]:
    """Return the name of every area by its code or key, coarse ones first so that fine ones win.

    Args:
        then: names of neighbourhoods as they were when something was written down; they win.
    """
    names: dict[str, str] = {}
    for level in (Level.MUNICIPALITY, Level.SERVICE_AREA, Level.WIJK, Level.NEIGHBOURHOOD):
        names |= dict(at_level(ground, place, level) for place in ground.places)
    for one in then:
        names |= one
    return names


def _seals(session: Session, ground: Ground, period: Period) -> list[Seal]:
    return seals_of(
        session,
        timebank_id=ground.timebank_id,
        first_day=period.first_day,
        last_day=period.last_day,
    )


def newest_over(now: datetime.datetime) -> Quarter:
    """Return the last quarter that is over."""
    today = clock.day_of(now)
    return Quarter(today.year, (today.month - 1) // 3 + 1).previous()
