# SPDX-License-Identifier: EUPL-1.2
"""Reading who was erased, and who of them stands in this database (again). Nothing here writes."""

from __future__ import annotations

import pathlib
import uuid
from collections.abc import Sequence

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from timebank.erasure.policy import digest_of, digests_on
from timebank.members.models import Member, Person


def digests_at(path: pathlib.Path) -> frozenset[str]:
    """Return who stands on the list of erasures; without a file nobody was erased yet.

    Raises:
        UnreadableList: a line is something else.
    """
    return digests_on(path.read_text("ascii", errors="replace")) if path.exists() else frozenset()


def erased_but_here(
    session: Session, digests: frozenset[str], *, timebank_id: int
) -> Sequence[uuid.UUID]:
    """Return the members of a timebank who are on the list and have a name here, by id.

    A database restored from a backup made before their erasure holds them again.
    """
    people = session.scalars(
        select(Person.member_id).where(Person.timebank_id == timebank_id).order_by(Person.member_id)
    )
    return [one for one in people if digest_of(timebank_id, one) in digests]


def erased_people(session: Session, *, timebank_id: int) -> Sequence[str]:
    """Return the digests of the members of a timebank who left without a name, by day.

    They belong on the list; one is missing when the machine died between commit and list.
    """
    left = session.scalars(
        select(Member.id)
        .outerjoin(
            Person, and_(Person.timebank_id == Member.timebank_id, Person.member_id == Member.id)
        )
        .where(
            Member.timebank_id == timebank_id,
            Person.member_id.is_(None),
            Member.left_on.is_not(None),
        )
        .order_by(Member.left_on, Member.id)
    )
    return [digest_of(timebank_id, member_id) for member_id in left]
