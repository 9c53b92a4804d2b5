# SPDX-License-Identifier: EUPL-1.2
"""The plan of a night: read the town, plan it, keep it. Once for each timebank and day.

Reading and planning hold nobody up. What comes of it is written in one transaction of the caller,
begun by the row of the run: whoever comes second finds that row and writes nothing, and who is
stopped half-way leaves the plan of yesterday. What changes meanwhile is checked when it is shown.
"""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from sqlalchemy import and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

import ledger
from timebank import clock
from timebank.introductions.leaving import settle
from timebank.matching.candidates import Candidates, candidates_of
from timebank.matching.metrics import measure
from timebank.matching.plan import Plan, plan_of
from timebank.matching.reading import town_of
from timebank.matching.scoring import FIRST_MINUTES, PUBLISHED
from timebank.matching.towns import Ints, Town
from timebank.matching.writing import suggestions_of
from timebank.members.models import Member
from timebank.needs.models import Need
from timebank.needs.workflow import NeedState
from timebank.planning.policy import SHOWN_DAYS
from timebank.suggestions.models import MatchRun, Suggestion
from timebank.suggestions.policy import DAY, PLAN_DAYS
from timebank.suggestions.scoring import ENGINE_VERSION, kept_reasons
from timebank.suggestions.workflow import SuggestionState
from timebank.towns.queries import WINDOW_DAYS, describe_town, places_of_town

_AT_A_TIME = 1_000
_FIXED = (
    SuggestionState.DECLINED,
    SuggestionState.WITHDRAWN,
    SuggestionState.ACCEPTED,
    SuggestionState.ASKED,
    SuggestionState.AGREED,
    SuggestionState.LATER,
)
"""What stands so is not planned for the same giver again; of "later" not while it rests."""
_OPEN_AGAIN = (
    SuggestionState.PROPOSED,
    SuggestionState.SHOWN,
    SuggestionState.LATER,
    SuggestionState.EXPIRED,
)
"""What stands so gets the points of the new plan."""
_YES = (SuggestionState.ACCEPTED, SuggestionState.AGREED, SuggestionState.WITHDRAWN)
Progress = Callable[[str], None]


@dataclasses.dataclass(frozen=True, eq=False)
class Planned:
    """A plan that is made and not kept yet.

    Attributes:
        places_known: whether somebody said where the neighbourhoods lie.
    """

    day: datetime.date
    town: Town
    candidates: Candidates
    plan: Plan
    places_known: bool


def is_planned(session: Session, *, timebank_id: int, day: datetime.date) -> bool:
    """Say whether the plan of this day was kept already."""
    query = select(MatchRun.id).where(
        MatchRun.timebank_id == timebank_id,
        MatchRun.day == day,
        MatchRun.engine_version == ENGINE_VERSION,
    )
    return session.execute(query).first() is not None


@dataclasses.dataclass(frozen=True, eq=False)
class Read:
    """A town as it was read, with what is not planned again."""

    town: Town
    refused: Ints
    places_known: bool


def read_for_plan(session: Session, *, timebank_id: int, slug: str, now: datetime.datetime) -> Read:
    """Read what a plan needs. The caller may end the transaction after it: planning needs none."""
    town = town_of(describe_town(session, timebank_id=timebank_id, slug=slug, now=now))
    _, places_known = places_of_town(session, timebank_id=timebank_id)
    return Read(town, _refused(session, timebank_id, town, clock.day_of(now)), places_known)


def make_plan(
    read: Read, *, now: datetime.datetime, progress: Progress = lambda _: None
) -> Planned:
    """Plan a town that was read. Same town and day in, same plan out."""
    town = read.town
    progress(f"{len(town.residents)} people and {len(town.needs)} needs are read")
    candidates = candidates_of(town, refused=read.refused)
    progress(f"{candidates.feasible} times somebody could do something")
    plan = plan_of(town, candidates)
    return Planned(clock.day_of(now), town, candidates, plan, read.places_known)


