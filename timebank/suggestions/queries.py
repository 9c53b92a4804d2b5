# SPDX-License-Identifier: EUPL-1.2
"""Reading suggestions: what to show somebody now, why, and where their answers stand.

What the night planned is checked again before it is shown. Who has little of it gets what was asked
since, found at once; so there is something to show on the first day too. Six statements at most.
"""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, exists, or_, select
from sqlalchemy.orm import Session

import ledger
from timebank import clock
from timebank.areas.models import Neighbourhood
from timebank.categories.models import HelpCategory
from timebank.members.models import Member, MemberPause, Person
from timebank.members.policy import Actor, Permission
from timebank.needs.models import Need
from timebank.needs.workflow import NeedState
from timebank.preferences.models import Avoidance, MatchPreference, MutedCategory
from timebank.preferences.policy import SAID_NOTHING
from timebank.suggestions.models import Suggestion, SuggestionRest
from timebank.suggestions.policy import DAY, LATER_DAYS, MOST_SHOWN, with_something_light
from timebank.suggestions.workflow import TAKEN, Invitation, SuggestionState

_TOLD = (SuggestionState.ACCEPTED, SuggestionState.AGREED, SuggestionState.WITHDRAWN)


@dataclasses.dataclass(frozen=True)
class Standing:
    """What suggestions to somebody depend on.

    Attributes:
        balance_minutes: given minus received; for the rules, never shown here.
        rests: what they want no invitations for today.
        offer: a need of theirs with which somebody wants to help, who waits for their yes.
    """

    member_id: uuid.UUID
    neighbourhood_code: str
    balance_minutes: int
    slots: int
    reach_metres: int
    capacity_minutes: int
    pauses: bool
    rests: frozenset[Invitation]
    offer: uuid.UUID | None


@dataclasses.dataclass(frozen=True)
class Idea:
    """Something that somebody could do, as it is shown to them.

    Attributes:
        given_name: of who looks for help; the family name follows when both said yes.
        state: None where it is not kept yet.
        shared_slots: bits of the half-days that suit both.
        days: how many days ago it was asked, on the Dutch calendar.
    """

    need_id: uuid.UUID
    owner_id: uuid.UUID
    given_name: str
    neighbourhood_name: str
    words: str
    category_code: str
    minutes: int | None
    shared_slots: int
    days: int
    is_light: bool
    points: int
    reasons: list[dict[str, Any]]
    state: SuggestionState | None
    appointment_id: uuid.UUID | None = None


def standing_of(session: Session, *, by: Actor, today: datetime.date) -> Standing | None:
    """Return what suggestions to the actor depend on, in one statement; None: no account.

    Raises:
        NotPermitted: the actor takes no part.
    """
    by.require(Permission.KEEP_WISHES)
    row = session.execute(
        select(
            Member.neighbourhood_code,
            ledger.Account.credited_minutes - ledger.Account.debited_minutes,
            MatchPreference,
            _pauses(today),
            _offer(),
            *map(_rests_until, Invitation),
        )
        .join(
            ledger.Account,
            and_(
                ledger.Account.timebank_id == Member.timebank_id,
                ledger.Account.id == Member.account_id,
            ),
        )
        .outerjoin(
            MatchPreference,
            and_(
                MatchPreference.timebank_id == Member.timebank_id,
                MatchPreference.member_id == Member.id,
            ),
        )
        .where(Member.timebank_id == by.timebank_id, Member.id == by.member_id)
    ).first()
    if row is None or by.member_id is None:
        return None
    code, balance, said, pauses, offer, *rests = row
    said = SAID_NOTHING if said is None else said
    resting = (kind for kind, day in zip(Invitation, rests, strict=True) if day and day >= today)
    return Standing(
        member_id=by.member_id,
        neighbourhood_code=str(code),
        balance_minutes=balance,
        slots=said.slots,
        reach_metres=said.reach_metres,
        capacity_minutes=said.capacity_minutes,
        pauses=bool(pauses),
        rests=frozenset(resting),
        offer=offer,
    )


def planned_for(
    session: Session, standing: Standing, *, by: Actor, now: datetime.datetime
) -> list[Idea]:
    """Return what the plan suggests and a coordinator asks, checked again, in one statement.

    Who asked in person comes first. What was filled, is asked of somebody else, is muted, or is of
    somebody who left, pauses or is avoided, is not among it.
    """
    if standing.pauses:
        return []
    today = clock.day_of(now)
    rows = session.execute(
        _rows(standing.slots)
        .where(
            *_mine(by),
            or_(
                and_(
                    Suggestion.state.in_(
                        (SuggestionState.PROPOSED, SuggestionState.SHOWN, SuggestionState.ASKED)
                    ),
                    Suggestion.expires_on >= today,
                ),
                # Put off, and the rest is over.
                and_(Suggestion.state == SuggestionState.LATER, Suggestion.expires_on < today),
            ),
            *still_open(by, today),
        )
        .order_by(
            Suggestion.state != SuggestionState.ASKED,
            Suggestion.rank,
            Suggestion.points.desc(),
            Suggestion.need_id,
        )
        .limit(MOST_SHOWN)
    )
    return with_something_light([_idea(row, now) for row in rows])


def one_planned(
    session: Session, need_id: uuid.UUID, standing: Standing, *, by: Actor, now: datetime.datetime
) -> Idea | None:
    """Return what is kept about one need for the actor, answered or not; None: nothing is."""
    row = session.execute(
        _rows(standing.slots).where(*_mine(by), Suggestion.need_id == need_id)
    ).first()
    return None if row is None else _idea(row, now)


