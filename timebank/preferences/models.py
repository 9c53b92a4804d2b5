# SPDX-License-Identifier: EUPL-1.2
"""The rows of preferences: when and how far, which kinds not, and whom somebody rather not meets.

Somebody without a row said nothing, and gets what ``policy.SAID_NOTHING`` says. A pause is kept in
the room of members: there is one pause, not two.
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

from ledger import Base


class MatchPreference(Base):
    """When, how far and how much somebody wants to help."""

    __tablename__ = "match_preference"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "member_id"),
        ForeignKeyConstraint(["timebank_id", "member_id"], ["member.timebank_id", "member.id"]),
        CheckConstraint("slots > 0 AND slots < 2097152", name="half_days_of_a_week"),
        CheckConstraint(
            "reach_metres > 0 AND capacity_minutes > 0", name="somewhere_and_some_time"
        ),
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    member_id: Mapped[uuid.UUID]
    slots: Mapped[int] = mapped_column(Integer)
    """Bits of the half-days that suit, see ``policy``."""
    reach_metres: Mapped[int] = mapped_column(Integer)
    capacity_minutes: Mapped[int] = mapped_column(Integer)
    changed_at: Mapped[datetime.datetime]


class MutedCategory(Base):
    """A kind of help that is not suggested to somebody, because they said so."""

    __tablename__ = "muted_category"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "member_id", "category_code"),
        ForeignKeyConstraint(["timebank_id", "member_id"], ["member.timebank_id", "member.id"]),
        ForeignKeyConstraint(
            ["timebank_id", "category_code"],
            ["help_category.timebank_id", "help_category.code"],
        ),
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    member_id: Mapped[uuid.UUID]
    category_code: Mapped[str] = mapped_column(String(40))


class Avoidance(Base):
    """Somebody rather not meets somebody. No reason is kept, and the other never reads it.

    Nothing of it is written in the audit: the other may read the audit about themselves.
    """

    __tablename__ = "avoidance"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "member_id", "avoided_id"),
        ForeignKeyConstraint(["timebank_id", "member_id"], ["member.timebank_id", "member.id"]),
        ForeignKeyConstraint(["timebank_id", "avoided_id"], ["member.timebank_id", "member.id"]),
        CheckConstraint("member_id <> avoided_id", name="two_people"),
        Index(None, "timebank_id", "avoided_id"),
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    member_id: Mapped[uuid.UUID]
    """Who said it, and alone may take it back."""
    avoided_id: Mapped[uuid.UUID]
    said_at: Mapped[datetime.datetime]
