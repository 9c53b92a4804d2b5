# SPDX-License-Identifier: EUPL-1.2
"""That both agree on an exchange, and what the rules then approved by themselves."""

from __future__ import annotations

import datetime
import uuid

from sqlalchemy import Boolean, ForeignKeyConstraint, Integer, PrimaryKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ledger import Base


class ExchangeConfirmation(Base):
    """One of the two said that it is right, after the other had logged it."""

    __tablename__ = "exchange_confirmation"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "exchange_id", "member_id"),
        ForeignKeyConstraint(
            ["timebank_id", "exchange_id"], ["exchange.timebank_id", "exchange.id"]
        ),
        ForeignKeyConstraint(["timebank_id", "member_id"], ["member.timebank_id", "member.id"]),
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    exchange_id: Mapped[uuid.UUID]
    member_id: Mapped[uuid.UUID]
    confirmed_at: Mapped[datetime.datetime]


class AutomaticApproval(Base):
    """Approved by the rules of the neighbourhood, because both agreed; some are looked at later."""

    __tablename__ = "automatic_approval"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "exchange_id"),
        ForeignKeyConstraint(
            ["timebank_id", "exchange_id"], ["exchange.timebank_id", "exchange.id"]
        ),
        ForeignKeyConstraint(["timebank_id", "checked_by"], ["member.timebank_id", "member.id"]),
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    exchange_id: Mapped[uuid.UUID]
    approved_at: Mapped[datetime.datetime]
    sampled: Mapped[bool] = mapped_column(Boolean)
    """Whether it is among those to look at afterwards; drawn from its id."""
    checked_at: Mapped[datetime.datetime | None]
    checked_by: Mapped[uuid.UUID | None]
