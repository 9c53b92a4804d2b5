# SPDX-License-Identifier: EUPL-1.2
"""The rules of each neighbourhood as one row; a neighbourhood without a row has the defaults."""

from __future__ import annotations

import datetime
import uuid

from sqlalchemy import Boolean, ForeignKeyConstraint, Integer, PrimaryKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from ledger import Base


class NeighbourhoodRule(Base):
    """What somebody chose for a neighbourhood; the meaning of each is in ``policy.Rules``."""

    __tablename__ = "neighbourhood_rule"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "neighbourhood_code"),
        ForeignKeyConstraint(
            ["timebank_id", "neighbourhood_code"],
            ["neighbourhood.timebank_id", "neighbourhood.code"],
        ),
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    neighbourhood_code: Mapped[str] = mapped_column(String(12))
    auto_approve_minutes: Mapped[int] = mapped_column(Integer)
    sample_percentage: Mapped[int] = mapped_column(Integer)
    four_eyes_minutes: Mapped[int] = mapped_column(Integer)
    alert_pair_week_minutes: Mapped[int] = mapped_column(Integer)
    alert_trade_week_minutes: Mapped[int] = mapped_column(Integer)
    alert_person_day_minutes: Mapped[int] = mapped_column(Integer)
    step_minutes: Mapped[int] = mapped_column(Integer)
    days_back: Mapped[int] = mapped_column(Integer)
    remind_after_days: Mapped[int] = mapped_column(Integer)
    most_received_minutes: Mapped[int] = mapped_column(Integer)
    most_given_minutes: Mapped[int] = mapped_column(Integer)
    limits_block: Mapped[bool] = mapped_column(Boolean)
    changed_at: Mapped[datetime.datetime]
    changed_by: Mapped[uuid.UUID | None]
    """None when the organisation changed it on its own machine."""
