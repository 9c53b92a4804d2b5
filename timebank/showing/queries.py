# SPDX-License-Identifier: EUPL-1.2
"""Reading what everyone may see of a period. Nothing here writes.

``books_of`` gathers what the library of publication needs. Whoever has the same from closed months
hands that to ``publication.publishing.publish`` instead; the thresholds are those of this room.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

import ledger
from timebank import clock
from timebank.areas.models import Neighbourhood
from timebank.areas.policy import parents_of
from timebank.areas.queries import neighbourhoods_of
from timebank.publication.figures import Books, Cell, Publication, Share
from timebank.publication.publishing import publish
from timebank.publication.thresholds import Thresholds
from timebank.showing.models import PublicationRule

_NAMES = [field.name for field in dataclasses.fields(Thresholds)]


@dataclasses.dataclass(frozen=True)
class Shown:
    """A publication, with the names of the areas in it."""

    publication: Publication
    places: Sequence[Neighbourhood]

    @property
    def names(self) -> Mapping[str, str]:
        """The name of each basic area, by code."""
        return {place.code: place.name for place in self.places}

    @property
    def rows(self) -> list[tuple[list[str], Cell | None]]:
        """Return the names of each cell with its figures, then what is withheld, by name."""
        names = self.names
        told: list[tuple[list[str], Cell | None]] = [
            (sorted(names[code] for code in cell.areas), cell) for cell in self.publication.cells
        ]
        told += [([names[code]], None) for code in self.publication.withheld]
        return sorted(told, key=lambda row: row[0])


def thresholds_of(session: Session, *, timebank_id: int, first_day: datetime.date) -> Thresholds:
    """Return how strict the timebank is with a period that begins on this day."""
    row = session.execute(
        select(*(getattr(PublicationRule, name) for name in _NAMES))
        .where(PublicationRule.timebank_id == timebank_id, PublicationRule.counts_from <= first_day)
        .order_by(PublicationRule.counts_from.desc())
        .limit(1)
    ).first()
    return Thresholds(*row) if row else Thresholds()


def books_of(
    session: Session,
    places: Sequence[Neighbourhood],
    *,
    timebank_id: int,
    first_day: datetime.date,
    last_day: datetime.date,
) -> Books:
    """Gather what people of these places gave and received, by when it was booked.

    Args:
        first_day: the first day that counts (inclusive).
        last_day: the last day that counts (inclusive).
    """
    shares: dict[str, list[Share]] = {place.code: [] for place in places}
    for flow in ledger.account_flows(
        session,
        timebank_id=timebank_id,
        neighbourhood_codes=list(shares),
        since=clock.start_of(first_day),
        until=clock.start_of(last_day + datetime.timedelta(days=1)),
    ):
        shares[flow.neighbourhood_code].append(
            Share(flow.account_id, flow.given_minutes, flow.received_minutes)
        )
    return Books(first_day, last_day, shares, parents_of(shares))


def shown_to_everyone(
    session: Session, *, timebank_id: int, first_day: datetime.date, last_day: datetime.date
) -> Shown:
    """Return what everyone may see of a period of a timebank, in three statements.

    Args:
        first_day: the first day of the period (inclusive).
        last_day: its last day (inclusive). The period is over; the door sees to that.
    """
    places = neighbourhoods_of(session, timebank_id=timebank_id)
    books = books_of(
        session, places, timebank_id=timebank_id, first_day=first_day, last_day=last_day
    )
    thresholds = thresholds_of(session, timebank_id=timebank_id, first_day=first_day)
    return Shown(publish(books, thresholds), places)
