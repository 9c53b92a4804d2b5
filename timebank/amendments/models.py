# SPDX-License-Identifier: EUPL-1.2
"""The rows of amendments: what stands in the place of what, and kinds of help that changed."""

from __future__ import annotations

import uuid

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from ledger import Base


class Correction(Base):
    """What stands in the place of an exchange, and which transfer undid it in the books."""

    __tablename__ = "exchange_correction"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "exchange_id"),
        UniqueConstraint("timebank_id", "replaced_by"),
        UniqueConstraint("timebank_id", "undone_by"),
        ForeignKeyConstraint(
            ["timebank_id", "exchange_id"], ["exchange.timebank_id", "exchange.id"]
        ),
        ForeignKeyConstraint(
            ["timebank_id", "replaced_by"], ["exchange.timebank_id", "exchange.id"]
        ),
        CheckConstraint("replaced_by <> exchange_id", name="another_exchange"),
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    exchange_id: Mapped[uuid.UUID]
    replaced_by: Mapped[uuid.UUID | None]
    """The exchange with the right answers; None when it was only taken back."""
    undone_by: Mapped[uuid.UUID | None]
    """The transfer that took the hours back; None when they were not booked yet."""


class KindChange(Base):
    """An exchange got another kind of help; its hours stayed (policy row W2). Only added to."""

    __tablename__ = "exchange_kind_change"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "id"),
        ForeignKeyConstraint(
            ["timebank_id", "exchange_id"], ["exchange.timebank_id", "exchange.id"]
        ),
        Index(None, "timebank_id", "exchange_id", "id"),
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    id: Mapped[uuid.UUID]
    exchange_id: Mapped[uuid.UUID]
    old_code: Mapped[str] = mapped_column(String(40))
    new_code: Mapped[str] = mapped_column(String(40))
