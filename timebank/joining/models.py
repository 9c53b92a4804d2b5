# SPDX-License-Identifier: EUPL-1.2
"""The row of an application. It holds a name, so it lives short: until the answer, or 90 days."""

from __future__ import annotations

import datetime
import uuid

from sqlalchemy import ForeignKeyConstraint, Integer, PrimaryKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from ledger import Base


class Application(Base):
    """Somebody asks to take part. One that was declined waits only to be told so by telephone."""

    __tablename__ = "application"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "id"),
        ForeignKeyConstraint(
            ["timebank_id", "neighbourhood_code"],
            ["neighbourhood.timebank_id", "neighbourhood.code"],
        ),
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    id: Mapped[uuid.UUID]
    given_name: Mapped[str] = mapped_column(String(60))
    family_name: Mapped[str] = mapped_column(String(80))
    search_name: Mapped[str] = mapped_column(String(141))
    neighbourhood_code: Mapped[str] = mapped_column(String(12))
    birth_year: Mapped[int] = mapped_column(Integer)
    email: Mapped[str | None] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(2))
    applied_at: Mapped[datetime.datetime] = mapped_column(index=True)
    declined_at: Mapped[datetime.datetime | None]
    declined_by: Mapped[uuid.UUID | None]

    @property
    def full_name(self) -> str:
        """Return the name as people say it."""
        return f"{self.given_name} {self.family_name}"
