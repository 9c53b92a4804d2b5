# SPDX-License-Identifier: EUPL-1.2
"""Ranking at once: the needs for one person, the people for one need.

The same engine with the same points ranks by day and by night, so that a suggestion says the same.
"""

from __future__ import annotations

import dataclasses
import datetime
import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank.finding.looking import Sought, ranked
from timebank.matching.candidates import candidates_of
from timebank.matching.reading import town_of
from timebank.matching.scoring import Reason
from timebank.members.policy import Actor
from timebank.suggestions.models import Suggestion
from timebank.suggestions.operations import Found
from timebank.suggestions.policy import FIRST_SHOWN, MOST_SHOWN, with_something_light
from timebank.suggestions.queries import Idea, Standing, one_planned, planned_for
from timebank.suggestions.scoring import kept_reasons
from timebank.suggestions.workflow import OPEN, SuggestionState
from timebank.towns.queries import describe_town, places_of_town

_ORDER = {reason.value: at for at, reason in enumerate(Reason)}


def ideas_for(
    session: Session, standing: Standing, *, by: Actor, now: datetime.datetime
) -> list[Idea]:
    """Return what to show somebody now, at most ``MOST_SHOWN``: first what the plan holds.

    What the plan holds is ranked again: what does not suit any more is not shown, and the reasons
    are those of today. Who was asked in person reads that, however it ranks. Five statements.
    """
    kept = planned_for(session, standing, by=by, now=now)
    if standing.pauses:
        return kept
    sought = Sought({idea.need_id for idea in kept}, fresh=len(kept) < FIRST_SHOWN)
    found = {idea.need_id: idea for idea in ranked(session, standing, sought, by=by, now=now)}
    ideas = []
    for idea in kept:
        again = found.pop(idea.need_id, None)
        if again is not None:
            ideas.append(_as_it_is_now(idea, again))
        elif idea.state is SuggestionState.ASKED:
            ideas.append(idea)
    return with_something_light([*ideas, *found.values()][:MOST_SHOWN])


def idea_about(
    session: Session, need_id: uuid.UUID, standing: Standing, *, by: Actor, now: datetime.datetime
) -> Idea | None:
    """Return what is suggested to the actor about one need, kept or found now; None: nothing.

    An idea that does not suit any more has the state ``EXPIRED``, whatever is kept of it.
    """
    kept = one_planned(session, need_id, standing, by=by, now=now)
    over = kept is not None and kept.state is SuggestionState.EXPIRED
    if standing.pauses or not (kept is None or over or kept.state in OPEN):
        return kept
    known = () if kept is None or over else (need_id,)
    found = ranked(session, standing, Sought(known, only=need_id), by=by, now=now)
    if kept is None or (over and found):
        return found[0] if found else None
    if not found:
        return dataclasses.replace(kept, state=SuggestionState.EXPIRED)
    return _as_it_is_now(kept, found[0])


def people_for(
    session: Session, need_id: uuid.UUID, *, timebank_id: int, now: datetime.datetime
) -> list[tuple[uuid.UUID, Found]]:
    """Return who could be asked for one need and did not say no; the window is not kept.

    Reads the whole town: for one press of a coordinator, not for a page of residents.
    """
    described = describe_town(session, timebank_id=timebank_id, slug="", now=now)
    described["needs"] = [
        need | {"urgent": True} for need in described["needs"] if need["id"] == str(need_id)
    ]
    if not described["needs"]:
        return []
    known = places_of_town(session, timebank_id=timebank_id)[1]
    town = town_of(described)
    candidates = candidates_of(town)
    edges = candidates.edges
    reasons = kept_reasons(town, candidates.known, edges, places_known=known)
    found = [
        (uuid.UUID(town.residents[giver]), Found(need_id, points, why))
        for giver, points, why in zip(
            edges.giver.tolist(), edges.points.tolist(), reasons, strict=True
        )
    ]
    no = set(
        session.scalars(
            select(Suggestion.giver_id).where(
                Suggestion.timebank_id == timebank_id,
                Suggestion.need_id == need_id,
                Suggestion.state == SuggestionState.DECLINED,
            )
        )
    )
    return [each for each in found if each[0] not in no]


def _as_it_is_now(kept: Idea, again: Idea) -> Idea:
    """Return an idea with the points and reasons of today; of the night only a circle stays."""
    circle = [reason for reason in kept.reasons if reason["code"] == Reason.CIRCLE]
    reasons = sorted([*again.reasons, *circle], key=lambda one: _ORDER[one["code"]])
    points = again.points + sum(reason["points"] for reason in circle)
    return dataclasses.replace(again, points=points, reasons=reasons, state=kept.state)
