# SPDX-License-Identifier: EUPL-1.2
"""Reading appointments with the names of both people. Nothing here writes."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from timebank.appointments.models import Appointment
from timebank.appointments.operations import within_reach
from timebank.appointments.policy import MOST_FORMS, key_of_form
from timebank.appointments.workflow import AppointmentState
from timebank.exchanges.models import Exchange
from timebank.exchanges.workflow import FELL
from timebank.members.models import Person
from timebank.members.policy import Actor
from timebank.preferences.policy import DayPart

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
_HELPER, _HELPED, _MAKER, _ANSWERER = (aliased(Person) for _ in range(4))


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
    answered_by_name: str | None
    moved_from_id: uuid.UUID | None

    @property
    def answered_for_them(self) -> bool:
        """Whether somebody else than the two said what became of it."""
        return self.answered_by not in (None, self.helper_id, self.helped_id)


@dataclasses.dataclass(frozen=True)
class OneAppointment:
    """One appointment, and what leads on from it.

    Attributes:
        speaks_for: the one of the two for whom the reader speaks.
        moved_from, moved_to: day and id of what it stands in place of, and of what stands for it.
        exchange_id: the help that was written down with its form, and stands or waits.
        fallen_id: the last one that was taken back or not approved, when none stands.
        form_key: the key of the form that writes down the hours from now on.
    """

    row: AppointmentRow
    speaks_for: uuid.UUID
    moved_from: tuple[uuid.UUID, datetime.date] | None
    moved_to: tuple[uuid.UUID, datetime.date] | None
    exchange_id: uuid.UUID | None
    fallen_id: uuid.UUID | None
    form_key: uuid.UUID


@dataclasses.dataclass(frozen=True)
class OwnAppointments:
    """Somebody's appointments: what comes, soonest first; what waits for an answer, oldest first;
    and the last that are over.
    """

    coming: Sequence[AppointmentRow]
    waiting: Sequence[AppointmentRow]
    earlier: Sequence[AppointmentRow]


def appointment_for(session: Session, appointment_id: uuid.UUID, *, by: Actor) -> OneAppointment:
    """Return one appointment.

    Raises:
        UnknownAppointment: there is none within the actor's reach.
    """
    found, speaks_for = within_reach(session, appointment_id, by=by)
    here = Appointment.timebank_id == by.timebank_id
    row = session.execute(rows_of(here, Appointment.id == appointment_id)).one()
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
    return OneAppointment(
        as_row(row),
        speaks_for,
        before[0] if before else None,
        after[0] if after else None,
        *_hours(session, by.timebank_id, appointment_id),
    )


def _hours(
    session: Session, timebank_id: int, appointment_id: uuid.UUID
) -> tuple[uuid.UUID | None, uuid.UUID | None, uuid.UUID]:
    """Return the help that stands, else the last that fell, and the key of the form after it.

    One statement: the keys of the forms follow from the appointment, one after the other.
    """
    keys = [key_of_form(appointment_id, times) for times in range(MOST_FORMS)]
    written = {
        row.form_key: row
        for row in session.execute(
            select(Exchange.form_key, Exchange.id, Exchange.state).where(
                Exchange.timebank_id == timebank_id, Exchange.form_key.in_(keys)
            )
        )
    }
    fallen = None
    for key in keys:
        if key not in written:
            return None, fallen, key
        if written[key].state not in FELL:
            return written[key].id, None, key
        fallen = written[key].id
    return fallen, None, keys[-1]


def own_appointments(session: Session, *, by: Actor, today: datetime.date) -> OwnAppointments:
    """Return the appointments of the actor. Three statements, however many there were."""
    planned = Appointment.state == AppointmentState.PLANNED
    coming = _own(session, by, planned, Appointment.happens_on >= today)
    waiting = _own(session, by, planned, Appointment.happens_on < today)
    earlier = session.execute(
        rows_of(_of(by), ~planned)
        .order_by(Appointment.happens_on.desc(), Appointment.id)
        .limit(EARLIER)
    )
    return OwnAppointments(coming, waiting, [as_row(row) for row in earlier])


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


def appointments_for_oneself(session: Session, *, by: Actor) -> list[dict[str, Any]]:
    """Return what is kept about the appointments of the actor, newest day first."""
    rows = session.execute(rows_of(_of(by)).order_by(Appointment.happens_on.desc(), Appointment.id))
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
            "answered_by": row.answered_by_name,
            "answered_for_somebody": row.answered_for_them,
        }
        for row in map(as_row, rows)
    ]


def _own(
    session: Session, by: Actor, *conditions: ColumnElement[bool], limit: int = PAGE
) -> list[AppointmentRow]:
    rows = session.execute(
        rows_of(_of(by), *conditions).order_by(Appointment.happens_on, Appointment.id).limit(limit)
    )
    return sorted(map(as_row, rows), key=_moment)


def _moment(row: AppointmentRow) -> tuple[datetime.date, datetime.time, uuid.UUID]:
    """Return by what appointments are ordered; a part of the day counts from its first hour."""
    time = row.at_time or _BEGINS[row.part]
    return row.happens_on, time, row.appointment_id


def _of(by: Actor) -> ColumnElement[bool]:
    return and_(
        Appointment.timebank_id == by.timebank_id,
        or_(Appointment.helper_id == by.member_id, Appointment.helped_id == by.member_id),
    )


def rows_of(*conditions: ColumnElement[bool]) -> Any:  # noqa: ANN401 - a row and eight names
    """Return the select of appointments that meet these conditions, for :func:`as_row`."""
    return (
        select(
            Appointment,
            _HELPER.given_name,
            _HELPER.family_name,
            _HELPED.given_name,
            _HELPED.family_name,
            _MAKER.given_name,
            _MAKER.family_name,
            _ANSWERER.given_name,
            _ANSWERER.family_name,
        )
        .outerjoin(_HELPER, _is_person(_HELPER, Appointment.helper_id))
        .outerjoin(_HELPED, _is_person(_HELPED, Appointment.helped_id))
        .outerjoin(_MAKER, _is_person(_MAKER, Appointment.made_by))
        .outerjoin(_ANSWERER, _is_person(_ANSWERER, Appointment.answered_by))
        .where(*conditions)
    )


def _is_person(person: type[Person], member_id: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    return and_(person.timebank_id == Appointment.timebank_id, person.member_id == member_id)


def as_row(row: Any) -> AppointmentRow:  # noqa: ANN401 - a row of :func:`rows_of`
    """Return an appointment as a page shows it."""
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
        answered_by_name=names[3],
        moved_from_id=found.moved_from_id,
    )
