# SPDX-License-Identifier: EUPL-1.2
"""Reading preferences: one's own for the page, those of a whole town for the matcher."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Collection
from typing import Any

from sqlalchemy import and_, or_, select, union_all
from sqlalchemy.orm import Session

from timebank.members.models import Member, MemberPause, Person
from timebank.members.policy import Actor, Permission
from timebank.preferences.models import Avoidance, MatchPreference, MutedCategory
from timebank.preferences.policy import SAID_NOTHING, Preferences, numbers_of
from timebank.trust.operations import check_answers_for


@dataclasses.dataclass(frozen=True)
class TownPreferences:
    """What somebody answered, or the answers of who said nothing, and whether they pause today."""

    member_id: uuid.UUID
    preferences: Preferences
    paused: bool


@dataclasses.dataclass(frozen=True)
class Avoided:
    """Somebody whom the actor rather not meets, and since when."""

    member_id: uuid.UUID
    full_name: str
    said_at: datetime.datetime


def own_preferences(session: Session, *, by: Actor) -> Preferences:
    """Return what the actor answered; who never did gets ``SAID_NOTHING``.

    Raises:
        NotPermitted: the actor takes no part.
    """
    by.require(Permission.KEEP_WISHES)
    return _answered(_row_of(session, by), _muted_by(session, by))


def preferences_of(session: Session, about: uuid.UUID, *, by: Actor) -> Preferences:
    """Return the answers of somebody without e-mail, for whom the actor writes them down.

    Whom they rather not meet is not told.

    Raises:
        NotPermitted, UnknownMember: the actor does not speak for them.
    """
    check_answers_for(session, about, by=by)
    them = dataclasses.replace(by, member_id=about)
    return _answered(_row_of(session, them), _muted_by(session, them))


def own_avoided(session: Session, *, by: Actor) -> list[Avoided]:
    """Return whom the actor rather not meets, by name. Who avoids the actor is told to nobody.

    Raises:
        NotPermitted: the actor takes no part.
    """
    by.require(Permission.KEEP_WISHES)
    return _avoided_by(session, by)


def preferences_of_town(
    session: Session, *, timebank_id: int, today: datetime.date
) -> list[TownPreferences]:
    """Return the preferences of everybody who takes part in exchanges, by member number.

    One statement, whatever the size of the town. Who said nothing has ``SAID_NOTHING``.

    Args:
        today: the day on which a pause counts.
    """
    rows = session.execute(
        select(Member.id, MatchPreference, MemberPause.since, MutedCategory.category_code)
        .outerjoin(MatchPreference, _of_member(MatchPreference))
        .outerjoin(
            MemberPause,
            and_(
                _of_member(MemberPause),
                MemberPause.since <= today,
                or_(MemberPause.until.is_(None), MemberPause.until >= today),
            ),
        )
        .outerjoin(MutedCategory, _of_member(MutedCategory))
        .where(
            Member.timebank_id == timebank_id,
            Member.account_id.is_not(None),
            Member.left_on.is_(None),
        )
        .order_by(Member.id)
    )
    found: dict[uuid.UUID, tuple[MatchPreference | None, bool, set[str]]] = {}
    for member_id, row, since, code in rows:
        muted = found.setdefault(member_id, (row, since is not None, set()))[2]
        muted |= {code} - {None}
    return [
        TownPreferences(member_id, _answered(row, frozenset(muted)), paused)
        for member_id, (row, paused, muted) in found.items()
    ]


def avoids_of_town(session: Session, *, timebank_id: int) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """Return the pairs that are never suggested to each other: sorted, each once, lesser id first.

    For the matcher only. Which of the two said it does not follow from it.
    """
    rows = session.execute(
        select(Avoidance.member_id, Avoidance.avoided_id).where(
            Avoidance.timebank_id == timebank_id
        )
    )
    return sorted({(min(one, other), max(one, other)) for one, other in rows})


def not_to_suggest(
    session: Session,
    member_id: uuid.UUID,
    *,
    among: Collection[uuid.UUID],
    timebank_id: int,
    today: datetime.date,
) -> set[uuid.UUID]:
    """Return who of these is not suggested to somebody: who pauses today, and who avoids whom.

    Which of the two said it does not follow from it. Who is named is found all the same.
    """
    if not among:
        return set()
    pausing = select(MemberPause.member_id).where(
        MemberPause.timebank_id == timebank_id,
        MemberPause.member_id.in_(among),
        MemberPause.since <= today,
        or_(MemberPause.until.is_(None), MemberPause.until >= today),
    )
    here = Avoidance.timebank_id == timebank_id
    avoided = select(Avoidance.avoided_id).where(
        here, Avoidance.member_id == member_id, Avoidance.avoided_id.in_(among)
    )
    avoiding = select(Avoidance.member_id).where(
        here, Avoidance.avoided_id == member_id, Avoidance.member_id.in_(among)
    )
    return set(session.scalars(union_all(pausing, avoided, avoiding)))


def preferences_for_oneself(session: Session, *, by: Actor) -> list[dict[str, Any]]:
    """Return what is kept about when and how the actor wants to help, and whom they avoid.

    Who avoids the actor is not among it: it is what somebody else said.
    """
    row, muted, avoided = _row_of(session, by), _muted_by(session, by), _avoided_by(session, by)
    if row is None and not muted and not avoided:
        return []
    found = _answered(row, muted)
    return [
        {
            "slots": numbers_of(found.slots),
            "reach_metres": found.reach_metres,
            "capacity_minutes": found.capacity_minutes,
            "muted": sorted(found.muted),
            "avoided": [{"name": one.full_name, "said_at": one.said_at} for one in avoided],
            "changed_at": row.changed_at if row else None,
        }
    ]


def _row_of(session: Session, by: Actor) -> MatchPreference | None:
    return session.get(MatchPreference, (by.timebank_id, by.member_id))


def _muted_by(session: Session, by: Actor) -> frozenset[str]:
    here = MutedCategory.timebank_id == by.timebank_id, MutedCategory.member_id == by.member_id
    return frozenset(session.scalars(select(MutedCategory.category_code).where(*here)))


def _avoided_by(session: Session, by: Actor) -> list[Avoided]:
    rows = session.execute(
        select(Person, Avoidance.said_at)
        .join(
            Avoidance,
            and_(
                Avoidance.timebank_id == Person.timebank_id,
                Avoidance.avoided_id == Person.member_id,
            ),
        )
        .where(Avoidance.timebank_id == by.timebank_id, Avoidance.member_id == by.member_id)
        .order_by(Person.search_given, Person.search_family, Person.member_id)
    )
    return [Avoided(person.member_id, person.full_name, at) for person, at in rows]


def _answered(row: MatchPreference | None, muted: frozenset[str]) -> Preferences:
    if row is None:
        return dataclasses.replace(SAID_NOTHING, muted=muted)
    return Preferences(row.slots, row.reach_metres, row.capacity_minutes, muted)


def _of_member(kind: type[MatchPreference | MemberPause | MutedCategory]) -> Any:  # noqa: ANN401
    return and_(kind.timebank_id == Member.timebank_id, kind.member_id == Member.id)
