# SPDX-License-Identifier: EUPL-1.2
"""What the answers of both sides lead to, and that nobody is hurt by a no."""

from __future__ import annotations

import datetime
import uuid

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests import builders
from tests.suggestions.making import (
    DAY,
    NOW,
    both_yes,
    likes,
    looks_for,
    need_state,
    needs_shown,
    said_yes,
    shown,
    state_of,
    without_email,
)
from timebank.appointments.leaving import leave_appointments
from timebank.appointments.models import Appointment
from timebank.appointments.operations import (
    MoveAppointment,
    answer_appointment,
    move_appointment,
)
from timebank.appointments.workflow import AppointmentState
from timebank.audit.models import AuditEvent
from timebank.introductions.leaving import leave_suggestions, settle
from timebank.introductions.operations import agree, ask_in_person, turn_down
from timebank.introductions.queries import candidates, contact_of, offer_for
from timebank.invitations.operations import mark_shown, rest
from timebank.members.policy import Actor
from timebank.needs.errors import UnknownNeed
from timebank.needs.operations import end_need
from timebank.needs.workflow import NeedState
from timebank.preferences.operations import avoid
from timebank.preferences.queries import own_avoided, own_preferences
from timebank.statements.queries import own_balance
from timebank.suggestions.errors import MomentMissing, SuggestionMoved, UnknownSuggestion
from timebank.suggestions.models import Suggestion
from timebank.suggestions.operations import say_later, say_no, say_yes
from timebank.suggestions.queries import standing_of
from timebank.suggestions.workflow import DeclineCode, Invitation


def say(
    session: Session,
    need: uuid.UUID,
    answer: str,
    who: str = "Fatima",
    code: DeclineCode | None = None,
    now: datetime.datetime = NOW,
) -> None:
    by = shown(session, need, who)
    assert by.member_id is not None
    if answer == "yes":
        say_yes(session, need, giver_id=by.member_id, by=by, now=now)
    elif answer == "later":
        say_later(session, need, giver_id=by.member_id, by=by, now=now)
    else:
        say_no(session, need, code, giver_id=by.member_id, by=by, now=now)


def asked(session: Session, need: uuid.UUID, who: str = "Fatima", by: str = "Nadia") -> bool:
    """Let a coordinator ask somebody in person."""
    actor, giver = builders.actor_of(session, by), builders.member_of(session, who).id
    found = {one.member_id: one for one in candidates(session, need, by=actor, now=NOW)}
    return ask_in_person(session, found[giver].found, giver_id=giver, by=actor, now=NOW)


def test_both_say_yes_once_and_there_is_one_appointment(session: Session) -> None:
    likes(session)
    need = looks_for(session, minutes=90, words="Wie draagt mijn tassen?")
    fatima, jan, greet = (builders.actor_of(session, one) for one in ("Fatima", "Jan", "Greet"))

    assert said_yes(session, need)
    assert not said_yes(session, need)
    assert need_state(session, need) == "open"
    assert contact_of(session, need, by=fatima) is None
    first, again = both_yes(session, need), both_yes(session, need)

    assert first == again
    made = session.scalars(sa.select(Appointment)).one()
    assert (made.helper_id, made.helped_id) == (fatima.member_id, jan.member_id)
    assert (made.minutes, made.tasks) == (90, "Wie draagt mijn tassen?")
    assert need_state(session, need) == "promised"
    contacts = [contact_of(session, need, by=one) for one in (fatima, jan, greet)]
    assert [one and one.email for one in contacts] == [
        "jan@example.org",
        "fatima@example.org",
        None,
    ]


def test_help_that_is_no_whole_step_is_agreed_on_without_a_length(session: Session) -> None:
    likes(session)
    need = looks_for(session, minutes=30)
    bank = builders.timebank_of(session)
    bank.step_minutes = 60
    session.flush()

    both_yes(session, need)

    assert session.scalars(sa.select(Appointment.minutes)).one() is None


