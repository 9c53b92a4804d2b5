# SPDX-License-Identifier: EUPL-1.2
"""The rows of places: areas as Statistics Netherlands names them, timebanks, neighbourhoods."""

from __future__ import annotations

import datetime
import enum

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    String,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column

from ledger import Base, value_enum


class AreaLevel(enum.StrEnum):
    """The three levels of the national division."""

    MUNICIPALITY = "municipality"
    WIJK = "wijk"
    BUURT = "buurt"


class Area(Base):
    """An area of the national division. The division changes yearly: a code needs its year.

    Source: the yearly "wijk- en buurtkaart" of Statistics Netherlands (CBS).
    """

    __tablename__ = "area"
    __table_args__ = (PrimaryKeyConstraint("code", "year"),)

    code: Mapped[str] = mapped_column(String(10))
    year: Mapped[int] = mapped_column(Integer)
    level: Mapped[AreaLevel] = mapped_column(value_enum(AreaLevel, "level_known"))
    name: Mapped[str] = mapped_column(String(80))
    parent_code: Mapped[str | None] = mapped_column(String(10))


class AreaShape(Base):
    """Where an area lies, simplified to what one can see on a small map.

    ``polygons`` is the list of coordinates of a GeoJSON MultiPolygon as JSON: degrees east and
    north (WGS 84) with five decimals, which is about a metre.
    """

    __tablename__ = "area_shape"
    __table_args__ = (
        PrimaryKeyConstraint("code", "year"),
        ForeignKeyConstraint(["code", "year"], ["area.code", "area.year"]),
    )

    code: Mapped[str] = mapped_column(String(10))
    year: Mapped[int] = mapped_column(Integer)
    polygons: Mapped[str] = mapped_column(Text)


class Timebank(Base):
    """One tenant: an organisation's timebank, with its own members, rules and books."""

    __tablename__ = "timebank"
    __table_args__ = (CheckConstraint("step_minutes BETWEEN 1 AND 60", name="step_within_an_hour"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    municipality_code: Mapped[str] = mapped_column(String(10))
    contact_name: Mapped[str] = mapped_column(String(80))
    contact_phone: Mapped[str] = mapped_column(String(20))
    contact_email: Mapped[str] = mapped_column(String(254))
    step_minutes: Mapped[int] = mapped_column(Integer, default=15)
    """Help is logged in whole steps of this many minutes."""
    opened_on: Mapped[datetime.date]
    takes_applications: Mapped[bool] = mapped_column(Boolean, default=False)
    """Whether anyone may ask on the public page to take part."""


class Neighbourhood(Base):
    """An area that a timebank switched on; residents, coordinators and entries name its code."""

    __tablename__ = "neighbourhood"
    __table_args__ = (PrimaryKeyConstraint("timebank_id", "code"),)

    timebank_id: Mapped[int] = mapped_column(Integer, ForeignKey("timebank.id"))
    code: Mapped[str] = mapped_column(String(12))
    year: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(80))
    switched_on_on: Mapped[datetime.date]
