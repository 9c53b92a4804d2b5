# SPDX-License-Identifier: EUPL-1.2
"""One row for each thing that somebody did and that somebody may ask about later.

Numbers and codes only: no name, no address, no word that anyone typed. The database refuses to
change a row, and to delete one before it is ``KEPT_AT_LEAST_DAYS`` old (docs/adr/0019).
"""

from __future__ import annotations

import datetime
import uuid

from sqlalchemy import ForeignKey, Index, Integer, PrimaryKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from ledger import Base

KEPT_AT_LEAST_DAYS = 365
"""Younger rows cannot be deleted, not even by the job that forgets old ones."""


class AuditEvent(Base):
    """Somebody did something: ``by`` whom, ``about`` whom, to what, when."""

    __tablename__ = "audit_event"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "id"),
        Index(None, "timebank_id", "about_member_id", "id"),
    )

    timebank_id: Mapped[int] = mapped_column(Integer, ForeignKey("timebank.id"))
    id: Mapped[uuid.UUID]
    """Grows with time, so that the order of the ids is the order of the events."""
    happened_at: Mapped[datetime.datetime]
    action: Mapped[str] = mapped_column(String(40))
    """What was done, as ``thing:verb``, such as ``member:enrol``."""
    by_member_id: Mapped[uuid.UUID | None]
    """None: the organisation on its own machine, or a job."""
    about_member_id: Mapped[uuid.UUID | None]
    """Whom it concerns; this person may read it."""
    subject_id: Mapped[uuid.UUID | None]
    """The exchange, note or grant that it was done to."""
