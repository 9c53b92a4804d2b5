# SPDX-License-Identifier: EUPL-1.2
"""Answers that cannot be: said at the field, kept as typed, and nothing of it is stored."""

from __future__ import annotations

import dataclasses
import uuid

import pytest
from flask import Flask
from flask_babel import force_locale

from tests.builders import TODAY
from tests.web import roads
from tests.web.roads import form_address, sign_in
from tests.web.screens import Screen
from timebank.exchanges.errors import (
    DayInFuture,
    ExchangeError,
    InvalidDuration,
    NotAWholeStep,
    NoteNotReadable,
    NoteTooLong,
    SamePerson,
    UnknownKind,
    UnknownOther,
)
from timebank.web.words import CODES, explain

SELF, HENK, NOBODY = "self", "henk", str(uuid.UUID(int=7))


@dataclasses.dataclass(frozen=True)
class Bad:
    """A wrong answer, and the code or refusal that must be told at its field."""

    step: str
    typed: dict[str, str]
    cause: str | ExchangeError

    @property
    def field(self) -> str:
        return "helped_on" if self.step == "day" else self.step


def another_day(day: str, month: str, year: str) -> dict[str, str]:
    return {
        "helped_on": "other",
        "other_day_day": day,
        "other_day_month": month,
        "other_day_year": year,
    }


def another_time(hours: str, rest: str) -> dict[str, str]:
    return {"minutes": "other", "minutes_hours": hours, "minutes_rest": rest}


BAD = {
    "oneself by id": Bad("other", {"other": SELF}, SamePerson()),
    "oneself by name": Bad("other", {"other_text": "Fatima El"}, SamePerson()),
    "of another timebank by id": Bad("other", {"other": HENK}, UnknownOther()),
    "of another timebank by name": Bad("other", {"other_text": "Henk"}, UnknownOther()),
    "a reader without an account": Bad("other", {"other_text": "Annelies"}, UnknownOther()),
    "an unknown id": Bad("other", {"other": NOBODY}, UnknownOther()),
    "an unknown name": Bad("other", {"other_text": "Zebedeus"}, UnknownOther()),
    "one letter": Bad("other", {"other_text": "J"}, "name_too_short"),
    "a wildcard": Bad("other", {"other_text": "%"}, "name_too_short"),
    "two wildcards": Bad("other", {"other_text": "%%"}, UnknownOther()),
    "underscores": Bad("other", {"other_text": "___"}, UnknownOther()),
    "no id at all": Bad("other", {"other": "1 OR 1=1"}, "other_missing"),
    "no kind of help": Bad("category", {}, "category_missing"),
    "an unknown kind of help": Bad("category", {"category": "surgery"}, UnknownKind("")),
    "a long kind of help": Bad("category", {"category": "x" * 41}, "category_missing"),
    "a closed kind of help": Bad("category", {"category": "coffee"}, UnknownKind("")),
    "no day": Bad("day", {}, "day_missing"),
    "a day without parts": Bad("day", {"helped_on": "other"}, "day_missing"),
    "tomorrow": Bad("day", {"helped_on": "2026-03-11"}, DayInFuture(TODAY)),
    "in a year": Bad("day", another_day("9", "3", "2027"), DayInFuture(TODAY)),
    "31 February": Bad("day", another_day("31", "2", "2026"), "day_impossible"),
    "day zero": Bad("day", another_day("0", "0", "0"), "day_impossible"),
    "letters for a day": Bad("day", another_day("nine", "March", "x"), "day_impossible"),
    "minus a day": Bad("day", another_day("-9", "3", "2026"), "day_impossible"),
    "other digits": Bad("day", another_day("٩", "٣", "٢٠٢٦"), "day_impossible"),
    "a broken button": Bad("day", {"helped_on": "2026-02-31"}, "day_missing"),
    "no time": Bad("minutes", {}, "minutes_missing"),
    "zero on a button": Bad("minutes", {"minutes": "0"}, InvalidDuration(0, 15)),
    "zero typed": Bad("minutes", another_time("0", "0"), InvalidDuration(0, 15)),
    "negative": Bad("minutes", {"minutes": "-15"}, "minutes_missing"),
    "negative typed": Bad("minutes", another_time("-1", "0"), "minutes_not_a_number"),
    "a fraction": Bad("minutes", {"minutes": "90.5"}, "minutes_missing"),
    "a fraction typed": Bad("minutes", another_time("1,5", ""), "minutes_not_a_number"),
    "1e3": Bad("minutes", another_time("1e3", "0"), "minutes_not_a_number"),
    "letters for a time": Bad("minutes", another_time("one", "half"), "minutes_not_a_number"),
    "24 hours and a quarter": Bad("minutes", another_time("24", "15"), InvalidDuration(0, 15)),
    "9999 hours": Bad("minutes", another_time("9999", "9999"), InvalidDuration(0, 15)),
    "seven minutes": Bad("minutes", another_time("0", "7"), NotAWholeStep(7, 15)),
    "a time without parts": Bad("minutes", another_time(" ", ""), "minutes_missing"),
    "a bell in the note": Bad("note", {"note": "tea\x07"}, NoteNotReadable()),
    "a null byte in the note": Bad("note", {"note": "tea\x00milk"}, NoteNotReadable()),
    "an escape in the note": Bad("note", {"note": "\x1b[2Jtea"}, NoteNotReadable()),
    "a note that is one letter too long": Bad("note", {"note": "t" * 501}, NoteTooLong(501, 500)),
}


