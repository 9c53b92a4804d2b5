# SPDX-License-Identifier: EUPL-1.2
"""Reading who was reminded. Nothing here writes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from timebank.appointments.models import Appointment
from timebank.members.policy import Actor
from timebank.reminders.models import AppointmentReminder


def reminders_for_oneself(session: Session, *, by: Actor) -> list[dict[str, Any]]:
    """Return of which appointments the actor was reminded, and when, oldest first."""
    rows = session.execute(
        select(Appointment.happens_on, AppointmentReminder.reminded_at)
        .join(
            AppointmentReminder,
            and_(
                AppointmentReminder.timebank_id == Appointment.timebank_id,
                AppointmentReminder.appointment_id == Appointment.id,
            ),
        )
        .where(
            AppointmentReminder.timebank_id == by.timebank_id,
            AppointmentReminder.member_id == by.member_id,
        )
        .order_by(AppointmentReminder.reminded_at, Appointment.id)
    )
    return [{"happens_on": row.happens_on, "reminded_at": row.reminded_at} for row in rows]
