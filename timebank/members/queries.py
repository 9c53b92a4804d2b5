# SPDX-License-Identifier: EUPL-1.2
"""Reading members. Nothing here writes, and every statement names the timebank."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from timebank.areas.models import Neighbourhood
from timebank.members.errors import UnknownMember
from timebank.members.models import Member, MemberPause, Person, RoleGrant
from timebank.members.operations import counts_on, folded
from timebank.members.policy import Actor, Grant, Permission, Role

SHORTEST_SEARCH = 2
MOST_PEOPLE = 100


@dataclasses.dataclass(frozen=True)
class MemberName:
    """A resident as the form knows them. Pages show the name and the neighbourhood only."""

    member_id: uuid.UUID
    full_name: str
    neighbourhood_name: str
    joined_on: datetime.date


ActorRow = Sequence[Any]
"""A member, their person, and a role of theirs or None."""


def load_actor(
    session: Session, *, timebank_id: int, member_id: uuid.UUID, today: datetime.date
) -> Actor | None:
    """Return the member as an actor with the roles that count today, in one statement.

    None when there is no such member, they left, or their name was erased.
    """
    query = actor_query(today).where(Member.timebank_id == timebank_id, Member.id == member_id)
    return actor_from(session.execute(query).all())


def actor_query(today: datetime.date) -> Select[Member, Person, RoleGrant]:
    """Return the statement that reads members who take part, one row for each role of today.

    The caller says which member; :func:`actor_from` makes an actor of the rows.
    """
    return (
        select(Member, Person, RoleGrant)
        .join(Person, _same_member(Person.timebank_id, Person.member_id))
        .outerjoin(
            RoleGrant,
            and_(
                _same_member(RoleGrant.timebank_id, RoleGrant.member_id),
                counts_on(today),
            ),
        )
        .where(or_(Member.left_on.is_(None), Member.left_on >= today))
    )


def actor_from(rows: Sequence[ActorRow]) -> Actor | None:
    """Return the actor of these rows of one member, None when there are none."""
    if not rows:
        return None
    member, person, _ = rows[0]
    return Actor(
        timebank_id=member.timebank_id,
        member_id=member.id,
        grants=tuple(
            Grant(grant.role, grant.neighbourhood_code) for _, _, grant in rows if grant is not None
        ),
        given_name=person.given_name,
        full_name=person.full_name,
        account_id=member.account_id,
        neighbourhood_code=member.neighbourhood_code,
    )


def find_residents(
    session: Session,
    *,
    timebank_id: int,
    text: str,
    limit: int = 8,
    today: datetime.date | None = None,
) -> Sequence[MemberName]:
    """Return the residents whose name begins with these letters, by name.

    Who pauses is not pointed out; their whole name still finds them (docs/adr/0023).

    Args:
        text: the beginning of a given name, of a family name, or of both together; at least
            ``SHORTEST_SEARCH`` letters, or nothing is found. Nobody can leaf through everyone.
        limit: at most this many.
        today: the day on which a pause counts; None: everybody is pointed out.
    """
    words = folded(text).split()
    if "\0" in text or len("".join(words)) < SHORTEST_SEARCH:
        return []
    fits = _begins_with(words)
    if today is not None:
        both = Person.search_given + " " + Person.search_family
        fits = and_(fits, or_(both == " ".join(words), ~_pauses(today)))
    return _names(session, timebank_id, fits, limit)


def residents_by_name(
    session: Session, *, timebank_id: int, full_name: str
) -> Sequence[MemberName]:
    """Return the residents who are called exactly this, accents and capitals aside."""
    if "\0" in full_name:
        return []
    wanted = " ".join(folded(full_name).split())
    both = Person.search_given + " " + Person.search_family
    return _names(session, timebank_id, both == wanted, 2)


def residents_by_id(
    session: Session, *, timebank_id: int, member_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, MemberName]:
    """Return residents who take part now, by id; unknown ones are left out."""
    found = _names(session, timebank_id, Member.id.in_(member_ids), len(member_ids))
    return {member.member_id: member for member in found}


def names_by_id(
    session: Session, *, timebank_id: int, member_ids: Collection[uuid.UUID | None]
) -> dict[uuid.UUID | None, str]:
    """Return the names of members by id, of who only runs things too; erased ones have none."""
    rows = session.execute(
        select(Person.member_id, Person.given_name, Person.family_name).where(
            Person.timebank_id == timebank_id, Person.member_id.in_(member_ids)
        )
    )
    return {member_id: f"{given} {family}" for member_id, given, family in rows}


def everyone(session: Session, *, timebank_id: int) -> Sequence[tuple[Member, Person]]:
    """Return all members with their names, by name: for demo mode and the command line only."""
    rows = session.execute(
        select(Member, Person)
        .join(Person, _same_member(Person.timebank_id, Person.member_id))
        .where(Member.timebank_id == timebank_id)
        .order_by(Person.search_given, Person.search_family, Person.member_id)
    )
    return [(member, person) for member, person in rows]


def roles_of_everyone(session: Session, *, timebank_id: int) -> Sequence[RoleGrant]:
    """Return every role grant of the timebank: for demo mode and the command line only."""
    return session.scalars(
        select(RoleGrant)
        .where(RoleGrant.timebank_id == timebank_id, RoleGrant.removed_at.is_(None))
        .order_by(RoleGrant.id)
    ).all()


@dataclasses.dataclass(frozen=True)
class PersonRow:
    """A member as the coordinator's list shows them."""

    member_id: uuid.UUID
    full_name: str
    neighbourhood_name: str | None
    joined_on: datetime.date
    has_email: bool


