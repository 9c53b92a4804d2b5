# SPDX-License-Identifier: EUPL-1.2
"""Writing sessions: open, renew and end them. The door commits."""

from __future__ import annotations

import datetime
import hashlib
import secrets
import uuid

from sqlalchemy import delete, insert, update
from sqlalchemy.orm import Session

from timebank.sessions.errors import UnknownSession
from timebank.sessions.models import MemberSession
from timebank.sessions.policy import Terms

_TOKEN_BYTES = 32
LONGEST_DEVICE = 40


def new_secret() -> str:
    """Return a secret of 256 bits that can stand in an address or a cookie."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def digest_of(secret: str) -> bytes:
    """Return what the tables hold of a secret."""
    return hashlib.sha256(secret.encode()).digest()


def open_session(
    session: Session,
    *,
    timebank_id: int,
    member_id: uuid.UUID,
    terms: Terms,
    device: str,
    now: datetime.datetime,
    verified: bool = False,
) -> str:
    """Open a session and return its secret, which the browser keeps.

    Args:
        verified: a second factor was proven just now.
    """
    secret = new_secret()
    idle = None if terms.idle is None else int(terms.idle.total_seconds() // 60)
    session.execute(
        insert(MemberSession).values(
            timebank_id=timebank_id,
            digest=digest_of(secret),
            id=uuid.uuid4(),
            member_id=member_id,
            device=device[:LONGEST_DEVICE],
            began_at=now,
            ends_at=now + terms.lifetime,
            idle_minutes=idle,
            verified_at=now if verified else None,
        )
    )
    return secret


def verify_session(
    session: Session, *, timebank_id: int, secret: str, now: datetime.datetime
) -> str:
    """Write down that a second factor was proven, and return a new secret for the session.

    Raises:
        UnknownSession: it ended meanwhile.
    """
    renewed = new_secret()
    found = session.execute(
        update(MemberSession)
        .where(
            MemberSession.timebank_id == timebank_id,
            MemberSession.digest == digest_of(secret),
            MemberSession.ends_at > now,
        )
        .values(digest=digest_of(renewed), verified_at=now)
        .returning(MemberSession.id)
    ).first()
    if found is None:
        raise UnknownSession
    return renewed


def end_session(session: Session, *, timebank_id: int, secret: str) -> None:
    """End the session of this secret, if it stands."""
    session.execute(
        delete(MemberSession).where(
            MemberSession.timebank_id == timebank_id, MemberSession.digest == digest_of(secret)
        )
    )


def end_session_of(
    session: Session, *, timebank_id: int, member_id: uuid.UUID, session_id: uuid.UUID
) -> None:
    """End one session of a member, as they chose it from their list.

    Raises:
        UnknownSession: the member has no such session (any more).
    """
    gone = session.execute(
        delete(MemberSession)
        .where(
            MemberSession.timebank_id == timebank_id,
            MemberSession.member_id == member_id,
            MemberSession.id == session_id,
        )
        .returning(MemberSession.id)
    ).first()
    if gone is None:
        raise UnknownSession


def end_other_sessions(
    session: Session, *, timebank_id: int, member_id: uuid.UUID, but: str | None
) -> int:
    """End all sessions of a member but the one with this secret, and return how many ended."""
    gone = session.execute(
        delete(MemberSession)
        .where(
            MemberSession.timebank_id == timebank_id,
            MemberSession.member_id == member_id,
            MemberSession.digest != (digest_of(but) if but else b""),
        )
        .returning(MemberSession.id)
    )
    return len(gone.all())


def forget_sessions(session: Session, *, timebank_id: int, before: datetime.datetime) -> int:
    """Delete the sessions of a timebank that ended before this moment, and return how many."""
    gone = session.execute(
        delete(MemberSession)
        .where(MemberSession.timebank_id == timebank_id, MemberSession.ends_at < before)
        .returning(MemberSession.id)
    )
    return len(gone.all())
