# SPDX-License-Identifier: EUPL-1.2
"""Reading group activities, and how many of them residents started. Nothing here writes."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import and_, extract, func, or_, select
from sqlalchemy.orm import Session

from timebank.activities.errors import UnknownActivity
from timebank.activities.models import ActivityPart, GroupActivity
from timebank.activities.policy import InitiatedBy
from timebank.members.models import Member, Person
from timebank.members.operations import folded
from timebank.members.policy import Actor, Permission
from timebank.members.queries import names_by_id

PAGE = 20
QUARTERS = 4
MONTHS_A_QUARTER = 3


@dataclasses.dataclass(frozen=True)
class Taking:
    """How long somebody helped, or was helped; the name is None when they were erased."""

    member_id: uuid.UUID
    name: str | None
    minutes: int


@dataclasses.dataclass(frozen=True)
class ActivityView:
    """An activity as its page shows it; who took part sees their own lines only."""

    activity: GroupActivity
    helpers: Sequence[Taking]
    helped: Sequence[Taking]


@dataclasses.dataclass(frozen=True)
class Initiative:
    """How many activities of a quarter residents started (policy row W7)."""

    year: int
    number: int
    by_residents: int
    total: int

    @property
    def percent(self) -> int:
        """The share of residents in whole percents, rounded half up."""
        return (200 * self.by_residents + self.total) // (2 * self.total)


def activity_for(session: Session, activity_id: uuid.UUID, *, by: Actor) -> ActivityView:
    """Return an activity, for coordinators of its neighbourhood and for who took part.

    Raises:
        UnknownActivity: there is none that this actor may see.
    """
    activity = session.get(GroupActivity, (by.timebank_id, activity_id))
    if activity is None:
        raise UnknownActivity
    query = select(ActivityPart).where(
        ActivityPart.timebank_id == by.timebank_id, ActivityPart.activity_id == activity_id
    )
    parts = session.scalars(query.order_by(ActivityPart.position)).all()
    whole = by.reach(Permission.DECIDE_EXCHANGES).covers(activity.neighbourhood_code)
    sides = [_summed([(part.helper_id, part.minutes) for part in parts])]
    sides.append(_summed([(part.helped_id, part.minutes) for part in parts if part.helped_id]))
    shown = [
        {one: minutes for one, minutes in side.items() if whole or one == by.member_id}
        for side in sides
    ]
    if not whole and not any(shown):
        raise UnknownActivity
    names = names_by_id(
        session, timebank_id=by.timebank_id, member_ids={one for side in shown for one in side}
    )
    helpers, helped = (
        [Taking(one, names.get(one), minutes) for one, minutes in side.items()] for side in shown
    )
    return ActivityView(activity, helpers, helped)


def newest_activities(session: Session, *, by: Actor, limit: int = PAGE) -> Sequence[GroupActivity]:
    """Return the activities of the actor's neighbourhoods, the latest day first.

    Raises:
        NotPermitted: the actor decides about no exchanges.
    """
    by.require(Permission.DECIDE_EXCHANGES)
    return session.scalars(
        select(GroupActivity)
        .where(GroupActivity.timebank_id == by.timebank_id, _within_reach(by))
        .order_by(GroupActivity.held_on.desc(), GroupActivity.id.desc())
        .limit(limit)
    ).all()


def initiatives(session: Session, *, by: Actor, today: datetime.date) -> Sequence[Initiative]:
    """Return the share of residents in the last four quarters with an activity, newest first.

    Raises:
        NotPermitted: the actor decides about no exchanges.
    """
    by.require(Permission.DECIDE_EXCHANGES)
    year, month = (extract(part, GroupActivity.held_on) for part in ("year", "month"))
    rows = session.execute(
        select(year, month, GroupActivity.initiated_by, func.count())
        .where(
            GroupActivity.timebank_id == by.timebank_id,
            GroupActivity.held_on >= _first_day(today),
            _within_reach(by),
        )
        .group_by(year, month, GroupActivity.initiated_by)
    )
    counts: dict[tuple[int, int], dict[InitiatedBy, int]] = defaultdict(lambda: defaultdict(int))
    for of_year, of_month, initiator, count in rows:
        quarter = (int(of_year), (int(of_month) - 1) // MONTHS_A_QUARTER + 1)
        counts[quarter][initiator] += count
    return [
        Initiative(*quarter, found[InitiatedBy.RESIDENT], sum(found.values()))
        for quarter, found in sorted(counts.items(), reverse=True)
    ]


def activities_behind(
    session: Session, *, timebank_id: int, transfer_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, GroupActivity]:
    """Return the activities that these transfers belong to, by transfer."""
    rows = session.execute(
        select(ActivityPart.transfer_id, GroupActivity)
        .join(
            GroupActivity,
            and_(
                GroupActivity.timebank_id == ActivityPart.timebank_id,
                GroupActivity.id == ActivityPart.activity_id,
            ),
        )
        .where(ActivityPart.timebank_id == timebank_id, ActivityPart.transfer_id.in_(transfer_ids))
    )
    return {row.transfer_id: row[1] for row in rows}


def residents_called(
    session: Session, *, timebank_id: int, names: Collection[str]
) -> dict[str, list[uuid.UUID]]:
    """Return who is called so, by the name as it was asked, in one statement.

    A whole name goes before a given name: who is called exactly so is meant.
    """
    wanted = {name: " ".join(folded(name).split()) for name in names if "\0" not in name}
    both = Person.search_given + " " + Person.search_family
    rows = session.execute(
        select(both, Person.search_given, Member.id)
        .join(
            Member,
            and_(Member.timebank_id == Person.timebank_id, Member.id == Person.member_id),
        )
        .where(
            Person.timebank_id == timebank_id,
            Member.left_on.is_(None),
            Member.account_id.is_not(None),
            or_(both.in_(wanted.values()), Person.search_given.in_(wanted.values())),
        )
    )
    whole: dict[str, list[uuid.UUID]] = defaultdict(list)
    given: dict[str, list[uuid.UUID]] = defaultdict(list)
    for full_name, given_name, member_id in rows:
        whole[full_name].append(member_id)
        given[given_name].append(member_id)
    return {name: whole[text] or given[text] for name, text in wanted.items()}


def activities_for_oneself(session: Session, *, by: Actor) -> list[dict[str, Any]]:
    """Return the activities the actor took part in, newest first, as plain values."""
    rows = session.execute(
        select(GroupActivity, ActivityPart.helper_id, ActivityPart.minutes)
        .join(
            ActivityPart,
            and_(
                GroupActivity.timebank_id == ActivityPart.timebank_id,
                GroupActivity.id == ActivityPart.activity_id,
            ),
        )
        .where(
            GroupActivity.timebank_id == by.timebank_id,
            or_(ActivityPart.helper_id == by.member_id, ActivityPart.helped_id == by.member_id),
        )
        .order_by(GroupActivity.held_on.desc(), GroupActivity.id, ActivityPart.position)
    )
    return [
        {
            "kind": "activity",
            "activity": activity.id,
            "category": activity.category_code,
            "place": activity.place,
            "helped_on": activity.held_on,
            "as_helper": helper_id == by.member_id,
            "minutes": minutes,
            "at": activity.booked_at,
        }
        for activity, helper_id, minutes in rows
    ]


def _within_reach(by: Actor) -> Any:  # noqa: ANN401 - a condition, or nothing to ask
    reach = by.reach(Permission.DECIDE_EXCHANGES)
    if reach.everywhere:
        return True
    return GroupActivity.neighbourhood_code.in_(reach.codes)


def _first_day(today: datetime.date) -> datetime.date:
    """Return the first day of the earliest of the quarters that are shown."""
    number = 4 * today.year + (today.month - 1) // MONTHS_A_QUARTER - (QUARTERS - 1)
    return datetime.date(number // 4, MONTHS_A_QUARTER * (number % 4) + 1, 1)


def _summed(pairs: Sequence[tuple[uuid.UUID, int]]) -> dict[uuid.UUID, int]:
    total: dict[uuid.UUID, int] = defaultdict(int)
    for member_id, minutes in pairs:
        total[member_id] += minutes
    return total
