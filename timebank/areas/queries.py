# SPDX-License-Identifier: EUPL-1.2
"""Reading places. Nothing here writes."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank.areas.errors import UnknownTimebank
from timebank.areas.models import Neighbourhood, Timebank


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
