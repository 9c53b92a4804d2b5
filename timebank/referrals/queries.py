# SPDX-License-Identifier: EUPL-1.2
"""Reading which referrals are open, and which outcomes are due. Nothing here writes."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from timebank import clock
from timebank.members.models import Person
from timebank.members.policy import Actor, Permission
from timebank.referrals.errors import UnknownReferral
from timebank.referrals.models import Referral
from timebank.referrals.operations import referral_within_reach
from timebank.referrals.policy import ReferralOutcome

PAGE = 50


@dataclasses.dataclass(frozen=True)
class ReferralRow:
    """A referral as a page shows it.

    Attributes:
        days: how many days ago it was asked, on the Dutch calendar; 0 is today.
        due: it waits for a coordinator now: to be handed over, or for its outcome.
    """

    referral_id: uuid.UUID
    about_id: uuid.UUID
    about_name: str
    phone: str | None
    asked_at: datetime.datetime
    days: int
    partner: str | None
    handed_over_on: datetime.date | None
    ask_on: datetime.date | None
    outcome: ReferralOutcome | None
    due: bool


def open_referrals(
    session: Session, *, by: Actor, now: datetime.datetime, limit: int = PAGE + 1
) -> Sequence[ReferralRow]:
    """Return the open referrals of the actor's neighbourhoods: what is due first, oldest first.

    Raises:
        NotPermitted: the actor helps nobody to a professional.
    """
    by.require(Permission.HANDLE_REFERRALS)
    today = clock.day_of(now)
    rows = session.execute(
        _with_person(_open(by))
        .order_by(case((_due(today), 0), else_=1), Referral.asked_at, Referral.id)
        .limit(limit)
    )
    return [_row(referral, person, today) for referral, person in rows]


def referral_row(
    session: Session, referral_id: uuid.UUID, *, by: Actor, now: datetime.datetime
) -> ReferralRow:
    """Return one referral.

    Raises:
        UnknownReferral: there is none within the actor's reach.
    """
    referral = referral_within_reach(session, referral_id, by=by)
    person = session.get_one(Person, (by.timebank_id, referral.about_id))
    return _row(referral, person, clock.day_of(now))


def count_due_referrals(
    session: Session, *, by: Actor, now: datetime.datetime
) -> tuple[int, datetime.datetime | None]:
    """Return how many referrals wait for the actor now, and since when the oldest was asked."""
    count, oldest = session.execute(
        select(func.count(), func.min(Referral.asked_at)).where(_open(by), _due(clock.day_of(now)))
    ).one()
    return count, oldest


def whom_it_was_for(session: Session, referral_id: uuid.UUID, *, by: Actor) -> uuid.UUID:
    """Return about whom the actor asked for a professional with this key.

    Raises:
        UnknownReferral: the actor did not.
    """
    found = session.get(Referral, (by.timebank_id, referral_id))
    if found is None or found.asked_by != by.member_id:
        raise UnknownReferral
    return found.about_id


def referrals_for_oneself(session: Session, *, by: Actor) -> list[dict[str, Any]]:
    """Return what is kept about the referrals of the actor, oldest first."""
    rows = session.scalars(
        select(Referral)
        .where(Referral.timebank_id == by.timebank_id, Referral.about_id == by.member_id)
        .order_by(Referral.asked_at, Referral.id)
    )
    return [
        {
            "asked_at": row.asked_at,
            "partner": row.partner,
            "consented_at": row.consented_at,
            "handed_over_on": row.handed_over_on,
            "outcome": row.outcome,
        }
        for row in rows
    ]


def _open(by: Actor) -> ColumnElement[bool]:
    """Return the condition that a referral is open and within reach; nobody handles their own."""
    reach = by.reach(Permission.HANDLE_REFERRALS)
    here = [Referral.timebank_id == by.timebank_id, Referral.closed_at.is_(None)]
    if by.member_id is not None:
        here.append(Referral.about_id != by.member_id)
    if not reach.everywhere:
        here.append(Referral.neighbourhood_code.in_(reach.codes))
    return and_(*here)


def _due(today: datetime.date) -> ColumnElement[bool]:
    return or_(Referral.handed_over_on.is_(None), Referral.ask_on <= today)


def _with_person(condition: ColumnElement[bool]) -> Any:  # noqa: ANN401 - a select of two rows
    return (
        select(Referral, Person)
        .join(
            Person,
            and_(Person.timebank_id == Referral.timebank_id, Person.member_id == Referral.about_id),
        )
        .where(condition)
    )


def _row(referral: Referral, person: Person, today: datetime.date) -> ReferralRow:
    due = referral.handed_over_on is None or (
        referral.ask_on is not None and referral.ask_on <= today
    )
    return ReferralRow(
        referral_id=referral.id,
        about_id=referral.about_id,
        about_name=person.full_name,
        phone=person.phone,
        asked_at=referral.asked_at,
        days=(today - clock.day_of(referral.asked_at)).days,
        partner=referral.partner,
        handed_over_on=referral.handed_over_on,
        ask_on=referral.ask_on,
        outcome=referral.outcome,
        due=due and referral.closed_at is None,
    )
