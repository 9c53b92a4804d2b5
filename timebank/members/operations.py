# SPDX-License-Identifier: EUPL-1.2
"""Writing members: enrol, give a role, end a role, move to another neighbourhood.

What a person does from a screen checks permission and is written down (``give_role``,
``remove_role``); the verbs under them serve the command line, the demo and the room ``joining``.
"""

from __future__ import annotations

import dataclasses
import datetime
import unicodedata
import uuid

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

import ledger
from timebank import clock
from timebank.areas.models import Neighbourhood
from timebank.audit.operations import write_down_by
from timebank.members.errors import (
    EmailTaken,
    EndsTooEarly,
    LastAdministrator,
    OwnRole,
    RoleNeedsAccount,
    RoleNeedsPlace,
    UnknownMember,
    UnknownNeighbourhood,
)
from timebank.members.models import Member, Person, RoleGrant
from timebank.members.policy import Actor, Permission, Role

LONGEST_GIVEN, LONGEST_FAMILY = 60, 80
"""In characters, as the columns have them."""
_LETTERS_WITHOUT_ACCENT = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "ß": "ss"})


@dataclasses.dataclass(frozen=True)
class EnrolMember:
    """A wish to enrol somebody.

    Attributes:
        neighbourhood_code: where they live; None for somebody who takes no part in exchanges.
    """

    timebank_id: int
    given_name: str
    family_name: str
    neighbourhood_code: str | None
    email: str | None = None
    language: str = "nl"
    phone: str | None = None
    birth_year: int | None = None


@dataclasses.dataclass(frozen=True)
class GiveRole:
    """A wish to give somebody a role from today.

    Attributes:
        neighbourhood_code: for a coordinator, and for nobody else.
        ends_on: the last day on which it counts (inclusive); None: without an end.
    """

    member_id: uuid.UUID
    role: Role
    neighbourhood_code: str | None = None
    ends_on: datetime.date | None = None


def enrol_member(
    session: Session,
    command: EnrolMember,
    *,
    now: datetime.datetime,
    today: datetime.date,
    enrolled_by: uuid.UUID | None = None,
) -> Member:
    """Enrol somebody; a resident gets an account at zero and the role of resident.

    Raises:
        UnknownNeighbourhood: the timebank did not switch it on.
        EmailTaken: another member has the address.
    """
    _check_enrolment(session, command)
    member = Member(
        timebank_id=command.timebank_id,
        id=ledger.new_id(now),
        account_id=_open_account(session, command, now),
        neighbourhood_code=command.neighbourhood_code,
        joined_on=today,
        enrolled_by=enrolled_by,
    )
    session.add(member)
    session.flush()
    session.add(_person(command, member.id))
    if command.neighbourhood_code is not None:
        grant_role(session, member, Role.RESIDENT, starts_on=today, now=now)
    session.flush()
    return member


def grant_role(
    session: Session,
    member: Member,
    role: Role,
    *,
    starts_on: datetime.date,
    now: datetime.datetime,
    neighbourhood_code: str | None = None,
    ends_on: datetime.date | None = None,
) -> RoleGrant:
    """Give a role from ``starts_on`` up to and including ``ends_on`` (None: without an end).

    Raises:
        UnknownNeighbourhood: the timebank did not switch it on.
    """
    if neighbourhood_code is not None:
        _check_neighbourhood(session, member.timebank_id, neighbourhood_code)
    grant = RoleGrant(
        timebank_id=member.timebank_id,
        id=ledger.new_id(now),
        member_id=member.id,
        role=role,
        neighbourhood_code=neighbourhood_code,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    session.add(grant)
    session.flush()
    return grant


def give_role(
    session: Session, command: GiveRole, *, by: Actor, now: datetime.datetime
) -> RoleGrant:
    """Give somebody a role that counts from today.

    Raises:
        NotPermitted: the actor gives no roles.
        OwnRole: the actor means themselves.
        UnknownMember: the timebank has no such member.
        RoleNeedsPlace, RoleNeedsAccount, UnknownNeighbourhood, EndsTooEarly: it would not fit.
    """
    by.require(Permission.GRANT_ROLES)
    if command.member_id == by.member_id:
        raise OwnRole
    member = session.get(Member, (by.timebank_id, command.member_id))
    if member is None or member.left_on is not None:
        raise UnknownMember(command.member_id)
    _check_fits(command, member, today=clock.day_of(now))
    grant = grant_role(
        session,
        member,
        command.role,
        starts_on=clock.day_of(now),
        now=now,
        neighbourhood_code=command.neighbourhood_code,
        ends_on=command.ends_on,
    )
    grant.granted_by = by.member_id
    write_down_by(session, "role:give", by, about=member.id, subject=grant.id, now=now)
    return grant


def remove_role(
    session: Session, grant_id: uuid.UUID, *, by: Actor, now: datetime.datetime
) -> None:
    """Take a role away at once: the next request of that person finds it gone.

    Raises:
        NotPermitted: the actor gives no roles.
        UnknownMember: there is no such role (any more).
        LastAdministrator: nobody would be left who can give roles.
    """
    by.require(Permission.GRANT_ROLES)
    administrators = _administrators(session, by.timebank_id, clock.day_of(now))
    grant = session.get(RoleGrant, (by.timebank_id, grant_id))
    if grant is None or grant.removed_at is not None:
        raise UnknownMember(None)
    if grant.id in administrators and set(administrators.values()) == {grant.member_id}:
        raise LastAdministrator
    grant.removed_at, grant.removed_by = now, by.member_id
    write_down_by(session, "role:remove", by, about=grant.member_id, subject=grant.id, now=now)
    session.flush()


def check_not_last_administrator(
    session: Session, *, timebank_id: int, member_id: uuid.UUID, today: datetime.date
) -> None:
    """Refuse to let somebody go who is the only one left to give roles.

    Call it before any member is locked: who removes a role locks in this order too.

    Raises:
        LastAdministrator: nobody would be left who can give roles.
    """
    if set(_administrators(session, timebank_id, today).values()) == {member_id}:
        raise LastAdministrator


def counts_on(day: datetime.date) -> ColumnElement[bool]:
    """Return the condition that a role counts on this day."""
    return and_(
        RoleGrant.starts_on <= day,
        or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on >= day),
        RoleGrant.removed_at.is_(None),
    )