@dataclasses.dataclass(frozen=True)
class RoleRow:
    """A role that somebody has or had; ``counts`` says whether it counts today."""

    grant_id: uuid.UUID
    role: Role
    neighbourhood_name: str | None
    starts_on: datetime.date
    ends_on: datetime.date | None
    removed_at: datetime.datetime | None
    counts: bool


@dataclasses.dataclass(frozen=True)
class PersonDetails:
    """One member as their coordinator and the administrator see them."""

    member: Member
    person: Person
    neighbourhood_name: str | None
    enrolled_by_name: str | None


def people_in_reach(
    session: Session, *, by: Actor, text: str = "", limit: int = MOST_PEOPLE + 1
) -> Sequence[PersonRow]:
    """Return the members of the actor's neighbourhoods, by name.

    Args:
        text: the beginning of a name; empty means everyone.
        limit: at most this many; one more than a page tells whether there are more.

    Raises:
        NotPermitted: the actor reads no people.
    """
    by.require(Permission.READ_PEOPLE)
    reach = by.reach(Permission.READ_PEOPLE)
    if "\0" in text:
        return []
    query = (
        select(Member, Person, Neighbourhood.name)
        .join(Person, _same_member(Person.timebank_id, Person.member_id))
        .outerjoin(Neighbourhood, _lives_in())
        .where(Member.timebank_id == by.timebank_id, Member.left_on.is_(None))
    )
    if not reach.everywhere:
        query = query.where(Member.neighbourhood_code.in_(reach.codes))
    words = folded(text).split()
    if words:
        query = query.where(_begins_with(words))
    rows = session.execute(
        query.order_by(Person.search_given, Person.search_family, Member.id).limit(limit)
    )
    return [
        PersonRow(member.id, person.full_name, name, member.joined_on, person.email is not None)
        for member, person, name in rows
    ]


def person_for(session: Session, member_id: uuid.UUID, *, by: Actor) -> PersonDetails:
    """Return one member of the actor's neighbourhoods.

    Raises:
        UnknownMember: out of reach; whether there is such a member is not told.
    """
    enroller = aliased(Person)
    row = session.execute(
        select(Member, Person, Neighbourhood.name, enroller.given_name, enroller.family_name)
        .join(Person, _same_member(Person.timebank_id, Person.member_id))
        .outerjoin(Neighbourhood, _lives_in())
        .outerjoin(
            enroller,
            and_(
                enroller.timebank_id == Member.timebank_id,
                enroller.member_id == Member.enrolled_by,
            ),
        )
        .where(Member.timebank_id == by.timebank_id, Member.id == member_id)
    ).first()
    reach = by.reach(Permission.READ_PEOPLE)
    if row is None or not reach.covers(row[0].neighbourhood_code):
        raise UnknownMember(member_id)
    member, person, name, given, family = row
    return PersonDetails(member, person, name, given and f"{given} {family}")


def roles_of(
    session: Session, member_id: uuid.UUID, *, by: Actor, today: datetime.date
) -> Sequence[RoleRow]:
    """Return every role that a member of the actor's neighbourhoods has or had, oldest first.

    Raises:
        UnknownMember: out of reach.
    """
    person_for(session, member_id, by=by)
    rows = session.execute(
        select(RoleGrant, Neighbourhood.name, counts_on(today))
        .outerjoin(
            Neighbourhood,
            and_(
                Neighbourhood.timebank_id == RoleGrant.timebank_id,
                Neighbourhood.code == RoleGrant.neighbourhood_code,
            ),
        )
        .where(RoleGrant.timebank_id == by.timebank_id, RoleGrant.member_id == member_id)
        .order_by(RoleGrant.starts_on, RoleGrant.id)
    )
    return [
        RoleRow(
            grant.id,
            grant.role,
            name,
            grant.starts_on,
            grant.ends_on,
            grant.removed_at,
            bool(counts),
        )
        for grant, name, counts in rows
    ]


def _lives_in() -> ColumnElement[bool]:
    return and_(
        Neighbourhood.timebank_id == Member.timebank_id,
        Neighbourhood.code == Member.neighbourhood_code,
    )


def _same_member(
    timebank_id: InstrumentedAttribute[int], member_id: InstrumentedAttribute[uuid.UUID]
) -> ColumnElement[bool]:
    return and_(timebank_id == Member.timebank_id, member_id == Member.id)


def _pauses(today: datetime.date) -> ColumnElement[bool]:
    return exists().where(
        MemberPause.timebank_id == Member.timebank_id,
        MemberPause.member_id == Member.id,
        MemberPause.since <= today,
        or_(MemberPause.until.is_(None), MemberPause.until >= today),
    )


def _begins_with(words: list[str]) -> ColumnElement[bool]:
    whole = " ".join(words)
    both = Person.search_given + " " + Person.search_family
    return or_(
        Person.search_given.startswith(whole, autoescape=True),
        Person.search_family.startswith(whole, autoescape=True),
        both.startswith(whole, autoescape=True),
    )


def _names(
    session: Session, timebank_id: int, condition: ColumnElement[bool], limit: int
) -> Sequence[MemberName]:
    rows = session.execute(
        select(
            Member.id,
            Person.given_name,
            Person.family_name,
            Neighbourhood.name,
            Member.joined_on,
        )
        .join(Person, _same_member(Person.timebank_id, Person.member_id))
        .join(Neighbourhood, _lives_in())
        .where(Member.timebank_id == timebank_id, Member.left_on.is_(None), condition)
        .order_by(Person.search_given, Person.search_family, Member.id)
        .limit(limit)
    )
    return [
        MemberName(id_, f"{given} {family}", name, joined_on)
        for id_, given, family, name, joined_on in rows
    ]
