# SPDX-License-Identifier: EUPL-1.2
"""The row of boundaries: one exception, for two people and one kind of help, usable once."""

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
from timebank.boundaries.policy import LONGEST_REASON


class BoundaryOverride(Base):
    """A coordinator allows one exchange that is otherwise for a professional (policy row L6)."""

    __tablename__ = "boundary_override"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "id"),
        ForeignKeyConstraint(["timebank_id", "helper_id"], ["member.timebank_id", "member.id"]),
        ForeignKeyConstraint(["timebank_id", "helped_id"], ["member.timebank_id", "member.id"]),
        ForeignKeyConstraint(["timebank_id", "allowed_by"], ["member.timebank_id", "member.id"]),
        ForeignKeyConstraint(
            ["timebank_id", "category_code"], ["help_category.timebank_id", "help_category.code"]
        ),
        CheckConstraint("helper_id <> helped_id", name="two_people"),
        Index(None, "timebank_id", "helped_id"),
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    id: Mapped[uuid.UUID]
    """From the key of the form and its answers: sent twice, there is one exception."""
    helper_id: Mapped[uuid.UUID]
    helped_id: Mapped[uuid.UUID]
    category_code: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(String(LONGEST_REASON))
    allowed_by: Mapped[uuid.UUID]
    allowed_at: Mapped[datetime.datetime]
    used_for: Mapped[uuid.UUID | None]
    """The form key of the exchange that it was used for; an exception is used once."""
