# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime
import uuid
from typing import Any

import pytest
from marshmallow import Schema, ValidationError

from timebank.schemas.answers import (
    CategoryAnswer,
    DayAnswer,
    MinutesAnswer,
    NoteAnswer,
    OtherAnswer,
)

SOMEBODY = uuid.UUID("11111111-2222-4333-8444-555555555555")


def refused(schema: Schema, answers: dict[str, Any]) -> Any:
    with pytest.raises(ValidationError) as refusal:
        schema.load(answers)
    return refusal.value.messages


def test_the_other_is_an_id_or_typed_letters() -> None:
    assert OtherAnswer().load({"other": str(SOMEBODY)}) == {"other": SOMEBODY, "other_text": ""}
    assert OtherAnswer().load({"other_text": "Fati"}) == {"other": None, "other_text": "Fati"}


@pytest.mark.parametrize("other", ["", "7", "fatima", "../etc/passwd"])
def test_an_id_that_is_none_is_a_missing_answer(other: str) -> None:
    assert refused(OtherAnswer(), {"other": other}) == {"other": ["other_missing"]}


@pytest.mark.parametrize("answers", [{}, {"other_text": ""}, {"other_text": "  "}])
def test_the_other_must_be_chosen_or_typed(answers: dict[str, str]) -> None:
    assert refused(OtherAnswer(), answers) == {"other": ["other_missing"]}


@pytest.mark.parametrize("typed", ["F", " F "])
def test_one_letter_is_no_beginning_of_a_name(typed: str) -> None:
    assert refused(OtherAnswer(), {"other_text": typed}) == {"other": ["name_too_short"]}


def test_a_name_has_at_most_150_letters() -> None:
    assert OtherAnswer().load({"other_text": "x" * 150})["other_text"] == "x" * 150
    assert refused(OtherAnswer(), {"other_text": "x" * 151}) == {"other": ["name_too_long"]}


def test_a_category_is_its_code() -> None:
    assert CategoryAnswer().load({"category": "groceries"}) == "groceries"


@pytest.mark.parametrize("answers", [{}, {"category": ""}, {"category": "x" * 41}])
def test_a_category_must_be_chosen(answers: dict[str, str]) -> None:
    assert refused(CategoryAnswer(), answers) == {"category": ["category_missing"]}


def test_a_note_loses_the_line_ends_of_browsers_and_the_spaces_around() -> None:
    assert NoteAnswer().load({"note": "  one\r\ntwo \r\n"}) == "one\ntwo"
    assert NoteAnswer().load({}) == ""


@pytest.mark.parametrize(
    ("answers", "minutes"),
    [
        ({"minutes": "90"}, 90),
        ({"minutes": " 15 "}, 15),
        ({"minutes": "0"}, 0),
        ({"minutes": "9999"}, 9999),
        ({"minutes": "other", "minutes_hours": "1", "minutes_rest": "30"}, 90),
        ({"minutes": "other", "minutes_hours": "2"}, 120),
        ({"minutes": "other", "minutes_rest": " 45 "}, 45),
        ({"minutes": "other", "minutes_hours": "0", "minutes_rest": "0"}, 0),
        ({"minutes": "45", "minutes_hours": "nonsense"}, 45),
    ],
)
def test_how_long_is_offered_minutes_or_hours_and_minutes(
    answers: dict[str, str], minutes: int
) -> None:
    assert MinutesAnswer().load(answers) == minutes


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({}, "minutes_missing"),
        ({"minutes": ""}, "minutes_missing"),
        ({"minutes": "90.5"}, "minutes_missing"),
        ({"minutes": "-15"}, "minutes_missing"),
        ({"minutes": "١٥"}, "minutes_missing"),
        ({"minutes": "10000"}, "minutes_missing"),
        ({"minutes": "other"}, "minutes_missing"),
        ({"minutes": "other", "minutes_hours": " ", "minutes_rest": ""}, "minutes_missing"),
        ({"minutes": "other", "minutes_hours": "1,5"}, "minutes_not_a_number"),
        ({"minutes": "other", "minutes_hours": "een"}, "minutes_not_a_number"),
        ({"minutes": "other", "minutes_hours": "1", "minutes_rest": "-5"}, "minutes_not_a_number"),
        ({"minutes": "other", "minutes_rest": "²"}, "minutes_not_a_number"),
    ],
)
def test_what_is_no_whole_number_of_minutes_is_said_by_its_code(
    answers: dict[str, str], code: str
) -> None:
    assert refused(MinutesAnswer(), answers) == {"minutes": [code]}


def other_day(day: str, month: str, year: str) -> dict[str, str]:
    return {
        "helped_on": "other",
        "other_day_day": day,
        "other_day_month": month,
        "other_day_year": year,
    }


@pytest.mark.parametrize(
    "answers",
    [{"helped_on": "2026-03-09"}, other_day("9", "3", "2026"), other_day(" 09 ", "03", "2026")],
)
def test_the_day_is_that_of_a_button_or_three_numbers(answers: dict[str, str]) -> None:
    assert DayAnswer().load(answers) == datetime.date(2026, 3, 9)


@pytest.mark.parametrize(("typed", "year"), [("26", 2026), ("6", 2006), ("99", 2099), ("100", 100)])
def test_a_year_of_two_numbers_is_of_this_century(typed: str, year: int) -> None:
    assert DayAnswer().load(other_day("9", "3", typed)) == datetime.date(year, 3, 9)


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({}, "day_missing"),
        ({"helped_on": ""}, "day_missing"),
        ({"helped_on": "today"}, "day_missing"),
        ({"helped_on": "2026-02-30"}, "day_missing"),
        ({"helped_on": "2026-03"}, "day_missing"),
        ({"helped_on": "2026-03-09-01"}, "day_missing"),
        ({"helped_on": "other"}, "day_missing"),
        (other_day("9", "", "2026"), "day_missing"),
        (other_day("30", "2", "2026"), "day_impossible"),
        (other_day("29", "2", "2025"), "day_impossible"),
        (other_day("9", "13", "2026"), "day_impossible"),
        (other_day("9", "maart", "2026"), "day_impossible"),
        (other_day("9", "3", "20260"), "day_impossible"),
    ],
)
def test_what_is_no_day_is_said_by_its_code(answers: dict[str, str], code: str) -> None:
    assert refused(DayAnswer(), answers) == {"helped_on": [code]}


@pytest.mark.parametrize(
    ("schema", "answers"),
    [
        (OtherAnswer(), {"other_text": "Fa"}),
        (CategoryAnswer(), {"category": "coffee"}),
        (NoteAnswer(), {}),
        (MinutesAnswer(), {"minutes": "15"}),
        (DayAnswer(), {"helped_on": "2026-03-09"}),
    ],
)
def test_answers_to_other_questions_are_left_alone(schema: Schema, answers: dict[str, str]) -> None:
    assert schema.load(answers | {"csrf_token": "x", "next": "y"}) == schema.load(answers)
