# SPDX-License-Identifier: EUPL-1.2
"""What coordinators see of appointments: counts by neighbourhood, and what nobody answered."""

from __future__ import annotations

import dataclasses
import datetime
from collections import Counter, defaultdict
from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from timebank.appointments.models import Appointment
from timebank.appointments.policy import counted_from, unanswered_until
from timebank.appointments.queries import PAGE, AppointmentRow, as_row, rows_of
from timebank.appointments.workflow import AppointmentState
from timebank.areas.queries import neighbourhoods_of
from timebank.members.models import Member
from timebank.members.policy import Actor, Permission


@dataclasses.dataclass(frozen=True)
class PlaceCount:
    """How many appointments of a neighbourhood stand where; ``unanswered`` is no part of
    ``planned``. One between two neighbourhoods counts in each.
    """

    name: str
    planned: int = 0
    kept: int = 0
    moved: int = 0
    not_kept: int = 0
    called_off: int = 0
    unanswered: int = 0


def counts_by_place(session: Session, *, by: Actor, today: datetime.date) -> Sequence[PlaceCount]:
    """Return the counts of the last ``COUNTED_DAYS`` days and of what comes, by neighbourhood.

    Raises:
        NotPermitted: the actor decides about no exchanges.
    """
    by.require(Permission.DECIDE_EXCHANGES)
    helper, helped = Appointment.helper_neighbourhood_code, Appointment.helped_neighbourhood_code
    late = func.sum(case((_unanswered(today), 1), else_=0))
    rows = session.execute(
        select(helper, helped, Appointment.state, func.count(), late)
        .where(_in_reach(by), Appointment.happens_on >= counted_from(today))
        .group_by(helper, helped, Appointment.state)
    )
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for helper_code, helped_code, state, count, unanswered in rows:
        for code in {helper_code, helped_code}:
            counts[code].update({state.value: count - unanswered, "unanswered": unanswered})
    reach = by.reach(Permission.DECIDE_EXCHANGES)
    return [
        PlaceCount(place.name, **counts[place.code])
        for place in neighbourhoods_of(session, timebank_id=by.timebank_id)
        if reach.covers(place.code)
    ]


def unanswered_appointments(
    session: Session, *, by: Actor, today: datetime.date, limit: int = PAGE + 1
) -> Sequence[AppointmentRow]:
    """Return the appointments that nobody answered in time, the oldest first.

    Raises:
        NotPermitted: the actor decides about no exchanges.
    """
    by.require(Permission.DECIDE_EXCHANGES)
    rows = session.execute(
        rows_of(_can_be_opened(by), _unanswered(today))
        .order_by(Appointment.happens_on, Appointment.id)
        .limit(limit)
    )
    return [as_row(row) for row in rows]


def count_unanswered(session: Session, *, by: Actor, today: datetime.date) -> int:
    """Return how many appointments of the actor's neighbourhoods nobody answered in time."""
    return session.scalar(select(func.count()).where(_can_be_opened(by), _unanswered(today))) or 0


def _in_reach(by: Actor) -> ColumnElement[bool]:
    """Return the condition that it counts for the actor: by where people lived as they agreed."""
    reach = by.reach(Permission.DECIDE_EXCHANGES)
    here = Appointment.timebank_id == by.timebank_id
    if reach.everywhere:
        return here
    return and_(
        here,
        or_(
            Appointment.helper_neighbourhood_code.in_(reach.codes),
            Appointment.helped_neighbourhood_code.in_(reach.codes),
        ),
    )


def _can_be_opened(by: Actor) -> ColumnElement[bool]:
    """Return the condition that the actor may answer it: by where people live now.

    It is the rule of ``within_reach``: what stands on the list can be opened from it.
    """
    reach = by.reach(Permission.LOG_FOR_OTHERS)
    here = Appointment.timebank_id == by.timebank_id
    if reach.everywhere:
        return here
    near = select(Member.id).where(
        Member.timebank_id == by.timebank_id,
        Member.neighbourhood_code.in_(reach.codes),
        Member.left_on.is_(None),
        Member.account_id.is_not(None),
    )
    return and_(here, or_(Appointment.helper_id.in_(near), Appointment.helped_id.in_(near)))


def _unanswered(today: datetime.date) -> ColumnElement[bool]:
    """Return the condition that nobody answered in time; after the counted days nobody knows."""
    return and_(
        Appointment.state == AppointmentState.PLANNED,
        Appointment.happens_on <= unanswered_until(today),
        Appointment.happens_on >= counted_from(today),
    )