@pytest.mark.parametrize("step", roads.QUESTIONS)
def test_what_cannot_be_is_said_at_the_field_and_nothing_is_stored(app: Flask, step: str) -> None:
    roads.close(app, "coffee")
    fatima = sign_in(app, "Fatima", "en")
    key = roads.fill_in(fatima, until=step)
    kept, rows = roads.drafts(app).get(key), roads.row_counts(app)
    people = {SELF: str(roads.member_id(app, "Fatima")), HENK: str(roads.member_id(app, "Henk"))}

    for name, bad in BAD.items():
        if bad.step != step:
            continue
        typed = {field: people.get(value, value) for field, value in bad.typed.items()}
        response = fatima.post(form_address("gave", key, step), data=typed)

        assert response.status_code == 422, name
        screen = Screen(response)
        assert screen.summary == [f"#{bad.field}"], name
        assert screen.messages == [in_english(app, bad.cause)], name
        assert bad.field in screen.ids, name
        assert f"{bad.field}-error" in screen.ids, name
        (invalid,) = screen.invalid
        assert f"{bad.field}-error" in invalid["aria-describedby"].split(), name
        for field, value in typed.items():
            kept_value = screen.value(field) if is_text(screen, field) else screen.checked(field)
            offered = any(one["value"] == value for one in screen.all("input", name=field))
            assert kept_value == value or not (is_text(screen, field) or offered), (name, field)
        assert roads.drafts(app).get(key) == kept, name
        assert roads.row_counts(app) == rows, name


def in_english(app: Flask, cause: str | ExchangeError) -> str:
    with app.test_request_context(), force_locale("en"):
        return str(CODES[cause]) if isinstance(cause, str) else explain(cause)


def is_text(screen: Screen, field: str) -> bool:
    return any(
        one["name"] == field and one["type"] not in ("radio", "submit") for one in screen.elements
    )


def test_nobody_of_another_timebank_shows_on_the_page(app: Flask) -> None:
    fatima = sign_in(app, "Fatima")
    key = roads.begin(fatima)

    for typed in (
        {"other": str(roads.member_id(app, "Henk"))},
        {"other_text": "Henk"},
        {"other_text": "%%"},
    ):
        screen = Screen(fatima.post(form_address("gave", key, "other"), data=typed))
        assert "Wansink" not in screen.text
        assert "Jan van den Berg" not in screen.text


def test_a_note_of_ten_thousand_characters_stays_in_its_field(sqlite_app: Flask) -> None:
    fatima = sign_in(sqlite_app, "Fatima", "en")
    key = roads.fill_in(fatima, until="note")
    note = "0123456789" * 1000

    response = fatima.post(form_address("gave", key, "note"), data={"note": note})

    assert response.status_code == 422
    assert Screen(response).value("note") == note
    assert "9500" in Screen(response).messages[0]


