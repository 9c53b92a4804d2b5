# SPDX-License-Identifier: EUPL-1.2
"""Writing down a group activity: one page, the shares before anything is booked, then booking."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import builders
from tests.web import roads
from tests.web.roads import see, sign_in
from tests.web.screens import Screen
from timebank.web.durations import name_and_minutes, read_minutes, write_minutes

COOK_IN = {
    "category": "cooking_group",
    "helped_on_day": "7",
    "helped_on_month": "3",
    "helped_on_year": "2026",
    "neighbourhood": builders.SLAAGHWIJK,
    "place": "Buurthuis",
    "initiated_by": "resident",
    "helpers": "Fatima El Amrani 3 uur\r\n\r\nJan van den Berg, 3:00",
    "guests": "14",
    "helped": "",
}


def fill_in(browser: FlaskClient, **changes: str) -> Screen:
    page = see(browser, "/activities/new")
    data = page.fields(page.form("/activities")) | COOK_IN | changes
    return Screen(browser.post("/activities", data=data))


def press(browser: FlaskClient, page: Screen, step: str) -> Screen:
    data = page.fields(page.form("/activities")) | {"step": step}
    return Screen(browser.post("/activities", data=data, follow_redirects=True))


@pytest.mark.policy("W4")
@pytest.mark.policy("W7")
def test_a_coordinator_sees_the_shares_books_a_cook_in_and_sees_who_started_it(app: Flask) -> None:
    nadia = sign_in(app, "Nadia")
    digest = roads.digest_of_all_tables(app)

    check = fill_in(nadia)
    assert check.status == 200
    assert "Fatima El Amrani: 3 uur" in check.text
    assert "14" in check.text
    assert roads.digest_of_all_tables(app) == digest
    done = press(nadia, check, "book")

    assert "tb-notice--success" in done.notices
    for name in ("Fatima", "Jan"):
        assert roads.balance(app, name) == (180, 0, 0, 0)
    assert roads.books_are_sound(app)
    overview = see(nadia, "/activities")
    (share,) = [one.text for one in overview.all("dd")]
    assert share == "1 van 1, 100 procent"
    fatima = sign_in(app, "Fatima")
    (activity,) = {one for one in see(fatima, "/my-hours").links if "/activities/" in one}
    own = see(fatima, activity)
    assert "Jan van den Berg" not in own.text
    assert activity in see(fatima, "/my-data").links
    assert press(nadia, check, "book").title == done.title
    assert roads.balance(app, "Fatima") == (180, 0, 0, 0)


def test_from_the_shares_one_goes_back_with_everything_that_was_typed(sqlite_app: Flask) -> None:
    nadia = sign_in(sqlite_app, "Nadia")
    check = fill_in(nadia, guests="", helped="Greet de Boer\nMarijke van Duijn")
    assert "Greet de Boer: 3 uur" in check.text

    form = press(nadia, check, "change")

    assert form.one("textarea", name="helped").raw == "Greet de Boer\nMarijke van Duijn"
    assert form.one("input", name="place")["value"] == "Buurthuis"
    assert form.checked_in("/activities") is not None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"category": ""}, "category"),
        ({"category": "groceries"}, "category"),
        ({"helped_on_day": "31", "helped_on_month": "2"}, "helped_on"),
        ({"helped_on_year": ""}, "helped_on"),
        ({"helped_on_year": "2027"}, "helped_on"),
        ({"neighbourhood": builders.ZIJLWIJK}, "neighbourhood"),
        ({"place": " "}, "place"),
        ({"initiated_by": "nobody"}, "initiated_by"),
        ({"helpers": ""}, "helpers"),
        ({"helpers": "Fatima El Amrani"}, "helpers"),
        ({"helpers": "Fatima El Amrani 0:50"}, "helpers"),
        ({"helpers": "Sinterklaas 3"}, "helpers"),
        ({"helpers": "Nadia Benali 3"}, "helpers"),
        ({"helpers": "Fatima 1\nFatima 2"}, "helpers"),
        ({"helpers": "\n".join(["Fatima 1"] * 501)}, "helpers"),
        ({"guests": ""}, "guests"),
        ({"guests": "veel"}, "guests"),
        ({"guests": "6000"}, "guests"),
        ({"helped": "Greet de Boer"}, "guests"),
        ({"guests": "", "helped": "Greet"}, ""),
        ({"guests": "", "helped": "Zwarte Schaap"}, "helped"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_what_was_typed_stays(
    sqlite_app: Flask, changes: dict[str, str], field: str
) -> None:
    nadia = sign_in(sqlite_app, "Nadia")

    page = fill_in(nadia, **changes)

    assert page.status == (422 if field else 200)
    if field:
        assert page.summary == [f"#{field}"]
        assert field in page.ids
        typed = changes.get("helpers", COOK_IN["helpers"]).replace("\r\n", "\n")
        assert page.one("textarea", name="helpers").raw == typed


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("3", 180),
        ("3 uur", 180),
        ("1u", 60),
        ("1.5", 90),
        ("1,5 uur", 90),
        ("0,25", 15),
        ("1:30", 90),
        ("90m", 90),
        ("45 minuten", 45),
        ("0,33", None),
        ("1:75", None),
        ("anderhalf", None),
        ("", None),
        ("²", None),
        ("-1", None),
        ("100000", None),
    ],
)
def test_a_duration_is_read_as_people_write_it(text: str, minutes: int | None) -> None:
    assert read_minutes(text) == minutes
    if minutes is not None:
        assert read_minutes(write_minutes(minutes)) == minutes


@pytest.mark.parametrize(
    ("line", "name", "minutes"),
    [
        ("Fatima El Amrani 3", "Fatima El Amrani", 180),
        ("Fatima El Amrani\t1:30", "Fatima El Amrani", 90),
        ("Jan: 3 uur", "Jan", 180),
        ("Jan - 45 min", "Jan", 45),
        ("Jan", "Jan", None),
        ("3 uur", "3 uur", None),
        ("Jan uur", "Jan uur", None),
    ],
)
def test_a_line_ends_in_how_long(line: str, name: str, minutes: int | None) -> None:
    assert name_and_minutes(line) == (name, minutes)
