# SPDX-License-Identifier: EUPL-1.2
"""The row of needs. The first words stay as they were said; what is added stands beside them."""

from __future__ import annotations

import datetime
import uuid

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
)
from sqlalchemy.orm import Mapped, mapped_column

from ledger import Base, value_enum
from timebank.needs.policy import LONGEST_NEED
from timebank.needs.workflow import NeedState


class Need(Base):
    """What somebody looks for. Source: policy rows D14 (words first) and V10 (what it is about)."""

    __tablename__ = "need"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "id"),
        ForeignKeyConstraint(["timebank_id", "member_id"], ["member.timebank_id", "member.id"]),
        ForeignKeyConstraint(
            ["timebank_id", "category_code"],
            ["help_category.timebank_id", "help_category.code"],
        ),
        CheckConstraint("slots > 0 AND slots < 2097152", name="half_days_of_a_week"),
        CheckConstraint("minutes > 0", name="takes_some_time"),
        CheckConstraint(
            "(closed_at IS NULL) = (state IN ('open', 'promised'))", name="closed_at_its_end"
        ),
        Index(None, "timebank_id", "state", "asked_at"),
        Index(None, "timebank_id", "member_id", "asked_at"),
        # What was filled in a quarter, for its figures.
        Index(None, "timebank_id", "closed_at"),
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    id: Mapped[uuid.UUID]
    """Made with the form: sent twice, there is one need."""
    member_id: Mapped[uuid.UUID]
    words: Mapped[str] = mapped_column(String(LONGEST_NEED))
    deeper_words: Mapped[str | None] = mapped_column(String(LONGEST_NEED))
    """What a coordinator added that it is really about (policy row V10)."""
    category_code: Mapped[str | None] = mapped_column(String(40))
    minutes: Mapped[int | None] = mapped_column(Integer)
    slots: Mapped[int] = mapped_column(Integer)
    """Bits of the half-days that suit, as in the room of preferences."""
    is_urgent: Mapped[bool] = mapped_column(Boolean)
    state: Mapped[NeedState] = mapped_column(value_enum(NeedState, "state_known"))
    asked_by: Mapped[uuid.UUID | None]
    """The person, or who typed it for them."""
    asked_at: Mapped[datetime.datetime]
    open_until: Mapped[datetime.date]
    """The last day on which it is looked for (inclusive)."""
    closed_at: Mapped[datetime.datetime | None]
