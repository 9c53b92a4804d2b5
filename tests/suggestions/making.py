# SPDX-License-Identifier: EUPL-1.2
"""Builders of needs, talents and plans, so that a test spells out only the telling value."""

from __future__ import annotations

import datetime
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests import builders
from timebank import clock
from timebank.finding.queries import idea_about, ideas_for
from timebank.introductions.operations import agree
from timebank.introductions.queries import offer_for
from timebank.members.models import Person
from timebank.members.policy import Actor
from timebank.needs.models import Need
from timebank.needs.operations import Asked, ask_need
from timebank.planning.operations import keep_plan, make_plan, read_for_plan
from timebank.preferences.operations import keep_preferences
from timebank.preferences.policy import ALL_SLOTS, Preferences
from timebank.suggestions.models import Suggestion
from timebank.suggestions.operations import Found, remember, say_yes
from timebank.suggestions.queries import Idea, standing_of
from timebank.talents.operations import keep_talents

NOW, DAY = builders.NOW, datetime.timedelta(days=1)


def looks_for(
    session: Session,
    who: str = "Jan",
    code: str = "groceries",
    *,
    now: datetime.datetime = NOW - 4 * DAY,
    slots: int = ALL_SLOTS,
    words: str = "Wie helpt mij?",
    **answers: object,
) -> uuid.UUID:
    """Let somebody look for help since four days ago, and return the need."""
    by, need_id = builders.actor_of(session, who), uuid.uuid4()
    assert by.member_id is not None
    asked = Asked(words, code, slots=slots, **answers)  # type: ignore[arg-type]
    ask_need(session, need_id, asked, about=by.member_id, by=by, now=now)
    return need_id


def likes(session: Session, who: str = "Fatima", *codes: str) -> None:
    """Let somebody like these kinds of help, and go anywhere for them."""
    by = builders.actor_of(session, who)
    chosen = codes or ("groceries",)
    keep_talents(session, chosen, "", offered=chosen, by=by, now=NOW)
    keep_preferences(session, Preferences(reach_metres=10_000), by=by, now=NOW)


def planned(session: Session, *, now: datetime.datetime = NOW, slug: str = "leiden") -> int | None:
    """Plan a night, and return how many suggestions were kept."""
    bank = builders.timebank_of(session, slug).id
    read = read_for_plan(session, timebank_id=bank, slug=slug, now=now)
    count = keep_plan(session, make_plan(read, now=now), timebank_id=bank, now=now)
    session.flush()
    return count


def ideas(session: Session, who: str = "Fatima", *, now: datetime.datetime = NOW) -> list[Idea]:
    """Return what somebody is shown now."""
    by = builders.actor_of(session, who)
    standing = standing_of(session, by=by, today=clock.day_of(now))
    assert standing is not None
    return ideas_for(session, standing, by=by, now=now)


def needs_shown(
    session: Session, who: str = "Fatima", *, now: datetime.datetime = NOW
) -> list[uuid.UUID]:
    return [idea.need_id for idea in ideas(session, who, now=now)]


def shown(session: Session, need_id: uuid.UUID, who: str = "Fatima") -> Actor:
    """Let somebody have a suggestion about a need, as the pages keep it, and return them."""
    by = builders.actor_of(session, who)
    standing = standing_of(session, by=by, today=clock.day_of(NOW))
    assert by.member_id is not None
    assert standing is not None
    idea = idea_about(session, need_id, standing, by=by, now=NOW)
    assert idea is not None
    found = Found(need_id, idea.points, idea.reasons)
    remember(session, found, giver_id=by.member_id, by=by, now=NOW)
    return by


def said_yes(
    session: Session, need_id: uuid.UUID, who: str = "Fatima", *, now: datetime.datetime = NOW
) -> bool:
    by = shown(session, need_id, who)
    assert by.member_id is not None
    return say_yes(session, need_id, giver_id=by.member_id, by=by, now=now)


def both_yes(
    session: Session, need_id: uuid.UUID, *, giver: str = "Fatima", owner: str = "Jan"
) -> uuid.UUID:
    """Let both say yes, and return the appointment on the first half-day."""
    said_yes(session, need_id, giver)
    by = builders.actor_of(session, owner)
    offer = offer_for(session, need_id, by=by, now=NOW)
    possible = list(offer.moments)
    return agree(session, need_id, possible[0], possible=possible, by=by, now=NOW)


def state_of(session: Session, need_id: uuid.UUID, who: str = "Fatima") -> str | None:
    """Return where the suggestion of a need to somebody stands."""
    giver = builders.member_of(session, who).id
    state = session.scalar(
        sa.select(Suggestion.state).where(
            Suggestion.need_id == need_id, Suggestion.giver_id == giver
        )
    )
    return state.value if state is not None else None


def need_state(session: Session, need_id: uuid.UUID) -> str:
    state = session.scalar(sa.select(Need.state).where(Need.id == need_id))
    assert state is not None
    return state.value


def without_email(session: Session, who: str) -> None:
    member = builders.member_of(session, who)
    person = session.get_one(Person, (member.timebank_id, member.id))
    person.email = None
    session.flush()
