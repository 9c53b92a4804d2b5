# SPDX-License-Identifier: EUPL-1.2
"""Writing places: load areas, from what ships or a file; open a timebank, switch an area on."""

from __future__ import annotations

import dataclasses
import datetime
import re
import tomllib
from collections.abc import Iterable
from importlib import resources

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from timebank.areas.errors import NotASlug, NotReadable, TimebankExists, UnknownArea
from timebank.areas.models import Area, AreaLevel, AreaShape, Neighbourhood, Timebank
from timebank.areas.policy import parent_of
from timebank.lettering import readable_line
from timebank.shapes.found import FoundArea


@dataclasses.dataclass(frozen=True)
class OpenTimebank:
    """A wish to open a timebank."""

    slug: str
    name: str
    municipality_code: str
    contact_name: str
    contact_phone: str
    contact_email: str


_SLUG = re.compile(r"(?=.{1,40}\Z)[a-z0-9]+(-[a-z0-9]+)*")
LONGEST = {"name": 80, "contact_name": 80, "contact_phone": 20, "contact_email": 254}
"""How many letters each part of a wish may have, as its column holds."""


@dataclasses.dataclass
class Imported:
    """What an import came to; each area counts once, an outline by itself."""

    added: int = 0
    renamed: int = 0
    same: int = 0
    outlines: int = 0
    """Outlines that are new or differ from what stood here."""
    codes: set[str] = dataclasses.field(default_factory=set)


LEVELS = {"GM": AreaLevel.MUNICIPALITY, "WK": AreaLevel.WIJK, "BU": AreaLevel.BUURT}


def import_areas(session: Session, areas: Iterable[FoundArea], *, year: int) -> Imported:
    """Add areas of a year and where they lie; the same file again changes nothing.

    An area that stands here without being in the file stays. A neighbourhood that was switched on
    keeps the year and the name with which it was.
    """
    names = {area.code: area for area in session.scalars(select(Area).where(Area.year == year))}
    outcome = Imported()
    for found in areas:
        outcome.codes.add(found.code)
        area = names.get(found.code)
        if area is None:
            outcome.added += 1
            level, parent = LEVELS[found.code[:2]], parent_of(found.code)
            session.add(
                Area(code=found.code, year=year, level=level, name=found.name, parent_code=parent)
            )
            # No relationship tells the session that a shape comes after its area.
            session.flush()
        elif area.name != found.name:
            outcome.renamed += 1
            area.name = found.name
        else:
            outcome.same += 1
        if found.polygons is not None:
            outcome.outlines += _draw(session, found.code, year, found.polygons)
    session.flush()
    return outcome


def _draw(session: Session, code: str, year: int, polygons: str) -> bool:
    """Keep an outline, and say whether it differs from what stood here."""
    shape = session.get(AreaShape, (code, year))
    if shape is None:
        session.add(AreaShape(code=code, year=year, polygons=polygons))
        return True
    differs = shape.polygons != polygons
    shape.polygons = polygons
    return differs


def load_areas(session: Session) -> int:
    """Add the areas that ship with the program and are not there yet; return how many were added.

    Source: names and codes of CBS, docs/areas.md says which years.
    """
    shipped = tomllib.loads(resources.files("timebank.areas").joinpath("seed.toml").read_text())
    known = {(code, year) for code, year in session.execute(select(Area.code, Area.year))}
    missing = [row for row in shipped["area"] if (row["code"], row["year"]) not in known]
    session.add_all(
        Area(
            code=row["code"],
            year=row["year"],
            level=AreaLevel(row["level"]),
            name=row["name"],
            parent_code=row["parent"] or None,
        )
        for row in missing
    )
    session.flush()
    return len(missing)


def open_timebank(session: Session, command: OpenTimebank, *, today: datetime.date) -> Timebank:
    """Open a timebank.

    Raises:
        NotASlug: the short name cannot stand in an address.
        NotReadable: a name, a number or an address is empty, too long or not to be read.
        UnknownArea: no municipality has that code.
        TimebankExists: the short name is taken.
    """
    _check_words(command)
    _newest_area(session, command.municipality_code)
    taken = session.execute(select(Timebank.id).where(Timebank.slug == command.slug)).first()
    if taken is not None:
        raise TimebankExists(command.slug)
    timebank = Timebank(**dataclasses.asdict(command), step_minutes=15, opened_on=today)
    session.add(timebank)
    session.flush()
    return timebank


def _check_words(command: OpenTimebank) -> None:
    if not _SLUG.fullmatch(command.slug):
        raise NotASlug(command.slug)
    for field, longest in LONGEST.items():
        words: str = getattr(command, field)
        if not 0 < len(words) <= longest or readable_line(words) != words:
            raise NotReadable(field, longest)


def switch_on(
    session: Session, *, timebank_id: int, code: str, today: datetime.date
) -> Neighbourhood:
    """Make an area a neighbourhood of the timebank; done before, it stays as it was.

    Raises:
        UnknownArea: no area has that code.
    """
    found = session.get(Neighbourhood, (timebank_id, code))
    if found is not None:
        return found
    area = _newest_area(session, code)
    neighbourhood = Neighbourhood(
        timebank_id=timebank_id, code=code, year=area.year, name=area.name, switched_on_on=today
    )
    session.add(neighbourhood)
    session.flush()
    return neighbourhood


def open_applications(session: Session, *, timebank_id: int) -> None:
    """Let everyone ask on the public page to take part."""
    _set_applications(session, timebank_id, True)


def close_applications(session: Session, *, timebank_id: int) -> None:
    """Take applications no more; those that wait still get their answer."""
    _set_applications(session, timebank_id, False)


def _set_applications(session: Session, timebank_id: int, taken: bool) -> None:
    session.execute(
        update(Timebank).where(Timebank.id == timebank_id).values(takes_applications=taken)
    )


def _newest_area(session: Session, code: str) -> Area:
    area = session.scalars(
        select(Area).where(Area.code == code).order_by(Area.year.desc()).limit(1)
    ).first()
    if area is None:
        raise UnknownArea(code)
    return area
