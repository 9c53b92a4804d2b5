# SPDX-License-Identifier: EUPL-1.2
"""The kinds of help of a timebank, as data that the timebank may close or rename."""

from __future__ import annotations

import enum

from sqlalchemy import Boolean, ForeignKey, Integer, PrimaryKeyConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ledger import Base, value_enum


class Boundary(enum.StrEnum):
    """Voluntary where it can be, professional where it must be.

    Source: policy row L5. ``professional_only`` never becomes an exchange.
    """

    VOLUNTARY = "voluntary"
    VOLUNTARY_AFTER_CHECK = "voluntary_after_check"
    PROFESSIONAL_ONLY = "professional_only"


class HelpCategory(Base):
    """A kind of help, with its words in both languages."""

    __tablename__ = "help_category"
    __table_args__ = (PrimaryKeyConstraint("timebank_id", "code"),)

    timebank_id: Mapped[int] = mapped_column(Integer, ForeignKey("timebank.id"))
    code: Mapped[str] = mapped_column(String(40))
    position: Mapped[int] = mapped_column(Integer)
    group_code: Mapped[str] = mapped_column(String(20))
    step: Mapped[str] = mapped_column(String(20))
    """The step on the ladder of support, as text: the policy does not split steps 1 and 2."""
    boundary: Mapped[Boundary] = mapped_column(value_enum(Boundary, "boundary_known"))
    is_group_activity: Mapped[bool] = mapped_column(Boolean)
    is_featured: Mapped[bool] = mapped_column(Boolean)
    is_open: Mapped[bool] = mapped_column(Boolean)
    is_easy: Mapped[bool] = mapped_column(Boolean)
    """An easy first step: it may be suggested to who never said what they like to do."""
    is_remote: Mapped[bool] = mapped_column(Boolean)
    """It is done from home: how far somebody lives does not matter."""
    goal: Mapped[str] = mapped_column(String(40))
    """The goal of policy that it serves, a key of ``reports/goals.toml``; empty for none."""
    label_nl: Mapped[str] = mapped_column(String(80))
    label_en: Mapped[str] = mapped_column(String(80))
    phrase_nl: Mapped[str] = mapped_column(String(80))
    """Completes the sentence "Fatima hielp Jan anderhalf uur …"."""
    phrase_en: Mapped[str] = mapped_column(String(80))
    refer_nl: Mapped[str] = mapped_column(Text)
    """Whom to call, for what only a professional may do; empty otherwise."""
    refer_en: Mapped[str] = mapped_column(Text)
