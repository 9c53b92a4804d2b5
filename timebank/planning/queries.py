# SPDX-License-Identifier: EUPL-1.2
"""Reading what the last night came to. Numbers of few people are withheld."""

from __future__ import annotations

import dataclasses
import datetime
from collections import Counter
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

import ledger
from timebank.areas.queries import neighbourhoods_of
from timebank.members.policy import Actor, Permission
from timebank.planning.policy import LEAST_PEOPLE, percent_of
from timebank.suggestions.models import MatchRun
from timebank.suggestions.policy import DAY

YEAR_DAYS = 365


@dataclasses.dataclass(frozen=True)
class PlaceOfPlan:
    """What the plan comes to in one neighbourhood; ``people`` None: too few to tell.

    Attributes:
        people: who has an hour to give at least.
        covered: who of them is in the plan; with_an_idea: who of them is shown something.
        needs, filled: how many needs there are, and for how many the plan knows somebody.
    """

    name: str
    people: int | None
    covered: int
    with_an_idea: int
    needs: int
    filled: int


@dataclasses.dataclass(frozen=True)
class LastPlan:
    """What the last plan comes to in the whole timebank, and by neighbourhood.

    Attributes:
        waiting_days: how long open needs wait, on average.
        yes_percent: of 100 suggestions that people saw; None: none was seen.
    """

    day: datetime.date
    people: int
    covered: int
    needs: int
    filled: int
    waiting_days: float
    yes_percent: int | None
    places: tuple[PlaceOfPlan, ...]


@dataclasses.dataclass(frozen=True)
class BothSides:
    """Which share of those who took part both gave and got help; None: too few to tell."""

    name: str
    percent: int | None


def last_plan(session: Session, *, by: Actor) -> LastPlan | None:
    """Return what the last plan comes to; None: there was none yet.

    By neighbourhood within the actor's reach only.

    Raises:
        NotPermitted: the actor helps nobody with this.
    """
    by.require(Permission.HELP_WITH_WISHES)
    run = session.scalars(
        select(MatchRun)
        .where(MatchRun.timebank_id == by.timebank_id)
        .order_by(MatchRun.day.desc(), MatchRun.made_at.desc())
        .limit(1)
    ).first()
    if run is None:
        return None
    told, reach = run.metrics, by.reach(Permission.HELP_WITH_WISHES)
    names = {
        place.code: place.name
        for place in neighbourhoods_of(session, timebank_id=by.timebank_id)
        if reach.covers(place.code)
    }
    return LastPlan(
        day=run.day,
        people=told["people_with_hours_to_give"],
        covered=told["covered"],
        needs=told["needs"],
        filled=told["filled"],
        waiting_days=told["waiting_days"],
        yes_percent=round(100 * told["yes"] / told["shown"]) if told["shown"] else None,
        places=tuple(_place(name, told["places"].get(code, {})) for code, name in names.items()),
    )


def both_sides(session: Session, *, by: Actor, now: datetime.datetime) -> Sequence[BothSides]:
    """Return by neighbourhood which share both gave and got help in a year (policy row D5).

    Hours of staff and of the pot are nobody's account here, so they are not counted (row D4).

    Raises:
        NotPermitted: the actor helps nobody with this.
    """
    by.require(Permission.HELP_WITH_WISHES)
    reach = by.reach(Permission.HELP_WITH_WISHES)
    places = {
        place.code: place.name
        for place in neighbourhoods_of(session, timebank_id=by.timebank_id)
        if reach.covers(place.code)
    }
    flows = ledger.account_flows(
        session,
        timebank_id=by.timebank_id,
        neighbourhood_codes=places,
        since=now - YEAR_DAYS * DAY,
        until=now + DAY,
    )
    active: Counter[str] = Counter()
    both: Counter[str] = Counter()
    for flow in flows:
        gave, got = flow.given_minutes > 0, flow.received_minutes > 0
        active[flow.neighbourhood_code] += gave or got
        both[flow.neighbourhood_code] += gave and got
    return [BothSides(name, percent_of(both[code], active[code])) for code, name in places.items()]


def _place(name: str, counts: dict[str, int]) -> PlaceOfPlan:
    people = counts.get("people", 0)
    if people < LEAST_PEOPLE:
        return PlaceOfPlan(name, None, 0, 0, 0, 0)
    rest = (counts.get(key, 0) for key in ("covered", "with_an_idea", "needs", "filled"))
    return PlaceOfPlan(name, people, *rest)
