# SPDX-License-Identifier: EUPL-1.2
"""Which places figures are about: neighbourhoods, and the coarser areas that they make up."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Sequence

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, aliased

from timebank.areas.models import Area, AreaLevel, Neighbourhood, Timebank
from timebank.figures.errors import UnknownPlace
from timebank.figures.policy import Level
from timebank.members.policy import Actor, Permission
from timebank.pot.models import POT_CODE
from timebank.rollups.queries import reach_of
from timebank.service_areas.models import ServiceAreaPart

EVERYTHING = "all"
"""The key of all places together that somebody may see."""


@dataclasses.dataclass(frozen=True)
class Place:
    """A neighbourhood of the timebank, and what it is a part of; empty where there is none."""

    code: str
    name: str
    wijk_code: str
    wijk_name: str
    service_area: str


@dataclasses.dataclass(frozen=True)
class Ground:
    """What every figure stands on, read in one statement.

    Attributes:
        places: every neighbourhood of the timebank, by name.
        codes: every code that an entry may bear, the pot's too.
        through: the last day that roll-ups reach; None: none yet.
    """

    timebank_id: int
    municipality_name: str
    places: Sequence[Place]
    codes: Sequence[str]
    through: datetime.date | None


@dataclasses.dataclass(frozen=True)
class Spot:
    """An area that can be chosen: its key in an address, and the neighbourhoods in it."""

    key: str
    level: Level
    name: str
    codes: frozenset[str]


def ground_of(session: Session, *, timebank_id: int) -> Ground:
    """Return what the figures of a timebank stand on, in one statement."""
    area, wijk, municipality = aliased(Area), aliased(Area), aliased(Area)
    rows = session.execute(
        select(
            Neighbourhood.code,
            Neighbourhood.name,
            area.level,
            area.parent_code,
            wijk.level.label("wijk_level"),
            wijk.name.label("wijk_name"),
            ServiceAreaPart.area_name,
            municipality.name.label("municipality_name"),
            reach_of(timebank_id).scalar_subquery().label("through"),
        )
        .join(Timebank, Timebank.id == Neighbourhood.timebank_id)
        .outerjoin(area, and_(area.code == Neighbourhood.code, area.year == Neighbourhood.year))
        .outerjoin(wijk, and_(wijk.code == area.parent_code, wijk.year == area.year))
        .outerjoin(
            municipality,
            and_(
                municipality.code == Timebank.municipality_code,
                municipality.year == Neighbourhood.year,
            ),
        )
        .outerjoin(
            ServiceAreaPart,
            and_(
                ServiceAreaPart.timebank_id == Neighbourhood.timebank_id,
                ServiceAreaPart.code == Neighbourhood.code,
            ),
        )
        .where(Neighbourhood.timebank_id == timebank_id)
        .order_by(Neighbourhood.name, Neighbourhood.code)
    ).all()
    places = [Place(row.code, row.name, *_wijk_of(row), row.area_name or "") for row in rows]
    return Ground(
        timebank_id=timebank_id,
        municipality_name=next((r.municipality_name for r in rows if r.municipality_name), ""),
        places=places,
        codes=[*(place.code for place in places), POT_CODE],
        through=rows[0].through if rows else None,
    )


def own_places(ground: Ground, by: Actor) -> list[Place]:
    """Return the neighbourhoods whose exact figures somebody may see.

    Raises:
        NotPermitted: the actor reads no exact figures.
    """
    by.require(Permission.READ_EXACT_FIGURES)
    reach = by.reach(Permission.READ_EXACT_FIGURES)
    return [place for place in ground.places if reach.covers(place.code)]


def spots_of(ground: Ground, own: Sequence[Place]) -> list[Spot]:
    """Return the areas that can be chosen, fine to coarse; a coarse one only when all of it is own.

    A part of a wijk under the name of the wijk would tell something that is not so.
    """
    mine = {place.code for place in own}
    spots = [Spot(p.code, Level.NEIGHBOURHOOD, p.name, frozenset({p.code})) for p in own]
    for level in (Level.WIJK, Level.SERVICE_AREA):
        whole: dict[str, tuple[str, set[str]]] = {}
        for place in ground.places:
            key, name = at_level(ground, place, level)
            if key:
                whole.setdefault(key, (name, set()))[1].add(place.code)
        spots += [
            Spot(key, level, name, frozenset(codes))
            for key, (name, codes) in sorted(whole.items(), key=lambda item: item[1][0])
            if codes <= mine and key not in mine
        ]
    if len(own) > 1:
        spots.append(Spot(EVERYTHING, Level.MUNICIPALITY, "", frozenset(mine)))
    return spots


def spot_called(spots: Sequence[Spot], key: str | None) -> Spot:
    """Return the area with this key; without one the last, which holds the most.

    Raises:
        UnknownPlace: it is not among them.
    """
    if key is None and spots:
        return spots[-1]
    for spot in spots:
        if spot.key == key:
            return spot
    raise UnknownPlace


def at_level(ground: Ground, place: Place, level: Level) -> tuple[str, str]:
    """Return key and name of the area at a level that a neighbourhood is in; empty for none."""
    if level is Level.WIJK:
        return place.wijk_code, place.wijk_name
    if level is Level.SERVICE_AREA:
        return (
            (f"service-{place.service_area}", place.service_area)
            if place.service_area
            else (
                "",
                "",
            )
        )
    if level is Level.MUNICIPALITY:
        return EVERYTHING, ground.municipality_name
    return place.code, place.name


def area_of(ground: Ground, place: Place, level: Level) -> tuple[str, str]:
    """Return key and name of the area at a level; a neighbourhood that is in none is its own."""
    key, name = at_level(ground, place, level)
    return (key, name) if key else (place.code, place.name)


def _wijk_of(row: object) -> tuple[str, str]:
    """Return code and name of the wijk that a neighbourhood is, or is in."""
    level, parent = getattr(row, "level", None), getattr(row, "parent_code", None)
    if level is AreaLevel.WIJK:
        return str(row.code), str(row.name)  # type: ignore[attr-defined]
    if getattr(row, "wijk_level", None) is AreaLevel.WIJK and parent:
        return str(parent), str(row.wijk_name)  # type: ignore[attr-defined]
    return "", ""
