# SPDX-License-Identifier: EUPL-1.2
"""What coordinators can do so that people find each other. Nothing here writes.

Each list is of the actor's neighbourhoods, ``PAGE`` lines at most, what waits longest first.
"""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import Session, aliased

import ledger
from timebank import clock
from timebank.areas.models import Neighbourhood
from timebank.matching.scoring import FEW_TALENTS, FIRST_MINUTES
from timebank.members.models import Member, Person
from timebank.members.policy import Actor, Permission, Reach
from timebank.needs.models import Need
from timebank.needs.workflow import NeedState
from timebank.suggestions.models import Suggestion
from timebank.suggestions.policy import DAY
from timebank.suggestions.workflow import OPEN, TAKEN, SuggestionState
from timebank.talents.models import Talent

PAGE = 20
WAITS_DAYS = 7
"""A need that waits longer than this (exclusive) is on the list."""
ALIKE, ALIKE_DAYS = 3, 30
"""So many like needs of one neighbourhood in so many days: perhaps do it together (row V13)."""


@dataclasses.dataclass(frozen=True)
class WaitingNeed:
    """A need that nobody took yet."""

    need_id: uuid.UUID
    member_name: str
    neighbourhood_name: str
    words: str
    category_code: str
    days: int
    ideas: int


@dataclasses.dataclass(frozen=True)
class Resident:
    """Somebody whom a coordinator can call or have a talk with."""

    member_id: uuid.UUID
    full_name: str
    neighbourhood_name: str


@dataclasses.dataclass(frozen=True)
class Introduction:
    """Who is asked, or said yes; the other has not answered.

    Attributes:
        giver_reads, owner_reads: whether they have e-mail, and so answer themselves.
    """

    need_id: uuid.UUID
    words: str
    category_code: str
    giver_id: uuid.UUID
    giver_name: str
    giver_reads: bool
    owner_id: uuid.UUID
    owner_name: str
    owner_reads: bool
    state: SuggestionState
    days: int


@dataclasses.dataclass(frozen=True)
class Alike:
    """Like needs in one neighbourhood."""

    neighbourhood_code: str
    neighbourhood_name: str
    category_code: str
    count: int


def long_waiting(session: Session, *, by: Actor, now: datetime.datetime) -> Sequence[WaitingNeed]:
    """Return the needs with a kind of help that wait longer than ``WAITS_DAYS``, untaken.

    Raises:
        NotPermitted: the actor helps nobody with this.
    """
    reach = _reach(by)
    ideas = (
        select(func.count())
        .where(
            Suggestion.timebank_id == Need.timebank_id,
            Suggestion.need_id == Need.id,
            Suggestion.state.in_(OPEN),
        )
        .scalar_subquery()
    )
    taken = exists().where(
        Suggestion.timebank_id == Need.timebank_id,
        Suggestion.need_id == Need.id,
        Suggestion.state.in_(TAKEN),
    )
    rows = session.execute(
        _of_needs(select(Need, Person.given_name, Person.family_name, Neighbourhood.name, ideas))
        .where(
            *_open_in(by, reach),
            Need.asked_at < now - WAITS_DAYS * DAY,
            Need.category_code.is_not(None),
            ~taken,
        )
        .order_by(Need.is_urgent.desc(), Need.asked_at, Need.id)
        .limit(PAGE)
    )
    return [
        WaitingNeed(
            need.id,
            f"{given} {family}",
            place,
            need.words,
            need.category_code or "",
            (clock.day_of(now) - clock.day_of(need.asked_at)).days,
            count,
        )
        for need, given, family, place, count in rows
    ]


def without_ideas(
    session: Session, *, by: Actor, today: datetime.date
) -> tuple[Sequence[Resident], Sequence[Resident]]:
    """Return people with hours to give: who has no suggestion now, and with whom a talk is due.

    A talk is due with whom fewer than ``FEW_TALENTS`` talents are known of. Balances are not shown.

    Raises:
        NotPermitted: the actor helps nobody with this.
    """
    has_one = exists().where(
        Suggestion.timebank_id == Member.timebank_id,
        Suggestion.giver_id == Member.id,
        Suggestion.state.in_(OPEN | TAKEN),
        Suggestion.expires_on >= today,
    )
    known = (
        select(func.count())
        .where(
            Talent.timebank_id == Member.timebank_id,
            Talent.member_id == Member.id,
        )
        .scalar_subquery()
    )
    return (
        _people(session, by, ~has_one),
        _people(session, by, known < FEW_TALENTS),
    )


