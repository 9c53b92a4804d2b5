# SPDX-License-Identifier: EUPL-1.2
"""Reading needs: one's own, those of the coordinator's neighbourhoods, the open ones of a town."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import Session, aliased

from timebank import clock
from timebank.areas.models import Neighbourhood
from timebank.categories.queries import of_open_kind
from timebank.members.models import Member, Person
from timebank.members.policy import Actor, Permission
from timebank.needs.errors import UnknownNeed
from timebank.needs.models import Need
from timebank.needs.operations import need_within_reach
from timebank.needs.policy import EXPECTED_MINUTES
from timebank.needs.workflow import NeedState

PAGE = 50


@dataclasses.dataclass(frozen=True)
class NeedRow:
    """A need as its owner and their coordinator see it.

    Attributes:
        asked_by_name: who typed it for the owner; None when the owner did, or who did is erased.
        days: how many days ago it was asked, on the Dutch calendar; 0 is today.
    """

    need_id: uuid.UUID
    member_id: uuid.UUID
    member_name: str
    neighbourhood_name: str | None
    words: str
    deeper_words: str | None
    category_code: str | None
    minutes: int | None
    slots: int
    is_urgent: bool
    state: NeedState
    asked_by_name: str | None
    asked_at: datetime.datetime
    open_until: datetime.date
    days: int


@dataclasses.dataclass(frozen=True)
class TownNeed:
    """An open need for the matcher, in its units.

    Attributes:
        minutes: ``EXPECTED_MINUTES`` where nobody said how long it takes.
        waiting_days: since it was asked, in days and parts of them; never below 0.
    """

    need_id: uuid.UUID
    member_id: uuid.UUID
    category_code: str
    minutes: int
    slots: int
    waiting_days: float
    is_urgent: bool


def own_needs(session: Session, *, by: Actor, now: datetime.datetime) -> Sequence[NeedRow]:
    """Return the needs of the actor: those that are looked for first, then the newest first.

    At most ``PAGE``: what is over goes in time.

    Raises:
        NotPermitted: the actor takes no part.
    """
    by.require(Permission.KEEP_WISHES)
    rows = session.execute(
        _rows(Need.timebank_id == by.timebank_id, Need.member_id == by.member_id)
        .order_by(Need.closed_at.is_not(None), Need.asked_at.desc(), Need.id)
        .limit(PAGE)
    )
    return [_row(row, now) for row in rows]


def own_need(session: Session, need_id: uuid.UUID, *, by: Actor, now: datetime.datetime) -> NeedRow:
    """Return one need of the actor.

    Raises:
        NotPermitted: the actor takes no part.
        UnknownNeed: it is not the actor's.
    """
    by.require(Permission.KEEP_WISHES)
    row = session.execute(
        _rows(
            Need.timebank_id == by.timebank_id,
            Need.member_id == by.member_id,
            Need.id == need_id,
        )
    ).first()
    if row is None:
        raise UnknownNeed
    return _row(row, now)


def needs_in_reach(
    session: Session, *, by: Actor, now: datetime.datetime, limit: int = PAGE + 1
) -> Sequence[NeedRow]:
    """Return what is looked for in the actor's neighbourhoods.

    Without a kind of help comes first, then urgent, then the oldest; nobody sorts their own.

    Args:
        limit: at most this many; one more than a page tells whether there are more.

    Raises:
        NotPermitted: the actor helps nobody with this.
    """
    by.require(Permission.HELP_WITH_WISHES)
    rows = session.execute(
        _rows(_in_reach(by))
        .order_by(
            case((Need.category_code.is_(None), 0), else_=1),
            Need.is_urgent.desc(),
            Need.asked_at,
            Need.id,
        )
        .limit(limit)
    )
    return [_row(row, now) for row in rows]


def need_row(session: Session, need_id: uuid.UUID, *, by: Actor, now: datetime.datetime) -> NeedRow:
    """Return one need of the actor's neighbourhoods.

    Raises:
        UnknownNeed: there is none within reach, or it is the actor's own.
    """
    need_within_reach(session, need_id, by=by)
    row = session.execute(_rows(Need.timebank_id == by.timebank_id, Need.id == need_id)).one()
    return _row(row, now)


def count_unsorted(session: Session, *, by: Actor) -> tuple[int, datetime.datetime | None]:
    """Return how many open needs within reach have no kind yet, and since when the oldest waits."""
    count, oldest = session.execute(
        select(func.count(), func.min(Need.asked_at))
        .select_from(Need)
        .join(Member, _of_member())
        .where(_in_reach(by), Need.category_code.is_(None))
    ).one()
    return count, oldest


def open_needs(
    session: Session, *, timebank_id: int, today: datetime.date, now: datetime.datetime
) -> list[TownNeed]:
    """Return what is open in the town and has a kind of help on offer, the oldest first.

    One statement. What was promised, is past its last day or is of somebody who left is not in it.

    Args:
        today: the last day of a need counts (inclusive).
    """
    rows = session.scalars(
        select(Need)
        .join(Member, _of_member())
        .where(
            Need.timebank_id == timebank_id,
            Need.state == NeedState.OPEN,
            Need.open_until >= today,
            of_open_kind(Need),
            Member.left_on.is_(None),
        )
        .order_by(Need.asked_at, Need.id)
    )
    return [
        TownNeed(
            need_id=need.id,
            member_id=need.member_id,
            category_code=need.category_code or "",
            minutes=need.minutes or EXPECTED_MINUTES,
            slots=need.slots,
            waiting_days=max((now - need.asked_at) / datetime.timedelta(days=1), 0.0),
            is_urgent=need.is_urgent,
        )
        for need in rows
    ]


def needs_for_oneself(session: Session, *, by: Actor) -> list[dict[str, Any]]:
    """Return what is kept about what the actor looks for, oldest first."""
    rows = session.scalars(
        select(Need)
        .where(Need.timebank_id == by.timebank_id, Need.member_id == by.member_id)
        .order_by(Need.asked_at, Need.id)
    )
    return [
        {
            "need": need.words,
            "really_about": need.deeper_words,
            "category": need.category_code,
            "minutes": need.minutes,
            "slots": need.slots,
            "urgent": need.is_urgent,
            "state": need.state,
            "asked_by_me": need.asked_by == by.member_id,
            "asked_at": need.asked_at,
            "open_until": need.open_until,
        }
        for need in rows
    ]


def _in_reach(by: Actor) -> ColumnElement[bool]:
    """Return the condition that a need is looked for within reach, and not the actor's own."""
    reach = by.reach(Permission.HELP_WITH_WISHES)
    here = [
        Need.timebank_id == by.timebank_id,
        Need.state.in_((NeedState.OPEN, NeedState.PROMISED)),
        Member.left_on.is_(None),
    ]
    if by.member_id is not None:
        here.append(Need.member_id != by.member_id)
    if not reach.everywhere:
        here.append(Member.neighbourhood_code.in_(reach.codes))
    return and_(*here)


