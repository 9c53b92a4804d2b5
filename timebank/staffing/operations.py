# SPDX-License-Identifier: EUPL-1.2
"""Writing hours of staff: write a line down, take one back. The door commits."""

from __future__ import annotations

import dataclasses
import datetime
import uuid

from sqlalchemy import update
from sqlalchemy.orm import Session

import ledger
from timebank import clock
from timebank.areas.models import Neighbourhood
from timebank.audit.operations import write_down_by
from timebank.members.policy import Actor, Permission
from timebank.staffing.errors import StaffKeyUsed, StaffPlaceOutOfReach, UnknownStaffTime
from timebank.staffing.models import StaffTime
from timebank.staffing.policy import check_day, check_minutes


@dataclasses.dataclass(frozen=True)
class WriteTime:
    """A wish to write down hours of staff.

    Attributes:
        key: made with the form; sent twice, it is one line.
        minutes: whole quarters of an hour, 15 to 1440 inclusive.
        worked_on: on the Dutch calendar, at most a year ago.
    """

    key: uuid.UUID
    neighbourhood_code: str
    worked_on: datetime.date
    minutes: int


def write_time(session: Session, command: WriteTime, *, by: Actor, now: datetime.datetime) -> None:
    """Write down hours of staff beside those of residents; the same form sent again is one line.

    Nothing of it comes into the books: it changes no balance (policy row V16).

    Raises:
        NotPermitted: the actor decides about nothing in any neighbourhood.
        StaffPlaceOutOfReach: the neighbourhood is not one of the actor's, or not there.
        StaffDayNotCome, StaffDayTooLongAgo, StaffMinutesImpossible: see ``staffing.policy``.
        StaffKeyUsed: the key was used before with other answers, or by somebody else.
    """
    by.require(Permission.DECIDE_EXCHANGES)
    code = command.neighbourhood_code
    check_place(session, code, by=by)
    check_day(command.worked_on, today=clock.day_of(now))
    check_minutes(command.minutes)
    made = session.execute(
        ledger.insert_or_conflict(session, StaffTime)
        .values(
            timebank_id=by.timebank_id,
            id=command.key,
            neighbourhood_code=code,
            worked_on=command.worked_on,
            minutes=command.minutes,
            written_by=by.member_id,
            written_at=now,
        )
        .on_conflict_do_nothing(index_elements=["timebank_id", "id"])
        .returning(StaffTime.id)
    ).first()
    if made is None:
        _check_same(session, command, by)
        return
    write_down_by(session, "staff_time:write", by, subject=command.key, now=now)


def check_place(session: Session, code: str, *, by: Actor) -> None:
    """Refuse a neighbourhood that is not one of the actor's, or not there.

    Raises:
        StaffPlaceOutOfReach
    """
    within = code.isprintable() and by.reach(Permission.DECIDE_EXCHANGES).covers(code)
    if not within or session.get(Neighbourhood, (by.timebank_id, code)) is None:
        raise StaffPlaceOutOfReach


def take_back(
    session: Session, staff_time_id: uuid.UUID, *, by: Actor, now: datetime.datetime
) -> datetime.date:
    """Let a line count no more, and return the day it was about; twice is the same as once.

    Whoever reaches the neighbourhood may do so: a colleague who typed it may be away.

    Raises:
        NotPermitted: the actor decides about nothing in any neighbourhood.
        UnknownStaffTime: there is no such line within the actor's reach.
    """
    by.require(Permission.DECIDE_EXCHANGES)
    stored = session.get(StaffTime, (by.timebank_id, staff_time_id))
    reach = by.reach(Permission.DECIDE_EXCHANGES)
    if stored is None or not reach.covers(stored.neighbourhood_code):
        raise UnknownStaffTime
    taken = session.execute(
        update(StaffTime)
        .where(
            StaffTime.timebank_id == by.timebank_id,
            StaffTime.id == staff_time_id,
            StaffTime.taken_back_at.is_(None),
        )
        .values(taken_back_at=now)
        .returning(StaffTime.id),
        execution_options={"synchronize_session": False},
    ).first()
    if taken is not None:
        write_down_by(session, "staff_time:take_back", by, subject=staff_time_id, now=now)
    return stored.worked_on


def _check_same(session: Session, command: WriteTime, by: Actor) -> None:
    """Refuse a form whose key stands with other answers."""
    stored = session.get_one(StaffTime, (by.timebank_id, command.key), populate_existing=True)
    first = (stored.neighbourhood_code, stored.worked_on, stored.minutes, stored.written_by)
    again = (command.neighbourhood_code, command.worked_on, command.minutes, by.member_id)
    # Taken back is taken back: the form of before may not say that the hours stand there.
    if first != again or stored.taken_back_at is not None:
        raise StaffKeyUsed
