# SPDX-License-Identifier: EUPL-1.2
"""Which neighbourhood belongs to which group of the organisation's own."""

from __future__ import annotations

from sqlalchemy import ForeignKeyConstraint, Integer, PrimaryKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from ledger import Base


class ServiceAreaPart(Base):
    """A neighbourhood in a service area. In one at most: then the areas add up to the whole."""

    __tablename__ = "service_area_part"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "code"),
        ForeignKeyConstraint(
            ["timebank_id", "code"], ["neighbourhood.timebank_id", "neighbourhood.code"]
        ),
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    code: Mapped[str] = mapped_column(String(12))
    area_name: Mapped[str] = mapped_column(String(60))