def keep_plan(
    session: Session,
    planned: Planned,
    *,
    timebank_id: int,
    now: datetime.datetime,
    progress: Progress = lambda _: None,
) -> int | None:
    """Keep a plan: the run, its suggestions, and the end of what is over. The caller commits.

    Returns:
        How many suggestions stand in it; None where the plan of this day is kept already.
    """
    run_id = _begin(session, planned, timebank_id, now)
    if run_id is None:
        return None
    settle(session, timebank_id=timebank_id, now=now)
    givers, needs = _still_there(session, timebank_id)
    rows: list[dict[str, Any]] = []
    count = 0
    for row in _rows_of(planned):
        if row["giver_id"] in givers and row["need_id"] in needs:
            rows.append(row)
        if len(rows) == _AT_A_TIME:
            count += _keep(session, rows, timebank_id, run_id, now)
            progress(f"{count} suggestions are kept")
            rows = []
    count += _keep(session, rows, timebank_id, run_id, now)
    _let_old_ones_end(session, timebank_id, run_id, now)
    session.expire_all()
    return count


def _begin(
    session: Session, planned: Planned, timebank_id: int, now: datetime.datetime
) -> uuid.UUID | None:
    """Write the row of the run; None: there is one. A rival is awaited."""
    return session.execute(
        ledger.insert_or_conflict(session, MatchRun)
        .values(
            timebank_id=timebank_id,
            id=ledger.new_id(now),
            day=planned.day,
            engine_version=ENGINE_VERSION,
            parameters=dataclasses.asdict(PUBLISHED) | {"window_days": WINDOW_DAYS},
            metrics=_metrics(session, planned, timebank_id, now),
            made_at=now,
        )
        .on_conflict_do_nothing(index_elements=["timebank_id", "day", "engine_version"])
        .returning(MatchRun.id)
    ).scalar()


def _refused(session: Session, timebank_id: int, town: Town, today: datetime.date) -> Ints:
    """Return what is not planned again, as the matcher wants it: need * people + giver."""
    rows = session.execute(
        select(Suggestion.giver_id, Suggestion.need_id).where(
            Suggestion.timebank_id == timebank_id,
            Suggestion.state.in_(_FIXED),
            (Suggestion.state != SuggestionState.LATER) | (Suggestion.expires_on >= today),
        )
    ).all()
    giver = {one: at for at, one in enumerate(town.residents)}
    need = {one: at for at, one in enumerate(town.needs)}
    keys = [
        need[str(wanted)] * len(giver) + giver[str(one)]
        for one, wanted in rows
        if str(one) in giver and str(wanted) in need
    ]
    return np.array(sorted(keys), np.int64)


def _rows_of(planned: Planned) -> Iterator[dict[str, Any]]:
    """Yield what each person is shown, planned first, with its reasons."""
    town = planned.town
    edges, ranks = suggestions_of(planned.plan, planned.candidates)
    for first in range(0, len(edges), _AT_A_TIME):
        part = edges.at(np.arange(first, min(first + _AT_A_TIME, len(edges))))
        reasons = kept_reasons(
            town, planned.candidates.known, part, places_known=planned.places_known
        )
        columns = (part.giver.tolist(), part.need.tolist(), part.points.tolist())
        for giver, need, points, why, rank in zip(
            *columns, reasons, ranks[first : first + len(part)].tolist(), strict=True
        ):
            yield {
                "giver_id": uuid.UUID(town.residents[giver]),
                "need_id": uuid.UUID(town.needs[need]),
                "points": points,
                "reasons": why,
                "rank": rank,
            }


def _still_there(session: Session, timebank_id: int) -> tuple[set[uuid.UUID], set[uuid.UUID]]:
    """Return who takes part and what is open now that the transaction began."""
    givers = session.scalars(
        select(Member.id).where(Member.timebank_id == timebank_id, Member.left_on.is_(None))
    )
    needs = session.scalars(
        select(Need.id).where(Need.timebank_id == timebank_id, Need.state == NeedState.OPEN)
    )
    return set(givers), set(needs)


