# SPDX-License-Identifier: EUPL-1.2
"""The row of staff hours: a day, how long, and for which neighbourhood.

It stands in no account and counts in no balance. There is no room for words, nor for who worked or
whom they saw: then it would be a file about people.
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
)
from sqlalchemy.orm import Mapped, mapped_column

from ledger import Base


class StaffTime(Base):
    """Hours that staff gave to a neighbourhood on a day (policy row V16)."""

    __tablename__ = "staff_time"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "id"),
        ForeignKeyConstraint(
            ["timebank_id", "neighbourhood_code"],
            ["neighbourhood.timebank_id", "neighbourhood.code"],
        ),
        ForeignKeyConstraint(["timebank_id", "written_by"], ["member.timebank_id", "member.id"]),
        CheckConstraint(
            "minutes BETWEEN 15 AND 1440 AND minutes = 15 * (minutes / 15)",
            name="quarters_of_a_day",
        ),
        Index(None, "timebank_id", "neighbourhood_code", "worked_on"),
        Index(None, "timebank_id", "written_at"),
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    id: Mapped[uuid.UUID]
    """Made with the form: sent twice, there is one line."""
    neighbourhood_code: Mapped[str] = mapped_column(String(12))
    worked_on: Mapped[datetime.date]
    minutes: Mapped[int] = mapped_column(Integer)
    written_by: Mapped[uuid.UUID | None]
    """Who typed it, which need not be who worked; None: the organisation on its own machine."""
    written_at: Mapped[datetime.datetime]
    taken_back_at: Mapped[datetime.datetime | None]
    """The line stays when it is taken back, and counts no more."""
