# SPDX-License-Identifier: EUPL-1.2
"""The lines behind a figure, for who may see them: every booking of a quarter, newest first."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from timebank.figures.errors import UnknownPlace
from timebank.figures.places import Ground, own_places
from timebank.members.policy import Actor
from timebank.rollups.moves import moves
from timebank.statements.policy import Quarter

PAGE = 50


@dataclasses.dataclass(frozen=True)
class LineBehind:
    """One booking. ``minutes`` is below zero for what took an earlier one back."""

    booked_at: datetime.datetime
    giver_code: str
    receiver_code: str
    category_code: str
    minutes: int
    transfer_id: uuid.UUID
    exchange_id: uuid.UUID | None
    activity_id: uuid.UUID | None


@dataclasses.dataclass(frozen=True)
class Which:
    """Which bookings are asked for; None: any.

    Attributes:
        giver, receiver: the codes of who gave and who received, neighbourhood or pot.
        area: only help of which one of the two lived in these neighbourhoods, as the figures of an
            area count it; None: also what is no help.
    """

    giver: str | None = None
    receiver: str | None = None
    area: Collection[str] | None = None


EVERY_LINE = Which()


def lines_behind(
    session: Session,
    ground: Ground,
    *,
    by: Actor,
    quarter: Quarter,
    which: Which = EVERY_LINE,
    before: tuple[datetime.datetime, uuid.UUID] | None = None,
    limit: int = PAGE,
) -> Sequence[LineBehind]:
    """Return the bookings of a quarter with one of the two within reach, newest first.

    One statement, that reads the entries of the quarter. All pages together add up to the flows,
    and with an area to its hours of help.

    Args:
        before: the moment and transfer after which this page goes on (exclusive).

    Raises:
        NotPermitted: the actor reads no exact figures.
        UnknownPlace: no such code, or neither side is within reach, or not all of the area is.
    """
    own = [place.code for place in own_places(ground, by)]
    _check(which, ground, own)
    moved = moves(ground.timebank_id, quarter.since, quarter.until, ground.codes)
    query = select(
        moved.c.recorded_at,
        moved.c.giver_code,
        moved.c.receiver_code,
        moved.c.category_code,
        moved.c.minutes,
        moved.c.transfer_id,
        moved.c.exchange_id,
        moved.c.activity_id,
        moved.c.is_reversal,
    ).where(or_(moved.c.giver_code.in_(own), moved.c.receiver_code.in_(own)))
    if which.area is not None:
        here = or_(moved.c.giver_code.in_(which.area), moved.c.receiver_code.in_(which.area))
        query = query.where(moved.c.category_code != "", here)
    if which.giver is not None:
        query = query.where(moved.c.giver_code == which.giver)
    if which.receiver is not None:
        query = query.where(moved.c.receiver_code == which.receiver)
    if before is not None:
        at, key = before
        earlier = and_(moved.c.recorded_at == at, moved.c.transfer_id < key)
        query = query.where(or_(moved.c.recorded_at < at, earlier))
    query = query.order_by(moved.c.recorded_at.desc(), moved.c.transfer_id.desc()).limit(limit)
    return [_line(row) for row in session.execute(query)]


def _check(which: Which, ground: Ground, own: Collection[str]) -> None:
    """Refuse what is not there or is out of reach."""
    way = which.giver, which.receiver
    asked = {code for code in way if code is not None}
    if not asked <= set(ground.codes) or (None not in way and not asked & set(own)):
        raise UnknownPlace
    if which.area is not None and not set(which.area) <= set(own):
        raise UnknownPlace


def _line(row: Any) -> LineBehind:  # noqa: ANN401 - a row of the statement above
    return LineBehind(
        booked_at=row.recorded_at,
        giver_code=row.giver_code,
        receiver_code=row.receiver_code,
        category_code=row.category_code,
        minutes=-row.minutes if row.is_reversal else row.minutes,
        transfer_id=row.transfer_id,
        exchange_id=row.exchange_id,
        activity_id=row.activity_id,
    )
