# SPDX-License-Identifier: EUPL-1.2
"""Reading trust: who may fill in for whom, who lets which professional see them."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from timebank.areas.models import Neighbourhood
from timebank.members.models import Member, Person, RoleGrant
from timebank.members.operations import counts_on
from timebank.members.policy import Actor, Permission, Role
from timebank.members.queries import names_by_id
from timebank.trust.models import MemberConsent, StandIn
from timebank.trust.operations import check_may_arrange


@dataclasses.dataclass(frozen=True)
class Trusted:
    """One side of a stand-in as the other side sees it."""

    row_id: uuid.UUID
    member_id: uuid.UUID
    full_name: str
    since: datetime.datetime


@dataclasses.dataclass(frozen=True)
class Professional:
    """A professional to whom a member may give consent; ``since`` is None without consent."""

    member_id: uuid.UUID
    full_name: str
    since: datetime.datetime | None


@dataclasses.dataclass(frozen=True)
class Consented:
    """Somebody who lets a professional see them: a name and a neighbourhood, nothing more."""

    member_id: uuid.UUID
    full_name: str
    neighbourhood_name: str | None
    since: datetime.datetime


def stand_ins_of(session: Session, member_id: uuid.UUID, *, by: Actor) -> Sequence[Trusted]:
    """Return who may fill in for a member, by name; for the member and their coordinator.

    Raises:
        UnknownMember: the actor is neither.
    """
    check_may_arrange(session, member_id, by=by)
    query = _stand_ins(StandIn.stand_in_id).where(
        StandIn.timebank_id == by.timebank_id, StandIn.member_id == member_id
    )
    return [Trusted(*row) for row in session.execute(query)]


def acts_for(session: Session, *, by: Actor) -> Sequence[Trusted]:
    """Return for whom the actor was appointed to fill in, by name."""
    query = _stand_ins(StandIn.member_id).where(
        StandIn.timebank_id == by.timebank_id, StandIn.stand_in_id == by.member_id
    )
    return [Trusted(*row) for row in session.execute(query)]


def consented_to(session: Session, *, by: Actor) -> Sequence[Consented]:
    """Return who lets this professional see them, by name (policy row K9).

    Raises:
        NotPermitted: the actor is no professional.
    """
    by.require(Permission.READ_WHO_CONSENTED)
    rows = session.execute(
        select(
            Member.id,
            Person.given_name + " " + Person.family_name,
            Neighbourhood.name,
            MemberConsent.given_at,
        )
        .select_from(MemberConsent)
        .join(
            Member,
            and_(
                Member.timebank_id == MemberConsent.timebank_id,
                Member.id == MemberConsent.member_id,
            ),
        )
        .join(Person, and_(Person.timebank_id == Member.timebank_id, Person.member_id == Member.id))
        .outerjoin(
            Neighbourhood,
            and_(
                Neighbourhood.timebank_id == Member.timebank_id,
                Neighbourhood.code == Member.neighbourhood_code,
            ),
        )
        .where(
            MemberConsent.timebank_id == by.timebank_id,
            MemberConsent.professional_id == by.member_id,
            MemberConsent.withdrawn_at.is_(None),
            Member.left_on.is_(None),
        )
        .order_by(Person.search_given, Person.search_family, Member.id)
    )
    return [Consented(*row) for row in rows]


def professionals_for(
    session: Session, *, by: Actor, today: datetime.date
) -> Sequence[Professional]:
    """Return every professional of the timebank, by name, with since when the actor lets them see.

    Raises:
        NotPermitted: the actor takes no part.
    """
    by.require(Permission.TRUST_SOMEBODY)
    rows = session.execute(
        select(Person.member_id, Person.given_name, Person.family_name, MemberConsent.given_at)
        .join(
            RoleGrant,
            and_(
                RoleGrant.timebank_id == Person.timebank_id,
                RoleGrant.member_id == Person.member_id,
            ),
        )
        .outerjoin(
            MemberConsent,
            and_(
                MemberConsent.timebank_id == Person.timebank_id,
                MemberConsent.professional_id == Person.member_id,
                MemberConsent.member_id == by.member_id,
                MemberConsent.withdrawn_at.is_(None),
            ),
        )
        .where(
            Person.timebank_id == by.timebank_id,
            Person.member_id != by.member_id,
            RoleGrant.role == Role.PROFESSIONAL,
            counts_on(today),
        )
        .distinct()
        .order_by(Person.given_name, Person.family_name, Person.member_id)
    )
    return [Professional(id_, f"{given} {family}", since) for id_, given, family, since in rows]


def _stand_ins(
    shown: InstrumentedAttribute[uuid.UUID],
) -> Select[uuid.UUID, uuid.UUID, str, datetime.datetime]:
    return (
        select(
            StandIn.id,
            Person.member_id,
            Person.given_name + " " + Person.family_name,
            StandIn.since,
        )
        .join(Person, and_(Person.timebank_id == StandIn.timebank_id, Person.member_id == shown))
        .where(StandIn.until.is_(None))
        .order_by(Person.search_given, Person.search_family, StandIn.id)
    )


def trust_for_oneself(session: Session, *, by: Actor) -> list[dict[str, Any]]:
    """Return who fills in for whom, and which professional may see the actor, oldest first."""
    standing = session.scalars(
        select(StandIn)
        .where(
            StandIn.timebank_id == by.timebank_id,
            or_(StandIn.member_id == by.member_id, StandIn.stand_in_id == by.member_id),
        )
        .order_by(StandIn.since, StandIn.id)
    ).all()
    consents = session.scalars(
        select(MemberConsent)
        .where(MemberConsent.timebank_id == by.timebank_id, MemberConsent.member_id == by.member_id)
        .order_by(MemberConsent.given_at, MemberConsent.id)
    ).all()
    found = [
        ("stand_in", one.stand_in_id, one.since, one.until)
        if one.member_id == by.member_id
        else ("stands_in", one.member_id, one.since, one.until)
        for one in standing
    ]
    found += [("consent", one.professional_id, one.given_at, one.withdrawn_at) for one in consents]
    names = names_by_id(
        session, timebank_id=by.timebank_id, member_ids={whom for _, whom, *_ in found}
    )
    return [
        {"kind": kind, "name": names.get(whom), "since": since, "until": until}
        for kind, whom, since, until in found
    ]