def test_a_half_day_that_does_not_suit_both_is_refused(session: Session) -> None:
    likes(session)
    need = looks_for(session, slots=0b111)
    said_yes(session, need)
    jan = builders.actor_of(session, "Jan")
    offer = offer_for(session, need, by=jan, now=NOW)

    assert {day.weekday() for day, _ in offer.moments} == {0}
    tomorrow = (builders.TODAY + DAY, offer.moments[0][1])
    for moment in (None, tomorrow):
        with pytest.raises(MomentMissing):
            agree(session, need, moment, possible=list(offer.moments), by=jan, now=NOW)
    with pytest.raises(UnknownSuggestion):
        offer_for(session, need, by=builders.actor_of(session, "Greet"), now=NOW)


@pytest.mark.policy("D3")
def test_a_no_to_who_asked_in_person_changes_nothing_of_the_person(session: Session) -> None:
    likes(session)
    need = looks_for(session)
    fatima = builders.actor_of(session, "Fatima")
    before = own_balance(session, by=fatima), own_preferences(session, by=fatima)

    assert asked(session, need)
    assert not asked(session, need)
    assert needs_shown(session) == [need]
    say(session, need, "no")

    assert (own_balance(session, by=fatima), own_preferences(session, by=fatima)) == before
    assert state_of(session, need) == "declined"
    assert need_state(session, need) == "open"
    assert needs_shown(session) == []
    written = session.scalars(
        sa.select(AuditEvent.action).where(AuditEvent.about_member_id == fatima.member_id)
    ).all()
    assert written == ["suggestion:ask"]
    with pytest.raises(KeyError):
        asked(session, need)


def test_while_one_is_asked_or_said_yes_nobody_else_is(session: Session) -> None:
    likes(session, "Fatima")
    likes(session, "Greet")
    need = looks_for(session)
    shown(session, need, "Greet")

    asked(session, need, "Fatima")

    assert needs_shown(session, "Greet") == []
    with pytest.raises(SuggestionMoved):
        say(session, need, "yes", "Greet")
    with pytest.raises(SuggestionMoved):
        asked(session, need, "Greet", by="Bart")
    say(session, need, "later")
    assert needs_shown(session, "Greet") == [need]
    say(session, need, "yes", "Greet")
    assert needs_shown(session, "Fatima", now=NOW + 8 * DAY) == []


def test_a_need_elsewhere_is_not_for_this_coordinator(session: Session) -> None:
    likes(session)
    need = looks_for(session, "Greet")

    with pytest.raises(UnknownNeed):
        candidates(session, need, by=builders.actor_of(session, "Nadia"), now=NOW)
    here = candidates(session, need, by=builders.actor_of(session, "Marijke"), now=NOW)
    everywhere = candidates(session, need, by=builders.actor_of(session, "Bart"), now=NOW)

    assert here == []
    assert [one.full_name for one in everywhere] == ["Fatima El Amrani"]


@pytest.mark.parametrize("code", [None, *DeclineCode])
def test_a_no_changes_only_what_it_says(session: Session, code: DeclineCode | None) -> None:
    likes(session)
    need = looks_for(session)
    fatima = builders.actor_of(session, "Fatima")
    before = own_preferences(session, by=fatima)

    say(session, need, "no", code=code)
    say(session, need, "no", code=code)

    after = own_preferences(session, by=fatima)
    assert (after.muted == {"groceries"}) == (code is DeclineCode.NOT_THIS_KIND)
    assert (after.reach_metres < before.reach_metres) == (code is DeclineCode.TOO_FAR)
    assert bool(own_avoided(session, by=fatima)) == (code is DeclineCode.NOT_THIS_PERSON)
    assert (after.slots, after.capacity_minutes) == (before.slots, before.capacity_minutes)
    kept = session.scalars(sa.select(Suggestion.decline_code)).one()
    assert kept is code


