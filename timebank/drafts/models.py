# SPDX-License-Identifier: EUPL-1.2
"""A draft: the answers as typed, so that a back button or a dead battery loses nothing."""

from __future__ import annotations

import datetime
import uuid

from sqlalchemy import JSON, ForeignKeyConstraint, Index, Integer, PrimaryKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ledger import Base

ENDED = "ended"
"""Among the answers: who filled it in may do so no more, and nothing else is left of it."""


class ExchangeDraft(Base):
    """The answers of one unfinished form. It holds free words and lives for thirty days at most."""

    __tablename__ = "exchange_draft"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "form_key"),
        ForeignKeyConstraint(["timebank_id", "member_id"], ["member.timebank_id", "member.id"]),
        Index(None, "timebank_id", "member_id", "saved_at"),
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    form_key: Mapped[uuid.UUID]
    member_id: Mapped[uuid.UUID]
    answers: Mapped[dict[str, str]] = mapped_column(JSON)
    saved_at: Mapped[datetime.datetime]
