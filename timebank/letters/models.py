# SPDX-License-Identifier: EUPL-1.2
"""The rows of letters: what was printed together, and what each letter told up to where."""

from __future__ import annotations

import datetime
import uuid

from sqlalchemy import ForeignKeyConstraint, Index, Integer, PrimaryKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from ledger import Base


class LetterPrint(Base):
    """Letters that were printed together, for people of one neighbourhood."""

    __tablename__ = "letter_print"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "id"),
        ForeignKeyConstraint(
            ["timebank_id", "neighbourhood_code"],
            ["neighbourhood.timebank_id", "neighbourhood.code"],
        ),
        Index(None, "timebank_id", "neighbourhood_code", "printed_at"),
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    id: Mapped[uuid.UUID]
    """The key of the form that asked for it: sent twice, it is one print."""
    neighbourhood_code: Mapped[str] = mapped_column(String(12))
    printed_at: Mapped[datetime.datetime]


class MemberLetter(Base):
    """One letter of a print: it tells what was decided after ``since``, up to ``until``."""

    __tablename__ = "member_letter"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "print_id", "member_id"),
        ForeignKeyConstraint(
            ["timebank_id", "print_id"], ["letter_print.timebank_id", "letter_print.id"]
        ),
        ForeignKeyConstraint(["timebank_id", "member_id"], ["member.timebank_id", "member.id"]),
        Index(None, "timebank_id", "member_id", "until"),
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    print_id: Mapped[uuid.UUID]
    member_id: Mapped[uuid.UUID]
    since: Mapped[datetime.datetime | None]
    """The moment of the letter before this one (exclusive); None: this is the first."""
    until: Mapped[datetime.datetime]
    """The moment of the print (inclusive)."""
