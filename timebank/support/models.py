# SPDX-License-Identifier: EUPL-1.2
"""The row of support: what somebody needs, never why. No diagnosis, no label, no free words."""

from __future__ import annotations

import datetime
import uuid

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Integer, PrimaryKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ledger import Base, value_enum
from timebank.support.policy import Support


class MemberSupport(Base):
    """How much support somebody wants with taking part, and who walks along (policy row L7)."""

    __tablename__ = "member_support"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "member_id"),
        ForeignKeyConstraint(["timebank_id", "member_id"], ["member.timebank_id", "member.id"]),
        ForeignKeyConstraint(["timebank_id", "buddy_id"], ["member.timebank_id", "member.id"]),
        CheckConstraint("buddy_id <> member_id", name="two_people"),
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    member_id: Mapped[uuid.UUID]
    support: Mapped[Support] = mapped_column(value_enum(Support, "support_known"))
    buddy_id: Mapped[uuid.UUID | None]
    conduct_certificate_date: Mapped[datetime.date | None]
    """The day on the certificate (VOG). The paper itself is not kept (policy row V19)."""
