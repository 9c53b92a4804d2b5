# SPDX-License-Identifier: EUPL-1.2
"""Writing what members correct themselves: name, language, address, pause. The door commits."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import secrets
import uuid
from collections.abc import Callable

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

import ledger
from timebank import clock
from timebank.audit.operations import write_down, write_down_by
from timebank.corrections.errors import (
    AddressNotPossible,
    ChangeNotValid,
    NameMissing,
    NameTooLong,
    PauseOver,
)
from timebank.corrections.models import EmailChange
from timebank.lettering import readable_line
from timebank.members.errors import EmailTaken, NotPermitted
from timebank.members.models import MemberPause, Person
from timebank.members.operations import searched
from timebank.members.policy import Actor, Permission
from timebank.notices.models import Mail
from timebank.notices.operations import queue_mail
from timebank.notices.policy import address_of
from timebank.rates.operations import Limit, count_try
from timebank.trust.operations import check_answers_for

CHANGE_LIFETIME = datetime.timedelta(hours=24)
"""Long enough for a mailbox that is opened once a day; the link alone signs nobody in."""
ASKED_BY_ONE_MEMBER = Limit("address-change", 5, datetime.timedelta(hours=1))
"""Each asking mails two addresses, one of which the member may just have made up."""
LONGEST = {"given_name": 60, "family_name": 80}
_TOKEN_BYTES = 32

Letters = Callable[[str, str], tuple[tuple[str, str], tuple[str, str]]]
"""Makes, from a language and a token, two letters of subject and body: to the new address with the
link, and to the old one to say that this was asked."""


@dataclasses.dataclass(frozen=True)
class CorrectPerson:
    """How somebody wants to be called, and in which language we write to them."""

    given_name: str
    family_name: str
    language: str


def correct_person(
    session: Session, command: CorrectPerson, *, by: Actor, now: datetime.datetime
) -> None:
    """Change one's own name and language.

    Raises:
        NotPermitted: the actor is no member.
        NameMissing, NameTooLong: this is no name.
    """
    member_id = _themself(by)
    names = {
        "given_name": _checked_name("given_name", command.given_name),
        "family_name": _checked_name("family_name", command.family_name),
    }
    session.execute(
        update(Person)
        .where(Person.timebank_id == by.timebank_id, Person.member_id == member_id)
        .values(
            **names,
            search_given=searched(names["given_name"], LONGEST["given_name"]),
            search_family=searched(names["family_name"], LONGEST["family_name"]),
            language="en" if command.language == "en" else "nl",
        ),
        execution_options={"synchronize_session": False},
    )
    session.expire_all()
    write_down_by(session, "member:correct", by, about=member_id, now=now)


def ask_email_change(
    session: Session, address: str, *, letters: Letters, by: Actor, now: datetime.datetime
) -> bool:
    """Mail a link to the new address and a notice to the old one; say whether anything was asked.

    The same address as now asks nothing. An address of another member gets no link; the answer and
    what stands on one's own page are the same, so that nobody learns who is a member.
    A link asked for before does not work any more.

    Raises:
        NotPermitted: the actor is no member.
        AddressNotPossible: it is no address.
        TooOften: this member asked too often within an hour.
    """
    member_id, wanted = _themself(by), address_of(address)
    person = session.execute(
        select(Person.email, Person.language).where(
            Person.timebank_id == by.timebank_id, Person.member_id == member_id
        )
    ).one()
    if (wanted or address.strip()) == (person.email or ""):
        return False
    if wanted is None:
        raise AddressNotPossible
    count_try(session, ASKED_BY_ONE_MEMBER, timebank_id=by.timebank_id, of=str(member_id), now=now)
    session.execute(
        delete(EmailChange).where(
            EmailChange.timebank_id == by.timebank_id, EmailChange.member_id == member_id
        )
    )
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    with_link, notice = letters(person.language, token)
    _keep_change(session, by.timebank_id, member_id, wanted, token, now)
    if not _taken(session, by.timebank_id, wanted):
        _mail(session, by.timebank_id, wanted, with_link, now)
    if person.email:
        _mail(session, by.timebank_id, person.email, notice, now)
    write_down_by(session, "member:ask_address", by, about=member_id, now=now)
    return True


def confirm_email_change(
    session: Session, *, timebank_id: int, token: str, now: datetime.datetime
) -> None:
    """Let the new address count and use the link up.

    Raises:
        ChangeNotValid: unknown, used before, or ``now`` is not before its end.
        EmailTaken: meanwhile another member has this address.
    """
    change = session.execute(
        delete(EmailChange)
        .where(
            EmailChange.timebank_id == timebank_id,
            EmailChange.digest == _digest(token),
            EmailChange.expires_at > now,
        )
        .returning(EmailChange.member_id, EmailChange.new_address)
    ).first()
    if change is None:
        raise ChangeNotValid
    if _taken(session, timebank_id, change.new_address):
        raise EmailTaken
    _readdress_sent_mail(session, timebank_id, change.member_id, change.new_address)
    session.execute(
        update(Person)
        .where(Person.timebank_id == timebank_id, Person.member_id == change.member_id)
        .values(email=change.new_address),
        execution_options={"synchronize_session": False},
    )
    session.expire_all()
    write_down(
        session,
        "member:change_address",
        timebank_id=timebank_id,
        by=change.member_id,
        now=now,
        about=change.member_id,
    )


def pause(
    session: Session, *, until: datetime.date | None, by: Actor, now: datetime.datetime
) -> None:
    """Take no part from today up to and including ``until``; None: until one comes back.

    Raises:
        NotPermitted: the actor is no member.
        PauseOver: ``until`` lies before today.
    """
    _pause(session, _themself(by), until=until, by=by, now=now)


def pause_for(
    session: Session,
    about: uuid.UUID,
    *,
    until: datetime.date | None,
    by: Actor,
    now: datetime.datetime,
) -> None:
    """Let somebody without e-mail, who told the actor so, take no part for a while; see ``pause``.

    Raises:
        NotPermitted, UnknownMember: the actor does not speak for them.
        PauseOver: ``until`` lies before today.
    """
    check_answers_for(session, about, by=by)
    _pause(session, about, until=until, by=by, now=now)


def come_back(session: Session, *, by: Actor, now: datetime.datetime) -> None:
    """End one's own pause; without one, nothing happens.

    Raises:
        NotPermitted: the actor is no member.
    """
    _come_back(session, _themself(by), by=by, now=now)


def come_back_for(session: Session, about: uuid.UUID, *, by: Actor, now: datetime.datetime) -> None:
    """End the pause of somebody without e-mail, who told the actor so.

    Raises:
        NotPermitted, UnknownMember: the actor does not speak for them.
    """
    check_answers_for(session, about, by=by)
    _come_back(session, about, by=by, now=now)


def _pause(
    session: Session,
    member_id: uuid.UUID,
    *,
    until: datetime.date | None,
    by: Actor,
    now: datetime.datetime,
) -> None:
    today = clock.day_of(now)
    if until is not None and until < today:
        raise PauseOver
    session.execute(
        ledger.insert_or_conflict(session, MemberPause)
        .values(timebank_id=by.timebank_id, member_id=member_id, since=today, until=until)
        .on_conflict_do_update(
            index_elements=["timebank_id", "member_id"], set_={"since": today, "until": until}
        )
    )
    write_down_by(session, "member:pause", by, about=member_id, now=now)


def _come_back(
    session: Session, member_id: uuid.UUID, *, by: Actor, now: datetime.datetime
) -> None:
    ended = session.execute(
        delete(MemberPause)
        .where(MemberPause.timebank_id == by.timebank_id, MemberPause.member_id == member_id)
        .returning(MemberPause.member_id)
    ).first()
    if ended is not None:
        write_down_by(session, "member:come_back", by, about=member_id, now=now)


def _themself(by: Actor) -> uuid.UUID:
    by.require(Permission.MANAGE_OWN_DATA)
    if by.member_id is None:
        raise NotPermitted(Permission.MANAGE_OWN_DATA)
    return by.member_id


def _checked_name(field: str, name: str) -> str:
    kept = readable_line(name)
    if not any(sign.isalpha() for sign in kept):
        raise NameMissing(field)
    if len(kept) > LONGEST[field]:
        raise NameTooLong(field, LONGEST[field])
    return kept


def _taken(session: Session, timebank_id: int, address: str) -> bool:
    query = select(Person.member_id).where(
        Person.timebank_id == timebank_id, Person.email == address
    )
    return session.execute(query).first() is not None


def _readdress_sent_mail(
    session: Session, timebank_id: int, member_id: uuid.UUID, address: str
) -> None:
    """Let the mails that were sent bear the new address: the old one is kept nowhere any more.

    What still waits goes where it was meant to go, the notice to the old address above all.
    """
    old = select(Person.email).where(
        Person.timebank_id == timebank_id, Person.member_id == member_id
    )
    session.execute(
        update(Mail)
        .where(
            Mail.timebank_id == timebank_id,
            Mail.to_address == old.scalar_subquery(),
            Mail.sent_at.is_not(None),
        )
        .values(to_address=address),
        execution_options={"synchronize_session": False},
    )


def _keep_change(
    session: Session,
    timebank_id: int,
    member_id: uuid.UUID,
    address: str,
    token: str,
    now: datetime.datetime,
) -> None:
    session.execute(
        insert(EmailChange).values(
            timebank_id=timebank_id,
            digest=_digest(token),
            member_id=member_id,
            new_address=address,
            expires_at=now + CHANGE_LIFETIME,
        )
    )


def _mail(
    session: Session,
    timebank_id: int,
    address: str,
    letter: tuple[str, str],
    now: datetime.datetime,
) -> None:
    subject, body = letter
    queue_mail(
        session,
        timebank_id=timebank_id,
        to_address=address,
        subject=subject,
        body=body,
        now=now,
    )


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
