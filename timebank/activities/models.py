# SPDX-License-Identifier: EUPL-1.2
"""The rows of group activities. Of guests there is a number and nothing else (policy row W4)."""

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
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from ledger import Base, value_enum
from timebank.activities.policy import InitiatedBy


class GroupActivity(Base):
    """People did something together on a day, in a place of a neighbourhood."""

    __tablename__ = "group_activity"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "id"),
        UniqueConstraint("timebank_id", "form_key"),
        ForeignKeyConstraint(
            ["timebank_id", "category_code"], ["help_category.timebank_id", "help_category.code"]
        ),
        ForeignKeyConstraint(
            ["timebank_id", "neighbourhood_code"],
            ["neighbourhood.timebank_id", "neighbourhood.code"],
        ),
        CheckConstraint("guests BETWEEN 0 AND 5000", name="guests_counted"),
        Index(None, "timebank_id", "neighbourhood_code", "held_on"),
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    id: Mapped[uuid.UUID]
    form_key: Mapped[uuid.UUID]
    """Made with the form; the same key never becomes two activities."""
    category_code: Mapped[str] = mapped_column(String(40))
    held_on: Mapped[datetime.date]
    neighbourhood_code: Mapped[str] = mapped_column(String(12))
    place: Mapped[str] = mapped_column(String(80))
    initiated_by: Mapped[InitiatedBy] = mapped_column(value_enum(InitiatedBy, "initiator_known"))
    guests: Mapped[int] = mapped_column(Integer)
    """How many guests without a name; 0 when the people who were helped are named."""
    booked_by: Mapped[uuid.UUID | None]
    booked_at: Mapped[datetime.datetime]


class ActivityPart(Base):
    """What one transfer of an activity moved; the transfer has the id of the part."""

    __tablename__ = "activity_part"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "transfer_id"),
        ForeignKeyConstraint(
            ["timebank_id", "activity_id"], ["group_activity.timebank_id", "group_activity.id"]
        ),
        ForeignKeyConstraint(["timebank_id", "helper_id"], ["member.timebank_id", "member.id"]),
        ForeignKeyConstraint(["timebank_id", "helped_id"], ["member.timebank_id", "member.id"]),
        CheckConstraint("helper_id <> helped_id", name="two_people"),
        CheckConstraint("minutes > 0", name="some_minutes"),
        Index(None, "timebank_id", "activity_id", "position"),
        Index(None, "timebank_id", "helper_id"),
        Index(None, "timebank_id", "helped_id"),
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    transfer_id: Mapped[uuid.UUID]
    activity_id: Mapped[uuid.UUID]
    position: Mapped[int] = mapped_column(Integer)
    helper_id: Mapped[uuid.UUID]
    helped_id: Mapped[uuid.UUID | None]
    """None: the pot of the timebank gave the hours, for guests without a name."""
    minutes: Mapped[int] = mapped_column(Integer)
