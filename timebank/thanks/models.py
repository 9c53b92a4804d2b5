# SPDX-License-Identifier: EUPL-1.2
"""The rows of thanks, one for each exchange at most."""

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
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from ledger import Base

_UNREAD = text("read_at IS NULL")


class ThankYou(Base):
    """The helped one thanks the helper, who reads it when a coordinator agreed (policy row L15)."""

    __tablename__ = "thank_you"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "exchange_id"),
        ForeignKeyConstraint(
            ["timebank_id", "exchange_id"], ["exchange.timebank_id", "exchange.id"]
        ),
        ForeignKeyConstraint(["timebank_id", "written_by"], ["member.timebank_id", "member.id"]),
        CheckConstraint("(read_at IS NULL) = (is_shown IS NULL)", name="read_with_a_decision"),
        Index(
            "ix_thank_you_unread",
            "timebank_id",
            "written_at",
            sqlite_where=_UNREAD,
            postgresql_where=_UNREAD,
        ),
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    exchange_id: Mapped[uuid.UUID]
    written_by: Mapped[uuid.UUID]
    words: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime.datetime]
    read_at: Mapped[datetime.datetime | None]
    is_shown: Mapped[bool | None] = mapped_column(Boolean)
    """Whether a coordinator agreed that the helper reads it; None while it waits."""
