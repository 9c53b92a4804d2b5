# SPDX-License-Identifier: EUPL-1.2
"""Reading second factors. Nothing here writes; a secret leaves only until it is confirmed."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Sequence

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from timebank.factors.models import SecondFactor
from timebank.members.models import Person


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
