# SPDX-License-Identifier: EUPL-1.2
"""Reading checks: what somebody has, and what the helpers of waiting exchanges lack."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any, Protocol

from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from timebank.categories.policy import Check
from timebank.checks.models import MemberCheck
from timebank.checks.policy import lacking
from timebank.members.errors import UnknownMember
from timebank.members.models import Member
from timebank.members.policy import Actor, Permission
from timebank.members.queries import names_by_id
from timebank.support.models import MemberSupport


class Helping(Protocol):
    """Anything that says who helps with what, as the rows of exchanges do."""

    @property
    def exchange_id(self) -> uuid.UUID:
        """Return which exchange it is."""

    @property
    def helper_id(self) -> uuid.UUID:
        """Return who helps."""

    @property
    def category_code(self) -> str:
        """Return with what kind of help."""


@dataclasses.dataclass(frozen=True)
class CheckRow:
    """A talk or a training as the page about a person shows it."""

    kind: Check
    happened_on: datetime.date
    seen_by_name: str | None


def missing_checks(
    session: Session, rows: Iterable[Helping], *, by: Actor
) -> dict[uuid.UUID, tuple[Check, ...]]:
    """Return what the helper of each exchange lacks; exchanges that lack nothing are left out.

    Two statements for all rows together. Nothing is refused because of it: hours that were given
    count; a coordinator reads it before approving or before confirming a visit (policy row V19).

    Raises:
        NotPermitted: the actor decides about no exchanges.
    """
    by.require(Permission.DECIDE_EXCHANGES)
    asking = [row for row in rows if lacking(row.category_code, ())]
    have = checks_of(session, {row.helper_id for row in asking}, timebank_id=by.timebank_id)
    found = {row.exchange_id: lacking(row.category_code, have[row.helper_id]) for row in asking}
    return {exchange_id: checks for exchange_id, checks in found.items() if checks}


def checks_of(
    session: Session, member_ids: Collection[uuid.UUID], *, timebank_id: int
) -> dict[uuid.UUID, set[Check]]:
    """Return what was seen of each of these members, in two statements; nothing for the others."""
    have: dict[uuid.UUID, set[Check]] = defaultdict(set)
    if not member_ids:
        return have
    certificates = select(
        MemberSupport.member_id, literal(Check.CONDUCT_CERTIFICATE.value).label("kind")
    ).where(
        MemberSupport.timebank_id == timebank_id,
        MemberSupport.member_id.in_(member_ids),
        MemberSupport.conduct_certificate_date.is_not(None),
    )
    others = select(MemberCheck.member_id, MemberCheck.kind).where(
        MemberCheck.timebank_id == timebank_id, MemberCheck.member_id.in_(member_ids)
    )
    for member_id, kind in [*session.execute(certificates), *session.execute(others)]:
        have[member_id].add(Check(kind))
    return have


def what_comes_first(
    session: Session, category_codes: Iterable[str], *, member_id: uuid.UUID, timebank_id: int
) -> dict[str, tuple[Check, ...]]:
    """Return what somebody who offers these kinds of help lacks for each; complete ones left out.

    For whoever offers: "first a talk" (policy row V4).
    """
    asking = [code for code in category_codes if lacking(code, ())]
    if not asking:
        return {}
    have = checks_of(session, [member_id], timebank_id=timebank_id)[member_id]
    return {code: checks for code in asking if (checks := lacking(code, have))}


def checks_seen(session: Session, member_id: uuid.UUID, *, by: Actor) -> list[CheckRow]:
    """Return which talks and trainings were seen of a member, for coordinators only.

    Raises:
        UnknownMember: not within the actor's reach.
    """
    member = session.get(Member, (by.timebank_id, member_id))
    if member is None or not by.reach(Permission.KEEP_SUPPORT).covers(member.neighbourhood_code):
        raise UnknownMember(member_id)
    return _rows(session, by.timebank_id, member_id)


def checks_for_oneself(session: Session, *, by: Actor) -> list[dict[str, Any]]:
    """Return what is kept about the checks of the actor."""
    if by.member_id is None:
        return []
    return [
        {"check": row.kind, "happened_on": row.happened_on, "seen_by": row.seen_by_name}
        for row in _rows(session, by.timebank_id, by.member_id)
    ]


def _rows(session: Session, timebank_id: int, member_id: uuid.UUID) -> list[CheckRow]:
    rows = session.scalars(
        select(MemberCheck)
        .where(MemberCheck.timebank_id == timebank_id, MemberCheck.member_id == member_id)
        .order_by(MemberCheck.kind)
    ).all()
    names = names_by_id(session, timebank_id=timebank_id, member_ids={r.seen_by for r in rows})
    return [
        CheckRow(Check(row.kind.value), row.happened_on, names.get(row.seen_by)) for row in rows
    ]
