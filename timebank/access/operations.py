# SPDX-License-Identifier: EUPL-1.2
"""Writing access: ask to sign in; prove it by a link, six digits, a printed code, or a provider.

The door commits; a try that fails counts, so that it commits on ``CodeNotValid`` too.
"""

from __future__ import annotations

import dataclasses
import datetime
import hmac
import secrets
import uuid
from collections.abc import Callable

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from timebank.access.errors import CodeNotValid, LinkNotValid, NotVouchedFor
from timebank.access.models import PrintedCode, SignInRequest
from timebank.access.policy import (
    CODE_LENGTH,
    CODE_LETTERS,
    CODE_LIFETIME,
    MOST_TRIES,
    REQUEST_LIFETIME,
    plain_code,
    plain_digits,
    printed,
)
from timebank.audit.operations import write_down
from timebank.clock import day_of
from timebank.members.errors import NotPermitted, UnknownMember
from timebank.members.models import Member, Person
from timebank.members.policy import Actor, Permission
from timebank.members.queries import load_actor
from timebank.notices.operations import queue_mail
from timebank.rates.operations import Limit, count_try
from timebank.sessions.operations import digest_of, end_other_sessions, new_secret
from timebank.sessions.policy import is_staff

_HOUR = datetime.timedelta(hours=1)
MAILS_TO_ONE_ADDRESS = Limit("sign-in-mail", 5, _HOUR)
ASKED_FROM_ONE_PLACE = Limit("sign-in-asked", 200, _HOUR)
"""A library, or a telephone company, sends many people from one place."""
CODES_OF_ONE_BROWSER = Limit("sign-in-code", 20, _HOUR)
"""Source: reliability checklist 18; asking for a new code does not give new tries without end."""
LETTERS_FROM_ONE_PLACE = Limit("letter-code", 60, _HOUR)
LETTERS_FROM_ANYWHERE = Limit("letter-code-all", 500, _HOUR)
"""A code has 38 bits: at this pace guessing one of a thousand takes centuries."""

VOUCHED_FROM_ONE_PLACE = Limit("vouched", 200, _HOUR)
"""All colleagues of a town hall come from one place, twice for each time they sign in."""


@dataclasses.dataclass(frozen=True)
class Letter:
    """What a mail says: ``subject`` names nobody, because subjects travel in the open."""

    subject: str
    body: str


Compose = Callable[[str, str, str], Letter]
"""Makes a letter from the language, the secret of the link and the code of six digits."""


@dataclasses.dataclass(frozen=True)
class Asking:
    """A wish to sign in.

    Attributes:
        browser: the secret of the browser that asks, made by :func:`new_secret`.
        place: where the request comes from, to count tries; only a digest is stored.
        known: makes the letter to somebody we know; ``unknown``: to an address nobody has.
    """

    timebank_id: int
    email: str
    browser: str
    place: str
    known: Compose
    unknown: Compose


def ask_to_sign_in(session: Session, asking: Asking, *, now: datetime.datetime) -> None:
    """Queue a mail with a link and a code; an address that nobody has gets a mail that says so.

    Both do the same work, so that neither the answer nor its time tells who is a member.

    Raises:
        TooOften: too many mails to this address, or too many requests from this place.
    """
    bank = asking.timebank_id
    email = asking.email.strip().lower()
    count_try(session, ASKED_FROM_ONE_PLACE, timebank_id=bank, of=asking.place, now=now)
    count_try(session, MAILS_TO_ONE_ADDRESS, timebank_id=bank, of=email, now=now)
    member_id, language = _member_with(session, bank, email)
    link, code = new_secret(), f"{secrets.randbelow(10**6):06d}"
    session.execute(
        insert(SignInRequest).values(
            timebank_id=bank,
            link_digest=digest_of(link),
            browser_digest=digest_of(asking.browser),
            code_digest=digest_of(asking.browser + code),
            member_id=member_id,
            expires_at=now + REQUEST_LIFETIME,
            tries=0,
        )
    )
    compose = asking.unknown if member_id is None else asking.known
    letter = compose(language, link, code)
    queue_mail(
        session,
        timebank_id=bank,
        to_address=email,
        subject=letter.subject,
        body=letter.body,
        now=now,
    )


