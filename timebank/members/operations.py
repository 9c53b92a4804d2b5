# SPDX-License-Identifier: EUPL-1.2
"""Writing members: enrol, give a role, end a role, move to another neighbourhood."""

from __future__ import annotations

import dataclasses
import datetime
import unicodedata
import uuid

from sqlalchemy import select, update
from sqlalchemy.orm import Session

import ledger
from timebank.areas.models import Neighbourhood
from timebank.members.errors import EmailTaken, UnknownMember, UnknownNeighbourhood
from timebank.members.models import Member, Person, RoleGrant
from timebank.members.policy import Role

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


def enrol_member(
    session: Session, command: EnrolMember, *, now: datetime.datetime, today: datetime.date
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
        search_given=folded(command.given_name),
        search_family=folded(command.family_name),
        email=command.email.lower() if command.email else None,
        language=command.language,
    )
