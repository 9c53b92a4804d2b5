# SPDX-License-Identifier: EUPL-1.2
"""Reading second factors. Nothing here writes; a secret leaves only until it is confirmed."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from timebank.access.models import PrintedCode, SignInRequest
from timebank.factors.models import SecondFactor
from timebank.members.models import Person
from timebank.members.policy import Actor
from timebank.sessions.models import MemberSession


@dataclasses.dataclass(frozen=True)
class Colleague:
    """Somebody who has a second factor."""

    member_id: uuid.UUID
    full_name: str


def has_factor(session: Session, *, timebank_id: int, member_id: uuid.UUID) -> bool:
    """Say whether the member has confirmed a second factor."""
    confirmed = session.scalar(
        select(SecondFactor.confirmed_at).where(
            SecondFactor.timebank_id == timebank_id, SecondFactor.member_id == member_id
        )
    )
    return confirmed is not None


def colleagues_with_factors(
    session: Session, *, timebank_id: int, but: uuid.UUID | None
) -> Sequence[Colleague]:
    """Return who has a second factor, by name, without the one who asks."""
    rows = session.execute(
        select(Person)
        .join(
            SecondFactor,
            and_(
                SecondFactor.timebank_id == Person.timebank_id,
                SecondFactor.member_id == Person.member_id,
            ),
        )
        .where(Person.timebank_id == timebank_id, Person.member_id != but)
        .order_by(Person.search_given, Person.search_family)
    ).scalars()
    return [Colleague(person.member_id, person.full_name) for person in rows]


def unconfirmed_secret(session: Session, *, timebank_id: int, member_id: uuid.UUID) -> str | None:
    """Return the secret that the member's telephone has still to read, None when there is none."""
    return session.scalar(
        select(SecondFactor.secret).where(
            SecondFactor.timebank_id == timebank_id,
            SecondFactor.member_id == member_id,
            SecondFactor.confirmed_at.is_(None),
        )
    )


def ways_in_for_oneself(session: Session, *, by: Actor) -> list[dict[str, Any]]:
    """Return where the actor is signed in, what could still sign them in, and the second step."""

    def rows(model: Any, newest: Any) -> Sequence[Any]:  # noqa: ANN401 - a mapped class, a column
        own = select(model).where(
            model.timebank_id == by.timebank_id, model.member_id == by.member_id
        )
        return session.scalars(own.order_by(newest.desc())).all()

    return [
        *(
            {
                "kind": "device",
                "device": one.device,
                "began_at": one.began_at,
                "ends_at": one.ends_at,
            }
            for one in rows(MemberSession, MemberSession.ends_at)
        ),
        *(
            {"kind": "letter", "issued_at": one.issued_at, "ends_at": one.expires_at}
            | {"used_at": one.used_at}
            for one in rows(PrintedCode, PrintedCode.expires_at)
        ),
        *(
            {"kind": "mail", "ends_at": one.expires_at, "used_at": one.used_at}
            for one in rows(SignInRequest, SignInRequest.expires_at)
        ),
        *(
            {"kind": "second_step", "confirmed_at": one.confirmed_at}
            for one in rows(SecondFactor, SecondFactor.confirmed_at)
            if one.confirmed_at is not None
        ),
    ]
