# SPDX-License-Identifier: EUPL-1.2
"""Reading roll-ups: closed days from their rows, open days from the entries, as one selection.

A page never asks which is which. Everything here is a selection that others join and add up; no
statement is sent but by :func:`last_figure_proof`.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, Subquery, case, func, literal, select, type_coerce, union_all
from sqlalchemy.orm import Session

from timebank import clock
from timebank.rollups.models import FigureBalance, FigureDay, FigurePair, FigureProof, RolledUp
from timebank.rollups.moves import DAY_SUMS, dutch_day, help_moves, moves, summed
from timebank.rollups.operations import ONE_DAY
from timebank.statements.policy import Quarter, quarter_of

BEGINNING = datetime.date(2000, 1, 1)
"""No timebank kept its books here before."""


def reach_of(timebank_id: int) -> Select[Any]:
    """Select the last day that is added up (inclusive); no row when nothing is yet."""
    return select(RolledUp.through).where(RolledUp.timebank_id == timebank_id)


def first_open_day(through: datetime.date | None) -> datetime.date:
    """Return the first day that is read from the entries themselves."""
    return BEGINNING if through is None else through + ONE_DAY


def lines(
    timebank_id: int,
    first: datetime.date,
    last: datetime.date,
    *,
    through: datetime.date | None,
    codes: Collection[str],
) -> Subquery:
    """Select what was booked on the days ``first`` to ``last`` (both inclusive).

    Args:
        through: how far the roll-ups reach, read before in the same transaction.
        codes: every code that an entry may bear: all neighbourhoods and the pot.

    Returns:
        giver_code, receiver_code, category_code and the sums of ``DAY_SUMS``; one way and kind can
        have several rows.
    """
    day, parts = FigureDay, []
    if through is not None and first <= through:
        parts.append(
            select(
                day.giver_code,
                day.receiver_code,
                day.category_code,
                *(getattr(day, name) for name in DAY_SUMS),
            ).where(day.timebank_id == timebank_id, day.day >= first, day.day <= min(last, through))
        )
    since_day = max(first, first_open_day(through))
    if since_day <= last or not parts:
        since, until = clock.start_of(since_day), clock.start_of(max(last, since_day) + ONE_DAY)
        moved = moves(timebank_id, since, until, codes)
        way = (moved.c.giver_code, moved.c.receiver_code, moved.c.category_code)
        parts.append(select(*way, *summed(moved)).group_by(*way))
    return (union_all(*parts) if len(parts) > 1 else parts[0]).subquery()


def pairs(
    session: Session,
    timebank_id: int,
    first: Quarter,
    last: Quarter,
    *,
    through: datetime.date | None,
    codes: Collection[str],
) -> Subquery:
    """Select who gave whom how much in the quarters ``first`` to ``last`` (both inclusive).

    Returns:
        quarter_on, giver_account_id, receiver_account_id, giver_code, receiver_code, minutes and
        first_day; one pair and quarter can have several rows.
    """
    pair = FigurePair
    columns = (
        pair.quarter_on,
        pair.giver_account_id,
        pair.receiver_account_id,
        pair.giver_code,
        pair.receiver_code,
        pair.minutes,
        pair.first_day,
    )
    kept = select(*columns).where(
        pair.timebank_id == timebank_id,
        pair.quarter_on >= first.first_day,
        pair.quarter_on <= last.first_day,
    )
    since_day = max(first.first_day, first_open_day(through))
    if through is not None and since_day > last.last_day:
        return kept.subquery()
    still_open = _open_pairs(session, timebank_id, since_day, last, codes)
    return union_all(kept, still_open).subquery()


def balances_at(timebank_id: int, day: datetime.date, codes: Sequence[str]) -> Select[Any]:
    """Select code, given and received of the closed days up to a day (inclusive).

    One look by key for each code, however long the books are; a code without a row is left out.
    """
    parts = []
    for code in codes:
        newest = (
            select(FigureBalance.code, FigureBalance.given_minutes, FigureBalance.received_minutes)
            .where(
                FigureBalance.timebank_id == timebank_id,
                FigureBalance.code == code,
                FigureBalance.day <= day,
            )
            .order_by(FigureBalance.day.desc())
            .limit(1)
            .subquery()
        )
        parts.append(select(newest))
    return select(union_all(*parts).subquery())


def last_figure_proof(session: Session, *, timebank_id: int) -> FigureProof | None:
    """Return what the last comparison with the journal found; None when there was none yet."""
    return session.scalars(
        select(FigureProof)
        .where(FigureProof.timebank_id == timebank_id)
        .order_by(FigureProof.day.desc())
        .limit(1)
    ).first()


def _open_pairs(
    session: Session,
    timebank_id: int,
    since_day: datetime.date,
    last: Quarter,
    codes: Collection[str],
) -> Select[Any]:
    since, until = clock.start_of(since_day), last.until
    moved = help_moves(timebank_id, since, until, codes)
    quarter_on = _quarter_of(moved, quarter_of(since_day), last)
    sides = (
        moved.c.giver_account_id,
        moved.c.receiver_account_id,
        moved.c.giver_code,
        moved.c.receiver_code,
    )
    day = dutch_day(session, moved.c.recorded_at, since, until)
    return select(quarter_on, *sides, func.sum(moved.c.net_minutes), func.min(day)).group_by(
        quarter_on, *sides
    )


def _quarter_of(moved: Subquery, first: Quarter, last: Quarter) -> Any:  # noqa: ANN401 - an expression
    """Return the first day of the quarter of a booking."""
    whens, quarter = [], first
    while quarter < last:
        whens.append((moved.c.recorded_at < quarter.until, _day(quarter)))
        quarter = quarter.next()
    return case(*whens, else_=_day(last)) if whens else _day(last)


def _day(quarter: Quarter) -> Any:  # noqa: ANN401 - an expression
    return type_coerce(literal(quarter.first_day), FigurePair.quarter_on.type)
