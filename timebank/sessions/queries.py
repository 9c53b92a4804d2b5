# SPDX-License-Identifier: EUPL-1.2
"""Reading sessions: who is asking, in one statement, and a member's own list."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank.members.models import Member
from timebank.members.policy import Actor
from timebank.members.queries import actor_from, actor_query
from timebank.sessions.models import MemberSession
from timebank.sessions.operations import digest_of


@dataclasses.dataclass(frozen=True)
class SignedIn:
    """Who is asking, and the session in which they ask."""

    actor: Actor
    began_at: datetime.datetime
    idle_minutes: int | None
    verified: bool


def signed_in(
    session: Session, *, timebank_id: int, secret: str, now: datetime.datetime, today: datetime.date
) -> SignedIn | None:
    """Return who holds this secret, with the roles of today, in one statement.

    None when the session ended or never was, or the member left or was erased.
    """
    rows = session.execute(
        actor_query(today)
        .add_columns(MemberSession.began_at, MemberSession.idle_minutes, MemberSession.verified_at)
        .join(
            MemberSession,
            (MemberSession.timebank_id == Member.timebank_id)
            & (MemberSession.member_id == Member.id),
        )
        .where(
            MemberSession.timebank_id == timebank_id,
            MemberSession.digest == digest_of(secret),
            MemberSession.ends_at > now,
        )
    ).all()
    actor = actor_from([row[:3] for row in rows])
    if actor is None:
        return None
    began_at, idle_minutes, verified_at = rows[0][3:]
    return SignedIn(actor, began_at, idle_minutes, verified_at is not None)


@dataclasses.dataclass(frozen=True)
class Device:
    """A device on which a member is signed in."""

    session_id: uuid.UUID
    device: str
    began_at: datetime.datetime
    ends_at: datetime.datetime
    is_this_one: bool


def devices_of(
    session: Session,
    *,
    timebank_id: int,
    member_id: uuid.UUID,
    secret: str,
    now: datetime.datetime,
) -> Sequence[Device]:
    """Return where a member is signed in, the newest first.

    Args:
        secret: of the session that asks, to mark it.
    """
    rows = session.execute(
        select(MemberSession)
        .where(
            MemberSession.timebank_id == timebank_id,
            MemberSession.member_id == member_id,
            MemberSession.ends_at > now,
        )
        .order_by(MemberSession.began_at.desc(), MemberSession.id)
    ).scalars()
    return [
        Device(row.id, row.device, row.began_at, row.ends_at, row.digest == digest_of(secret))
        for row in rows
    ]