def redeem_link(
    session: Session, *, timebank_id: int, link: str, browser: str, now: datetime.datetime
) -> uuid.UUID:
    """Use a link up in the browser that asked for it, and return the member; one use wins.

    Raises:
        LinkNotValid: unknown, used, ``now`` is not before its end, or another browser asked.
    """
    member_id = session.execute(
        update(SignInRequest)
        .where(
            SignInRequest.timebank_id == timebank_id,
            SignInRequest.link_digest == digest_of(link),
            SignInRequest.browser_digest == digest_of(browser),
            SignInRequest.used_at.is_(None),
            SignInRequest.expires_at > now,
        )
        .values(used_at=now)
        .returning(SignInRequest.member_id)
    ).scalar()
    if member_id is None:
        raise LinkNotValid
    return member_id


def redeem_digits(
    session: Session, *, timebank_id: int, digits: str, browser: str, now: datetime.datetime
) -> uuid.UUID:
    """Use up the request of this browser whose code was typed, and return the member.

    Raises:
        CodeNotValid: not the code, too many tries, used, or too late. The try counts.
        TooOften: too many tries in this browser within an hour.
    """
    open_requests = session.execute(
        update(SignInRequest)
        .where(
            SignInRequest.timebank_id == timebank_id,
            SignInRequest.browser_digest == digest_of(browser),
            SignInRequest.used_at.is_(None),
            SignInRequest.expires_at > now,
            SignInRequest.tries < MOST_TRIES,
        )
        .values(tries=SignInRequest.tries + 1)
        .returning(SignInRequest.link_digest, SignInRequest.code_digest, SignInRequest.member_id)
    ).all()
    # By the browser and not by the member: an address that nobody has is refused just as late, and
    # nobody locks somebody else out. Five mails an hour bound the tries for one address.
    count_try(session, CODES_OF_ONE_BROWSER, timebank_id=timebank_id, of=browser, now=now)
    typed = digest_of(browser + plain_digits(digits))
    matching = [one for one in open_requests if hmac.compare_digest(one.code_digest, typed)]
    for request in matching:
        if _use_up(session, timebank_id, request.link_digest, now) and request.member_id:
            member_id: uuid.UUID = request.member_id
            return member_id
    raise CodeNotValid


def issue_code(
    session: Session, *, timebank_id: int, member_id: uuid.UUID, by: Actor, now: datetime.datetime
) -> str:
    """Make a code for a letter, and return it as it is printed; older codes work no more.

    Raises:
        NotPermitted: the actor reaches this member in no neighbourhood, or they see other people's
            data and the actor is no administrator.
        UnknownMember: there is no such member, or they left.
    """
    member = session.get(Member, (timebank_id, member_id))
    if member is None or member.left_on is not None or by.timebank_id != timebank_id:
        raise UnknownMember(member_id)
    if not by.reach(Permission.ENROL).covers(member.neighbourhood_code):
        raise NotPermitted(Permission.ENROL)
    whose = load_actor(session, timebank_id=timebank_id, member_id=member_id, today=day_of(now))
    if whose is not None and is_staff(whose):
        # Whoever holds the letter of a colleague is the colleague.
        by.require(Permission.GRANT_ROLES)
    _forget_codes_of(session, timebank_id, member_id)
    code = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
    session.execute(
        insert(PrintedCode).values(
            timebank_id=timebank_id,
            digest=digest_of(code),
            member_id=member_id,
            issued_at=now,
            expires_at=now + CODE_LIFETIME,
        )
    )
    write_down(
        session, "code:print", timebank_id=timebank_id, by=by.member_id, about=member_id, now=now
    )
    return printed(code)


