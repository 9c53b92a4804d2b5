# SPDX-License-Identifier: EUPL-1.2
"""Reading places. Nothing here writes."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import and_, func, select, tuple_
from sqlalchemy.orm import Session

from timebank.areas.errors import UnknownTimebank
from timebank.areas.models import Area, AreaShape, Neighbourhood, Timebank


def all_timebanks(session: Session) -> Sequence[Timebank]:
    """Return every timebank of this installation, by name."""
    return session.scalars(select(Timebank).order_by(Timebank.name)).all()


def timebank_by_slug(session: Session, slug: str) -> Timebank:
    """Return the timebank with this short name.

    Raises:
        UnknownTimebank: there is none.
    """
    if not slug.isprintable():
        raise UnknownTimebank(slug)
    timebank = session.scalars(select(Timebank).where(Timebank.slug == slug)).first()
    if timebank is None:
        raise UnknownTimebank(slug)
    return timebank


def neighbourhoods_of(session: Session, *, timebank_id: int) -> Sequence[Neighbourhood]:
    """Return the neighbourhoods that the timebank switched on, by name."""
    return session.scalars(
        select(Neighbourhood)
        .where(Neighbourhood.timebank_id == timebank_id)
        .order_by(Neighbourhood.name, Neighbourhood.code)
    ).all()


def outlines_of(session: Session, *, timebank_id: int) -> dict[str, str]:
    """Return where the neighbourhoods of a timebank lie, by code: polygons as JSON, ``AreaShape``.

    A neighbourhood of which no outline of its own year was imported is left out.
    """
    rows = session.execute(
        select(AreaShape.code, AreaShape.polygons)
        .join(
            Neighbourhood,
            and_(Neighbourhood.code == AreaShape.code, Neighbourhood.year == AreaShape.year),
        )
        .where(Neighbourhood.timebank_id == timebank_id)
    )
    return {row.code: row.polygons for row in rows}


def areas_before(session: Session, *, municipalities: Collection[str], year: int) -> dict[str, str]:
    """Return name by code of these municipalities as they were in the last year known before one.

    Args:
        municipalities: codes such as GM0546.
        year: the year before which (exclusive); each municipality has a last year of its own.
    """
    places = {code[2:] for code in municipalities}
    municipality = func.substr(Area.code, 3, 4)
    known = select(municipality, func.max(Area.year)).where(
        Area.year < year, municipality.in_(places)
    )
    rows = session.execute(
        select(Area.code, Area.name).where(
            tuple_(municipality, Area.year).in_(known.group_by(municipality))
        )
    )
    return {row.code: row.name for row in rows}
