# SPDX-License-Identifier: EUPL-1.2
"""The row of concerns: one worry, who wrote it, whom it may be about, and what was done."""

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
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column

from ledger import Base, value_enum
from timebank.concerns.policy import Audience, Outcome


class Concern(Base):
    """A worry that a resident sent (policy rows L10 and V2). Never shown to the other one."""

    __tablename__ = "concern"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "id"),
        ForeignKeyConstraint(["timebank_id", "author_id"], ["member.timebank_id", "member.id"]),
        ForeignKeyConstraint(["timebank_id", "about_id"], ["member.timebank_id", "member.id"]),
        ForeignKeyConstraint(
            ["timebank_id", "exchange_id"], ["exchange.timebank_id", "exchange.id"]
        ),
        CheckConstraint("(closed_at IS NULL) = (outcome IS NULL)", name="closed_with_outcome"),
        Index(None, "timebank_id", "closed_at", "sent_at"),
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    id: Mapped[uuid.UUID]
    """From the key of the form and the words: sent twice, there is one worry."""
    author_id: Mapped[uuid.UUID]
    about_id: Mapped[uuid.UUID | None]
    """The other one of the exchange; None where it was sent without one, as at an activity."""
    exchange_id: Mapped[uuid.UUID | None]
    neighbourhood_code: Mapped[str] = mapped_column(String(12))
    """Whose coordinators read it: where the other one lived then, else where the author lives."""
    audience: Mapped[Audience] = mapped_column(value_enum(Audience, "audience_known"))
    words: Mapped[str] = mapped_column(Text)
    sent_at: Mapped[datetime.datetime]
    taken_up_by: Mapped[uuid.UUID | None]
    taken_up_at: Mapped[datetime.datetime | None]
    outcome: Mapped[Outcome | None] = mapped_column(value_enum(Outcome, "outcome_known"))
    closed_by: Mapped[uuid.UUID | None]
    closed_at: Mapped[datetime.datetime | None]