def redeem_code(
    session: Session, *, timebank_id: int, code: str, place: str, now: datetime.datetime
) -> uuid.UUID:
    """Use a printed code up, and return the member it was printed for.

    Raises:
        CodeNotValid: no such code, used, or too old. The try counts.
        TooOften: too many tries from this place, or from everywhere together.
    """
    count_try(session, LETTERS_FROM_ONE_PLACE, timebank_id=timebank_id, of=place, now=now)
    count_try(session, LETTERS_FROM_ANYWHERE, timebank_id=timebank_id, of="", now=now)
    member_id = session.execute(
        update(PrintedCode)
        .where(
            PrintedCode.timebank_id == timebank_id,
            PrintedCode.digest == digest_of(plain_code(code)),
            PrintedCode.used_at.is_(None),
            PrintedCode.expires_at > now,
        )
        .values(used_at=now)
        .returning(PrintedCode.member_id)
    ).scalar()
    if member_id is None:
        raise CodeNotValid
    return member_id


def count_vouching(
    session: Session, *, timebank_id: int, place: str, now: datetime.datetime
) -> None:
    """Count that somebody comes from, or goes to, the provider that vouches for staff.

    Raises:
        TooOften: too many tries from this place.
    """
    count_try(session, VOUCHED_FROM_ONE_PLACE, timebank_id=timebank_id, of=place, now=now)


def admit_vouched(
    session: Session, *, timebank_id: int, email: str, now: datetime.datetime, today: datetime.date
) -> uuid.UUID:
    """Return the member of staff with this address, which a provider has proven to be theirs.

    Raises:
        NotVouchedFor: nobody has the address, or who has it sees nobody else's data.
    """
    # Capitals of other scripts may fold into letters of ours: such an address is somebody else's.
    member_id = _member_with(session, timebank_id, email.lower())[0] if email.isascii() else None
    if member_id is None:
        raise NotVouchedFor("nobody has this address")
    actor = load_actor(session, timebank_id=timebank_id, member_id=member_id, today=today)
    if actor is None or not is_staff(actor):
        raise NotVouchedFor("who has this address is not staff")
    write_down(
        session, "session:vouch", timebank_id=timebank_id, by=member_id, about=member_id, now=now
    )
    return member_id


def revoke_everything(
    session: Session, *, timebank_id: int, member_id: uuid.UUID, now: datetime.datetime
) -> int:
    """End all sessions, links and codes of a member, and return how many sessions ended."""
    _forget_codes_of(session, timebank_id, member_id)
    session.execute(
        delete(SignInRequest).where(
            SignInRequest.timebank_id == timebank_id, SignInRequest.member_id == member_id
        )
    )
    write_down(
        session, "session:revoke", timebank_id=timebank_id, by=None, about=member_id, now=now
    )
    return end_other_sessions(session, timebank_id=timebank_id, member_id=member_id, but=None)


def forget_requests(session: Session, *, timebank_id: int, before: datetime.datetime) -> int:
    """Delete a timebank's requests and codes that ended before this; return how many."""
    gone = 0
    for model in (SignInRequest, PrintedCode):
        old = (model.timebank_id == timebank_id, model.expires_at < before)
        ended = delete(model).where(*old).returning(model.expires_at)
        gone += len(session.execute(ended).all())
    return gone


def _member_with(session: Session, timebank_id: int, email: str) -> tuple[uuid.UUID | None, str]:
    person = session.execute(
        select(Person.member_id, Person.language)
        .join(
            Member,
            (Member.timebank_id == Person.timebank_id) & (Member.id == Person.member_id),
        )
        .where(Person.timebank_id == timebank_id, Person.email == email, Member.left_on.is_(None))
    ).first()
    return (None, "nl") if person is None else (person.member_id, person.language)


def _use_up(session: Session, timebank_id: int, link_digest: bytes, now: datetime.datetime) -> bool:
    used = session.execute(
        update(SignInRequest)
        .where(
            SignInRequest.timebank_id == timebank_id,
            SignInRequest.link_digest == link_digest,
            SignInRequest.used_at.is_(None),
        )
        .values(used_at=now)
        .returning(SignInRequest.link_digest)
    ).first()
    return used is not None


def _forget_codes_of(session: Session, timebank_id: int, member_id: uuid.UUID) -> None:
    session.execute(
        delete(PrintedCode).where(
            PrintedCode.timebank_id == timebank_id, PrintedCode.member_id == member_id
        )
    )
