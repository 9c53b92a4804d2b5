# SPDX-License-Identifier: EUPL-1.2
"""How strict a timebank chose to be, and what it published. Nothing in it is about a person."""

from __future__ import annotations

import datetime

from sqlalchemy import Date, ForeignKey, Integer, PrimaryKeyConstraint, Text
from sqlalchemy.orm import Mapped, mapped_column

from ledger import Base


class PublicationRule(Base):
    """Thresholds that count from a day on; the meaning of each is in ``publication.Thresholds``.

    A row stays when a later one comes, so that an old period is shown as it was.
    """

    __tablename__ = "publication_rule"
    __table_args__ = (PrimaryKeyConstraint("timebank_id", "counts_from"),)

    timebank_id: Mapped[int] = mapped_column(Integer, ForeignKey("timebank.id"))
    counts_from: Mapped[datetime.date] = mapped_column(Date)
    least_active: Mapped[int] = mapped_column(Integer)
    least_givers: Mapped[int] = mapped_column(Integer)
    least_receivers: Mapped[int] = mapped_column(Integer)
    largest_share_percent: Mapped[int] = mapped_column(Integer)
    round_minutes: Mapped[int] = mapped_column(Integer)
    round_people: Mapped[int] = mapped_column(Integer)
    least_beside: Mapped[int] = mapped_column(Integer)


class PublishedQuarter(Base):
    """What everyone may read of a closed quarter. Written once, with its last month, and only read.

    The report of that month holds the same and is sealed (``months``), so this row can be proven.
    """

    __tablename__ = "published_quarter"
    __table_args__ = (PrimaryKeyConstraint("timebank_id", "quarter_on"),)

    timebank_id: Mapped[int] = mapped_column(Integer, ForeignKey("timebank.id"))
    quarter_on: Mapped[datetime.date] = mapped_column(Date)
    """The first day of the quarter."""
    shown: Mapped[str] = mapped_column(Text)
    """``policy.spelled`` as JSON."""
