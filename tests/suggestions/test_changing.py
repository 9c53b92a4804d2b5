# SPDX-License-Identifier: EUPL-1.2
"""What changed since the night, or today: the pages are right the same day."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests import builders
from tests.suggestions.making import (
    DAY,
    NOW,
    both_yes,
    ideas,
    likes,
    looks_for,
    need_state,
    needs_shown,
    planned,
    said_yes,
    shown,
    state_of,
)
from timebank import clock
from timebank.appointments.models import Appointment
from timebank.appointments.operations import (
    MoveAppointment,
    answer_appointment,
    move_appointment,
)
from timebank.appointments.workflow import AppointmentState
from timebank.categories.models import HelpCategory
from timebank.finding.queries import idea_about
from timebank.introductions.leaving import follow_appointment, follow_need
from timebank.introductions.operations import agree, ask_in_person, check_unanswered
from timebank.introductions.queries import candidates, offer_for
from timebank.matching.scoring import Reason
from timebank.members.operations import move_member
from timebank.needs.errors import NeedAnswered
from timebank.needs.models import Need
from timebank.needs.operations import Asked, change_need, end_need, sort_need
from timebank.needs.workflow import NeedState
from timebank.preferences.operations import keep_preferences
from timebank.preferences.policy import Preferences
from timebank.suggestions.errors import SuggestionMoved
from timebank.suggestions.models import Suggestion
from timebank.suggestions.operations import say_yes
from timebank.suggestions.queries import Idea, standing_of
from timebank.suggestions.workflow import SuggestionState


def about(session: Session, need: uuid.UUID, who: str = "Fatima") -> Idea | None:
    """Return what the page about one idea shows somebody."""
    by = builders.actor_of(session, who)
    standing = standing_of(session, by=by, today=clock.day_of(NOW))
    assert standing is not None
    return idea_about(session, need, standing, by=by, now=NOW)


def _other_kind(session: Session, need: uuid.UUID) -> None:
    nadia = builders.actor_of(session, "Nadia")
    sort_need(session, need, category_code="home_paperwork", deeper_words="", by=nadia, now=NOW)


def _other_times(session: Session, need: uuid.UUID) -> None:
    jan = builders.actor_of(session, "Jan")
    change_need(session, need, Asked("Wie helpt mij?", "groceries", slots=0b10), by=jan, now=NOW)


def _prefers(wish: Preferences) -> Callable[[Session, uuid.UUID], None]:
    def change(session: Session, _need: uuid.UUID) -> None:
        keep_preferences(session, wish, by=builders.actor_of(session, "Fatima"), now=NOW)

    return change


def _moves_away(who: str) -> Callable[[Session, uuid.UUID], None]:
    def change(session: Session, _need: uuid.UUID) -> None:
        _prefers(Preferences(slots=0b1, reach_metres=1500))(session, _need)
        member = builders.member_of(session, who)
        bank = member.timebank_id
        move_member(
            session, timebank_id=bank, member_id=member.id, neighbourhood_code=builders.ZIJLWIJK
        )
        session.flush()

    return change


CHANGES = {
    "a kind that asks for a certificate": _other_kind,
    "half-days that do not suit": _other_times,
    "the giver has other half-days": _prefers(Preferences(slots=0b100, reach_metres=10_000)),
    "the giver has less time": _prefers(Preferences(slots=0b1, capacity_minutes=60)),
    "the giver moved": _moves_away("Fatima"),
    "who asked moved": _moves_away("Jan"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_the_night_planned_and_does_not_suit_any_more_is_not_shown(
    session: Session, change: str
) -> None:
    likes(session, "Fatima", "groceries", "home_paperwork")
    _prefers(Preferences(slots=0b1, reach_metres=10_000))(session, uuid.uuid4())
    need = looks_for(session, slots=0b11, minutes=90)
    planned(session)
    assert needs_shown(session) == [need]

    CHANGES[change](session, need)

    assert needs_shown(session) == []
    idea = about(session, need)
    assert idea is not None
    assert idea.state is SuggestionState.EXPIRED


def test_the_reasons_are_those_of_today(session: Session) -> None:
    likes(session)
    need = looks_for(session, minutes=60)
    planned(session)
    night = {r["code"]: r["points"] for r in ideas(session)[0].reasons}
    jan = builders.actor_of(session, "Jan")
    change_need(session, need, Asked("Wie helpt mij?", "groceries", 120), by=jan, now=NOW)

    (idea,) = ideas(session)

    assert {r["code"]: r["points"] for r in idea.reasons} == night | {Reason.HOURS: 16}
    assert night[Reason.HOURS] == 8
    assert idea.points == sum(r["points"] for r in idea.reasons)
    page = about(session, need)
    assert page is not None
    assert (page.points, page.reasons) == (idea.points, idea.reasons)


def test_without_a_night_for_days_there_still_are_ideas_and_they_can_be_answered(
    session: Session,
) -> None:
    likes(session)
    need = looks_for(session)
    planned(session)
    later = NOW + 3 * DAY

    assert needs_shown(session, now=later) == [need]
    assert said_yes(session, need, now=later)


def test_asked_again_today_it_is_seen_today(session: Session) -> None:
    likes(session)
    need = looks_for(session)
    planned(session)
    session.execute(sa.update(Suggestion).values(state="expired"))
    assert needs_shown(session) == [need]

    assert said_yes(session, need)

    assert state_of(session, need) == "accepted"


def test_what_somebody_said_yes_to_stays_what_it_was(session: Session) -> None:
    likes(session)
    need = looks_for(session)
    jan, nadia = builders.actor_of(session, "Jan"), builders.actor_of(session, "Nadia")
    (one, *_) = candidates(session, need, by=nadia, now=NOW)
    ask_in_person(session, one.found, giver_id=one.member_id, by=nadia, now=NOW)
    check_unanswered(session, need, "words", by=jan)

    said_yes(session, need)

    with pytest.raises(NeedAnswered) as refusal:
        check_unanswered(session, need, "words", by=jan)
    assert refusal.value.field == "words"


@pytest.mark.parametrize("change", ["closed", "unsorted"])
def test_a_kind_of_help_that_is_gone_is_no_error_at_the_second_yes(
    session: Session, change: str
) -> None:
    likes(session)
    need = looks_for(session)
    said_yes(session, need)
    jan = builders.actor_of(session, "Jan")
    moments = list(offer_for(session, need, by=jan, now=NOW).moments)
    if change == "closed":
        session.execute(sa.update(HelpCategory).values(is_open=False))
    else:
        session.execute(sa.update(Need).values(category_code=None))
    session.expire_all()

    with pytest.raises(SuggestionMoved):
        agree(session, need, moments[0], possible=moments, by=jan, now=NOW)
    assert session.scalars(sa.select(Appointment)).all() == []


def test_a_need_follows_its_appointment_at_once(session: Session) -> None:
    likes(session)
    kept, missed, moved = (looks_for(session, words=word) for word in ("a", "b", "c"))
    fatima = builders.actor_of(session, "Fatima")
    one, two, three = (both_yes(session, need) for need in (kept, missed, moved))
    later = NOW + 20 * DAY
    answer_appointment(session, one, AppointmentState.KEPT, by=fatima, now=later)
    answer_appointment(session, two, AppointmentState.NOT_KEPT, by=fatima, now=later)
    again = MoveAppointment(uuid.uuid4(), builders.TODAY + 25 * DAY)
    move_appointment(session, three, again, by=fatima, now=later)

    for appointment in (one, two, three):
        follow_appointment(session, appointment, timebank_id=fatima.timebank_id, now=later)

    states = [need_state(session, need) for need in (kept, missed, moved)]
    assert states == ["filled", "open", "promised"]
    followed = session.scalars(
        sa.select(Suggestion.appointment_id).where(Suggestion.need_id == moved)
    ).one()
    assert followed == again.key


def test_an_end_is_told_to_who_said_yes_at_once(session: Session) -> None:
    likes(session)
    need = looks_for(session)
    said_yes(session, need)
    jan = builders.actor_of(session, "Jan")

    end_need(session, need, NeedState.FILLED, by=jan, now=NOW)
    follow_need(session, need, timebank_id=jan.timebank_id, now=NOW)

    assert state_of(session, need) == "withdrawn"


def test_nobody_says_yes_to_what_they_may_not_do(session: Session) -> None:
    likes(session, "Fatima", "groceries", "home_paperwork")
    need = looks_for(session)
    by = shown(session, need)
    _other_kind(session, need)
    assert by.member_id is not None

    with pytest.raises(SuggestionMoved):
        say_yes(session, need, giver_id=by.member_id, by=by, now=NOW)
