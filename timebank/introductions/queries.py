# SPDX-License-Identifier: EUPL-1.2
"""Reading who could be asked, who said yes, and, after both did, how to reach each other."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from timebank import clock
from timebank.areas.models import Neighbourhood
from timebank.finding.queries import people_for
from timebank.members.models import Member, Person
from timebank.members.policy import Actor, Permission
from timebank.needs.models import Need
from timebank.needs.operations import need_within_reach
from timebank.needs.workflow import NeedState
from timebank.preferences.models import MatchPreference
from timebank.preferences.policy import SAID_NOTHING, DayPart
from timebank.suggestions.errors import UnknownSuggestion
from timebank.suggestions.models import Suggestion
from timebank.suggestions.operations import Found, check_speaks_for
from timebank.suggestions.policy import moments
from timebank.suggestions.workflow import SuggestionState

MOST_PEOPLE = 10
"""So many people are shown for one need."""
_LIVES_IN = and_(
    Neighbourhood.timebank_id == Member.timebank_id,
    Neighbourhood.code == Member.neighbourhood_code,
)


@dataclasses.dataclass(frozen=True)
class Candidate:
    """Somebody who could be asked for a need."""

    member_id: uuid.UUID
    full_name: str
    neighbourhood_name: str
    found: Found


@dataclasses.dataclass(frozen=True)
class Offer:
    """Somebody wants to help: what who looks for help reads before they answer.

    Attributes:
        giver_name: the given name; the family name follows when both said yes.
        moments: the half-days that suit both.
        appointment_id: None as long as it was not agreed.
    """

    need_id: uuid.UUID
    owner_id: uuid.UUID
    owner_name: str
    words: str
    category_code: str
    giver_id: uuid.UUID
    giver_name: str
    neighbourhood_name: str
    moments: Sequence[tuple[datetime.date, DayPart]]
    appointment_id: uuid.UUID | None


@dataclasses.dataclass(frozen=True)
class Contact:
    """How to reach the other one; read by the two of them only, after both said yes."""

    full_name: str
    phone: str | None
    email: str | None


def candidates(
    session: Session, need_id: uuid.UUID, *, by: Actor, now: datetime.datetime
) -> Sequence[Candidate]:
    """Return who could be asked for a need, the best first, of the actor's neighbourhoods.

    Raises:
        UnknownNeed: out of reach.
    """
    by.require(Permission.HELP_WITH_WISHES)
    need_within_reach(session, need_id, by=by)
    found = dict(people_for(session, need_id, timebank_id=by.timebank_id, now=now))
    rows = session.execute(
        select(Member.id, Person.given_name, Person.family_name, Neighbourhood.name)
        .join(Person, and_(Person.timebank_id == Member.timebank_id, Person.member_id == Member.id))
        .join(Neighbourhood, _LIVES_IN)
        .where(
            Member.timebank_id == by.timebank_id,
            Member.id.in_(found),
            *_within(by),
        )
    )
    people = [
        Candidate(member_id, f"{given} {family}", place, found[member_id])
        for member_id, given, family, place in rows
        if member_id != by.member_id
    ]
    people.sort(key=lambda one: (-one.found.points, one.full_name))
    return people[:MOST_PEOPLE]


def offer_for(session: Session, need_id: uuid.UUID, *, by: Actor, now: datetime.datetime) -> Offer:
    """Return who wants to help with a need of the actor, or of whom a coordinator speaks for.

    Raises:
        UnknownSuggestion: nobody does, or the actor speaks not for who looks for help.
    """
    row = session.execute(
        select(Need, Suggestion, Person.given_name, Neighbourhood.name, MatchPreference)
        .join(
            Suggestion,
            and_(Suggestion.timebank_id == Need.timebank_id, Suggestion.need_id == Need.id),
        )
        .join(
            Member,
            and_(Member.timebank_id == Need.timebank_id, Member.id == Suggestion.giver_id),
        )
        .join(Person, and_(Person.timebank_id == Need.timebank_id, Person.member_id == Member.id))
        .join(Neighbourhood, _LIVES_IN)
        .outerjoin(
            MatchPreference,
            and_(
                MatchPreference.timebank_id == Member.timebank_id,
                MatchPreference.member_id == Member.id,
            ),
        )
        .where(
            Need.timebank_id == by.timebank_id,
            Need.id == need_id,
            Suggestion.state.in_((SuggestionState.ACCEPTED, SuggestionState.AGREED)),
        )
    ).first()
    if row is None:
        raise UnknownSuggestion
    need, suggestion, giver_name, place, said = row
    check_speaks_for(session, need.member_id, by=by)
    owner = session.get_one(Person, (by.timebank_id, need.member_id))
    slots = need.slots & (said or SAID_NOTHING).slots
    return Offer(
        need_id=need.id,
        owner_id=need.member_id,
        owner_name=owner.full_name,
        words=need.words,
        category_code=need.category_code or "",
        giver_id=suggestion.giver_id,
        giver_name=giver_name,
        neighbourhood_name=place,
        # Somebody may have chosen other times since: then any half-day of the need is offered.
        moments=moments(slots or need.slots, clock.day_of(now)),
        appointment_id=suggestion.appointment_id,
    )


def needs_with_offer(session: Session, *, by: Actor) -> frozenset[uuid.UUID]:
    """Return for which needs of the actor somebody said yes who waits for theirs.

    Raises:
        NotPermitted: the actor takes no part.
    """
    by.require(Permission.KEEP_WISHES)
    rows = session.scalars(
        select(Need.id)
        .join(
            Suggestion,
            and_(Suggestion.timebank_id == Need.timebank_id, Suggestion.need_id == Need.id),
        )
        .where(
            Need.timebank_id == by.timebank_id,
            Need.member_id == by.member_id,
            Need.state == NeedState.OPEN,
            Suggestion.state == SuggestionState.ACCEPTED,
        )
    )
    return frozenset(rows)


def contact_of(session: Session, need_id: uuid.UUID, *, by: Actor) -> Contact | None:
    """Return how the actor reaches the other one, when both said yes; None before.

    It is told as long as the appointment stands: what was called off is nobody's number any more.
    """
    row = session.execute(
        select(Suggestion.giver_id, Need.member_id)
        .join(Need, and_(Need.timebank_id == Suggestion.timebank_id, Need.id == Suggestion.need_id))
        .where(
            Suggestion.timebank_id == by.timebank_id,
            Suggestion.need_id == need_id,
            Suggestion.state == SuggestionState.AGREED,
            Need.state == NeedState.PROMISED,
        )
    ).first()
    if row is None or by.member_id not in row:
        return None
    other = row[0] if by.member_id == row[1] else row[1]
    person = session.get(Person, (by.timebank_id, other))
    return None if person is None else Contact(person.full_name, person.phone, person.email)


def _within(by: Actor) -> tuple[ColumnElement[bool], ...]:
    reach = by.reach(Permission.HELP_WITH_WISHES)
    return () if reach.everywhere else (Member.neighbourhood_code.in_(reach.codes),)