def test_later_is_a_week_and_a_yes_can_be_taken_back(session: Session) -> None:
    likes(session)
    need = looks_for(session)

    say(session, need, "later")
    say(session, need, "later")

    assert needs_shown(session) == []
    assert needs_shown(session, now=NOW + 7 * DAY) == []
    assert needs_shown(session, now=NOW + 8 * DAY) == [need]
    say(session, need, "yes")
    say(session, need, "no")
    assert state_of(session, need) == "declined"
    for answer in ("yes", "later"):
        with pytest.raises(SuggestionMoved):
            say(session, need, answer)


def _pause(session: Session, who: str) -> None:
    from timebank.corrections.operations import pause  # noqa: PLC0415

    pause(session, until=None, by=builders.actor_of(session, who), now=NOW)


def _withdraw(session: Session, need: uuid.UUID) -> None:
    end_need(session, need, NeedState.WITHDRAWN, by=builders.actor_of(session, "Jan"), now=NOW)


def _avoid(session: Session, one: str, other: str) -> None:
    other_id = builders.member_of(session, other).id
    avoid(session, other_id, by=builders.actor_of(session, one), now=NOW)


def _leave(session: Session, who: str) -> None:
    builders.member_of(session, who).left_on = builders.TODAY
    session.flush()


CHANGES = {
    "filled": _withdraw,
    "the giver rather not": lambda session, _: _avoid(session, "Fatima", "Jan"),
    "the other rather not": lambda session, _: _avoid(session, "Jan", "Fatima"),
    "the giver pauses": lambda session, _: _pause(session, "Fatima"),
    "the other pauses": lambda session, _: _pause(session, "Jan"),
    "the other left": lambda session, _: _leave(session, "Jan"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_changed_since_it_was_shown_is_seen_before_it_is_shown_and_answered(
    session: Session, change: str
) -> None:
    likes(session)
    need = looks_for(session)
    shown(session, need)

    CHANGES[change](session, need)

    assert needs_shown(session) == []
    by = builders.actor_of(session, "Fatima")
    assert by.member_id is not None
    with pytest.raises(SuggestionMoved):
        say_yes(session, need, giver_id=by.member_id, by=by, now=NOW)


@pytest.mark.parametrize("change", CHANGES)
def test_what_changed_since_the_first_yes_is_seen_before_the_second(
    session: Session, change: str
) -> None:
    likes(session)
    need = looks_for(session)
    said_yes(session, need)
    jan = builders.actor_of(session, "Jan")
    moments = list(offer_for(session, need, by=jan, now=NOW).moments)

    CHANGES[change](session, need)

    with pytest.raises(SuggestionMoved):
        agree(session, need, moments[0], possible=moments, by=jan, now=NOW)
    assert session.scalars(sa.select(Appointment)).all() == []


def test_a_coordinator_writes_down_both_answers_of_people_without_email(session: Session) -> None:
    likes(session)
    need = looks_for(session)
    nadia = builders.actor_of(session, "Nadia")
    fatima, jan = (builders.member_of(session, name).id for name in ("Fatima", "Jan"))
    asked(session, need)
    with pytest.raises(UnknownSuggestion):
        say_yes(session, need, giver_id=fatima, by=nadia, now=NOW)
    for name in ("Fatima", "Jan"):
        without_email(session, name)

    assert say_yes(session, need, giver_id=fatima, by=nadia, now=NOW)
    moments = list(offer_for(session, need, by=nadia, now=NOW).moments)
    agree(session, need, moments[0], possible=moments, by=nadia, now=NOW)

    made = session.scalars(sa.select(Appointment)).one()
    assert (made.acting_for_id, made.made_by) == (jan, nadia.member_id)
    written = session.scalars(sa.select(AuditEvent.action)).all()
    assert sorted(written) == [
        "appointment:make",
        "suggestion:accept",
        "suggestion:agree",
        "suggestion:ask",
    ]


def test_who_looks_for_help_says_rather_not_and_nobody_is_told_why(session: Session) -> None:
    likes(session)
    need = looks_for(session)
    said_yes(session, need)
    jan = builders.actor_of(session, "Jan")

    turn_down(session, need, by=jan, now=NOW)

    assert state_of(session, need) == "withdrawn"
    assert need_state(session, need) == "open"
    assert needs_shown(session) == []
    with pytest.raises(SuggestionMoved):
        turn_down(session, need, by=jan, now=NOW)


def test_a_need_follows_its_appointment(session: Session) -> None:
    likes(session)
    kept, missed, moved = (looks_for(session, words=word) for word in ("a", "b", "c"))
    fatima, bank = builders.actor_of(session, "Fatima"), builders.timebank_of(session).id
    one, two, three = (both_yes(session, need) for need in (kept, missed, moved))
    later = NOW + 20 * DAY
    answer_appointment(session, one, AppointmentState.KEPT, by=fatima, now=later)
    answer_appointment(session, two, AppointmentState.NOT_KEPT, by=fatima, now=later)
    again = MoveAppointment(uuid.uuid4(), builders.TODAY + 25 * DAY)
    move_appointment(session, three, again, by=fatima, now=later)

    assert settle(session, timebank_id=bank, now=later) == 3
    assert settle(session, timebank_id=bank, now=later) == 0

    states = [need_state(session, need) for need in (kept, missed, moved)]
    assert states == ["filled", "open", "promised"]
    assert state_of(session, missed) == "expired"
    followed = session.scalars(
        sa.select(Suggestion.appointment_id).where(Suggestion.need_id == moved)
    ).one()
    assert followed == again.key


def test_what_nobody_answered_is_over_by_itself(session: Session) -> None:
    likes(session)
    accepted, gone = looks_for(session, words="a"), looks_for(session, words="b")
    bank = builders.timebank_of(session).id
    for need in (accepted, gone):
        said_yes(session, need)
    _withdraw(session, gone)

    settle(session, timebank_id=bank, now=NOW + 14 * DAY)
    assert [state_of(session, need) for need in (accepted, gone)] == ["accepted", "withdrawn"]
    settle(session, timebank_id=bank, now=NOW + 15 * DAY)
    assert state_of(session, accepted) == "expired"


def test_who_is_erased_sets_free_what_they_promised(session: Session) -> None:
    likes(session)
    need = looks_for(session)
    both_yes(session, need)
    fatima, bank = builders.member_of(session, "Fatima").id, builders.timebank_of(session).id

    leave_appointments(session, timebank_id=bank, member_id=fatima, now=NOW)
    leave_suggestions(session, timebank_id=bank, member_id=fatima, now=NOW)

    assert need_state(session, need) == "open"


@pytest.mark.policy("D1")
@pytest.mark.parametrize(("refused", "days"), [(True, 90), (False, 7)])
def test_an_invitation_rests_as_long_as_was_said(
    session: Session, refused: bool, days: int
) -> None:
    by = builders.actor_of(session, "Fatima")

    def rests(after: int) -> frozenset[Invitation]:
        standing = standing_of(session, by=by, today=builders.TODAY + after * DAY)
        assert standing is not None
        return standing.rests

    assert rests(0) == frozenset()
    for kind in (Invitation.GIVE, Invitation.GIVE):
        rest(session, kind, refused=refused, by=by, now=NOW)

    assert rests(days) == {Invitation.GIVE}
    assert rests(days + 1) == frozenset()


def test_what_was_shown_is_counted_for_oneself_only(session: Session) -> None:
    likes(session)
    need = looks_for(session)
    by: Actor = shown(session, need)
    session.execute(sa.update(Suggestion).values(state="proposed", shown_at=None))

    mark_shown(session, [need], by=builders.actor_of(session, "Jan"), now=NOW)
    assert state_of(session, need) == "proposed"
    mark_shown(session, [need], by=by, now=NOW)
    assert state_of(session, need) == "shown"
