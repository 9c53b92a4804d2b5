# SPDX-License-Identifier: EUPL-1.2
"""What was decided at the desk and can still be undone."""

from __future__ import annotations

import datetime
import uuid

from sqlalchemy import ForeignKeyConstraint, Index, Integer, PrimaryKeyConstraint, Text
from sqlalchemy.orm import Mapped, mapped_column

from ledger import Base, value_enum
from timebank.approvals.policy import DecisionKind
from timebank.exchanges.workflow import RejectionReason


class HeldDecision(Base):
    """A decision that is not carried out yet: until ``due_at`` (exclusive) it can be undone."""

    __tablename__ = "held_decision"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "exchange_id"),
        ForeignKeyConstraint(
            ["timebank_id", "exchange_id"], ["exchange.timebank_id", "exchange.id"]
        ),
        ForeignKeyConstraint(["timebank_id", "decided_by"], ["member.timebank_id", "member.id"]),
        Index(None, "timebank_id", "due_at"),
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    exchange_id: Mapped[uuid.UUID]
    batch_id: Mapped[uuid.UUID]
    """Made with the form; what was decided together is undone together."""
    kind: Mapped[DecisionKind] = mapped_column(value_enum(DecisionKind, "kind_known"))
    reason: Mapped[RejectionReason | None] = mapped_column(
        value_enum(RejectionReason, "reason_known")
    )
    words: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[uuid.UUID | None]
    decided_at: Mapped[datetime.datetime]
    due_at: Mapped[datetime.datetime]
