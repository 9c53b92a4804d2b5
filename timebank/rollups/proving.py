# SPDX-License-Identifier: EUPL-1.2
"""Holding the roll-ups against the whole journal. For the night, never for a page."""

from __future__ import annotations

import datetime
from typing import Any

from sqlalchemy import Engine, Select, func, select, union_all
from sqlalchemy.orm import Session

import ledger
from timebank import clock
from timebank.rollups.models import FigureBalance, FigureDay, FigurePair, RolledUp
from timebank.rollups.operations import DAY_COLUMNS, ONE_DAY, day_rows

Rows = Select[*tuple[Any, ...]]


def differing_days(engine: Engine, *, timebank_id: int) -> list[datetime.date]:
    """Hold the roll-ups against the journal, in a snapshot, and return the days that differ.

    A day stands there once for each row that is missing, too many or another; running sums and
    pairs that do not equal the day rows stand there under the first day of all. A late commit, or
    a kind of help that was changed later, is found here: whoever asked makes those days again.
    """
    with ledger.snapshot(engine, timebank_id=timebank_id) as reading:
        through = reading.scalar(
            select(RolledUp.through).where(RolledUp.timebank_id == timebank_id)
        )
        if through is None:
            return []
        days = [row.day for row in reading.execute(_differences(reading, timebank_id, through))]
        if _running_sums_differ(reading, timebank_id) or _pairs_differ(reading, timebank_id):
            days.append(_first_day(reading, timebank_id))
    return sorted(days)


def _differences(session: Session, timebank_id: int, through: datetime.date) -> Select[Any]:
    """Select what stands in the journal and not in the day rows, and the other way about."""
    since = clock.start_of(_first_day(session, timebank_id))
    until = clock.start_of(through + ONE_DAY)
    journal = day_rows(session, timebank_id, since, until, None).cte("journal")
    kept = select(*(getattr(FigureDay, name) for name in DAY_COLUMNS)).where(
        FigureDay.timebank_id == timebank_id, FigureDay.day <= through
    )
    made = kept.cte("kept")
    missing = select(journal).except_(select(made)).subquery()
    too_many = select(made).except_(select(journal)).subquery()
    return (
        union_all(select(missing.c.day.label("day")), select(too_many.c.day.label("day")))
        .subquery()
        .select()
    )


def _first_day(session: Session, timebank_id: int) -> datetime.date:
    opened = session.scalar(
        select(func.min(ledger.Account.opened_at)).where(ledger.Account.timebank_id == timebank_id)
    )
    assert opened is not None  # noqa: S101 - roll-ups are made of the entries of accounts
    return clock.day_of(opened)


def _running_sums_differ(session: Session, timebank_id: int) -> bool:
    """Say whether the last running sums are not those of all day rows."""
    net = func.sum(FigureDay.minutes - FigureDay.reversed_minutes)
    sums: dict[str, list[int]] = {}
    for place, column in enumerate((FigureDay.giver_code, FigureDay.receiver_code)):
        rows = session.execute(
            select(column, net).where(FigureDay.timebank_id == timebank_id).group_by(column)
        )
        for code, minutes in rows:
            sums.setdefault(code, [0, 0])[place] = int(minutes)
    newest = (
        select(FigureBalance.code, func.max(FigureBalance.day).label("day"))
        .where(FigureBalance.timebank_id == timebank_id)
        .group_by(FigureBalance.code)
        .subquery()
    )
    last = session.execute(
        select(FigureBalance.code, FigureBalance.given_minutes, FigureBalance.received_minutes)
        .join(newest, (newest.c.code == FigureBalance.code) & (newest.c.day == FigureBalance.day))
        .where(FigureBalance.timebank_id == timebank_id)
    )
    return {code: [given, received] for code, given, received in last} != sums


def _pairs_differ(session: Session, timebank_id: int) -> bool:
    """Say whether the minutes of pairs are not those of the day rows that are help."""
    net = func.sum(FigureDay.minutes - FigureDay.reversed_minutes)
    of_days: Rows = (
        select(FigureDay.giver_code, FigureDay.receiver_code, net)
        .where(FigureDay.timebank_id == timebank_id, FigureDay.category_code != "")
        .group_by(FigureDay.giver_code, FigureDay.receiver_code)
    )
    of_pairs: Rows = (
        select(FigurePair.giver_code, FigurePair.receiver_code, func.sum(FigurePair.minutes))
        .where(FigurePair.timebank_id == timebank_id)
        .group_by(FigurePair.giver_code, FigurePair.receiver_code)
    )
    return _by_way(session, of_days) != _by_way(session, of_pairs)


def _by_way(session: Session, query: Rows) -> dict[tuple[str, str], int]:
    return {(giver, receiver): int(minutes) for giver, receiver, minutes in session.execute(query)}
