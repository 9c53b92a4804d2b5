# SPDX-License-Identifier: EUPL-1.2
"""The row of referrals: who asked for a professional, to whom they went, how it went.

Which kind of professional help was chosen is not kept: it can say something about health or money.
The coordinator calls and hears it (docs/adr/0031).
"""

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
)
from sqlalchemy.orm import Mapped, mapped_column

from ledger import Base, value_enum
from timebank.referrals.policy import ReferralOutcome


class Referral(Base):
    """Somebody is helped to a professional (policy rows L5 and V6)."""

    __tablename__ = "referral"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "id"),
        ForeignKeyConstraint(["timebank_id", "about_id"], ["member.timebank_id", "member.id"]),
        CheckConstraint(
            "handed_over_on IS NULL"
            " OR (partner IS NOT NULL AND consented_at IS NOT NULL AND ask_on IS NOT NULL)",
            name="handed_over_with_consent",
        ),
        CheckConstraint("(closed_at IS NULL) = (outcome IS NULL)", name="closed_with_outcome"),
        Index(None, "timebank_id", "closed_at", "asked_at"),
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    id: Mapped[uuid.UUID]
    """Made with the form: sent twice, there is one task."""
    about_id: Mapped[uuid.UUID]
    neighbourhood_code: Mapped[str] = mapped_column(String(12))
    asked_by: Mapped[uuid.UUID | None]
    """The person themselves, who filled in for them, or the coordinator who began it."""
    asked_at: Mapped[datetime.datetime]
    partner: Mapped[str | None] = mapped_column(String(40))
    consented_at: Mapped[datetime.datetime | None]
    """When the coordinator wrote down that the person agreed."""
    handed_over_on: Mapped[datetime.date | None]
    handed_over_by: Mapped[uuid.UUID | None]
    ask_on: Mapped[datetime.date | None]
    """The day from which the outcome is asked (inclusive)."""
    outcome: Mapped[ReferralOutcome | None] = mapped_column(
        value_enum(ReferralOutcome, "outcome_known")
    )
    closed_by: Mapped[uuid.UUID | None]
    closed_at: Mapped[datetime.datetime | None]
