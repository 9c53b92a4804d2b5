# SPDX-License-Identifier: EUPL-1.2
"""The first of two approvals, where help of many hours needs two coordinators."""

from __future__ import annotations

import datetime
import uuid

from sqlalchemy import ForeignKeyConstraint, Integer, PrimaryKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ledger import Base


class FirstApproval(Base):
    """The first of two coordinators approved; nothing is booked before the second does."""

    __tablename__ = "first_approval"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "exchange_id"),
        ForeignKeyConstraint(
            ["timebank_id", "exchange_id"], ["exchange.timebank_id", "exchange.id"]
        ),
        ForeignKeyConstraint(["timebank_id", "approved_by"], ["member.timebank_id", "member.id"]),
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    exchange_id: Mapped[uuid.UUID]
    approved_by: Mapped[uuid.UUID | None]
    approved_at: Mapped[datetime.datetime]
