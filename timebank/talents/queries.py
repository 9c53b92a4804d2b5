# SPDX-License-Identifier: EUPL-1.2
"""Reading talents: one's own, what waits for a yes, and those of a whole town for the matcher."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session, aliased

from timebank.categories.queries import of_open_kind
from timebank.members.models import Member, Person
from timebank.members.policy import Actor, Permission
from timebank.members.queries import person_for
from timebank.talents.models import Talent, TalentWords
from timebank.talents.policy import TalentSource


@dataclasses.dataclass(frozen=True)
class TalentRow:
    """A talent as its owner and their coordinator see it.

    Attributes:
        noted_by_name: who noted it in a talk; None where nobody did, or who did is erased.
        counts: the person said yes.
        confirmed_by_name: who wrote the yes down; None without one, or when who did is erased.
    """

    category_code: str
    source: TalentSource
    noted_by_name: str | None
    noted_at: datetime.datetime
    counts: bool
    confirmed_at: datetime.datetime | None = None
    confirmed_by_name: str | None = None


@dataclasses.dataclass(frozen=True)
class TownTalent:
    """A talent that counts, for the matcher."""

    member_id: uuid.UUID
    category_code: str
    source: TalentSource


def own_talents(session: Session, *, by: Actor) -> Sequence[TalentRow]:
    """Return the talents of the actor, what waits for a yes among them, by kind.

    Raises:
        NotPermitted: the actor takes no part.
    """
    by.require(Permission.KEEP_WISHES)
    return _talents(session, by.timebank_id, by.member_id)


def noted_about(session: Session, *, by: Actor) -> Sequence[TalentRow]:
    """Return what was noted about the actor in a talk and waits for their yes, by kind.

    Raises:
        NotPermitted: the actor takes no part.
    """
    by.require(Permission.KEEP_WISHES)
    return _talents(session, by.timebank_id, by.member_id, Talent.confirmed_at.is_(None))


def own_talent_words(session: Session, *, by: Actor) -> str:
    """Return what the actor added in their own words, or nothing."""
    return _words(session, by.timebank_id, by.member_id)


def talents_of(session: Session, member_id: uuid.UUID, *, by: Actor) -> Sequence[TalentRow]:
    """Return the talents of a member of the actor's neighbourhoods.

    Raises:
        NotPermitted: the actor has no talks.
        UnknownMember: out of reach.
    """
    by.require(Permission.HELP_WITH_WISHES)
    person_for(session, member_id, by=by)
    return _talents(session, by.timebank_id, member_id)


def talent_words_of(session: Session, member_id: uuid.UUID, *, by: Actor) -> str:
    """Return the own words of a member of the actor's neighbourhoods, or nothing.

    Raises:
        NotPermitted: the actor has no talks.
        UnknownMember: out of reach.
    """
    by.require(Permission.HELP_WITH_WISHES)
    person_for(session, member_id, by=by)
    return _words(session, by.timebank_id, member_id)


def talents_of_town(session: Session, *, timebank_id: int) -> list[TownTalent]:
    """Return every talent that counts of everybody who takes part, by member and kind.

    One statement. What waits for a yes is not among them (policy row L14), nor is what is not on
    offer any more.
    """
    rows = session.execute(
        select(Talent.member_id, Talent.category_code, Talent.source)
        .join(Member, and_(Member.timebank_id == Talent.timebank_id, Member.id == Talent.member_id))
        .where(
            Talent.timebank_id == timebank_id,
            Talent.confirmed_at.is_not(None),
            of_open_kind(Talent),
            Member.left_on.is_(None),
        )
        .order_by(Talent.member_id, Talent.category_code)
    )
    return [TownTalent(*row) for row in rows]


def talents_for_oneself(session: Session, *, by: Actor) -> list[dict[str, Any]]:
    """Return what is kept about what the actor likes to do, by kind; the own words last."""
    rows = _talents(session, by.timebank_id, by.member_id)
    kept: list[dict[str, Any]] = [
        {
            "talent": row.category_code,
            "source": row.source,
            "noted_by": row.noted_by_name,
            "noted_at": row.noted_at,
            "confirmed": row.counts,
            "confirmed_at": row.confirmed_at,
            "confirmed_by": row.confirmed_by_name,
        }
        for row in rows
    ]
    words = _words(session, by.timebank_id, by.member_id)
    return kept + ([{"own_words": words}] if words else [])


def _talents(
    session: Session,
    timebank_id: int,
    member_id: uuid.UUID | None,
    *conditions: ColumnElement[bool],
) -> Sequence[TalentRow]:
    noter, confirmer = aliased(Person), aliased(Person)
    rows = session.execute(
        select(
            Talent,
            noter.given_name,
            noter.family_name,
            confirmer.given_name,
            confirmer.family_name,
        )
        .outerjoin(
            noter,
            and_(noter.timebank_id == Talent.timebank_id, noter.member_id == Talent.noted_by),
        )
        .outerjoin(
            confirmer,
            and_(
                confirmer.timebank_id == Talent.timebank_id,
                confirmer.member_id == Talent.confirmed_by,
            ),
        )
        .where(Talent.timebank_id == timebank_id, Talent.member_id == member_id, *conditions)
        .order_by(Talent.category_code)
    )
    return [
        TalentRow(
            talent.category_code,
            talent.source,
            given and f"{given} {family}",
            talent.noted_at,
            talent.confirmed_at is not None,
            talent.confirmed_at,
            first and f"{first} {last}",
        )
        for talent, given, family, first, last in rows
    ]


def _words(session: Session, timebank_id: int, member_id: uuid.UUID | None) -> str:
    row = session.get(TalentWords, (timebank_id, member_id))
    return row.words if row else ""
