# SPDX-License-Identifier: EUPL-1.2
"""Writing where neighbourhoods lie. The door commits."""

from __future__ import annotations

from sqlalchemy.orm import Session

import ledger
from timebank.areas.models import Neighbourhood
from timebank.towns.errors import PlaceImpossible, UnknownNeighbourhood
from timebank.towns.models import NeighbourhoodPlace
from timebank.towns.policy import on_the_grid


def place_neighbourhood(
    session: Session, code: str, *, timebank_id: int, east_metres: int, north_metres: int
) -> None:
    """Keep where the middle of a neighbourhood lies; said again, the last word counts.

    Args:
        east_metres, north_metres: on the national grid (RD).

    Raises:
        UnknownNeighbourhood: the timebank has none with this code.
        PlaceImpossible: not on the grid.
    """
    if session.get(Neighbourhood, (timebank_id, code)) is None:
        raise UnknownNeighbourhood(code)
    if not on_the_grid(east_metres, north_metres):
        raise PlaceImpossible(east_metres, north_metres)
    values = {"east_metres": east_metres, "north_metres": north_metres}
    session.execute(
        ledger.insert_or_conflict(session, NeighbourhoodPlace)
        .values(timebank_id=timebank_id, code=code, **values)
        .on_conflict_do_update(index_elements=["timebank_id", "code"], set_=values)
    )
