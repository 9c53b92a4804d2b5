# SPDX-License-Identifier: EUPL-1.2
"""Reading appointments with the names of both people. Nothing here writes."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from timebank.appointments.models import Appointment
from timebank.appointments.operations import within_reach
from timebank.appointments.policy import counted_from, key_of_form, unanswered_until
from timebank.appointments.workflow import AppointmentState, DayPart
from timebank.areas.queries import neighbourhoods_of
from timebank.exchanges.models import Exchange
from timebank.members.models import Person
from timebank.members.policy import Actor, Permission

PAGE = 50
_BEGINS = {
    part: datetime.time.fromisoformat(time)
    for part, time in (
        (None, "00:00"),
        (DayPart.MORNING, "06:00"),
        (DayPart.AFTERNOON, "12:00"),
        (DayPart.EVENING, "18:00"),
    )
}
EARLIER = 10
"""So many that are over stand under the rest."""
_HELPER, _HELPED, _MAKER = aliased(Person), aliased(Person), aliased(Person)


@dataclasses.dataclass(frozen=True)
class AppointmentRow:
    """An appointment as a page shows it. A name is None when that person was erased.

    Attributes:
        minutes: how long it may take; None when nobody said.
    """

    appointment_id: uuid.UUID
    helper_id: uuid.UUID
    helped_id: uuid.UUID
    helper_name: str | None
    helped_name: str | None
    category_code: str
    happens_on: datetime.date
    part: DayPart | None
    at_time: datetime.time | None
    place: str
    tasks: str
    minutes: int | None
    state: AppointmentState
    made_by: uuid.UUID | None
    made_by_name: str | None
    acting_for_id: uuid.UUID | None
    answered_by: uuid.UUID | None
    moved_from_id: uuid.UUID | None


@dataclasses.dataclass(frozen=True)
class OneAppointment:
    """One appointment, and what leads on from it.

    Attributes:
        speaks_for: the one of the two for whom the reader speaks.
        moved_from, moved_to: day and id of what it stands in place of, and of what stands for it.
        exchange_id: the help that was written down with its form.
    """

    row: AppointmentRow
    speaks_for: uuid.UUID
    moved_from: tuple[uuid.UUID, datetime.date] | None
    moved_to: tuple[uuid.UUID, datetime.date] | None
    exchange_id: uuid.UUID | None


@dataclasses.dataclass(frozen=True)
class OwnAppointments:
    """Somebody's appointments: what comes, soonest first; what waits for an answer, oldest first;
    and the last that are over.
    """

    coming: Sequence[AppointmentRow]
    waiting: Sequence[AppointmentRow]
    earlier: Sequence[AppointmentRow]


@dataclasses.dataclass(frozen=True)
class PlaceCount:
    """How many appointments of a neighbourhood stand where; ``unanswered`` is no part of
    ``planned``. One between two neighbourhoods counts in each.
    """

    name: str
    planned: int = 0
    kept: int = 0
    moved: int = 0
    not_kept: int = 0
    called_off: int = 0
    unanswered: int = 0


def appointment_for(session: Session, appointment_id: uuid.UUID, *, by: Actor) -> OneAppointment:
    """Return one appointment.

    Raises:
        UnknownAppointment: there is none within the actor's reach.
    """
    found, speaks_for = within_reach(session, appointment_id, by=by)
    here = Appointment.timebank_id == by.timebank_id
    row = session.execute(_rows(here, Appointment.id == appointment_id)).one()
    linked = session.execute(
        select(Appointment.id, Appointment.happens_on, Appointment.moved_from_id).where(
            here,
            or_(
                Appointment.moved_from_id == appointment_id,
                Appointment.id == found.moved_from_id,
            ),
        )
    ).all()
    before = [(one.id, one.happens_on) for one in linked if one.id == found.moved_from_id]
    after = [(one.id, one.happens_on) for one in linked if one.moved_from_id == appointment_id]
    exchange_id = session.scalar(
        select(Exchange.id).where(
            Exchange.timebank_id == by.timebank_id,
            Exchange.form_key == key_of_form(appointment_id),
        )
    )
    return OneAppointment(
        _as_row(row),
        speaks_for,
        before[0] if before else None,
        after[0] if after else None,
        exchange_id,
    )


def own_appointments(session: Session, *, by: Actor, today: datetime.date) -> OwnAppointments:
    """Return the appointments of the actor. Three statements, however many there were."""
    planned = Appointment.state == AppointmentState.PLANNED
    coming = _own(session, by, planned, Appointment.happens_on >= today)
    waiting = _own(session, by, planned, Appointment.happens_on < today)
    earlier = session.execute(
        _rows(_of(by), ~planned)
        .order_by(Appointment.happens_on.desc(), Appointment.id)
        .limit(EARLIER)
    )
    return OwnAppointments(coming, waiting, [_as_row(row) for row in earlier])


def coming_of(
    session: Session, member_id: uuid.UUID, *, timebank_id: int, today: datetime.date
) -> Sequence[AppointmentRow]:
    """Return what a member agreed from today on, soonest first; who may see it is asked before."""
    whose = Actor(timebank_id=timebank_id, member_id=member_id, grants=())
    planned = Appointment.state == AppointmentState.PLANNED
    return _own(session, whose, planned, Appointment.happens_on >= today, limit=EARLIER)


def next_and_waiting(
    session: Session, *, by: Actor, today: datetime.date
) -> tuple[AppointmentRow | None, AppointmentRow | None]:
    """Return the next appointment of the actor, and the oldest one that waits for an answer."""
    planned = Appointment.state == AppointmentState.PLANNED
    # All of the soonest day: only reading them tells which of them is the first on the clock.
    soonest = _own(session, by, planned, Appointment.happens_on >= today, limit=5)
    oldest = _own(session, by, planned, Appointment.happens_on < today, limit=1)
    return (soonest[0] if soonest else None, oldest[0] if oldest else None)


def counts_by_place(session: Session, *, by: Actor, today: datetime.date) -> Sequence[PlaceCount]:
    """Return the counts of the last ``COUNTED_DAYS`` days and of what comes, by neighbourhood.

    Raises:
        NotPermitted: the actor decides about no exchanges.
    """
    by.require(Permission.DECIDE_EXCHANGES)
    helper, helped = Appointment.helper_neighbourhood_code, Appointment.helped_neighbourhood_code
    late = func.sum(case((_unanswered(today), 1), else_=0))
    rows = session.execute(
        select(helper, helped, Appointment.state, func.count(), late)
        .where(_in_reach(by), Appointment.happens_on >= counted_from(today))
        .group_by(helper, helped, Appointment.state)
    )
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for helper_code, helped_code, state, count, unanswered in rows:
        for code in {helper_code, helped_code}:
            counts[code].update({state.value: count - unanswered, "unanswered": unanswered})
    reach = by.reach(Permission.DECIDE_EXCHANGES)
    return [
        PlaceCount(place.name, **counts[place.code])
        for place in neighbourhoods_of(session, timebank_id=by.timebank_id)
        if reach.covers(place.code)
    ]


def unanswered_appointments(
    session: Session, *, by: Actor, today: datetime.date, limit: int = PAGE + 1
) -> Sequence[AppointmentRow]:
    """Return the appointments that nobody answered in time, the oldest first.

    Raises:
        NotPermitted: the actor decides about no exchanges.
    """
    by.require(Permission.DECIDE_EXCHANGES)
    rows = session.execute(
        _rows(_in_reach(by), _unanswered(today))
        .order_by(Appointment.happens_on, Appointment.id)
        .limit(limit)
    )
    return [_as_row(row) for row in rows]


def count_unanswered(session: Session, *, by: Actor, today: datetime.date) -> int:
    """Return how many appointments of the actor's neighbourhoods nobody answered in time."""
    return session.scalar(select(func.count()).where(_in_reach(by), _unanswered(today))) or 0


