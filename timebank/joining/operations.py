# SPDX-License-Identifier: EUPL-1.2
"""Writing who joins: enrol somebody, ask to take part, answer those who ask. The door commits.

An application holds a name of somebody who is no member, so it goes as soon as it can: when it is
accepted, when the answer was mailed or told, and after ``APPLICATION_LIFETIME`` in any case.
"""

from __future__ import annotations

import dataclasses
import datetime
import uuid

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, true
from sqlalchemy.orm import Session

import ledger
from timebank import clock
from timebank.areas.models import Neighbourhood, Timebank
from timebank.audit.operations import write_down_by
from timebank.calls.models import CallReason
from timebank.calls.operations import Letter, tell_member
from timebank.joining.errors import NoApplications, TooManyApplications, UnknownApplication
from timebank.joining.models import Application
from timebank.members.errors import PossibleDuplicate, UnknownNeighbourhood
from timebank.members.models import Member, Person
from timebank.members.operations import (
    LONGEST_FAMILY,
    LONGEST_GIVEN,
    EnrolMember,
    enrol_member,
    searched,
)
from timebank.members.policy import Actor, Permission, check_age
from timebank.notices.operations import queue_mail
from timebank.rates.operations import Limit, count_try

_LONGEST_NAME = LONGEST_GIVEN + 1 + LONGEST_FAMILY
APPLICATION_LIFETIME = datetime.timedelta(days=90)
FROM_ONE_PLACE = Limit("applied", 20, datetime.timedelta(hours=1))
"""An afternoon in the community centre fits; a program that fills the timebank does not."""
MOST_WAITING = 200
"""More than this at once in one timebank is no neighbourhood but a program."""


def enrol_person(
    session: Session, command: EnrolMember, *, by: Actor, now: datetime.datetime
) -> Member:
    """Enrol somebody in a neighbourhood of the actor, unless they seem to be a member already.

    Raises:
        PossibleDuplicate: somebody with this name, year and neighbourhood takes part.
        NotPermitted, UnknownNeighbourhood, EmailTaken, TooYoung, BirthYearImpossible
    """
    _check_may_enrol(command, by, now)
    same = who_looks_like(session, command)
    if same:
        raise PossibleDuplicate(same)
    return _enrol_by(session, command, by, now)


def enrol_another(
    session: Session, command: EnrolMember, *, by: Actor, now: datetime.datetime
) -> Member:
    """Enrol somebody who looks like a member but is another person: somebody looked and said so.

    Raises as :func:`enrol_person` does, PossibleDuplicate apart.
    """
    _check_may_enrol(command, by, now)
    return _enrol_by(session, command, by, now)


def apply_to_join(
    session: Session, command: EnrolMember, *, place: str, now: datetime.datetime
) -> None:
    """Keep an application until a coordinator answers; the same one twice waits once.

    One with another address or telephone number is not the same: who fills in somebody's name first
    does not keep them out.

    Whether the person is a member already is found out by the coordinator and told to nobody.

    Raises:
        NoApplications: the timebank takes none on its public page.
        TooOften: too many came from ``place``, of which only a digest is stored.
        TooManyApplications: so many wait that this must be something else.
        UnknownNeighbourhood, TooYoung, BirthYearImpossible
    """
    timebank = session.get(Timebank, command.timebank_id)
    if timebank is None or not timebank.takes_applications:
        raise NoApplications
    count_try(session, FROM_ONE_PLACE, timebank_id=timebank.id, of=place, now=now)
    code, birth_year = command.neighbourhood_code, command.birth_year or 0
    if code is None or session.get(Neighbourhood, (command.timebank_id, code)) is None:
        raise UnknownNeighbourhood(code or "")
    check_age(birth_year, today=clock.day_of(now))
    application = _application(command, now)
    waiting = select(Application.id).where(
        Application.timebank_id == command.timebank_id, Application.declined_at.is_(None)
    )
    if session.execute(waiting.where(*_the_same_as(application))).first() is not None:
        return
    count = session.scalar(select(func.count()).select_from(waiting.subquery()))
    if (count or 0) >= MOST_WAITING:
        raise TooManyApplications
    session.add(application)
    session.flush()


def accept_application(
    session: Session,
    application_id: uuid.UUID,
    *,
    by: Actor,
    letter: Letter,
    now: datetime.datetime,
) -> Member:
    """Enrol who applied; they hear it by mail, or a call waits for the coordinator.

    The coordinator has seen on the same page who looks like them, so that is not asked again.

    Raises:
        UnknownApplication: none waits within the actor's reach.
        EmailTaken: another member has the address.
    """
    application = _within_reach(session, application_id, by)
    if application.declined_at is not None:
        raise UnknownApplication
    member = enrol_another(session, command_of(application), by=by, now=now)
    tell_member(
        session,
        CallReason.JOINED,
        timebank_id=by.timebank_id,
        member_id=member.id,
        letter=letter,
        now=now,
    )
    session.delete(application)
    session.flush()
    return member