def end_role(session: Session, grant: RoleGrant, *, ends_on: datetime.date) -> None:
    """Let a role count for the last time on ``ends_on`` (inclusive)."""
    grant.ends_on = max(ends_on, grant.starts_on)
    session.flush()


def move_member(
    session: Session, *, timebank_id: int, member_id: uuid.UUID, neighbourhood_code: str
) -> None:
    """Let a resident belong to another neighbourhood from now on; entries before keep theirs.

    Raises:
        UnknownMember: there is no such resident with an account.
        UnknownNeighbourhood: the timebank did not switch it on.
    """
    _check_neighbourhood(session, timebank_id, neighbourhood_code)
    account_id = session.execute(
        update(Member)
        .where(
            Member.timebank_id == timebank_id,
            Member.id == member_id,
            Member.account_id.is_not(None),
        )
        .values(neighbourhood_code=neighbourhood_code)
        .returning(Member.account_id)
    ).scalar()
    if account_id is None:
        raise UnknownMember(member_id)
    ledger.move_account(
        session,
        timebank_id=timebank_id,
        account_id=account_id,
        neighbourhood_code=neighbourhood_code,
    )


def folded(name: str) -> str:
    """Return a name without accents and capitals, as search compares it."""
    plain = unicodedata.normalize("NFKD", name.casefold().translate(_LETTERS_WITHOUT_ACCENT))
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).strip()


def searched(name: str, longest: int) -> str:
    """Return a folded name cut to its column: one letter, such as a ligature, may fold to many."""
    return folded(name)[:longest]


def _administrators(
    session: Session, timebank_id: int, today: datetime.date
) -> dict[uuid.UUID, uuid.UUID]:
    """Lock the roles of administrators that count today; return who of them is still here."""
    counting = (
        RoleGrant.timebank_id == timebank_id,
        RoleGrant.role == Role.ADMINISTRATOR,
        counts_on(today),
    )
    lock = select(RoleGrant.id).where(*counting).order_by(RoleGrant.id).with_for_update()
    session.execute(lock).all()
    rows = session.execute(
        select(RoleGrant.id, RoleGrant.member_id)
        .where(*counting)
        .where(Person.timebank_id == RoleGrant.timebank_id, Person.member_id == RoleGrant.member_id)
    )
    return {row.id: row.member_id for row in rows}


def _check_fits(command: GiveRole, member: Member, *, today: datetime.date) -> None:
    if (command.role is Role.COORDINATOR) != (command.neighbourhood_code is not None):
        raise RoleNeedsPlace
    if command.role is Role.RESIDENT and member.account_id is None:
        raise RoleNeedsAccount
    if command.ends_on is not None and command.ends_on < today:
        raise EndsTooEarly


def _check_enrolment(session: Session, command: EnrolMember) -> None:
    if command.neighbourhood_code is not None:
        _check_neighbourhood(session, command.timebank_id, command.neighbourhood_code)
    taken = (
        command.email
        and session.execute(
            select(Person.member_id).where(
                Person.timebank_id == command.timebank_id, Person.email == command.email.lower()
            )
        ).first()
    )
    if taken:
        raise EmailTaken


def _check_neighbourhood(session: Session, timebank_id: int, code: str) -> None:
    if session.get(Neighbourhood, (timebank_id, code)) is None:
        raise UnknownNeighbourhood(code)


def _open_account(session: Session, command: EnrolMember, now: datetime.datetime) -> int | None:
    if command.neighbourhood_code is None:
        return None
    return ledger.open_account(
        session,
        timebank_id=command.timebank_id,
        neighbourhood_code=command.neighbourhood_code,
        now=now,
    )


def _person(command: EnrolMember, member_id: uuid.UUID) -> Person:
    return Person(
        timebank_id=command.timebank_id,
        member_id=member_id,
        given_name=command.given_name,
        family_name=command.family_name,
        search_given=searched(command.given_name, LONGEST_GIVEN),
        search_family=searched(command.family_name, LONGEST_FAMILY),
        email=command.email.lower() if command.email else None,
        phone=command.phone,
        birth_year=command.birth_year,
        language=command.language,
    )