def appointments_for_oneself(session: Session, *, by: Actor) -> list[dict[str, Any]]:
    """Return what is kept about the appointments of the actor, newest day first."""
    rows = session.execute(_rows(_of(by)).order_by(Appointment.happens_on.desc(), Appointment.id))
    return [
        {
            "helper": row.helper_name,
            "helped": row.helped_name,
            "category": row.category_code,
            "happens_on": row.happens_on,
            "part_of_the_day": row.part,
            "at_time": row.at_time.isoformat("minutes") if row.at_time else None,
            "place": row.place or None,
            "tasks": row.tasks or None,
            "minutes": row.minutes,
            "state": row.state,
            "written_down_by": row.made_by_name,
        }
        for row in map(_as_row, rows)
    ]


def _own(
    session: Session, by: Actor, *conditions: ColumnElement[bool], limit: int = PAGE
) -> list[AppointmentRow]:
    rows = session.execute(
        _rows(_of(by), *conditions).order_by(Appointment.happens_on, Appointment.id).limit(limit)
    )
    return sorted(map(_as_row, rows), key=_moment)


def _moment(row: AppointmentRow) -> tuple[datetime.date, datetime.time, uuid.UUID]:
    """Return by what appointments are ordered; a part of the day counts from its first hour."""
    time = row.at_time or _BEGINS[row.part]
    return row.happens_on, time, row.appointment_id


