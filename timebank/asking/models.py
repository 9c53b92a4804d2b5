# SPDX-License-Identifier: EUPL-1.2
"""Questions about an exchange that waits: words apart from the facts, to be erased on their own."""

from __future__ import annotations

import datetime
import uuid

from sqlalchemy import ForeignKeyConstraint, Index, Integer, PrimaryKeyConstraint, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from ledger import Base

_UNANSWERED = text("answered_at IS NULL")


class ExchangeQuestion(Base):
    """One question of a coordinator to whoever logged the exchange, with the answer if there is."""

    __tablename__ = "exchange_question"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "id"),
        ForeignKeyConstraint(
            ["timebank_id", "exchange_id"], ["exchange.timebank_id", "exchange.id"]
        ),
        ForeignKeyConstraint(["timebank_id", "asked_by"], ["member.timebank_id", "member.id"]),
        ForeignKeyConstraint(["timebank_id", "answered_by"], ["member.timebank_id", "member.id"]),
        Index(None, "timebank_id", "exchange_id"),
        Index(
            "ix_exchange_question_unanswered",
            "timebank_id",
            "asked_at",
            "exchange_id",
            sqlite_where=_UNANSWERED,
            postgresql_where=_UNANSWERED,
        ),
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    id: Mapped[uuid.UUID]
    """Made with the form; the same key never becomes two questions."""
    exchange_id: Mapped[uuid.UUID]
    asked_by: Mapped[uuid.UUID | None]
    asked_at: Mapped[datetime.datetime]
    words: Mapped[str] = mapped_column(Text)
    answered_by: Mapped[uuid.UUID | None]
    answered_at: Mapped[datetime.datetime | None]
    answer: Mapped[str] = mapped_column(Text)
    """Empty while nobody answered."""