def told_about(session: Session, *, by: Actor, now: datetime.datetime) -> list[Idea]:
    """Return where the actor's yes led: it waits for the other, is agreed, or is not needed.

    Of the last is told for ``LATER_DAYS``. At most ``MOST_SHOWN``, the newest first.
    """
    recent = or_(
        Suggestion.state == SuggestionState.ACCEPTED,
        and_(
            Suggestion.state.in_(_TOLD),
            Suggestion.changed_at >= now - LATER_DAYS * DAY,
        ),
    )
    rows = session.execute(
        _rows(0)
        .where(*_mine(by), recent)
        .order_by(Suggestion.changed_at.desc(), Suggestion.need_id)
        .limit(MOST_SHOWN)
    )
    return [_idea(row, now) for row in rows]


def still_open(by: Actor, today: datetime.date) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions under which a need may be shown to the actor now.

    For a statement over needs joined to the member who looks for help and the kind of help.
    """
    apart = exists().where(
        Avoidance.timebank_id == Need.timebank_id,
        or_(
            and_(Avoidance.member_id == by.member_id, Avoidance.avoided_id == Need.member_id),
            and_(Avoidance.member_id == Need.member_id, Avoidance.avoided_id == by.member_id),
        ),
    )
    muted = exists().where(
        MutedCategory.timebank_id == Need.timebank_id,
        MutedCategory.member_id == by.member_id,
        MutedCategory.category_code == Need.category_code,
    )
    rival = Suggestion.__table__.alias("rival")
    elsewhere = exists().where(
        rival.c.timebank_id == Need.timebank_id,
        rival.c.need_id == Need.id,
        rival.c.giver_id != by.member_id,
        rival.c.state.in_(TAKEN),
    )
    return (
        Need.state == NeedState.OPEN,
        Need.open_until >= today,
        Need.member_id != by.member_id,
        Member.left_on.is_(None),
        HelpCategory.is_open.is_(True),
        ~_pauses(today),
        ~apart,
        ~muted,
        ~elsewhere,
    )


def _mine(by: Actor) -> tuple[ColumnElement[bool], ...]:
    return (Suggestion.timebank_id == by.timebank_id, Suggestion.giver_id == by.member_id)


def _rests_until(kind: Invitation) -> ScalarSelect[Any]:
    """Return until when the member of the row wants no invitation of this kind."""
    return (
        select(SuggestionRest.until)
        .where(
            SuggestionRest.timebank_id == Member.timebank_id,
            SuggestionRest.member_id == Member.id,
            SuggestionRest.kind == kind,
        )
        .scalar_subquery()
    )


def _offer() -> ScalarSelect[Any]:
    """Return a need of the member of the row with which somebody wants to help; the oldest yes."""
    return (
        select(Need.id)
        .join(
            Suggestion,
            and_(Suggestion.timebank_id == Need.timebank_id, Suggestion.need_id == Need.id),
        )
        .where(
            Need.timebank_id == Member.timebank_id,
            Need.member_id == Member.id,
            Need.state == NeedState.OPEN,
            Suggestion.state == SuggestionState.ACCEPTED,
        )
        .order_by(Suggestion.changed_at)
        .limit(1)
        .correlate(Member)
        .scalar_subquery()
    )


def _pauses(today: datetime.date) -> ColumnElement[bool]:
    """Return whether the member of the row pauses today."""
    return exists().where(
        MemberPause.timebank_id == Member.timebank_id,
        MemberPause.member_id == Member.id,
        MemberPause.since <= today,
        or_(MemberPause.until.is_(None), MemberPause.until >= today),
    )


def with_who_asks(needs: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Join a statement over needs to who asks, where they live and the kind of help."""
    return (
        needs.join(
            Member, and_(Member.timebank_id == Need.timebank_id, Member.id == Need.member_id)
        )
        .join(Person, and_(Person.timebank_id == Need.timebank_id, Person.member_id == Member.id))
        .join(
            Neighbourhood,
            and_(
                Neighbourhood.timebank_id == Member.timebank_id,
                Neighbourhood.code == Member.neighbourhood_code,
            ),
        )
        .join(
            HelpCategory,
            and_(
                HelpCategory.timebank_id == Need.timebank_id,
                HelpCategory.code == Need.category_code,
            ),
        )
    )


def _rows(slots: int) -> Select[Any]:
    """Return a statement over suggestions, with the need and who looks for it."""
    return with_who_asks(
        select(
            Suggestion,
            Need,
            Person.given_name,
            Neighbourhood.name,
            HelpCategory.is_easy,
            HelpCategory.is_remote,
            Need.slots.bitwise_and(slots),
        ).join(
            Need, and_(Need.timebank_id == Suggestion.timebank_id, Need.id == Suggestion.need_id)
        )
    )


def _idea(row: Any, now: datetime.datetime) -> Idea:  # noqa: ANN401 - a row of _rows
    suggestion, need, given_name, place, easy, remote, shared = row
    return Idea(
        need_id=need.id,
        owner_id=need.member_id,
        given_name=given_name,
        neighbourhood_name=place,
        words=need.words,
        category_code=need.category_code,
        minutes=need.minutes,
        shared_slots=shared,
        days=(clock.day_of(now) - clock.day_of(need.asked_at)).days,
        is_light=easy or remote,
        points=suggestion.points,
        reasons=suggestion.reasons,
        state=suggestion.state,
        appointment_id=suggestion.appointment_id,
    )
