# SPDX-License-Identifier: EUPL-1.2
"""Reading closed months: their reports byte for byte, and whether the chain holds."""

from __future__ import annotations

import dataclasses
import datetime
import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank.categories.policy import STEPS
from timebank.figures.policy import INDICATORS, KindLine, QuarterReport
from timebank.members.errors import NotPermitted
from timebank.members.policy import Actor, Permission
from timebank.months.errors import UnknownMonth
from timebank.months.models import ClosedMonth
from timebank.months.policy import FORMAT, NO_DIGEST, Month, digest_of, month_of
from timebank.statements.policy import Quarter

SHOWN = 24


@dataclasses.dataclass(frozen=True)
class Seal:
    """A month that is closed: on which day, and what seals its report."""

    month_on: datetime.date
    closed_at: datetime.datetime
    digest: str


@dataclasses.dataclass(frozen=True)
class ClosedQuarter:
    """What the report of the last month of a quarter says of one area.

    Attributes:
        hours: minutes given, minutes received and active people, by neighbourhood.
        names: of the neighbourhoods, by code, as they were called then.
        goals: which goal each kind of help served then, by code.
    """

    hours: Mapping[str, tuple[int, int, int]]
    indicators: QuarterReport
    names: Mapping[str, str]
    goals: Mapping[str, str]


@dataclasses.dataclass(frozen=True)
class MonthReport:
    """A closed month: the text as it was written then, and the digest that seals it."""

    month: Month
    closed_at: datetime.datetime
    text: str
    digest: str

    @property
    def data(self) -> Any:  # noqa: ANN401 - whatever JSON holds
        """Return the report as plain values."""
        return json.loads(self.text)


def closed_months(session: Session, *, by: Actor, limit: int = SHOWN) -> Sequence[Month]:
    """Return the months that are closed, newest first.

    Raises:
        NotPermitted: the actor does not read exact figures of the whole timebank.
    """
    _require_whole(by)
    days = session.scalars(
        select(ClosedMonth.month_on)
        .where(ClosedMonth.timebank_id == by.timebank_id)
        .order_by(ClosedMonth.month_on.desc())
        .limit(limit)
    )
    return [month_of(day) for day in days]


def month_report(session: Session, month: Month, *, by: Actor) -> MonthReport:
    """Return the report of a closed month, byte for byte as it was when it was closed.

    Raises:
        NotPermitted: the actor does not read exact figures of the whole timebank.
        UnknownMonth: it is not closed.
    """
    _require_whole(by)
    found = session.get(ClosedMonth, (by.timebank_id, month.first_day))
    if found is None:
        raise UnknownMonth
    return MonthReport(month, found.closed_at, found.report, found.digest.hex())


def seals_of(
    session: Session, *, timebank_id: int, first_day: datetime.date, last_day: datetime.date
) -> list[Seal]:
    """Return what seals the closed months from one day to another, both inclusive."""
    rows = session.execute(
        select(ClosedMonth.month_on, ClosedMonth.closed_at, ClosedMonth.digest)
        .where(
            ClosedMonth.timebank_id == timebank_id,
            ClosedMonth.month_on >= first_day,
            ClosedMonth.month_on <= last_day,
        )
        .order_by(ClosedMonth.month_on)
    )
    return [Seal(row.month_on, row.closed_at, row.digest.hex()) for row in rows]


def closed_quarter(
    session: Session, *, timebank_id: int, quarter: Quarter, key: str, codes: Collection[str]
) -> ClosedQuarter | None:
    """Return what was written down of an area when its quarter was closed, in one statement.

    Args:
        key: the area as ``figures.places`` names it; ``codes`` are the neighbourhoods in it.

    Returns:
        None when the quarter is not closed, when its report holds no such area of just these
        neighbourhoods, or when it was closed before reports held all of this.
    """
    text = session.scalar(
        select(ClosedMonth.report).where(
            ClosedMonth.timebank_id == timebank_id,
            ClosedMonth.month_on == month_of(quarter.last_day).first_day,
        )
    )
    report = json.loads(text) if text else {}
    if report.get("format", 0) < FORMAT:
        return None
    # A neighbourhood that came later took no part; who did not reach all that did gets none of it.
    told = _area_of(report["quarter"]["areas"], key, report["neighbourhoods"].keys() & set(codes))
    if told is None:
        return None
    hours = {code: tuple(report["quarter"]["hours"][code]) for code in told["codes"]}
    goals = report["quarter"]["published"].get("goals", {})
    return ClosedQuarter(hours, _indicators_from(told), report["neighbourhoods"], goals)


def _area_of(areas: Mapping[str, Any], key: str, codes: Collection[str]) -> Any | None:  # noqa: ANN401 - JSON
    """Return the area of just these neighbourhoods: everything of one's own may be one of them."""
    same = [area for area in areas.values() if set(area["codes"]) == set(codes)]
    return areas[key] if areas.get(key) in same else next(iter(same), None)


def _indicators_from(told: Mapping[str, Any]) -> QuarterReport:
    return QuarterReport(
        values={figure.key: told["values"][figure.key.value] for figure in INDICATORS},
        kinds=[KindLine(**kind) for kind in told["kinds"]],
        steps={step: told["steps"][step] for step in STEPS},
        trend=[(code, people) for code, people in told["active_givers"]],
        outcomes=told["outcomes"],
    )


def broken_months(session: Session, *, timebank_id: int) -> list[Month]:
    """Return the closed months whose digest is not that of their report and the month before."""
    broken, previous = [], NO_DIGEST
    rows = session.execute(
        select(
            ClosedMonth.month_on,
            ClosedMonth.report,
            ClosedMonth.previous_digest,
            ClosedMonth.digest,
        )
        .where(ClosedMonth.timebank_id == timebank_id)
        .order_by(ClosedMonth.month_on)
    )
    for month_on, report, before, digest in rows:
        if before != previous or digest != digest_of(report, before):
            broken.append(month_of(month_on))
        previous = digest
    return broken


def _require_whole(by: Actor) -> None:
    """A report holds every neighbourhood: it is for who reaches all of them."""
    by.require(Permission.READ_EXACT_FIGURES)
    if not by.reach(Permission.READ_EXACT_FIGURES).everywhere:
        raise NotPermitted(Permission.READ_EXACT_FIGURES)
