# SPDX-License-Identifier: EUPL-1.2
"""Writing appointments: agree, move, call off, say whether it was kept. The door commits.

Nothing here books (docs/adr/0033). Each change of state is one guarded statement with one winner;
who says the same as the winner is answered as the winner was.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import uuid
from collections.abc import Mapping

from sqlalchemy import select, update
from sqlalchemy.orm import Session

import ledger
from timebank import clock
from timebank.appointments.errors import AlreadyAnswered, UnknownAppointment
from timebank.appointments.models import Appointment
from timebank.appointments.policy import (
    LONGEST_PLACE,
    LONGEST_TASKS,
    check_day,
    check_words,
)
from timebank.appointments.wishes import (
    ANSWERS,
    WHEN,
    Done,
    MakeAppointment,
    MoveAppointment,
    is_same,
)
from timebank.appointments.workflow import AppointmentState, check_fits_day
from timebank.areas.models import Timebank
from timebank.audit.operations import write_down_by
from timebank.boundaries.queries import override_stands
from timebank.calls.models import CallReason
from timebank.calls.operations import drop_calls
from timebank.categories.queries import is_offered, open_kind
from timebank.exchanges.errors import FormKeyUsed, ProfessionalOnly, UnknownKind, UnknownOther
from timebank.exchanges.policy import check_minutes, check_parties
from timebank.lettering import readable
from timebank.members.errors import NotPermitted, UnknownMember
from timebank.members.models import Member
from timebank.members.policy import Actor
from timebank.rules.policy import between
from timebank.rules.queries import rules_by_place
from timebank.trust.operations import check_may_act_for

_STAY = (
    *("helper_id", "helped_id", "helper_neighbourhood_code", "helped_neighbourhood_code"),
    *("category_code", "place", "tasks", "minutes"),
)
"""What stays the same on another day."""


def make_appointment(
    session: Session, command: MakeAppointment, *, by: Actor, now: datetime.datetime
) -> Done:
    """Write down that somebody will help somebody. Nothing is booked or reserved.

    Raises:
        NotPermitted: the actor logs no exchanges, and so agrees on none.
        UnknownMember: the actor may not write for this member.
        SamePerson, UnknownOther: the two are not two people who take part, or the actor is neither.
        UnknownKind, ProfessionalOnly: neighbours do not give this kind of help here.
        DayPassed, DayFarAhead, InvalidDuration, NotAWholeStep, WordsTooLong, WordsNotReadable: an
            answer is not possible.
        FormKeyUsed: the key was used before for other answers, or by somebody else.
    """
    check_parties(by, command.helper_id, command.helped_id, command.acting_for_id)
    if command.acting_for_id is not None:
        check_may_act_for(session, command.acting_for_id, by=by)
    if (stored := _stored(session, by.timebank_id, command.key)) is not None:
        return _replayed(stored, command, by)
    check_day(command.happens_on, today=clock.day_of(now))
    check_words("place", command.place, LONGEST_PLACE)
    check_words("tasks", command.tasks, LONGEST_TASKS)
    _check_kind(session, by.timebank_id, command)
    places = _places(session, by.timebank_id, command.helper_id, command.helped_id)
    if command.minutes is not None:
        step = session.get_one(Timebank, by.timebank_id).step_minutes
        rules = between(rules_by_place(session, timebank_id=by.timebank_id), places.values())
        check_minutes(command.minutes, step_minutes=rules.step_minutes or step)
    values = dataclasses.asdict(command) | {
        "helper_neighbourhood_code": places[command.helper_id],
        "helped_neighbourhood_code": places[command.helped_id],
        "place": readable(command.place),
        "tasks": readable(command.tasks),
    }
    if not _insert(session, values, by=by, now=now):
        return _replayed(_stored(session, by.timebank_id, command.key), command, by)
    if command.acting_for_id is not None:
        write_down_by(
            session,
            "appointment:make",
            by,
            about=command.acting_for_id,
            subject=command.key,
            now=now,
        )
    return Done(command.key, False, _others(command.helper_id, command.helped_id, by))


def move_appointment(
    session: Session,
    appointment_id: uuid.UUID,
    command: MoveAppointment,
    *,
    by: Actor,
    now: datetime.datetime,
) -> Done:
    """Agree on another day: the old line stays and says moved, a new one stands in its place.

    Raises:
        UnknownAppointment: there is none within the actor's reach.
        DayPassed, DayFarAhead: the new day is not possible.
        UnknownKind, ProfessionalOnly: neighbours do not give this kind of help here any more.
        AlreadyAnswered: it was answered before, or moved with another form.
        FormKeyUsed: the key was used before for something else, or for another day.
    """
    old, speaks_for = within_reach(session, appointment_id, by=by)
    check_day(command.happens_on, today=clock.day_of(now))
    values = {name: getattr(old, name) for name in _STAY} | dataclasses.asdict(command)
    values |= {
        "acting_for_id": None if speaks_for == by.member_id else speaks_for,
        "moved_from_id": appointment_id,
    }
    if _answer(session, old, AppointmentState.MOVED, by=by, now=now):
        stored = _stored(session, by.timebank_id, command.key)
        if stored is None or stored.moved_from_id != appointment_id:
            raise AlreadyAnswered(AppointmentState.MOVED)
        if not is_same(stored, command, WHEN):
            raise FormKeyUsed
        return Done(command.key, replayed=True)
    _check_kind(session, by.timebank_id, old)
    if not _insert(session, values, by=by, now=now):
        raise FormKeyUsed
    if speaks_for != by.member_id:
        write_down_by(
            session, "appointment:move", by, about=speaks_for, subject=command.key, now=now
        )
    return Done(command.key, False, _others(old.helper_id, old.helped_id, by))


def answer_appointment(
    session: Session,
    appointment_id: uuid.UUID,
    answer: AppointmentState,
    *,
    by: Actor,
    now: datetime.datetime,
) -> Done:
    """Say that it was kept, was not kept, or will not be: the last two book nothing, ever.

    "Kept" books nothing either: whoever says so goes on to the form of the room ``exchanges``.

    Args:
        answer: ``KEPT``, ``NOT_KEPT`` or ``CALLED_OFF``.

    Raises:
        UnknownAppointment: there is none within the actor's reach.
        NotThatDay: before the day for kept and not kept, after the day for calling off.
        AlreadyAnswered: another answer was given before.
    """
    appointment, speaks_for = within_reach(session, appointment_id, by=by)
    others = _others(appointment.helper_id, appointment.helped_id, by)
    if appointment.state is AppointmentState.PLANNED:
        check_fits_day(answer, happens_on=appointment.happens_on, today=clock.day_of(now))
    replayed = _answer(session, appointment, answer, by=by, now=now)
    if not replayed and speaks_for != by.member_id:
        write_down_by(
            session, "appointment:answer", by, about=speaks_for, subject=appointment_id, now=now
        )
    return Done(appointment_id, replayed, frozenset() if replayed else others)


def within_reach(
    session: Session, appointment_id: uuid.UUID, *, by: Actor
) -> tuple[Appointment, uuid.UUID]:
    """Return an appointment, and for whom of the two the actor speaks: oneself, or by acting.

    Raises:
        UnknownAppointment: the actor is neither of the two and may act for neither.
    """
    key = (by.timebank_id, appointment_id)
    found = session.get(Appointment, key, populate_existing=True)
    if found is None:
        raise UnknownAppointment
    two = (found.helper_id, found.helped_id)
    if by.member_id in two:
        return found, by.member_id
    for member_id in two:
        with contextlib.suppress(UnknownMember, NotPermitted):
            check_may_act_for(session, member_id, by=by)
            return found, member_id
    raise UnknownAppointment


def _insert(
    session: Session, values: Mapping[str, object], *, by: Actor, now: datetime.datetime
) -> bool:
    """Insert an appointment unless its key is there; a rival with the same key is awaited."""
    named = {name: value for name, value in values.items() if name != "key"}
    if named["at_time"] is not None:
        named["part"] = None
    inserted = session.execute(
        ledger.insert_or_conflict(session, Appointment)
        .values(
            timebank_id=by.timebank_id,
            id=values["key"],
            state=AppointmentState.PLANNED,
            made_by=by.member_id,
            made_at=now,
            **named,
        )
        .on_conflict_do_nothing(index_elements=["timebank_id", "id"])
        .returning(Appointment.id)
    )
    return inserted.first() is not None


def _answer(
    session: Session,
    appointment: Appointment,
    answer: AppointmentState,
    *,
    by: Actor,
    now: datetime.datetime,
) -> bool:
    """Give an appointment its end; of several at once exactly one wins.

    Returns:
        Whether it had this same end already.

    Raises:
        AlreadyAnswered: it had another one.
    """
    won = session.execute(
        update(Appointment)
        .where(
            Appointment.timebank_id == appointment.timebank_id,
            Appointment.id == appointment.id,
            Appointment.state == AppointmentState.PLANNED,
        )
        .values(state=answer, answered_by=by.member_id, answered_at=now)
        .returning(Appointment.id),
        execution_options={"synchronize_session": False},
    ).first()
    session.refresh(appointment)
    if won is not None:
        drop_calls_about(session, appointment.timebank_id, appointment.id)
    elif appointment.state is not answer:
        raise AlreadyAnswered(appointment.state)
    return won is None


def drop_calls_about(session: Session, timebank_id: int, appointment_id: uuid.UUID) -> None:
    """Take the calls off the list that tell of an appointment which stands no more."""
    for reason in (CallReason.APPOINTMENT_TOMORROW, CallReason.APPOINTMENT_NEWS):
        drop_calls(session, reason, timebank_id=timebank_id, subject_id=appointment_id)


def _check_kind(session: Session, timebank_id: int, wish: MakeAppointment | Appointment) -> None:
    """Refuse what is not offered, and work for a professional without an exception for these two.

    The exception is used up by the hours, not by the appointment (policy rows L5 and L6).
    """
    kind = open_kind(session, wish.category_code, timebank_id=timebank_id)
    if kind is None:
        raise UnknownKind(wish.category_code)
    if not is_offered(kind) and not override_stands(
        session,
        timebank_id=timebank_id,
        helper_id=wish.helper_id,
        helped_id=wish.helped_id,
        category_code=wish.category_code,
    ):
        raise ProfessionalOnly(wish.category_code)


def _places(session: Session, timebank_id: int, *two: uuid.UUID) -> dict[uuid.UUID, str]:
    """Return where both live, who both take part now, or raise UnknownOther.

    Who is being erased is awaited: words about them may not come in after the erasure.
    """
    rows = session.execute(
        select(Member.id, Member.neighbourhood_code)
        .where(
            Member.timebank_id == timebank_id,
            Member.id.in_(two),
            Member.left_on.is_(None),
            Member.account_id.is_not(None),
        )
        .with_for_update(read=True, key_share=True)
    )
    places = {member_id: code for member_id, code in rows if code is not None}
    if set(places) != set(two):
        raise UnknownOther
    return places


def _stored(session: Session, timebank_id: int, key: uuid.UUID) -> Appointment | None:
    return session.get(Appointment, (timebank_id, key), populate_existing=True)


def _replayed(stored: Appointment | None, command: MakeAppointment, by: Actor) -> Done:
    """Answer a form that was sent before as the first time, if it is the same form."""
    same = stored is not None and stored.made_by == by.member_id
    if stored is None or not same or not is_same(stored, command, ANSWERS):
        raise FormKeyUsed
    return Done(stored.id, replayed=True)


def _others(one: uuid.UUID, other: uuid.UUID, by: Actor) -> frozenset[uuid.UUID]:
    return frozenset({one, other} - {by.member_id})
