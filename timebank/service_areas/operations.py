# SPDX-License-Identifier: EUPL-1.2
"""Writing service areas: put neighbourhoods in one, or take them out."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from timebank.areas.models import Neighbourhood
from timebank.service_areas.errors import NameImpossible, NotTakingPart
from timebank.service_areas.models import ServiceAreaPart

LONGEST_NAME = 60


def group_neighbourhoods(
    session: Session, *, timebank_id: int, name: str, codes: Collection[str]
) -> None:
    """Make a service area of exactly these neighbourhoods; each leaves the one it was in before.

    Closed months keep the areas that they were closed with. Without codes the area ends.

    Raises:
        NameImpossible: no letters, more than ``LONGEST_NAME``, or not printable.
        NotTakingPart: the timebank did not switch a neighbourhood on.
    """
    name = name.strip()
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise NameImpossible
    known = set(
        session.scalars(select(Neighbourhood.code).where(Neighbourhood.timebank_id == timebank_id))
    )
    for code in codes:
        if code not in known:
            raise NotTakingPart(code)
    part = ServiceAreaPart
    session.execute(
        delete(part).where(
            part.timebank_id == timebank_id, (part.area_name == name) | part.code.in_(codes)
        )
    )
    rows = [
        {"timebank_id": timebank_id, "code": code, "area_name": name} for code in sorted(set(codes))
    ]
    if rows:
        session.execute(insert(part), rows)