def _of(by: Actor) -> ColumnElement[bool]:
    return and_(
        Appointment.timebank_id == by.timebank_id,
        or_(Appointment.helper_id == by.member_id, Appointment.helped_id == by.member_id),
    )


def _in_reach(by: Actor) -> ColumnElement[bool]:
    reach = by.reach(Permission.DECIDE_EXCHANGES)
    here = Appointment.timebank_id == by.timebank_id
    if reach.everywhere:
        return here
    return and_(
        here,
        or_(
            Appointment.helper_neighbourhood_code.in_(reach.codes),
            Appointment.helped_neighbourhood_code.in_(reach.codes),
        ),
    )


def _unanswered(today: datetime.date) -> ColumnElement[bool]:
    """Return the condition that nobody answered in time; after the counted days nobody knows."""
    return and_(
        Appointment.state == AppointmentState.PLANNED,
        Appointment.happens_on <= unanswered_until(today),
        Appointment.happens_on >= counted_from(today),
    )


def _rows(*conditions: ColumnElement[bool]) -> Any:  # noqa: ANN401 - a select of a row and six names
    return (
        select(
            Appointment,
            _HELPER.given_name,
            _HELPER.family_name,
            _HELPED.given_name,
            _HELPED.family_name,
            _MAKER.given_name,
            _MAKER.family_name,
        )
        .outerjoin(_HELPER, _is_person(_HELPER, Appointment.helper_id))
        .outerjoin(_HELPED, _is_person(_HELPED, Appointment.helped_id))
        .outerjoin(_MAKER, _is_person(_MAKER, Appointment.made_by))
        .where(*conditions)
    )


def _is_person(person: type[Person], member_id: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    return and_(person.timebank_id == Appointment.timebank_id, person.member_id == member_id)


def _as_row(row: Any) -> AppointmentRow:  # noqa: ANN401 - a row of :func:`_rows`
    found = row[0]
    names = [
        given and f"{given} {family}" for given, family in zip(row[1::2], row[2::2], strict=True)
    ]
    return AppointmentRow(
        appointment_id=found.id,
        helper_id=found.helper_id,
        helped_id=found.helped_id,
        helper_name=names[0],
        helped_name=names[1],
        category_code=found.category_code,
        happens_on=found.happens_on,
        part=found.part,
        at_time=found.at_time,
        place=found.place,
        tasks=found.tasks,
        minutes=found.minutes,
        state=found.state,
        made_by=found.made_by,
        made_by_name=names[2],
        acting_for_id=found.acting_for_id,
        answered_by=found.answered_by,
        moved_from_id=found.moved_from_id,
    )
