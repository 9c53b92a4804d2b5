# SPDX-License-Identifier: EUPL-1.2
"""One row for each day on which the books of a timebank were proven."""

from __future__ import annotations

import datetime

from sqlalchemy import ForeignKey, Integer, PrimaryKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ledger import Base


class BooksProof(Base):
    """What the last proof of a day found."""

    __tablename__ = "books_proof"
    __table_args__ = (PrimaryKeyConstraint("timebank_id", "day"),)

    timebank_id: Mapped[int] = mapped_column(Integer, ForeignKey("timebank.id"))
    day: Mapped[datetime.date]
    checked_at: Mapped[datetime.datetime]
    violations: Mapped[int] = mapped_column(Integer)
    """How many rules were broken; zero means that the books are sound."""
