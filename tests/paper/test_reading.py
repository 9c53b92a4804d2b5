# SPDX-License-Identifier: EUPL-1.2
"""How what stands on paper is read: pure functions, over everything that may be typed."""

from __future__ import annotations

import contextlib
import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timebank.paper.errors import DayUnclear, DurationUnclear, NumberWrong
from timebank.paper.policy import (
    day_of,
    duration_of,
    looks_like_a_number,
    member_number,
    read_member_number,
    read_slip_number,
    slip_number,
    written_day,
)

TODAY = datetime.date(2026, 3, 10)
NUMBERS = st.integers(min_value=0, max_value=99_999_999)
DAYS = st.dates(min_value=datetime.date(2001, 1, 1), max_value=datetime.date(2099, 12, 31))


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("1.5", 90),
        ("1,5", 90),
        ("1:30", 90),
        ("90m", 90),
        ("90", 90),
        ("1½", 90),
        ("1u30", 90),
        ("1 u 30", 90),
        ("90 min", 90),
        ("1,50", 90),
        (" 1,5 uur ", 90),
        ("1,5u", 90),
        ("1.5h", 90),
        ("2", 120),
        ("8", 480),
        ("15", 15),
        ("9u", 540),
        ("9m", 9),
        ("0:45", 45),
        ("½", 30),
        ("¼", 15),
        ("2¾", 165),
        (",5", 30),
        ("0.25", 15),
        ("1,75", 105),
        ("2 uur", 120),
        ("2.0", 120),
        ("24:00", 1440),
        ("1h", 60),
        ("3 Hours", 180),
    ],
)
def test_a_duration_is_read_as_people_write_it(text: str, minutes: int) -> None:
    assert duration_of(text, step_minutes=15) == minutes


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "9",
        "14",
        "1.30",
        "1,15",
        "1:60",
        "een",
        "1.5.5",
        "-1",
        "1 30",
        "½½",
        "12345",
        "1e3",
        "١",
        "1:5",
        "5 5",
    ],
)
def test_what_can_be_read_in_two_ways_or_in_none_is_refused(text: str) -> None:
    with pytest.raises(DurationUnclear):
        duration_of(text, step_minutes=15)


def test_a_bare_figure_is_unclear_where_it_can_be_minutes_too() -> None:
    with pytest.raises(DurationUnclear):
        duration_of("5", step_minutes=5)
    assert duration_of("4", step_minutes=5) == 240
    assert duration_of("10", step_minutes=5) == 10


@given(st.integers(min_value=0, max_value=99), st.integers(min_value=0, max_value=59))
def test_every_clock_and_every_count_of_minutes_is_read_back(hours: int, rest: int) -> None:
    total = 60 * hours + rest
    for text in (f"{hours}:{rest:02}", f"{hours}u{rest:02}", f"{total}m", f"{total} min"):
        assert duration_of(text, step_minutes=15) == total


@given(st.text(max_size=12), st.sampled_from([1, 5, 15, 30, 60]))
def test_a_duration_is_whole_minutes_or_refused(text: str, step: int) -> None:
    with contextlib.suppress(DurationUnclear):
        assert 0 <= duration_of(text, step_minutes=step) <= 9999


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("10", (2026, 3, 10)),
        ("9", (2026, 3, 9)),
        ("11", (2026, 2, 11)),
        ("24", (2026, 2, 24)),
        ("24-11", (2025, 11, 24)),
        ("10-3", (2026, 3, 10)),
        ("11-3", (2025, 3, 11)),
        ("24/11", (2025, 11, 24)),
        ("9.3", (2026, 3, 9)),
        ("9 3", (2026, 3, 9)),
        ("24-11-2024", (2024, 11, 24)),
        ("24-11-24", (2024, 11, 24)),
        ("2026-03-01", (2026, 3, 1)),
        ("vandaag", (2026, 3, 10)),
        ("Gisteren", (2026, 3, 9)),
        ("eergisteren", (2026, 3, 8)),
        ("g", (2026, 3, 9)),
        ("t", (2026, 3, 10)),
        ("yesterday", (2026, 3, 9)),
        ("11-3-2026", (2026, 3, 11)),
    ],
)
def test_a_day_is_read_as_people_write_it(text: str, day: tuple[int, int, int]) -> None:
    assert day_of(text, today=TODAY) == datetime.date(*day)


@pytest.mark.parametrize(
    "text", ["", "0", "32", "30", "31-2", "1-13", "morgen", "24-", "24-11-202", "٣", "9:3", "0-0-0"]
)
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(DayUnclear):
        day_of(text, today=TODAY)


@given(DAYS, DAYS)
def test_what_is_carried_to_the_next_row_is_read_back_on_any_day(
    day: datetime.date, today: datetime.date
) -> None:
    assert day_of(written_day(day), today=today) == day


@given(DAYS, st.integers(min_value=0, max_value=364))
def test_day_and_month_are_the_last_such_day(today: datetime.date, back: int) -> None:
    day = today - datetime.timedelta(days=back)
    assert day_of(f"{day.day}-{day.month}", today=today) == day


@given(st.integers(min_value=1, max_value=31), DAYS)
def test_a_bare_day_lies_in_the_month_before_today_or_is_refused(
    number: int, today: datetime.date
) -> None:
    try:
        day = day_of(str(number), today=today)
    except DayUnclear:
        return
    assert day.day == number
    assert 0 <= (today - day).days <= 61


@given(st.text(max_size=12), DAYS)
def test_a_day_is_a_day_or_refused(text: str, today: datetime.date) -> None:
    with contextlib.suppress(DayUnclear):
        assert isinstance(day_of(text, today=today), datetime.date)


@given(NUMBERS)
def test_a_number_is_read_back_however_it_is_written(number: int) -> None:
    for write, read in ((slip_number, read_slip_number), (member_number, read_member_number)):
        text = write(number)
        for variant in (
            text,
            text.lower(),
            f" {text} ",
            f"{text[:-1]}-{text[-1]}",
            f"{text[:-1]} {text[-1]}",
        ):
            assert read(variant) == number
        assert looks_like_a_number(text)
        assert looks_like_a_number(text[:-1])


@given(NUMBERS)
def test_the_one_kind_of_number_never_passes_for_the_other(number: int) -> None:
    with pytest.raises(NumberWrong):
        read_slip_number(member_number(number))
    with pytest.raises(NumberWrong):
        read_member_number(slip_number(number))


@given(NUMBERS, st.data())
def test_one_wrong_figure_or_two_that_changed_places_are_noticed(
    number: int, data: st.DataObject
) -> None:
    text = slip_number(number)
    place = data.draw(st.integers(min_value=0, max_value=len(text) - 2))
    figure = data.draw(st.sampled_from([one for one in "0123456789" if one != text[place]]))
    wrong = [text[:place] + figure + text[place + 1 :]]
    if place < len(text) - 2 and text[place] != text[place + 1]:
        wrong.append(text[:place] + text[place + 1] + text[place] + text[place + 2 :])
    for one in wrong:
        with pytest.raises(NumberWrong):
            read_slip_number(one)


@given(st.text(max_size=14))
def test_whatever_is_typed_is_a_number_or_refused(text: str) -> None:
    for read, write in ((read_slip_number, slip_number), (read_member_number, member_number)):
        with contextlib.suppress(NumberWrong):
            assert write(read(text))[-1] == text.strip()[-1].upper()


@pytest.mark.parametrize("text", ["fat", "", "jan 3", "3 jan", "K37"])
def test_letters_of_a_name_are_no_number(text: str) -> None:
    assert not looks_like_a_number(text)
