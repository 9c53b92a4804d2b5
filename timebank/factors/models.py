# SPDX-License-Identifier: EUPL-1.2
"""One row for each member who proves a second factor: a secret shared with their telephone."""

from __future__ import annotations

import datetime
import uuid

from sqlalchemy import BigInteger, ForeignKeyConstraint, Integer, PrimaryKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from ledger import Base


class SecondFactor(Base):
    """Six digits that change every half minute (TOTP, RFC 6238)."""

    __tablename__ = "second_factor"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "member_id"),
        ForeignKeyConstraint(["timebank_id", "member_id"], ["member.timebank_id", "member.id"]),
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    member_id: Mapped[uuid.UUID]
    secret: Mapped[str] = mapped_column(String(32))
    """In base 32, as telephones read it. It must be readable: the digits are computed from it."""
    confirmed_at: Mapped[datetime.datetime | None]
    """When the first digits were right; before that it counts for nothing."""
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)
    """The half minute whose digits were used last; they work once."""
