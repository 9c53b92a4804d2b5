# SPDX-License-Identifier: EUPL-1.2
"""Reading members. Nothing here writes, and every statement names the timebank."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from timebank.areas.models import Neighbourhood
from timebank.members.models import Member, MemberPause, Person, RoleGrant
from timebank.members.operations import folded
from timebank.members.policy import Actor, Grant

SHORTEST_SEARCH = 2


@dataclasses.dataclass(frozen=True)
class MemberName:
    """A resident as the form knows them. Pages show the name and the neighbourhood only."""

    member_id: uuid.UUID
    full_name: str
    neighbourhood_name: str
    joined_on: datetime.date


def load_actor(
    session: Session, *, timebank_id: int, member_id: uuid.UUID, today: datetime.date
) -> Actor | None:
    """Return the member as an actor with the roles that count today, in one statement.

    None when there is no such member, they left, or their name was erased.
    """
    rows = session.execute(
        select(Member, Person, RoleGrant)
        .join(Person, _same_member(Person.timebank_id, Person.member_id))
        .outerjoin(
            RoleGrant,
            and_(
                _same_member(RoleGrant.timebank_id, RoleGrant.member_id),
                RoleGrant.starts_on <= today,
                or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on >= today),
            ),
        )
        .where(Member.timebank_id == timebank_id, Member.id == member_id)
        .where(or_(Member.left_on.is_(None), Member.left_on >= today))
    ).all()
    if not rows:
        return None
    member, person, _ = rows[0]
    return Actor(
        timebank_id=timebank_id,
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


def pause_of(
    session: Session, *, timebank_id: int, member_id: uuid.UUID, today: datetime.date
) -> MemberPause | None:
    """Return the pause in which somebody is today, or None."""
    return session.scalars(
        select(MemberPause).where(
            MemberPause.timebank_id == timebank_id,
            MemberPause.member_id == member_id,
            or_(MemberPause.until.is_(None), MemberPause.until >= today),
        )
    ).first()


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
        select(RoleGrant).where(RoleGrant.timebank_id == timebank_id).order_by(RoleGrant.id)
    ).all()


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
        .join(
            Neighbourhood,
            and_(
                Neighbourhood.timebank_id == Member.timebank_id,
                Neighbourhood.code == Member.neighbourhood_code,
            ),
        )
        .where(Member.timebank_id == timebank_id, Member.left_on.is_(None), condition)
        .order_by(Person.search_given, Person.search_family, Member.id)
        .limit(limit)
    )
    return [
        MemberName(id_, f"{given} {family}", name, joined_on)
        for id_, given, family, name, joined_on in rows
    ]
