# SPDX-License-Identifier: EUPL-1.2
"""The rows of trust. Both kinds end by a moment and are never deleted: they say who could when."""

from __future__ import annotations

import datetime
import uuid

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from ledger import Base

_NOT_ENDED = text("until IS NULL")
_NOT_WITHDRAWN = text("withdrawn_at IS NULL")


class StandIn(Base):
    """Somebody who may fill in the form for a member, because that member wants it."""

    __tablename__ = "stand_in"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "id"),
        ForeignKeyConstraint(["timebank_id", "member_id"], ["member.timebank_id", "member.id"]),
        ForeignKeyConstraint(["timebank_id", "stand_in_id"], ["member.timebank_id", "member.id"]),
        CheckConstraint("stand_in_id <> member_id", name="two_people"),
        Index(
            "ix_stand_in_counting",
            "timebank_id",
            "stand_in_id",
            "member_id",
            unique=True,
            sqlite_where=_NOT_ENDED,
            postgresql_where=_NOT_ENDED,
        ),
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    id: Mapped[uuid.UUID]
    member_id: Mapped[uuid.UUID]
    stand_in_id: Mapped[uuid.UUID]
    since: Mapped[datetime.datetime]
    until: Mapped[datetime.datetime | None]
    """The moment from which it counts no more (exclusive); None while it counts."""
    appointed_by: Mapped[uuid.UUID | None]
    """The member, or the coordinator to whom the member said so."""


class MemberConsent(Base):
    """A member lets one professional see that they take part. Source: policy row K9."""

    __tablename__ = "member_consent"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "id"),
        ForeignKeyConstraint(["timebank_id", "member_id"], ["member.timebank_id", "member.id"]),
        ForeignKeyConstraint(
            ["timebank_id", "professional_id"], ["member.timebank_id", "member.id"]
        ),
        CheckConstraint("professional_id <> member_id", name="two_people"),
        Index(
            "ix_member_consent_counting",
            "timebank_id",
            "professional_id",
            "member_id",
            unique=True,
            sqlite_where=_NOT_WITHDRAWN,
            postgresql_where=_NOT_WITHDRAWN,
        ),
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    id: Mapped[uuid.UUID]
    member_id: Mapped[uuid.UUID]
    professional_id: Mapped[uuid.UUID]
    given_at: Mapped[datetime.datetime]
    withdrawn_at: Mapped[datetime.datetime | None]