def _keep(
    session: Session,
    rows: list[dict[str, Any]],
    timebank_id: int,
    run_id: uuid.UUID,
    now: datetime.datetime,
) -> int:
    """Keep suggestions; one that stands gets its new points, and "later" is an idea again."""
    if not rows:
        return 0
    expires_on = clock.day_of(now) + PLAN_DAYS * DAY
    same = {
        "timebank_id": timebank_id,
        "run_id": run_id,
        "state": SuggestionState.PROPOSED,
        "expires_on": expires_on,
        "changed_at": now,
    }
    statement = ledger.insert_or_conflict(session, Suggestion)
    new = statement.excluded
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["timebank_id", "giver_id", "need_id"],
            set_={
                "run_id": new.run_id,
                "points": new.points,
                "reasons": new.reasons,
                "rank": new.rank,
                "expires_on": new.expires_on,
            },
            # One by one: many rows go in one statement, which cannot hold a list.
            where=or_(*(Suggestion.state == state for state in _OPEN_AGAIN)),
        ),
        [same | row | {"id": ledger.new_id(now)} for row in rows],
    )
    return len(rows)


def _let_old_ones_end(
    session: Session, timebank_id: int, run_id: uuid.UUID, now: datetime.datetime
) -> None:
    """Drop ideas of earlier nights that nobody saw, and end those that were seen."""
    today = clock.day_of(now)
    here = and_(
        Suggestion.timebank_id == timebank_id,
        Suggestion.run_id.is_distinct_from(run_id),
    )
    options = {"synchronize_session": False}
    session.execute(
        delete(Suggestion).where(here, Suggestion.state == SuggestionState.PROPOSED),
        execution_options=options,
    )
    seen = Suggestion.state.in_((SuggestionState.SHOWN, SuggestionState.LATER))
    session.execute(
        update(Suggestion)
        .where(here, seen, Suggestion.expires_on < today)
        .values(state=SuggestionState.EXPIRED, changed_at=now),
        execution_options=options,
    )
    # What the plan holds again is an idea again, whatever became of it before.
    again = Suggestion.state.in_((SuggestionState.LATER, SuggestionState.EXPIRED))
    session.execute(
        update(Suggestion)
        .where(Suggestion.timebank_id == timebank_id, Suggestion.run_id == run_id, again)
        .values(state=SuggestionState.SHOWN, changed_at=now),
        execution_options=options,
    )


def _metrics(
    session: Session, planned: Planned, timebank_id: int, now: datetime.datetime
) -> dict[str, Any]:
    """Count what the plan comes to, whole and by neighbourhood, and the yes of the last weeks."""
    town, plan = planned.town, planned.plan
    shown, yes = session.execute(
        select(func.count(), func.count().filter(Suggestion.state.in_(_YES))).where(
            Suggestion.timebank_id == timebank_id,
            Suggestion.shown_at >= now - SHOWN_DAYS * DAY,
        )
    ).one()
    to_give = town.to_give >= FIRST_MINUTES
    planned_givers = set(plan.giver[plan.giver >= 0].tolist())
    with_an_idea = set(planned.candidates.shown.giver.tolist())
    places: dict[str, Counter[str]] = {code: Counter() for code in set(town.neighbourhoods)}
    for at in np.flatnonzero(to_give).tolist():
        places[town.neighbourhoods[at]].update(
            people=1, covered=at in planned_givers, with_an_idea=at in with_an_idea
        )
    for need, owner in enumerate(town.owner.tolist()):
        places[town.neighbourhoods[owner]].update(needs=1, filled=bool(plan.giver[need] >= 0))
    return dataclasses.asdict(measure(town, planned.candidates, plan)) | {
        "value": plan.value,
        "waiting_days": round(float(town.waiting.mean()), 1) if len(town.needs) else 0.0,
        "shown": shown,
        "yes": yes,
        "places": {code: dict(counts) for code, counts in places.items()},
    }
