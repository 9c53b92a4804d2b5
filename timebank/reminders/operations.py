# SPDX-License-Identifier: EUPL-1.2
"""Reminding both people of an appointment the day before, each once (policy row L9)."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

import ledger
from timebank import clock
from timebank.appointments.models import Appointment
from timebank.appointments.policy import REMIND_HOUR, reminded_on
from timebank.appointments.workflow import AppointmentState
from timebank.calls.models import CallReason
from timebank.calls.operations import Letter, drop_calls, tell_member
from timebank.reminders.models import AppointmentReminder


def remind_of_tomorrow(
    session: Session,
    *,
    timebank_id: int,
    now: datetime.datetime,
    letter: Callable[[Appointment], Letter],
) -> int:
    """Remind both people of each appointment of tomorrow, once, and return how many heard of it.

    Run at any hour, by however many schedulers: before ``REMIND_HOUR`` it does nothing, and the row
    of a reminder is made once. It commits with the mail or the call. What was agreed on today is
    left out. Calls about days that are over are taken off the list.
    """
    if now.astimezone(clock.AMSTERDAM).hour < REMIND_HOUR:
        return 0
    today = clock.day_of(now)
    reason = CallReason.APPOINTMENT_TOMORROW
    over = clock.start_of(reminded_on(today))
    drop_calls(session, reason, timebank_id=timebank_id, before=over)
    due = session.scalars(
        select(Appointment)
        .where(
            Appointment.timebank_id == timebank_id,
            Appointment.state == AppointmentState.PLANNED,
            Appointment.happens_on == today + datetime.timedelta(days=1),
            Appointment.made_at < clock.start_of(today),
        )
        .order_by(Appointment.id)
        # Who calls off at this moment waits, and is then told of no reminder that comes after.
        .with_for_update()
    ).all()
    return sum(
        _remind(session, appointment, member_id, letter=letter(appointment), now=now)
        for appointment in due
        for member_id in (appointment.helper_id, appointment.helped_id)
    )


def _remind(
    session: Session,
    appointment: Appointment,
    member_id: uuid.UUID,
    *,
    letter: Letter,
    now: datetime.datetime,
) -> bool:
    made = session.execute(
        ledger.insert_or_conflict(session, AppointmentReminder)
        .values(
            timebank_id=appointment.timebank_id,
            appointment_id=appointment.id,
            member_id=member_id,
            reminded_at=now,
        )
        .on_conflict_do_nothing(index_elements=["timebank_id", "appointment_id", "member_id"])
        .returning(AppointmentReminder.member_id)
    ).first()
    if made is None:
        return False
    tell_member(
        session,
        CallReason.APPOINTMENT_TOMORROW,
        timebank_id=appointment.timebank_id,
        member_id=member_id,
        letter=letter,
        subject_id=appointment.id,
        now=now,
    )
    return True
