# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime
import uuid

import pytest

from tests.builders import TODAY
from timebank.exchanges.errors import (
    DayBeforeJoining,
    DayInFuture,
    InvalidDuration,
    NotAWholeStep,
    NoteNotReadable,
    NoteTooLong,
    UnknownExchange,
)
from timebank.exchanges.policy import (
    LONGEST_NOTE,
    check_day,
    check_may_see,
    check_minutes,
    check_note,
    takes_part,
)
from timebank.members.policy import Actor, Grant, Role, organisation

DAY = datetime.timedelta(days=1)
HELPER, HELPED, THIRD = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()


def an_actor(member_id: uuid.UUID, *grants: Grant) -> Actor:
    return Actor(timebank_id=1, member_id=member_id, grants=grants)


def see(actor: Actor) -> None:
    check_may_see(actor, helper_id=HELPER, helped_id=HELPED, neighbourhood_codes=("A", "B"))


@pytest.mark.parametrize("minutes", [15, 30, 1425, 1440])
def test_whole_quarters_of_an_hour_up_to_a_day_are_fine(minutes: int) -> None:
    check_minutes(minutes, step_minutes=15)


@pytest.mark.parametrize("minutes", [0, -1, -15, 1441, 1455, 10**9])
def test_nothing_below_a_minute_or_above_a_day_is_help(minutes: int) -> None:
    with pytest.raises(InvalidDuration) as refusal:
        check_minutes(minutes, step_minutes=15)

    assert (refusal.value.minutes, refusal.value.step_minutes) == (minutes, 15)


@pytest.mark.parametrize(("minutes", "step"), [(7, 15), (1, 15), (16, 15), (1439, 15), (31, 30)])
def test_part_of_a_step_is_refused(minutes: int, step: int) -> None:
    with pytest.raises(NotAWholeStep) as refusal:
        check_minutes(minutes, step_minutes=step)

    assert (refusal.value.minutes, refusal.value.step_minutes) == (minutes, step)


def test_with_steps_of_a_minute_every_minute_counts() -> None:
    check_minutes(1, step_minutes=1)
    check_minutes(1439, step_minutes=1)


def test_help_may_have_been_given_today_or_before() -> None:
    check_day(TODAY, today=TODAY, first_day=None)
    check_day(datetime.date(1900, 1, 1), today=TODAY, first_day=None)


def test_help_of_tomorrow_is_refused() -> None:
    with pytest.raises(DayInFuture) as refusal:
        check_day(TODAY + DAY, today=TODAY, first_day=None)

    assert refusal.value.day == TODAY + DAY


def test_the_first_day_as_a_member_counts() -> None:
    check_day(TODAY - DAY, today=TODAY, first_day=TODAY - DAY)


def test_the_day_before_the_first_day_is_refused() -> None:
    with pytest.raises(DayBeforeJoining) as refusal:
        check_day(TODAY - 2 * DAY, today=TODAY, first_day=TODAY - DAY)

    assert (refusal.value.day, refusal.value.first_day) == (TODAY - 2 * DAY, TODAY - DAY)


@pytest.mark.parametrize("note", ["", "Twee tassen\nnaar\r\nboven\t✓ 👋 é", "x" * LONGEST_NOTE])
def test_words_of_up_to_500_characters_are_a_note(note: str) -> None:
    check_note(note)


@pytest.mark.parametrize("length", [LONGEST_NOTE + 1, 10_000])
def test_a_note_that_is_too_long_is_refused(length: int) -> None:
    with pytest.raises(NoteTooLong) as refusal:
        check_note("x" * length)

    assert (refusal.value.length, refusal.value.longest) == (length, 500)


@pytest.mark.parametrize("letter", ["\0", "\x07", "\x08", "\x0b", "\x1b", "\x7f", "\x85", "\x9f"])
def test_a_note_with_a_control_character_is_refused(letter: str) -> None:
    with pytest.raises(NoteNotReadable):
        check_note(f"hello{letter}there")


@pytest.mark.parametrize(("who", "expected"), [(HELPER, True), (HELPED, True), (THIRD, False)])
def test_the_two_of_an_exchange_take_part(who: uuid.UUID, expected: bool) -> None:
    assert takes_part(an_actor(who), helper_id=HELPER, helped_id=HELPED) is expected


def test_the_organisation_takes_part_in_nothing() -> None:
    assert not takes_part(organisation(1), helper_id=HELPER, helped_id=HELPED)


@pytest.mark.parametrize("who", [HELPER, HELPED])
def test_who_takes_part_may_see_it_whatever_their_roles(who: uuid.UUID) -> None:
    see(an_actor(who))


@pytest.mark.parametrize("code", ["A", "B"])
def test_a_coordinator_of_either_neighbourhood_may_see_it(code: str) -> None:
    see(an_actor(THIRD, Grant(Role.COORDINATOR, code)))


def test_an_administrator_may_see_it() -> None:
    see(an_actor(THIRD, Grant(Role.ADMINISTRATOR, None)))


@pytest.mark.parametrize(
    "grants",
    [
        (),
        (Grant(Role.RESIDENT, None),),
        (Grant(Role.COORDINATOR, "C"),),
        (Grant(Role.MUNICIPALITY_READER, None),),
    ],
)
def test_for_anybody_else_it_is_as_if_it_did_not_exist(grants: tuple[Grant, ...]) -> None:
    with pytest.raises(UnknownExchange):
        see(an_actor(THIRD, *grants))
