# SPDX-License-Identifier: EUPL-1.2
"""One row for each device on which somebody is signed in."""

from __future__ import annotations

import datetime
import uuid

from sqlalchemy import (
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
)
from sqlalchemy.orm import Mapped, mapped_column

from ledger import Base


class MemberSession(Base):
    """Somebody is signed in on a device. The browser holds the secret, the table its digest."""

    __tablename__ = "member_session"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "digest"),
        ForeignKeyConstraint(["timebank_id", "member_id"], ["member.timebank_id", "member.id"]),
        Index(None, "timebank_id", "member_id"),
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    id: Mapped[uuid.UUID]
    """By which a page names it; it opens nothing."""
    member_id: Mapped[uuid.UUID]
    device: Mapped[str] = mapped_column(String(40))
    """What the browser says that it is, in two words, such as "Firefox, Android"."""
    began_at: Mapped[datetime.datetime]
    ends_at: Mapped[datetime.datetime]
    """The first moment at which it counts no more."""
    idle_minutes: Mapped[int | None] = mapped_column(Integer)
    """It ends when no page was opened for so long; None: never for that."""
    verified_at: Mapped[datetime.datetime | None]
    """When a second factor was proven in this session."""
