# SPDX-License-Identifier: EUPL-1.2
"""How hours are shared: in whole steps, all of them, to everybody, and to no one too much."""

from __future__ import annotations

import uuid
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timebank.activities.errors import (
    NobodyHelped,
    NoHelpers,
    PersonTwice,
    PlaceMissing,
    TooLittleToShare,
    TooManyGuests,
    TooManyPeople,
)
from timebank.activities.policy import (
    MOST_GUESTS,
    MOST_PEOPLE,
    Helping,
    Part,
    check_people,
    check_place,
    split,
)

STEPS = st.sampled_from([1, 5, 15, 30, 60])
ONE, TWO, THREE, FOUR = (uuid.UUID(int=number) for number in range(1, 5))


def numbered(count: int, *, since: int = 1000) -> list[uuid.UUID]:
    return [uuid.UUID(int=since + number) for number in range(count)]


@given(step=STEPS, steps=st.lists(st.integers(1, 24), min_size=1, max_size=12), data=st.data())
def test_named_people_share_all_of_it_in_whole_steps_and_nearly_alike(
    step: int, steps: list[int], data: st.DataObject
) -> None:
    helpers = [
        Helping(one, step * count) for one, count in zip(numbered(len(steps)), steps, strict=True)
    ]
    helped = numbered(data.draw(st.integers(1, sum(steps))), since=5000)

    parts = split(helpers, helped, step_minutes=step)

    got: Counter[uuid.UUID] = Counter()
    gave: Counter[uuid.UUID | None] = Counter()
    for part in parts:
        got[part.helper_id] += part.minutes
        gave[part.helped_id] += part.minutes
    assert got == {one.member_id: one.minutes for one in helpers}
    shares = [gave[one] for one in helped]
    assert all(share % step == 0 and share > 0 for share in shares)
    assert sum(shares) == sum(got.values())
    # What is left over went to those who stand first, one step each.
    assert shares == sorted(shares, reverse=True)
    assert max(shares) - min(shares) in (0, step)
    assert len(parts) < len(helpers) + len(helped)
    assert all(part.minutes > 0 and part.minutes % step == 0 for part in parts)


@given(steps=st.lists(st.integers(1, 24), min_size=1, max_size=12), step=STEPS)
def test_for_guests_without_names_the_pot_gives_each_helper_exactly_what_they_gave(
    steps: list[int], step: int
) -> None:
    helpers = [
        Helping(one, step * count) for one, count in zip(numbered(len(steps)), steps, strict=True)
    ]

    assert split(helpers, [], step_minutes=step) == [
        Part(one.member_id, None, one.minutes) for one in helpers
    ]


def test_what_is_left_over_goes_to_those_who_stand_first() -> None:
    parts = split([Helping(ONE, 60)], [TWO, THREE, FOUR], step_minutes=15)

    assert [(part.helped_id, part.minutes) for part in parts] == [
        (TWO, 30),
        (THREE, 15),
        (FOUR, 15),
    ]


def test_too_little_for_everybody_is_not_shared() -> None:
    with pytest.raises(TooLittleToShare):
        split([Helping(ONE, 30)], [TWO, THREE, FOUR], step_minutes=15)


@pytest.mark.parametrize(
    ("helpers", "helped", "guests", "error"),
    [
        ([], [TWO], 0, NoHelpers),
        ([ONE], [], 0, NobodyHelped),
        ([ONE], [TWO], 3, NobodyHelped),
        ([ONE], [], -1, TooManyGuests),
        ([ONE], [], MOST_GUESTS + 1, TooManyGuests),
        ([ONE, ONE], [], 3, PersonTwice),
        ([ONE], [TWO, ONE], 0, PersonTwice),
        (numbered(MOST_PEOPLE), [TWO], 0, TooManyPeople),
    ],
)
def test_who_cannot_be_booked_together_is_refused(
    helpers: list[uuid.UUID], helped: list[uuid.UUID], guests: int, error: type[Exception]
) -> None:
    with pytest.raises(error):
        check_people([Helping(one, 15) for one in helpers], helped, guests)


def test_as_many_as_fit_are_taken() -> None:
    everybody = [Helping(one, 15) for one in numbered(MOST_PEOPLE - 1)]

    check_people(everybody, [TWO], 0)
    check_people(everybody, [], MOST_GUESTS)


@pytest.mark.parametrize("place", ["", "  ", "x" * 81, "Het buurt\nhuis", "a\0"])
def test_a_place_is_a_few_words_on_one_line(place: str) -> None:
    check_place("x" * 80)

    with pytest.raises(PlaceMissing):
        check_place(place)
