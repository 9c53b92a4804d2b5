# SPDX-License-Identifier: EUPL-1.2
"""Writing down what somebody did, in the same transaction as the deed."""

from __future__ import annotations

import datetime
import re
import uuid
from typing import Protocol

from sqlalchemy import insert
from sqlalchemy.orm import Session

from ledger import new_id
from timebank.audit.models import AuditEvent

_ACTION = re.compile(r"[a-z_]+:[a-z_]+")


class Doer(Protocol):
    """Who does something, and in which timebank: an ``Actor`` of the room above."""

    @property
    def timebank_id(self) -> int:
        """The timebank that the actor is signed in to."""

    @property
    def member_id(self) -> uuid.UUID | None:
        """The actor; None for the organisation itself."""


def write_down_by(
    session: Session,
    action: str,
    by: Doer,
    *,
    now: datetime.datetime,
    about: uuid.UUID | None = None,
    subject: uuid.UUID | None = None,
) -> None:
    """Write down that the actor did something: never that whom it is about did it themselves.

    Args:
        by: who is signed in; the others as :func:`write_down` says.
    """
    write_down(
        session,
        action,
        timebank_id=by.timebank_id,
        by=by.member_id,
        now=now,
        about=about,
        subject=subject,
    )


def write_down(
    session: Session,
    action: str,
    *,
    timebank_id: int,
    by: uuid.UUID | None,
    now: datetime.datetime,
    about: uuid.UUID | None = None,
    subject: uuid.UUID | None = None,
) -> None:
    """Write down that somebody did something; it stands only if the caller's transaction does.

    Args:
        action: ``thing:verb`` in small letters, such as ``member:enrol``; never anything typed.
        by: the member who did it; None for the organisation itself or a job.
        about: the member whom it concerns, who may read it later.
        subject: the exchange, note or grant that it was done to.
    """
    assert _ACTION.fullmatch(action), action  # noqa: S101 - a word of ours, never of a user
    session.execute(
        insert(AuditEvent).values(
            timebank_id=timebank_id,
            id=new_id(now),
            happened_at=now,
            action=action,
            by_member_id=by,
            about_member_id=about,
            subject_id=subject,
        )
    )
