# SPDX-License-Identifier: EUPL-1.2
"""Writing access: mail a single-use link, redeem it, forget the old ones."""

from __future__ import annotations

import datetime
import hashlib
import secrets
import uuid
from collections.abc import Callable

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from timebank.access.errors import LinkNotValid
from timebank.access.models import SignInLink
from timebank.members.models import Member, Person
from timebank.notices.operations import queue_mail

LINK_LIFETIME = datetime.timedelta(minutes=10)
"""At most ten minutes. Source: OWASP ASVS 5.0, 6.5.5."""
_TOKEN_BYTES = 32

Letter = Callable[[str, str], tuple[str, str]]
"""Makes subject and body of the mail from the member's language and the secret token."""


def mail_link(
    session: Session, *, timebank_id: int, email: str, letter: Letter, now: datetime.datetime
) -> None:
    """Queue a sign-in link for the member with this address; an unknown address queues nothing.

    The caller answers the same in both cases, so that nobody learns who is a member.
    """
    person = session.execute(
        select(Person.member_id, Person.email, Person.language)
        .join(
            Member,
            (Member.timebank_id == Person.timebank_id) & (Member.id == Person.member_id),
        )
        .where(
            Person.timebank_id == timebank_id,
            Person.email == email.strip().lower(),
            Member.left_on.is_(None),
        )
    ).first()
    if person is None:
        return
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    session.execute(
        insert(SignInLink).values(
            timebank_id=timebank_id,
            digest=_digest(token),
            member_id=person.member_id,
            expires_at=now + LINK_LIFETIME,
            used_at=None,
        )
    )
    subject, body = letter(person.language, token)
    queue_mail(
        session,
        timebank_id=timebank_id,
        to_address=person.email,
        subject=subject,
        body=body,
        now=now,
    )


def redeem_link(
    session: Session, *, timebank_id: int, token: str, now: datetime.datetime
) -> uuid.UUID:
    """Use a link up and return the member it belongs to; of two at once, one wins.

    Raises:
        LinkNotValid: unknown, used before, or ``now`` is not before its end.
    """
    member_id = session.execute(
        update(SignInLink)
        .where(
            SignInLink.timebank_id == timebank_id,
            SignInLink.digest == _digest(token),
            SignInLink.used_at.is_(None),
            SignInLink.expires_at > now,
        )
        .values(used_at=now)
        .returning(SignInLink.member_id)
    ).scalar()
    if member_id is None:
        raise LinkNotValid
    return member_id


def revoke_everything(
    session: Session, *, timebank_id: int, member_id: uuid.UUID, now: datetime.datetime
) -> int:
    """Let no link of this member work any more from ``now``, and return how many there were."""
    gone = session.execute(
        delete(SignInLink)
        .where(SignInLink.timebank_id == timebank_id, SignInLink.member_id == member_id)
        .returning(SignInLink.expires_at)
    )
    return sum(expires_at > now for (expires_at,) in gone)


def forget_links(session: Session, *, before: datetime.datetime) -> int:
    """Delete the links that ended before this moment and return how many there were."""
    gone = session.execute(
        delete(SignInLink).where(SignInLink.expires_at < before).returning(SignInLink.digest)
    )
    return len(gone.all())


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
