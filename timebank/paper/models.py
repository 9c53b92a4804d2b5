# SPDX-License-Identifier: EUPL-1.2
"""The rows of paper: which slips were printed, which exchange came from which slip, and the short
numbers of members.
"""

from __future__ import annotations

import datetime
import uuid

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from ledger import Base


class SlipRange(Base):
    """Numbers of slips that were printed in one run; a number is given out once, for ever."""

    __tablename__ = "slip_range"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "first_number"),
        UniqueConstraint("timebank_id", "form_key"),
        ForeignKeyConstraint(
            ["timebank_id", "neighbourhood_code"],
            ["neighbourhood.timebank_id", "neighbourhood.code"],
        ),
        CheckConstraint("last_number >= first_number", name="ends_after_start"),
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    first_number: Mapped[int] = mapped_column(Integer)
    last_number: Mapped[int] = mapped_column(Integer)
    """The last number of the run (inclusive)."""
    neighbourhood_code: Mapped[str] = mapped_column(String(12))
    form_key: Mapped[uuid.UUID]
    """Made with the form; the same key never prints two runs."""
    printed_at: Mapped[datetime.datetime]


class PaperSlip(Base):
    """An exchange came from paper; with the number of the slip, where it had one."""

    __tablename__ = "paper_slip"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "exchange_id"),
        UniqueConstraint("timebank_id", "number"),
        ForeignKeyConstraint(
            ["timebank_id", "exchange_id"], ["exchange.timebank_id", "exchange.id"]
        ),
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    exchange_id: Mapped[uuid.UUID]
    number: Mapped[int | None] = mapped_column(Integer)
    """None: a slip without a number, or one whose number went to the exchange typed after this one
    was taken back."""


class MemberNumber(Base):
    """The short number of a member, to be written on slips; never given to anybody else."""

    __tablename__ = "member_number"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "number"),
        UniqueConstraint("timebank_id", "member_id"),
        ForeignKeyConstraint(["timebank_id", "member_id"], ["member.timebank_id", "member.id"]),
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    number: Mapped[int] = mapped_column(Integer, autoincrement=False)
    member_id: Mapped[uuid.UUID]
