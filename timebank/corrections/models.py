# SPDX-License-Identifier: EUPL-1.2
"""An address that waits for its owner to confirm it. Only a digest of the link is stored."""

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


class EmailChange(Base):
    """Somebody wants another address; it counts once the link that went there is used."""

    __tablename__ = "email_change"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "digest"),
        ForeignKeyConstraint(["timebank_id", "member_id"], ["member.timebank_id", "member.id"]),
        Index(None, "timebank_id", "member_id"),
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    member_id: Mapped[uuid.UUID]
    new_address: Mapped[str] = mapped_column(String(254))
    expires_at: Mapped[datetime.datetime]
    """Exclusive."""
