# SPDX-License-Identifier: EUPL-1.2
"""The outbox: a message stands here from the commit of its cause until it is delivered."""

from __future__ import annotations

import datetime
import uuid

from sqlalchemy import ForeignKey, Index, Integer, PrimaryKeyConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ledger import Base


class Mail(Base):
    """One e-mail. Its words are wiped once it is sent; the row stays as proof that it was."""

    __tablename__ = "mail"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "id"),
        Index(None, "sent_at", "queued_at"),
    )

    timebank_id: Mapped[int] = mapped_column(Integer, ForeignKey("timebank.id"))
    id: Mapped[uuid.UUID]
    to_address: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(120))
    body: Mapped[str] = mapped_column(Text)
    queued_at: Mapped[datetime.datetime]
    sent_at: Mapped[datetime.datetime | None]
    attempts: Mapped[int] = mapped_column(Integer, default=0)