def decline_application(
    session: Session,
    application_id: uuid.UUID,
    *,
    by: Actor,
    letter: Letter,
    now: datetime.datetime,
) -> None:
    """Decline an application. Without an address it waits until somebody told them.

    Raises:
        UnknownApplication: none waits within the actor's reach.
    """
    application = _within_reach(session, application_id, by)
    if application.declined_at is not None:
        raise UnknownApplication
    application.declined_at, application.declined_by = now, by.member_id
    write_down_by(session, "application:decline", by, subject=application.id, now=now)
    if application.email is not None:
        subject, body = letter(application.language)
        queue_mail(
            session,
            timebank_id=by.timebank_id,
            to_address=application.email,
            subject=subject,
            body=body,
            now=now,
        )
        session.delete(application)
    session.flush()


def drop_declined(session: Session, application_id: uuid.UUID, *, by: Actor) -> None:
    """Forget a declined application: the person was told.

    Raises:
        UnknownApplication: none that was declined, within the actor's reach.
    """
    application = _within_reach(session, application_id, by)
    if application.declined_at is None:
        raise UnknownApplication
    session.delete(application)
    session.flush()


def forget_applications(session: Session, *, timebank_id: int, before: datetime.datetime) -> int:
    """Delete applications made before this moment and return how many there were."""
    gone = session.execute(
        delete(Application)
        .where(Application.timebank_id == timebank_id, Application.applied_at < before)
        .returning(Application.id)
    )
    return len(gone.all())


def who_looks_like(session: Session, command: EnrolMember) -> tuple[tuple[uuid.UUID, str], ...]:
    """Return members of the neighbourhood with this name; an unknown year of birth fits any."""
    rows = session.execute(
        select(Member.id, Person.given_name, Person.family_name)
        .join(Person, and_(Person.timebank_id == Member.timebank_id, Person.member_id == Member.id))
        .where(
            Member.timebank_id == command.timebank_id,
            Member.left_on.is_(None),
            Member.neighbourhood_code == command.neighbourhood_code,
            Person.search_given == searched(command.given_name, LONGEST_GIVEN),
            Person.search_family == searched(command.family_name, LONGEST_FAMILY),
            _same_year(command.birth_year),
        )
        .order_by(Member.joined_on, Member.id)
    )
    return tuple((member_id, f"{given} {family}") for member_id, given, family in rows)


def _check_may_enrol(command: EnrolMember, by: Actor, now: datetime.datetime) -> None:
    by.require(Permission.ENROL)
    code = command.neighbourhood_code
    if code is None or not by.reach(Permission.ENROL).covers(code):
        raise UnknownNeighbourhood(code or "")
    if command.birth_year is not None:
        check_age(command.birth_year, today=clock.day_of(now))


def _enrol_by(session: Session, command: EnrolMember, by: Actor, now: datetime.datetime) -> Member:
    member = enrol_member(
        session, command, now=now, today=clock.day_of(now), enrolled_by=by.member_id
    )
    write_down_by(session, "member:enrol", by, about=member.id, now=now)
    return member


def _same_year(birth_year: int | None) -> ColumnElement[bool]:
    if birth_year is None:
        return true()
    return or_(Person.birth_year.is_(None), Person.birth_year == birth_year)


def _within_reach(session: Session, application_id: uuid.UUID, by: Actor) -> Application:
    by.require(Permission.ENROL)
    application = session.get(Application, (by.timebank_id, application_id), with_for_update=True)
    reach = by.reach(Permission.ENROL)
    if application is None or not reach.covers(application.neighbourhood_code):
        raise UnknownApplication
    return application


def _the_same_as(application: Application) -> tuple[ColumnElement[bool], ...]:
    return (
        Application.search_name == application.search_name,
        Application.birth_year == application.birth_year,
        Application.neighbourhood_code == application.neighbourhood_code,
        Application.email.is_not_distinct_from(application.email),
        Application.phone.is_not_distinct_from(application.phone),
    )


def _application(command: EnrolMember, now: datetime.datetime) -> Application:
    return Application(
        timebank_id=command.timebank_id,
        id=ledger.new_id(now),
        given_name=command.given_name,
        family_name=command.family_name,
        search_name=searched(f"{command.given_name} {command.family_name}", _LONGEST_NAME),
        neighbourhood_code=command.neighbourhood_code,
        birth_year=command.birth_year,
        email=command.email.lower() if command.email else None,
        phone=command.phone,
        language=command.language,
        applied_at=now,
    )


def command_of(application: Application) -> EnrolMember:
    """Return the wish to enrol that an application is."""
    names = {field.name for field in dataclasses.fields(EnrolMember)}
    return EnrolMember(**{name: getattr(application, name) for name in names})
