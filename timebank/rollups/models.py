# SPDX-License-Identifier: EUPL-1.2
"""The rows of the roll-ups. All of it can be made again from the journal (docs/adr/0038).

What lives here: sums of whole days that are closed. What does not: the days after ``RolledUp``;
whoever reads adds them from the entries themselves.
"""

from __future__ import annotations

import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, PrimaryKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from ledger import Base


class RolledUp(Base):
    """How far the roll-ups of a timebank reach."""

    __tablename__ = "figure_reach"
    __table_args__ = (PrimaryKeyConstraint("timebank_id"),)

    timebank_id: Mapped[int] = mapped_column(Integer, ForeignKey("timebank.id"))
    through: Mapped[datetime.date]
    """The last day that is added up (inclusive)."""
    made_at: Mapped[datetime.datetime]


class FigureDay(Base):
    """What was booked on one day from one neighbourhood to another, of one kind of help."""

    __tablename__ = "figure_day"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "day", "giver_code", "receiver_code", "category_code"),
    )

    timebank_id: Mapped[int] = mapped_column(Integer, ForeignKey("timebank.id"))
    day: Mapped[datetime.date]
    """The day of booking on the Dutch calendar; of a reversal the day of the reversal."""
    giver_code: Mapped[str] = mapped_column(String(12))
    receiver_code: Mapped[str] = mapped_column(String(12))
    category_code: Mapped[str] = mapped_column(String(40))
    """Empty for what is no help: hours brought along, hours left to the community pot."""
    exchanges: Mapped[int] = mapped_column(Integer)
    """How many transfers were posted, reversals not among them."""
    minutes: Mapped[int]
    reversed_exchanges: Mapped[int] = mapped_column(Integer)
    reversed_minutes: Mapped[int]
    """What was taken back on this day, whenever it was booked; zero or more."""
    assisted_exchanges: Mapped[int] = mapped_column(Integer)
    """Of ``exchanges``: how many somebody else than the two typed in."""


class FigureBalance(Base):
    """What a neighbourhood gave and received from the beginning up to the end of a day.

    There is a row for each day on which something changed there.
    """

    __tablename__ = "figure_balance"
    __table_args__ = (PrimaryKeyConstraint("timebank_id", "code", "day"),)

    timebank_id: Mapped[int] = mapped_column(Integer, ForeignKey("timebank.id"))
    code: Mapped[str] = mapped_column(String(12))
    day: Mapped[datetime.date]
    given_minutes: Mapped[int]
    received_minutes: Mapped[int]


class FigurePair(Base):
    """What one account gave another in a quarter; numbers of accounts and nothing else.

    Only help: hours brought along or left to the pot are not here. Of an activity for guests the
    community pot is the receiver, under its own code.
    """

    __tablename__ = "figure_pair"
    __table_args__ = (
        PrimaryKeyConstraint(
            "timebank_id",
            "giver_account_id",
            "receiver_account_id",
            "quarter_on",
            "giver_code",
            "receiver_code",
        ),
        Index(None, "timebank_id", "quarter_on"),
        Index(None, "timebank_id", "receiver_account_id", "quarter_on"),
    )

    timebank_id: Mapped[int] = mapped_column(Integer, ForeignKey("timebank.id"))
    quarter_on: Mapped[datetime.date]
    """The first day of the quarter."""
    giver_account_id: Mapped[int] = mapped_column(BigInteger)
    receiver_account_id: Mapped[int] = mapped_column(BigInteger)
    giver_code: Mapped[str] = mapped_column(String(12))
    receiver_code: Mapped[str] = mapped_column(String(12))
    minutes: Mapped[int]
    """Posted less taken back in this quarter; below zero when an earlier one was taken back."""
    first_day: Mapped[datetime.date]
    """The first day of the quarter on which something was booked between the two."""


class FigureProof(Base):
    """What the last comparison of a day between the roll-ups and the journal found."""

    __tablename__ = "figure_proof"
    __table_args__ = (PrimaryKeyConstraint("timebank_id", "day"),)

    timebank_id: Mapped[int] = mapped_column(Integer, ForeignKey("timebank.id"))
    day: Mapped[datetime.date]
    checked_at: Mapped[datetime.datetime]
    differences: Mapped[int] = mapped_column(Integer)
    """How many rows differed before they were made again; zero means that they were right."""
