# SPDX-License-Identifier: EUPL-1.2
"""One row for each thing that is counted, in each stretch of time."""

from __future__ import annotations

import datetime

from sqlalchemy import ForeignKey, Integer, LargeBinary, PrimaryKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from ledger import Base


class RateCount(Base):
    """How often something was tried between ``begins_at`` and the end of its stretch.

    What it was tried with (an address, a member) stands here as a digest only, for a day at most.
    """

    __tablename__ = "rate_count"
    __table_args__ = (PrimaryKeyConstraint("timebank_id", "what", "digest", "begins_at"),)

    timebank_id: Mapped[int] = mapped_column(Integer, ForeignKey("timebank.id"))
    what: Mapped[str] = mapped_column(String(30))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    begins_at: Mapped[datetime.datetime]
    times: Mapped[int] = mapped_column(Integer)
