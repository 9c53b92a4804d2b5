# SPDX-License-Identifier: EUPL-1.2
"""A small town around one person, ranked by the engine of the night: what suits them, and why.

Four statements, whatever the size of the timebank. The same hard rules and the same points as at
night; only circles of three are not looked for.
"""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import numpy as np
from sqlalchemy import (
    ColumnElement,
    Row,
    String,
    and_,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from timebank import clock
from timebank.areas.models import Neighbourhood
from timebank.categories.models import HelpCategory
from timebank.categories.policy import Check
from timebank.checks.models import MemberCheck
from timebank.exchanges.models import Exchange
from timebank.exchanges.workflow import ExchangeState
from timebank.matching.candidates import candidates_of
from timebank.matching.reading import town_of
from timebank.matching.scoring import FIRST_MINUTES
from timebank.members.models import Person
from timebank.members.policy import Actor
from timebank.needs.models import Need
from timebank.needs.policy import EXPECTED_MINUTES
from timebank.preferences.models import MutedCategory
from timebank.suggestions.models import Suggestion
from timebank.suggestions.policy import DAY
from timebank.suggestions.queries import Idea, Standing, still_open, with_who_asks
from timebank.suggestions.scoring import kept_reasons
from timebank.suggestions.workflow import SuggestionState
from timebank.support.models import MemberSupport
from timebank.talents.models import Talent
from timebank.towns.policy import Place
from timebank.towns.queries import kind_item, not_allowed, places_of_town, since_when

MOST_NEEDS = 200
"""So many needs are looked through for one person: those of their own neighbourhood first."""
YOUNG_DAYS = 3
"""By day a younger need is not shown to who has no hours to give, where no plan shows it."""
_TALENT, _MUTED, _CHECK = "talent", "muted", "check"
Item = dict[str, Any]


@dataclasses.dataclass(frozen=True)
class Sought:
    """Which needs are ranked for somebody.

    Attributes:
        kept: needs of which something is kept for them; no window counts for those.
        fresh: whether what nothing is kept of is looked through too.
        only: one need alone; None: all of them.
    """

    kept: Collection[uuid.UUID] = ()
    fresh: bool = True
    only: uuid.UUID | None = None


def ranked(
    session: Session, standing: Standing, sought: Sought, *, by: Actor, now: datetime.datetime
) -> list[Idea]:
    """Return what suits one person as the day is now, the most points first; four statements."""
    rows = _open_rows(session, standing, by, now, sought)
    if not rows:
        return []
    places, places_known = places_of_town(session, timebank_id=by.timebank_id)
    said = _said_by(session, by)
    helped = _helped_with(session, by, clock.day_of(now))
    town = town_of(_small_town(standing, rows, places, said, helped, now))
    candidates = candidates_of(town)
    # Nobody else in this town can be asked: these are the edges of one giver.
    edges = candidates.edges.at(np.lexsort((candidates.edges.need, -candidates.edges.points)))
    reasons = kept_reasons(town, candidates.known, edges, places_known=places_known)
    by_id = {str(row.Need.id): row for row in rows}
    return [
        _idea(by_id[town.needs[need]], standing, points, why, now)
        for need, points, why in zip(
            edges.need.tolist(), edges.points.tolist(), reasons, strict=True
        )
    ]


def _open_rows(
    session: Session,
    standing: Standing,
    by: Actor,
    now: datetime.datetime,
    sought: Sought,
) -> list[Row[Any]]:
    """Read the open needs that are sought, nearest and oldest first."""
    today = clock.day_of(now)
    wanted: ColumnElement[bool] = Need.id.in_(sought.kept)
    if sought.fresh:
        wanted = or_(wanted, and_(~_stands_for(by, today), *_window(standing, now)))
    told = select(Need, HelpCategory, Person.given_name, Neighbourhood.code, Neighbourhood.name)
    query = with_who_asks(told).where(
        Need.timebank_id == by.timebank_id,
        Need.slots.bitwise_and(standing.slots) != 0,
        func.coalesce(Need.minutes, EXPECTED_MINUTES) <= standing.capacity_minutes,
        wanted,
        *still_open(by, today),
    )
    if sought.only is not None:
        query = query.where(Need.id == sought.only)
    order = (
        Need.id.not_in(sought.kept),
        Neighbourhood.code != standing.neighbourhood_code,
        Need.asked_at,
        Need.id,
    )
    return list(session.execute(query.order_by(*order).limit(MOST_NEEDS)))


def _stands_for(by: Actor, today: datetime.date) -> ColumnElement[bool]:
    """Return whether something is kept of a need for the actor that did not run out."""
    ideas = (SuggestionState.PROPOSED, SuggestionState.SHOWN)
    return exists().where(
        Suggestion.timebank_id == Need.timebank_id,
        Suggestion.need_id == Need.id,
        Suggestion.giver_id == by.member_id,
        Suggestion.state != SuggestionState.EXPIRED,
        or_(Suggestion.state.not_in(ideas), Suggestion.expires_on >= today),
    )


def _window(standing: Standing, now: datetime.datetime) -> tuple[ColumnElement[bool], ...]:
    """Return the condition that keeps young needs for people with hours to give.

    How many of them fit is not known here, so for others it waits for the plan of a night.
    """
    if standing.balance_minutes <= -FIRST_MINUTES:
        return ()
    return (or_(Need.is_urgent, Need.asked_at <= now - YOUNG_DAYS * DAY),)


def _said_by(session: Session, by: Actor) -> Mapping[str, set[tuple[str, str]]]:
    """Read talents, muted kinds and checks of the actor, in one statement."""
    here = {"timebank_id": by.timebank_id, "member_id": by.member_id}

    def of_actor(kind: Any) -> Any:  # noqa: ANN401 - mapped classes with these two columns
        return and_(*(getattr(kind, name) == value for name, value in here.items()))

    rows = session.execute(
        union_all(
            select(literal(_TALENT), Talent.category_code, cast(Talent.source, String)).where(
                of_actor(Talent), Talent.confirmed_at.is_not(None)
            ),
            select(literal(_MUTED), MutedCategory.category_code, literal("")).where(
                of_actor(MutedCategory)
            ),
            select(literal(_CHECK), cast(MemberCheck.kind, String), literal("")).where(
                of_actor(MemberCheck)
            ),
            select(literal(_CHECK), literal(Check.CONDUCT_CERTIFICATE.value), literal("")).where(
                of_actor(MemberSupport), MemberSupport.conduct_certificate_date.is_not(None)
            ),
        )
    )
    said: dict[str, set[tuple[str, str]]] = {_TALENT: set(), _MUTED: set(), _CHECK: set()}
    for kind, code, source in rows:
        said[kind].add((code, source))
    return said


def _helped_with(session: Session, by: Actor, today: datetime.date) -> list[Item]:
    """Read with whom the actor helped or was helped, and with what, each once."""
    rows = session.execute(
        select(
            Exchange.helper_id,
            Exchange.helped_id,
            Exchange.category_code,
            func.sum(Exchange.minutes),
        )
        .where(
            Exchange.timebank_id == by.timebank_id,
            or_(Exchange.helper_id == by.member_id, Exchange.helped_id == by.member_id),
            Exchange.state == ExchangeState.APPROVED,
            Exchange.helped_on >= since_when(today),
        )
        .group_by(Exchange.helper_id, Exchange.helped_id, Exchange.category_code)
    )
    return [
        {"helper": str(helper), "helped": str(helped), "category": code, "minutes": int(minutes)}
        for helper, helped, code, minutes in rows
    ]


def _small_town(
    standing: Standing,
    rows: Iterable[Row[Any]],
    places: Mapping[str, Place],
    said: Mapping[str, set[tuple[str, str]]],
    helped: list[Item],
    now: datetime.datetime,
) -> Item:
    """Describe a person, those who look for help, and those they know."""
    kinds = {row.HelpCategory.code: kind_item(row.HelpCategory) for row in rows}
    known = dict(said[_TALENT])
    for code in [*known, *(one["category"] for one in helped)]:
        kinds.setdefault(code, _other_kind(code))
    owners = {row.Need.member_id: row.code for row in rows}
    me = str(standing.member_id)
    people = {str(owner): _bystander(str(owner), places[code]) for owner, code in owners.items()}
    for one in helped:
        for other in (one["helper"], one["helped"]):
            people.setdefault(other, _bystander(other, (0.0, 0.0)))
    have = frozenset(Check(code) for code, _ in said[_CHECK])
    lacks = not_allowed(frozenset(kinds), have)
    muted = ({code for code, _ in said[_MUTED]} & kinds.keys()) | lacks
    people[me] = _bystander(me, places[standing.neighbourhood_code]) | {
        "balance_minutes": standing.balance_minutes,
        "talents": known,
        "slots": standing.slots,
        "max_km": standing.reach_metres / 1000,
        "capacity_minutes": standing.capacity_minutes,
        "certificate": Check.CONDUCT_CERTIFICATE in have,
        "paused": False,
        "muted": sorted(muted),
    }
    return {
        "format": 1,
        "town": "",
        "day": clock.day_of(now).isoformat(),
        "rules": {"window_days": 0},
        "categories": list(kinds.values()),
        "residents": list(people.values()),
        "needs": [_need_item(row.Need, now) for row in rows],
        "helped": helped,
        "avoid": [],
    }


def _need_item(need: Need, now: datetime.datetime) -> Item:
    return {
        "id": str(need.id),
        "resident": str(need.member_id),
        "category": need.category_code,
        "minutes": need.minutes or EXPECTED_MINUTES,
        "slots": need.slots,
        "waiting_days": max((now - need.asked_at) / DAY, 0.0),
        "urgent": need.is_urgent,
    }


def _other_kind(code: str) -> Item:
    """Describe a kind of help that nobody looks for now: it counts as a talent only."""
    return {"code": code, "easy": False, "certificate": False, "remote": False}


def _bystander(member: str, place: Place) -> Item:
    """Describe somebody who is not asked anything here."""
    return {
        "id": member,
        "neighbourhood": "-",
        "x": place[0],
        "y": place[1],
        "balance_minutes": 0,
        "talents": {},
        "slots": 0,
        "max_km": 0,
        "capacity_minutes": 0,
        "certificate": False,
        "paused": True,
        "muted": [],
    }


def _idea(
    row: Row[Any], standing: Standing, points: int, reasons: list[Item], now: datetime.datetime
) -> Idea:
    need, kind = row.Need, row.HelpCategory
    return Idea(
        need_id=need.id,
        owner_id=need.member_id,
        given_name=row.given_name,
        neighbourhood_name=row.name,
        words=need.words,
        category_code=kind.code,
        minutes=need.minutes,
        shared_slots=need.slots & standing.slots,
        days=(clock.day_of(now) - clock.day_of(need.asked_at)).days,
        is_light=kind.is_easy or kind.is_remote,
        points=points,
        reasons=reasons,
        state=None,
    )
