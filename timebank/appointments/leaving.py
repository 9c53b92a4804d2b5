# SPDX-License-Identifier: EUPL-1.2
"""What becomes of the appointments of somebody who is erased. The door commits."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from timebank import clock
from timebank.appointments.models import Appointment
from timebank.appointments.operations import drop_calls_about
from timebank.appointments.workflow import AppointmentState
from timebank.calls.models import CallReason
from timebank.calls.operations import Letter, tell_member

Tell = Callable[[uuid.UUID], Letter]
"""Makes the mail that an appointment was called off; the door has the words."""


def leave_appointments(
    session: Session,
    *,
    timebank_id: int,
    member_id: uuid.UUID,
    now: datetime.datetime,
    tell: Tell | None = None,
) -> None:
    """Call off what somebody who is erased agreed on, and wipe the words of all their appointments.

    Place and tasks can be about either of the two, whoever wrote them. The other one hears that
    nobody comes: by mail when the door has words for it, or by a call.
    """
    theirs = (
        Appointment.timebank_id == timebank_id,
        or_(Appointment.helper_id == member_id, Appointment.helped_id == member_id),
    )
    called_off = session.execute(
        update(Appointment)
        .where(*theirs, Appointment.state == AppointmentState.PLANNED)
        .values(state=AppointmentState.CALLED_OFF, answered_at=now)
        .returning(
            Appointment.id, Appointment.helper_id, Appointment.helped_id, Appointment.happens_on
        ),
        execution_options={"synchronize_session": False},
    ).all()
    session.execute(
        update(Appointment).where(*theirs).values(place="", tasks=""),
        execution_options={"synchronize_session": False},
    )
    for appointment_id, helper_id, helped_id, happens_on in called_off:
        drop_calls_about(session, timebank_id, appointment_id)
        if happens_on >= clock.day_of(now):
            tell_member(
                session,
                CallReason.APPOINTMENT_NEWS,
                timebank_id=timebank_id,
                member_id=helped_id if helper_id == member_id else helper_id,
                letter=tell(appointment_id) if tell else None,
                subject_id=appointment_id,
                now=now,
            )
