# SPDX-License-Identifier: EUPL-1.2
"""The row of a reminder."""

from __future__ import annotations

import datetime
import uuid

from sqlalchemy import ForeignKeyConstraint, Integer, PrimaryKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ledger import Base


class AppointmentReminder(Base):
    """Somebody was reminded of an appointment: this row is why nobody is reminded twice."""

    __tablename__ = "appointment_reminder"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "appointment_id", "member_id"),
        ForeignKeyConstraint(
            ["timebank_id", "appointment_id"], ["appointment.timebank_id", "appointment.id"]
        ),
        ForeignKeyConstraint(["timebank_id", "member_id"], ["member.timebank_id", "member.id"]),
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    appointment_id: Mapped[uuid.UUID]
    member_id: Mapped[uuid.UUID]
    reminded_at: Mapped[datetime.datetime]
