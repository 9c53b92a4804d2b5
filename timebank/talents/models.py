# SPDX-License-Identifier: EUPL-1.2
"""The rows of talents: one for each kind of help somebody likes to do, and their own words."""

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

from ledger import Base, value_enum
from timebank.talents.policy import LONGEST_WORDS, TalentSource


class Talent(Base):
    """A kind of help that somebody likes to do. Source: policy row L14.

    A no leaves no row: what somebody does not want is not kept.
    """

    __tablename__ = "talent"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "member_id", "category_code"),
        ForeignKeyConstraint(["timebank_id", "member_id"], ["member.timebank_id", "member.id"]),
        ForeignKeyConstraint(
            ["timebank_id", "category_code"],
            ["help_category.timebank_id", "help_category.code"],
        ),
        CheckConstraint(
            "source = 'talent_talk' OR confirmed_at IS NOT NULL", name="own_list_is_a_yes"
        ),
        Index(None, "timebank_id", "category_code"),
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    member_id: Mapped[uuid.UUID]
    category_code: Mapped[str] = mapped_column(String(40))
    source: Mapped[TalentSource] = mapped_column(value_enum(TalentSource, "source_known"))
    noted_by: Mapped[uuid.UUID | None]
    """The coordinator who noted it in a talk."""
    noted_at: Mapped[datetime.datetime]
    confirmed_at: Mapped[datetime.datetime | None]
    """When the person said yes; None: it does not count yet."""
    confirmed_by: Mapped[uuid.UUID | None]
    """The person, or the coordinator to whom somebody without e-mail said yes."""


class TalentWords(Base):
    """What somebody adds to their talents in their own words."""

    __tablename__ = "talent_words"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "member_id"),
        ForeignKeyConstraint(["timebank_id", "member_id"], ["member.timebank_id", "member.id"]),
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    member_id: Mapped[uuid.UUID]
    words: Mapped[str] = mapped_column(String(LONGEST_WORDS))