def test_a_note_of_four_thousand_characters_stays_and_says_how_much_is_too_much(
    sqlite_app: Flask,
) -> None:
    fatima = sign_in(sqlite_app, "Fatima", "en")
    key = roads.fill_in(fatima, until="note")
    note = "the first line\n" + "0123456789" * 398

    response = fatima.post(form_address("gave", key, "note"), data={"note": note})

    assert response.status_code == 422
    assert Screen(response).value("note") == note
    assert "at least 3495 letters" in Screen(response).messages[0]


def test_a_name_that_is_too_long_is_said_at_the_field(sqlite_app: Flask) -> None:
    fatima = sign_in(sqlite_app, "Fatima", "en")
    key = roads.begin(fatima)

    response = fatima.post(form_address("gave", key, "other"), data={"other_text": "J" * 151})

    screen = Screen(response)
    assert response.status_code == 422
    assert len(screen.invalid) == 1
    assert screen.summary[0].removeprefix("#") in screen.ids


def test_who_chooses_nobody_is_asked_to_choose(sqlite_app: Flask) -> None:
    fatima = sign_in(sqlite_app, "Fatima", "en")
    key = roads.begin(fatima)

    response = fatima.post(form_address("gave", key, "other"), data={"other_text": ""})

    assert response.status_code == 422
    assert "Choose or type" in Screen(response).messages[0]


def test_a_null_byte_in_a_name_finds_nobody(postgresql_app: Flask) -> None:
    fatima = sign_in(postgresql_app, "Fatima", "en")
    key = roads.begin(fatima)

    response = fatima.post(form_address("gave", key, "other"), data={"other_text": "Ja\x00n"})

    assert response.status_code == 422
    assert Screen(response).summary == ["#other"]


def test_two_people_of_one_name_are_offered_to_choose_from(sqlite_app: Flask) -> None:
    fatima = sign_in(sqlite_app, "Fatima", "en")
    key = roads.begin(fatima)

    screen = Screen(fatima.post(form_address("gave", key, "other"), data={"other_text": "Va"}))

    offered = [one["value"] for one in screen.all("input", type="radio", name="other")]
    assert screen.status == 422
    assert offered == [str(roads.member_id(sqlite_app, name)) for name in ("Jan", "Marijke")]
    assert screen.value("other_text") == "Va"


def test_the_beginning_of_one_name_is_asked_to_be_chosen_too(app: Flask) -> None:
    fatima = sign_in(app, "Fatima")
    key = roads.begin(fatima)

    screen = Screen(fatima.post(form_address("gave", key, "other"), data={"other_text": "Gree"}))
    data = screen.fields(screen.form("/other")) | {"other": str(roads.member_id(app, "Greet"))}
    chosen = fatima.post(form_address("gave", key, "other"), data=data)

    assert screen.status == 422
    assert chosen.status_code == 303
    assert roads.drafts(app)[key]["other"] == str(roads.member_id(app, "Greet"))


def test_a_day_before_one_of_the_two_joined_is_said_at_the_day(app: Flask) -> None:
    fatima = sign_in(app, "Fatima")
    key = roads.fill_in(fatima, until="day")
    rows, kept = roads.row_counts(app), roads.drafts(app)

    typed = another_day("31", "12", "2025")
    screen = Screen(fatima.post(form_address("gave", key, "day"), data=typed))

    assert screen.status == 422
    assert screen.summary == ["#helped_on"]
    assert screen.value("other_day_year") == "2025"
    assert roads.row_counts(app) == rows
    assert roads.drafts(app) == kept


def test_a_kind_of_help_that_closed_in_the_meantime_is_said_when_it_is_sent(app: Flask) -> None:
    fatima = sign_in(app, "Fatima", "en")
    key = roads.fill_in(fatima)
    rows = roads.row_counts(app)
    roads.close(app, "groceries")

    response = fatima.post(form_address("gave", key, "check"))

    assert response.status_code == 422
    assert Screen(response).summary == ["#category"]
    assert roads.row_counts(app) == rows
