# SPDX-License-Identifier: EUPL-1.2
"""Single-use sign-in links. Only a digest is stored, so that a stolen table opens nothing."""

from __future__ import annotations

import datetime
import uuid

from sqlalchemy import ForeignKeyConstraint, Integer, LargeBinary, PrimaryKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ledger import Base


class SignInLink(Base):
    """A link that was mailed; it works once, before ``expires_at`` (exclusive)."""

    __tablename__ = "sign_in_link"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "digest"),
        ForeignKeyConstraint(["timebank_id", "member_id"], ["member.timebank_id", "member.id"]),
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    member_id: Mapped[uuid.UUID]
    expires_at: Mapped[datetime.datetime]
    used_at: Mapped[datetime.datetime | None]
