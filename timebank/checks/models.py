# SPDX-License-Identifier: EUPL-1.2
"""The row of checks: which talk or training, which day, who saw it. No paper, number or words."""

from __future__ import annotations

import datetime
import uuid

from sqlalchemy import ForeignKeyConstraint, Integer, PrimaryKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ledger import Base, value_enum
from timebank.checks.policy import Qualification


class MemberCheck(Base):
    """A talk or a training that a coordinator saw or did with a member (policy rows V4, V19)."""

    __tablename__ = "member_check"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "member_id", "kind"),
        ForeignKeyConstraint(["timebank_id", "member_id"], ["member.timebank_id", "member.id"]),
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    member_id: Mapped[uuid.UUID]
    kind: Mapped[Qualification] = mapped_column(value_enum(Qualification, "kind_known"))
    happened_on: Mapped[datetime.date]
    seen_by: Mapped[uuid.UUID | None]
    """None: the organisation on its own machine."""
    seen_at: Mapped[datetime.datetime]
