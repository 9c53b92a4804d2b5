# SPDX-License-Identifier: EUPL-1.2
"""The rows of closed months. Only added to; what stands here is never counted again."""

from __future__ import annotations

import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column

from ledger import Base


class MonthRule(Base):
    """On which day a timebank closes the month before; without a row it is the fifth."""

    __tablename__ = "month_rule"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id"),
        CheckConstraint("closing_day BETWEEN 4 AND 28", name="a_day_of_every_month"),
    )

    timebank_id: Mapped[int] = mapped_column(Integer, ForeignKey("timebank.id"))
    closing_day: Mapped[int] = mapped_column(Integer)


class ClosedMonth(Base):
    """The report of a month as it was when the month was closed, and the digest that seals it."""

    __tablename__ = "closed_month"
    __table_args__ = (PrimaryKeyConstraint("timebank_id", "month_on"),)

    timebank_id: Mapped[int] = mapped_column(Integer, ForeignKey("timebank.id"))
    month_on: Mapped[datetime.date]
    """The first day of the month."""
    closed_at: Mapped[datetime.datetime]
    report: Mapped[str] = mapped_column(Text)
    """Canonical JSON: keys in order, no spaces, whole numbers only."""
    previous_digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    """SHA-256 of the digest before and the bytes of the report."""


class ClosedLine(Base):
    """What a closed month counted from one neighbourhood to another, of one kind of help.

    A line holds what was booked late in earlier months too, so that the sum of all lines up to a
    month is what the journal said when it was closed. A number below zero takes something back
    that an earlier month counted.
    """

    __tablename__ = "closed_line"
    __table_args__ = (
        PrimaryKeyConstraint(
            "timebank_id", "month_on", "giver_code", "receiver_code", "category_code"
        ),
        ForeignKeyConstraint(
            ["timebank_id", "month_on"], ["closed_month.timebank_id", "closed_month.month_on"]
        ),
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    month_on: Mapped[datetime.date]
    giver_code: Mapped[str] = mapped_column(String(12))
    receiver_code: Mapped[str] = mapped_column(String(12))
    category_code: Mapped[str] = mapped_column(String(40))
    exchanges: Mapped[int] = mapped_column(Integer)
    minutes: Mapped[int]
    reversed_exchanges: Mapped[int] = mapped_column(Integer)
    reversed_minutes: Mapped[int]
    assisted_exchanges: Mapped[int] = mapped_column(Integer)