def _of_member() -> ColumnElement[bool]:
    return and_(Member.timebank_id == Need.timebank_id, Member.id == Need.member_id)


def _rows(*conditions: ColumnElement[bool]) -> Select[Need, Person, str, str, str]:
    typist = aliased(Person)
    return (
        select(Need, Person, Neighbourhood.name, typist.given_name, typist.family_name)
        .join(Member, _of_member())
        .join(Person, and_(Person.timebank_id == Need.timebank_id, Person.member_id == Member.id))
        .outerjoin(
            Neighbourhood,
            and_(
                Neighbourhood.timebank_id == Member.timebank_id,
                Neighbourhood.code == Member.neighbourhood_code,
            ),
        )
        .outerjoin(
            typist,
            and_(
                typist.timebank_id == Need.timebank_id,
                typist.member_id == Need.asked_by,
                Need.asked_by != Need.member_id,
            ),
        )
        .where(*conditions)
    )


def _row(row: Any, now: datetime.datetime) -> NeedRow:  # noqa: ANN401 - a row of _rows
    need, person, place, given, family = row
    return NeedRow(
        need_id=need.id,
        member_id=need.member_id,
        member_name=person.full_name,
        neighbourhood_name=place,
        words=need.words,
        deeper_words=need.deeper_words,
        category_code=need.category_code,
        minutes=need.minutes,
        slots=need.slots,
        is_urgent=need.is_urgent,
        state=need.state,
        asked_by_name=given and f"{given} {family}",
        asked_at=need.asked_at,
        open_until=need.open_until,
        days=(clock.day_of(now) - clock.day_of(need.asked_at)).days,
    )
