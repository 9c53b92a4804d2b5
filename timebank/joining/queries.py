# SPDX-License-Identifier: EUPL-1.2
"""Reading applications. Nothing here writes."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from timebank.joining.models import Application
from timebank.joining.operations import command_of, who_looks_like
from timebank.members.policy import Actor, Permission


@dataclasses.dataclass(frozen=True)
class OpenApplication:
    """An application, and the members who look like the same person."""

    application: Application
    same: tuple[tuple[uuid.UUID, str], ...]


def count_applications(session: Session, *, by: Actor) -> int:
    """Return how many applications wait for the actor, with those declined and not told yet.

    Raises:
        NotPermitted: the actor enrols nobody.
    """
    by.require(Permission.ENROL)
    reach = by.reach(Permission.ENROL)
    query = select(func.count()).select_from(Application)
    query = query.where(Application.timebank_id == by.timebank_id)
    if not reach.everywhere:
        query = query.where(Application.neighbourhood_code.in_(reach.codes))
    return session.scalars(query).one()


def open_applications(session: Session, *, by: Actor) -> Sequence[OpenApplication]:
    """Return the applications for the actor's neighbourhoods, oldest first.

    Those that were declined are among them until somebody told the person.

    Raises:
        NotPermitted: the actor enrols nobody.
    """
    by.require(Permission.ENROL)
    reach = by.reach(Permission.ENROL)
    query = select(Application).where(Application.timebank_id == by.timebank_id)
    if not reach.everywhere:
        query = query.where(Application.neighbourhood_code.in_(reach.codes))
    found = session.scalars(query.order_by(Application.applied_at, Application.id)).all()
    return [
        OpenApplication(application, who_looks_like(session, command_of(application)))
        for application in found
    ]
