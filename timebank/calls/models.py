# SPDX-License-Identifier: EUPL-1.2
"""The row of a call: somebody without e-mail must still hear something, from a person."""

from __future__ import annotations

import datetime
import enum
import uuid

from sqlalchemy import ForeignKeyConstraint, Index, Integer, PrimaryKeyConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ledger import Base, value_enum

_WAITING = text("done_at IS NULL")


class CallReason(enum.StrEnum):
    """What somebody must hear."""

    JOINED = "joined"
    FILLED_IN = "filled_in"
    APPOINTMENT_TOMORROW = "appointment_tomorrow"
    APPOINTMENT_NEWS = "appointment_news"
    QUESTION = "question"
    REJECTED = "rejected"
    RETURNED = "returned"
    CORRECTED = "corrected"
    TAKEN_BACK = "taken_back"
    STANDS = "stands"
    LOOKED_AT_AGAIN = "looked_at_again"
    APPROVED = "approved"


class CallTask(Base):
    """A member to call or to write a letter to; it waits until a coordinator did so."""

    __tablename__ = "call_task"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "id"),
        ForeignKeyConstraint(["timebank_id", "member_id"], ["member.timebank_id", "member.id"]),
        Index(
            "ix_call_task_waiting",
            "timebank_id",
            "asked_at",
            sqlite_where=_WAITING,
            postgresql_where=_WAITING,
        ),
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    id: Mapped[uuid.UUID]
    member_id: Mapped[uuid.UUID]
    reason: Mapped[CallReason] = mapped_column(value_enum(CallReason, "reason_known"))
    subject_id: Mapped[uuid.UUID | None]
    """The exchange or the appointment that it is about, if it is about one."""
    asked_at: Mapped[datetime.datetime]
    done_at: Mapped[datetime.datetime | None]
    done_by: Mapped[uuid.UUID | None]
