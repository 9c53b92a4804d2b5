# SPDX-License-Identifier: EUPL-1.2
"""Reading hours of staff: sums beside those of residents, and the latest lines. Nothing writes."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from timebank.areas.models import Neighbourhood
from timebank.members.policy import Actor, Permission
from timebank.staffing.models import StaffTime

PAGE = 20


@dataclasses.dataclass(frozen=True)
class StaffTimeRow:
    """A line that counts: on a day, so many minutes, for a neighbourhood. Nobody is named."""

    id: uuid.UUID
    neighbourhood_code: str
    worked_on: datetime.date
    minutes: int


def staff_minutes(
    session: Session,
    *,
    timebank_id: int,
    first_day: datetime.date,
    last_day: datetime.date,
    codes: Collection[str],
) -> Mapping[str, int]:
    """Return the minutes that staff gave to each of these neighbourhoods, in one statement.

    They count on the day of the work, not on the day on which they were typed. What was taken back
    does not count. The caller has checked who may read them.

    Args:
        first_day, last_day: days of work, both inclusive.
        codes: every one of them is in the answer, with 0 where there was no work.
    """
    rows = session.execute(
        select(StaffTime.neighbourhood_code, func.sum(StaffTime.minutes))
        .where(
            StaffTime.timebank_id == timebank_id,
            StaffTime.neighbourhood_code.in_(codes),
            StaffTime.worked_on.between(first_day, last_day),
            StaffTime.taken_back_at.is_(None),
        )
        .group_by(StaffTime.neighbourhood_code)
    )
    return dict.fromkeys(codes, 0) | {code: int(minutes) for code, minutes in rows}


def newest_staff_time(session: Session, *, by: Actor, limit: int = PAGE) -> Sequence[StaffTimeRow]:
    """Return the lines within the actor's reach that were typed last and count, the last first.

    Raises:
        NotPermitted: the actor reads no exact figures.
    """
    by.require(Permission.READ_EXACT_FIGURES)
    reach = by.reach(Permission.READ_EXACT_FIGURES)
    query = (
        select(StaffTime.id, StaffTime.neighbourhood_code, StaffTime.worked_on, StaffTime.minutes)
        .where(StaffTime.timebank_id == by.timebank_id, StaffTime.taken_back_at.is_(None))
        .order_by(StaffTime.written_at.desc(), StaffTime.id)
        .limit(limit)
    )
    if not reach.everywhere:
        query = query.where(StaffTime.neighbourhood_code.in_(reach.codes))
    return [StaffTimeRow(*row) for row in session.execute(query)]


def staff_time_for_oneself(session: Session, *, by: Actor) -> list[dict[str, Any]]:
    """Return the lines that the actor typed, newest first, as plain values."""
    rows = session.execute(
        select(StaffTime, Neighbourhood.name)
        .join(
            Neighbourhood,
            and_(
                Neighbourhood.timebank_id == StaffTime.timebank_id,
                Neighbourhood.code == StaffTime.neighbourhood_code,
            ),
        )
        .where(StaffTime.timebank_id == by.timebank_id, StaffTime.written_by == by.member_id)
        .order_by(StaffTime.written_at.desc(), StaffTime.id)
    )
    return [
        {
            "neighbourhood": name,
            "worked_on": row.worked_on,
            "minutes": row.minutes,
            "at": row.written_at,
            "taken_back_at": row.taken_back_at,
        }
        for row, name in rows
    ]
