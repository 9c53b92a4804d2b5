# SPDX-License-Identifier: EUPL-1.2
"""A file between its dry run and its booking: kept for a day, so that what is booked is what was
seen, and nobody has to look for the file again (docs/adr/0030).
"""

from __future__ import annotations

import datetime
import uuid

from sqlalchemy import (
    Boolean,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
)
from sqlalchemy.orm import Mapped, mapped_column

from ledger import Base


class ImportFile(Base):
    """A file that somebody brought. Its content goes when it is booked or given up."""

    __tablename__ = "import_file"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "id"),
        ForeignKeyConstraint(["timebank_id", "brought_by"], ["member.timebank_id", "member.id"]),
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    id: Mapped[uuid.UUID]
    """Made with the form; the same form sent twice is one file."""
    brought_by: Mapped[uuid.UUID]
    brought_at: Mapped[datetime.datetime]
    layout: Mapped[str] = mapped_column(String(20))
    category_code: Mapped[str] = mapped_column(String(40))
    """For lines that name no kind of help; empty: such lines are refused."""
    approve: Mapped[bool] = mapped_column(Boolean)
    """The hours count at once, except those of who brought the file."""
    whole: Mapped[bool] = mapped_column(Boolean)
    """All lines or none."""
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    people: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The file that says who is who, where there is one."""
    booked_at: Mapped[datetime.datetime | None]
    added: Mapped[int | None] = mapped_column(Integer)
    known: Mapped[int | None] = mapped_column(Integer)
    bad: Mapped[int | None] = mapped_column(Integer)
