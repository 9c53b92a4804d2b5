# SPDX-License-Identifier: EUPL-1.2
"""Writing places: load the areas that ship as data, open a timebank, switch an area on."""

from __future__ import annotations

import dataclasses
import datetime
import tomllib
from importlib import resources

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from timebank.areas.errors import TimebankExists, UnknownArea
from timebank.areas.models import Area, AreaLevel, Neighbourhood, Timebank


@dataclasses.dataclass(frozen=True)
class OpenTimebank:
    """A wish to open a timebank."""

    slug: str
    name: str
    municipality_code: str
    contact_name: str
    contact_phone: str
    contact_email: str


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
        UnknownArea: no municipality has that code.
        TimebankExists: the short name is taken.
    """
    _newest_area(session, command.municipality_code)
    taken = session.execute(select(Timebank.id).where(Timebank.slug == command.slug)).first()
    if taken is not None:
        raise TimebankExists(command.slug)
    timebank = Timebank(**dataclasses.asdict(command), step_minutes=15, opened_on=today)
    session.add(timebank)
    session.flush()
    return timebank


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
