# SPDX-License-Identifier: EUPL-1.2
"""The row of where a neighbourhood lies. Nothing in this room is about one person."""

from __future__ import annotations

from sqlalchemy import ForeignKeyConstraint, Integer, PrimaryKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from ledger import Base


class NeighbourhoodPlace(Base):
    """The middle of a neighbourhood, on the national grid (RD); distances follow from it."""

    __tablename__ = "neighbourhood_place"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "code"),
        ForeignKeyConstraint(
            ["timebank_id", "code"], ["neighbourhood.timebank_id", "neighbourhood.code"]
        ),
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    code: Mapped[str] = mapped_column(String(12))
    east_metres: Mapped[int] = mapped_column(Integer)
    north_metres: Mapped[int] = mapped_column(Integer)
