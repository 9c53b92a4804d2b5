# SPDX-License-Identifier: EUPL-1.2
"""Reading which worries are open, without their words. Nothing here writes."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from timebank import clock
from timebank.areas.models import Neighbourhood
from timebank.concerns.models import Concern
from timebank.concerns.operations import concern_within_reach, may_read
from timebank.concerns.policy import Audience, Outcome
from timebank.members.policy import Actor, Permission
from timebank.members.queries import names_by_id

PAGE = 50


@dataclasses.dataclass(frozen=True)
class ConcernRow:
    """A worry as a list shows it: never its words.

    Attributes:
        days: how many days ago it was sent, on the Dutch calendar; 0 is today.
        author_name: None when that person was erased.
        about_name: the other one of the exchange; None where there is none.
    """

    concern_id: uuid.UUID
    sent_at: datetime.datetime
    days: int
    neighbourhood_name: str
    about_staff: bool
    exchange_id: uuid.UUID | None
    author_name: str | None
    about_name: str | None
    taken_up_by_name: str | None
    outcome: Outcome | None


def open_concerns(
    session: Session, *, by: Actor, now: datetime.datetime, limit: int = PAGE + 1
) -> Sequence[ConcernRow]:
    """Return the open worries that the actor may read, the oldest first (policy row D10).

    Args:
        limit: at most this many; one more than a page tells whether there are more.

    Raises:
        NotPermitted: the actor deals with no worries.
    """
    by.require(Permission.HANDLE_CONCERNS)
    found = session.scalars(
        select(Concern)
        .where(may_read(by), Concern.closed_at.is_(None))
        .order_by(Concern.sent_at, Concern.id)
        .limit(limit)
    ).all()
    return _rows(session, found, by, now)


def concern_row(
    session: Session, concern_id: uuid.UUID, *, by: Actor, now: datetime.datetime
) -> ConcernRow:
    """Return one worry without its words.

    Raises:
        UnknownConcern: there is none that this actor may read.
    """
    return _rows(session, [concern_within_reach(session, concern_id, by=by)], by, now)[0]


def count_open_concerns(session: Session, *, by: Actor) -> tuple[int, datetime.datetime | None]:
    """Return how many worries wait for the actor, and since when the oldest one does."""
    count, oldest = session.execute(
        select(func.count(), func.min(Concern.sent_at)).where(
            may_read(by), Concern.closed_at.is_(None)
        )
    ).one()
    return count, oldest


def _rows(
    session: Session, concerns: Sequence[Concern], by: Actor, now: datetime.datetime
) -> list[ConcernRow]:
    ids = {one for row in concerns for one in (row.author_id, row.about_id, row.taken_up_by)}
    names = names_by_id(session, timebank_id=by.timebank_id, member_ids=ids - {None})
    places: dict[str, str] = {
        row.code: row.name
        for row in session.execute(
            select(Neighbourhood.code, Neighbourhood.name).where(
                Neighbourhood.timebank_id == by.timebank_id
            )
        )
    }
    today = clock.day_of(now)
    return [
        ConcernRow(
            concern_id=row.id,
            sent_at=row.sent_at,
            days=(today - clock.day_of(row.sent_at)).days,
            neighbourhood_name=places.get(row.neighbourhood_code, ""),
            about_staff=row.audience is Audience.ADMINISTRATORS,
            exchange_id=row.exchange_id,
            author_name=names.get(row.author_id),
            about_name=names.get(row.about_id),
            taken_up_by_name=names.get(row.taken_up_by),
            outcome=row.outcome,
        )
        for row in concerns
    ]
