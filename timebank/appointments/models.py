# SPDX-License-Identifier: EUPL-1.2
"""The row of an appointment: what was agreed and what became of it.

An appointment is no exchange (docs/adr/0033): it says what people mean to do, and books nothing.
"""

from __future__ import annotations

import datetime
import uuid

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from ledger import Base, value_enum
from timebank.appointments.policy import LONGEST_PLACE, LONGEST_TASKS
from timebank.appointments.workflow import AppointmentState
from timebank.preferences.policy import DayPart

_PLANNED = text("state = 'planned'")


class Appointment(Base):
    """Somebody will help somebody on a day (policy row L9)."""

    __tablename__ = "appointment"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "id"),
        UniqueConstraint("timebank_id", "moved_from_id"),
        ForeignKeyConstraint(["timebank_id", "helper_id"], ["member.timebank_id", "member.id"]),
        ForeignKeyConstraint(["timebank_id", "helped_id"], ["member.timebank_id", "member.id"]),
        ForeignKeyConstraint(["timebank_id", "made_by"], ["member.timebank_id", "member.id"]),
        ForeignKeyConstraint(
            ["timebank_id", "category_code"], ["help_category.timebank_id", "help_category.code"]
        ),
        CheckConstraint("helper_id <> helped_id", name="two_people"),
        CheckConstraint("minutes BETWEEN 1 AND 1440", name="within_a_day"),
        CheckConstraint("(state = 'planned') = (answered_at IS NULL)", name="answered_at_the_end"),
        Index(None, "timebank_id", "helper_id", "happens_on"),
        Index(None, "timebank_id", "helped_id", "happens_on"),
        Index(None, "timebank_id", "happens_on"),
        Index(
            "ix_appointment_planned",
            "timebank_id",
            "happens_on",
            "id",
            sqlite_where=_PLANNED,
            postgresql_where=_PLANNED,
        ),
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    id: Mapped[uuid.UUID]
    """Made with the form: sent twice, there is one appointment."""
    helper_id: Mapped[uuid.UUID]
    helped_id: Mapped[uuid.UUID]
    helper_neighbourhood_code: Mapped[str] = mapped_column(String(12))
    helped_neighbourhood_code: Mapped[str] = mapped_column(String(12))
    category_code: Mapped[str] = mapped_column(String(40))
    happens_on: Mapped[datetime.date]
    part: Mapped[DayPart | None] = mapped_column(value_enum(DayPart, "part_known"))
    at_time: Mapped[datetime.time | None]
    """On the Dutch clock; who names a time names no part of the day."""
    place: Mapped[str] = mapped_column(String(LONGEST_PLACE))
    tasks: Mapped[str] = mapped_column(String(LONGEST_TASKS))
    minutes: Mapped[int | None] = mapped_column(Integer)
    """How long people think it will take; what is booked is what they write down afterwards."""
    state: Mapped[AppointmentState] = mapped_column(value_enum(AppointmentState, "state_known"))
    made_by: Mapped[uuid.UUID | None]
    made_at: Mapped[datetime.datetime]
    acting_for_id: Mapped[uuid.UUID | None]
    """The one of the two for whom somebody else wrote it down."""
    answered_by: Mapped[uuid.UUID | None]
    answered_at: Mapped[datetime.datetime | None]
    moved_from_id: Mapped[uuid.UUID | None]
    """The appointment in whose place this one stands; each is moved once."""
