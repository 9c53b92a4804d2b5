# SPDX-License-Identifier: EUPL-1.2
"""Closing months: what a month said is written down once. The door commits.

A month that is closed is never counted again. What comes to light later, a late commit or another
kind of help, counts in the first month that is closed after it (docs/adr/0038).
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, insert, select
from sqlalchemy.orm import Session

import ledger
from timebank import clock
from timebank.areas.models import Timebank
from timebank.figures.indicators import quarter_report
from timebank.figures.places import Ground, ground_of, spots_of
from timebank.figures.policy import QuarterReport
from timebank.figures.queries import balances_on, quarter_hours
from timebank.months.errors import ImpossibleDay
from timebank.months.models import ClosedLine, ClosedMonth, MonthRule
from timebank.months.policy import (
    CLOSING_DAY,
    EARLIEST_CLOSING_DAY,
    FORMAT,
    LATEST_CLOSING_DAY,
    NO_DIGEST,
    Month,
    canonical,
    digest_of,
    last_due,
    month_of,
)
from timebank.rollups.models import FigureDay
from timebank.rollups.moves import DAY_SUMS
from timebank.showing.facts import count_at_close
from timebank.showing.operations import keep_shown
from timebank.showing.policy import spelled
from timebank.statements.policy import Quarter

Line = dict[str, Any]
_WAY = ("giver_code", "receiver_code", "category_code")


def close_next_month(session: Session, *, timebank_id: int, now: datetime.datetime) -> Month | None:
    """Close the first month that is due and not closed yet; the door commits and asks again.

    Months are closed one after the other, from the first in which something was booked. Of two at
    once the second finds the month closed and closes none.

    Returns:
        The month; None when none is due, or when the roll-ups do not reach its end yet.
    """
    last = session.execute(
        select(ClosedMonth.month_on, ClosedMonth.digest)
        .where(ClosedMonth.timebank_id == timebank_id)
        .order_by(ClosedMonth.month_on.desc())
        .limit(1)
    ).first()
    month = month_of(last.month_on).next() if last else _first_month(session, timebank_id)
    today = clock.day_of(now)
    if month is None or month > last_due(today, closing_day_of(session, timebank_id)):
        return None
    ground = ground_of(session, timebank_id=timebank_id)
    if ground.through is None or ground.through < month.last_day:
        return None
    return _close(session, ground, month, last.digest if last else NO_DIGEST, now)


def choose_closing_day(session: Session, *, timebank_id: int, day: int) -> None:
    """Choose on which day of a month the month before is closed.

    Raises:
        ImpossibleDay: not 4 up to and including 28.
    """
    if not EARLIEST_CLOSING_DAY <= day <= LATEST_CLOSING_DAY:
        raise ImpossibleDay
    session.execute(
        ledger.insert_or_conflict(session, MonthRule)
        .values(timebank_id=timebank_id, closing_day=day)
        .on_conflict_do_update(index_elements=["timebank_id"], set_={"closing_day": day})
    )


def closing_day_of(session: Session, timebank_id: int) -> int:
    """Return the day on which a timebank closes the month before."""
    chosen = session.scalar(
        select(MonthRule.closing_day).where(MonthRule.timebank_id == timebank_id)
    )
    return CLOSING_DAY if chosen is None else chosen


def _first_month(session: Session, timebank_id: int) -> Month | None:
    day = session.scalar(
        select(func.min(FigureDay.day)).where(FigureDay.timebank_id == timebank_id)
    )
    return month_of(day) if day else None


def _close(
    session: Session, ground: Ground, month: Month, previous: bytes, now: datetime.datetime
) -> Month | None:
    lines = _new_lines(session, ground.timebank_id, month)
    told = _report(session, ground, month, lines)
    report = canonical(told)
    written = session.execute(
        ledger.insert_or_conflict(session, ClosedMonth)
        .values(
            timebank_id=ground.timebank_id,
            month_on=month.first_day,
            closed_at=now,
            report=report,
            previous_digest=previous,
            digest=digest_of(report, previous),
        )
        .on_conflict_do_nothing(index_elements=["timebank_id", "month_on"])
        .returning(ClosedMonth.month_on)
    ).first()
    if written is None:
        return None
    here = {"timebank_id": ground.timebank_id, "month_on": month.first_day}
    if lines:
        session.execute(insert(ClosedLine), [line | here for line in lines])
    if quarter := month.ends_quarter:
        published = canonical(told["quarter"]["published"])
        keep_shown(session, timebank_id=ground.timebank_id, quarter=quarter, written=published)
    return month


def _new_lines(session: Session, timebank_id: int, month: Month) -> list[Line]:
    """Return what the roll-ups say up to the end of the month and no closed month counted yet."""
    all_days = _sums_by_way(session, FigureDay, timebank_id, FigureDay.day <= month.last_day)
    counted = _sums_by_way(session, ClosedLine, timebank_id, ClosedLine.month_on < month.first_day)
    lines = []
    for way in sorted(all_days.keys() | counted.keys()):
        nothing = (0,) * len(DAY_SUMS)
        pairs = zip(all_days.get(way, nothing), counted.get(way, nothing), strict=True)
        sums = [whole - before for whole, before in pairs]
        if any(sums):
            lines.append(dict(zip((*_WAY, *DAY_SUMS), (*way, *sums), strict=True)))
    return lines


def _sums_by_way(
    session: Session,
    table: type[FigureDay | ClosedLine],
    timebank_id: int,
    condition: ColumnElement[bool],
) -> dict[tuple[str, ...], tuple[int, ...]]:
    way = [getattr(table, name) for name in _WAY]
    rows = session.execute(
        select(*way, *(func.sum(getattr(table, name)) for name in DAY_SUMS))
        .where(table.timebank_id == timebank_id, condition)
        .group_by(*way)
    )
    return {tuple(row[:3]): tuple(int(number) for number in row[3:]) for row in rows}


def _report(
    session: Session, ground: Ground, month: Month, lines: Sequence[Line]
) -> dict[str, Any]:
    """Put together what the month says; whole numbers and names of places, never of people."""
    timebank = session.get_one(Timebank, ground.timebank_id)
    names = {place.code: place.name for place in ground.places}
    seal = ledger.last_seal(session, timebank_id=ground.timebank_id)
    quarter = month.ends_quarter
    return {
        "format": FORMAT,
        "timebank": timebank.slug,
        "month": month.code,
        "neighbourhoods": names,
        "balances": _balances(session, ground, month),
        "lines": [[line[name] for name in (*_WAY, *DAY_SUMS)] for line in lines],
        "line_columns": [*_WAY, *DAY_SUMS],
        "quarter": _quarter(session, ground, quarter) if quarter else None,
        "seal": {"number": seal.number, "digest": seal.digest.hex()} if seal else None,
    }


def _balances(session: Session, ground: Ground, month: Month) -> Mapping[str, Any]:
    rows = balances_on(session, ground, month.last_day)
    return {
        code: {"given": given, "received": received} for code, (given, received) in rows.items()
    }


def _quarter(session: Session, ground: Ground, quarter: Quarter) -> dict[str, Any]:
    """Tell what everyone may read, the hours, and the indicators of every area there is."""
    shown = count_at_close(session, ground, quarter)
    return {
        "quarter": quarter.code,
        "published": spelled(shown),
        "hours": {
            code: list(numbers) for code, numbers in quarter_hours(session, ground, quarter).items()
        },
        "areas": {
            spot.key: {
                "level": spot.level.value,
                "name": spot.name or ground.municipality_name,
                "codes": sorted(spot.codes),
                **_indicators(
                    quarter_report(session, ground, quarter=quarter, codes=sorted(spot.codes))
                ),
            }
            for spot in spots_of(ground, ground.places)
        },
    }


def _indicators(report: QuarterReport) -> dict[str, Any]:
    return {
        "values": {key.value: value for key, value in report.values.items()},
        "steps": dict(report.steps),
        "kinds": [dataclasses.asdict(kind) for kind in report.kinds],
        "outcomes": dict(report.outcomes),
        "active_givers": [list(point) for point in report.trend],
    }