def introductions(session: Session, *, by: Actor, now: datetime.datetime) -> Sequence[Introduction]:
    """Return who was asked and has not answered, and who said yes of whom the other has not.

    Raises:
        NotPermitted: the actor helps nobody with this.
    """
    reach, giver = _reach(by), aliased(Person)
    rows = session.execute(
        _of_needs(
            select(
                Suggestion,
                Need,
                giver,
                Person,
            ).join(
                Suggestion,
                and_(Suggestion.timebank_id == Need.timebank_id, Suggestion.need_id == Need.id),
            )
        )
        .join(
            giver,
            and_(
                giver.timebank_id == Suggestion.timebank_id, giver.member_id == Suggestion.giver_id
            ),
        )
        .where(
            *_open_in(by, reach),
            Suggestion.state.in_((SuggestionState.ASKED, SuggestionState.ACCEPTED)),
        )
        .order_by(Suggestion.changed_at, Suggestion.id)
        .limit(PAGE)
    )
    return [
        Introduction(
            need_id=need.id,
            words=need.words,
            category_code=need.category_code or "",
            giver_id=row.giver_id,
            giver_name=helper.full_name,
            giver_reads=helper.email is not None,
            owner_id=need.member_id,
            owner_name=owner.full_name,
            owner_reads=owner.email is not None,
            state=row.state,
            days=(clock.day_of(now) - clock.day_of(row.changed_at)).days,
        )
        for row, need, helper, owner in rows
    ]


def alike(session: Session, *, by: Actor, now: datetime.datetime) -> Sequence[Alike]:
    """Return where at least ``ALIKE`` people looked for the same in ``ALIKE_DAYS`` (row V13).

    Raises:
        NotPermitted: the actor helps nobody with this.
    """
    reach, count = _reach(by), func.count(Need.member_id.distinct())
    query = (
        select(Neighbourhood.code, Neighbourhood.name, Need.category_code, count)
        .select_from(Need)
        .where(
            *_open_in(by, reach),
            Need.asked_at >= now - ALIKE_DAYS * DAY,
            Need.category_code.is_not(None),
        )
        .group_by(Neighbourhood.code, Neighbourhood.name, Need.category_code)
        .having(count >= ALIKE)
        .order_by(count.desc(), Neighbourhood.name, Need.category_code)
        .limit(PAGE)
    )
    return [Alike(*row) for row in session.execute(_joined(query))]


def _reach(by: Actor) -> Reach:
    by.require(Permission.HELP_WITH_WISHES)
    return by.reach(Permission.HELP_WITH_WISHES)


def _within(reach: Reach) -> tuple[ColumnElement[bool], ...]:
    return () if reach.everywhere else (Member.neighbourhood_code.in_(reach.codes),)


def _open_in(by: Actor, reach: Reach) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of an open need within reach that is not the actor's own."""
    return (
        Need.timebank_id == by.timebank_id,
        Need.state == NeedState.OPEN,
        Need.member_id != by.member_id,
        Member.left_on.is_(None),
        *_within(reach),
    )


def _people(session: Session, by: Actor, condition: ColumnElement[bool]) -> Sequence[Resident]:
    rows = session.execute(
        select(Member.id, Person.given_name, Person.family_name, Neighbourhood.name)
        .join(Person, _is(Person.timebank_id, Person.member_id))
        .join(Neighbourhood, _lives_in())
        .join(
            ledger.Account,
            and_(
                ledger.Account.timebank_id == Member.timebank_id,
                ledger.Account.id == Member.account_id,
            ),
        )
        .where(
            Member.timebank_id == by.timebank_id,
            Member.id != by.member_id,
            Member.left_on.is_(None),
            ledger.Account.debited_minutes - ledger.Account.credited_minutes >= FIRST_MINUTES,
            condition,
            *_within(_reach(by)),
        )
        .order_by(Member.joined_on, Member.id)
        .limit(PAGE)
    )
    return [
        Resident(member_id, f"{given} {family}", place) for member_id, given, family, place in rows
    ]


def _of_needs(query: Any) -> Any:  # noqa: ANN401 - a select of several columns
    return _joined(query).join(Person, _is(Person.timebank_id, Person.member_id))


def _joined(query: Any) -> Any:  # noqa: ANN401 - a select of several columns
    """Join needs to who looks for them and where they live."""
    return query.join(
        Member, and_(Member.timebank_id == Need.timebank_id, Member.id == Need.member_id)
    ).join(Neighbourhood, _lives_in())


def _lives_in() -> ColumnElement[bool]:
    return and_(
        Neighbourhood.timebank_id == Member.timebank_id,
        Neighbourhood.code == Member.neighbourhood_code,
    )


def _is(timebank_id: Any, member_id: Any) -> ColumnElement[bool]:  # noqa: ANN401 - columns
    return and_(timebank_id == Member.timebank_id, member_id == Member.id)
