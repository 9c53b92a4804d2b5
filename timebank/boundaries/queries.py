# SPDX-License-Identifier: EUPL-1.2
"""Reading exceptions: the list of them, and whether one stands. Nothing here writes."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from timebank.boundaries.models import BoundaryOverride
from timebank.members.models import Member
from timebank.members.policy import Actor, Permission
from timebank.members.queries import names_by_id

PAGE = 50


@dataclasses.dataclass(frozen=True)
class OverrideRow:
    """An exception as the list shows it; a name is None when that person was erased."""

    override_id: uuid.UUID
    helper_name: str | None
    helped_name: str | None
    allowed_by_name: str | None
    category_code: str
    reason: str
    allowed_at: datetime.datetime
    used: bool


def overrides(
    session: Session, *, by: Actor, before: uuid.UUID | None = None, limit: int = PAGE + 1
) -> Sequence[OverrideRow]:
    """Return the exceptions within the actor's reach, the newest first.

    Args:
        before: older than this one (exclusive); None starts at the newest.
        limit: at most this many; one more than a page tells whether there are more.

    Raises:
        NotPermitted: the actor allows no exceptions.
    """
    by.require(Permission.ALLOW_OVERRIDES)
    query = select(BoundaryOverride).where(BoundaryOverride.timebank_id == by.timebank_id)
    reach = by.reach(Permission.ALLOW_OVERRIDES)
    if not reach.everywhere:
        near = select(Member.id).where(
            Member.timebank_id == by.timebank_id, Member.neighbourhood_code.in_(reach.codes)
        )
        query = query.where(
            or_(BoundaryOverride.helper_id.in_(near), BoundaryOverride.helped_id.in_(near))
        )
    if before is not None:
        query = query.where(_older_than(by.timebank_id, before))
    newest_first = (BoundaryOverride.allowed_at.desc(), BoundaryOverride.id.desc())
    found = session.scalars(query.order_by(*newest_first).limit(limit)).all()
    ids = {one for row in found for one in (row.helper_id, row.helped_id, row.allowed_by)}
    names = names_by_id(session, timebank_id=by.timebank_id, member_ids=ids)
    return [
        OverrideRow(
            row.id,
            names.get(row.helper_id),
            names.get(row.helped_id),
            names.get(row.allowed_by),
            row.category_code,
            row.reason,
            row.allowed_at,
            row.used_for is not None,
        )
        for row in found
    ]


def override_stands(
    session: Session,
    *,
    timebank_id: int,
    helper_id: uuid.UUID,
    helped_id: uuid.UUID,
    category_code: str,
) -> bool:
    """Say whether these two may write down this kind of help once, by an exception."""
    return category_code in kinds_allowed(
        session, timebank_id=timebank_id, helper_id=helper_id, helped_id=helped_id
    )


def kinds_allowed(
    session: Session, *, timebank_id: int, helper_id: uuid.UUID, helped_id: uuid.UUID
) -> set[str]:
    """Return the work for a professional that these two may do once, by an exception."""
    return set(
        session.scalars(
            select(BoundaryOverride.category_code).where(
                BoundaryOverride.timebank_id == timebank_id,
                BoundaryOverride.helper_id == helper_id,
                BoundaryOverride.helped_id == helped_id,
                BoundaryOverride.used_for.is_(None),
            )
        )
    )


def overrides_for_oneself(session: Session, *, by: Actor) -> list[dict[str, Any]]:
    """Return the exceptions that concern the actor, oldest first."""
    rows = session.scalars(
        select(BoundaryOverride)
        .where(
            BoundaryOverride.timebank_id == by.timebank_id,
            or_(
                BoundaryOverride.helper_id == by.member_id,
                BoundaryOverride.helped_id == by.member_id,
            ),
        )
        .order_by(BoundaryOverride.allowed_at, BoundaryOverride.id)
    )
    return [
        {"exception": row.category_code, "reason": row.reason, "allowed_at": row.allowed_at}
        for row in rows
    ]


def _older_than(timebank_id: int, override_id: uuid.UUID) -> ColumnElement[bool]:
    moment = (
        select(BoundaryOverride.allowed_at)
        .where(BoundaryOverride.timebank_id == timebank_id, BoundaryOverride.id == override_id)
        .scalar_subquery()
    )
    return BoundaryOverride.allowed_at < moment
