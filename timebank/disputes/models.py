# SPDX-License-Identifier: EUPL-1.2
"""The rows of disputes: what was said, what replaced what, and kinds of help that changed."""

from __future__ import annotations

import datetime
import uuid

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from ledger import Base, value_enum
from timebank.disputes.policy import DisputeOutcome, DisputeReason

OPEN = text("closed_at IS NULL")


class Dispute(Base):
    """One of the two said that an exchange is not right; at most one is open at a time."""

    __tablename__ = "exchange_dispute"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "id"),
        ForeignKeyConstraint(
            ["timebank_id", "exchange_id"], ["exchange.timebank_id", "exchange.id"]
        ),
        ForeignKeyConstraint(["timebank_id", "raised_by"], ["member.timebank_id", "member.id"]),
        CheckConstraint("(closed_at IS NULL) = (outcome IS NULL)", name="closed_with_an_outcome"),
        Index(
            "ix_exchange_dispute_open",
            "timebank_id",
            "exchange_id",
            unique=True,
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        ),
        Index(None, "timebank_id", "exchange_id", "id"),
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    id: Mapped[uuid.UUID]
    exchange_id: Mapped[uuid.UUID]
    raised_by: Mapped[uuid.UUID]
    reason: Mapped[DisputeReason] = mapped_column(value_enum(DisputeReason, "reason_known"))
    words: Mapped[str] = mapped_column(Text)
    raised_at: Mapped[datetime.datetime]
    closed_at: Mapped[datetime.datetime | None]
    outcome: Mapped[DisputeOutcome | None] = mapped_column(
        value_enum(DisputeOutcome, "outcome_known")
    )
