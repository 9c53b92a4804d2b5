# SPDX-License-Identifier: EUPL-1.2
"""Builders of appointments, so that a test spells out only the telling value."""

from __future__ import annotations

import datetime
import uuid

from sqlalchemy.orm import Session

from tests import builders
from timebank.appointments.models import Appointment
from timebank.appointments.operations import answer_appointment, make_appointment, move_appointment
from timebank.appointments.wishes import Done, MakeAppointment, MoveAppointment
from timebank.appointments.workflow import AppointmentState

NOW, TODAY, DAY = builders.NOW, builders.TODAY, datetime.timedelta(days=1)


def wish(
    session: Session, helper: str = "Fatima", helped: str = "Jan", **changes: object
) -> MakeAppointment:
    """Return a wish to agree that one helps the other in three days."""
    values: dict[str, object] = {
        "key": uuid.uuid4(),
        "helper_id": builders.member_of(session, helper).id,
        "helped_id": builders.member_of(session, helped).id,
        "category_code": "groceries",
        "happens_on": TODAY + 3 * DAY,
        "place": "Bij de flat",
        "tasks": "Boodschappen dragen",
        "minutes": 90,
    }
    return MakeAppointment(**(values | changes))  # type: ignore[arg-type]


def agreed(
    session: Session,
    helper: str = "Fatima",
    helped: str = "Jan",
    *,
    by: str | None = None,
    now: datetime.datetime = NOW,
    **changes: object,
) -> uuid.UUID:
    """Agree, and return the id of the appointment."""
    command = wish(session, helper, helped, **changes)
    actor = builders.actor_of(session, by or helper)
    return make_appointment(session, command, by=actor, now=now).appointment_id


def say(
    session: Session,
    appointment_id: uuid.UUID,
    answer: str,
    *,
    by: str = "Fatima",
    now: datetime.datetime = NOW,
) -> Done:
    """Answer: kept, not_kept, called_off, or moved to the day after tomorrow."""
    actor = builders.actor_of(session, by)
    if answer == "moved":
        move = MoveAppointment(uuid.uuid4(), TODAY + 2 * DAY)
        return move_appointment(session, appointment_id, move, by=actor, now=now)
    return answer_appointment(session, appointment_id, AppointmentState(answer), by=actor, now=now)


def state_of(session: Session, appointment_id: uuid.UUID, slug: str = "leiden") -> str:
    """Return where an appointment stands now."""
    bank = builders.timebank_of(session, slug).id
    found = session.get_one(Appointment, (bank, appointment_id), populate_existing=True)
    return found.state.value
