# SPDX-License-Identifier: EUPL-1.2
"""Hours of staff on the screen: written on a short form, shown beside those of residents."""

from __future__ import annotations

import datetime
import inspect
import uuid

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import builders
from tests.conftest import Clock
from tests.web import roads
from tests.web.roads import see, sign_in
from tests.web.screens import Screen
from tests.web.test_figures import book, table_row
from timebank.staffing import errors
from timebank.web.staff_hours import REFUSALS

PAGE = "/staff-hours"
IN_MAY = datetime.datetime(2026, 5, 20, 9, tzinfo=datetime.UTC)


def fill_in(browser: FlaskClient, **changes: str) -> dict[str, str]:
    """Return the form as it stands, with a day and a time, and what a test changes."""
    page = see(browser, PAGE)
    answers = {"worked_on": "2026-03-10", "minutes": "2"}
    return page.fields(page.form(PAGE)) | answers | changes


def send(browser: FlaskClient, **changes: str) -> Screen:
    answer = browser.post(PAGE, data=fill_in(browser, **changes), follow_redirects=True)
    return Screen(answer)


@pytest.mark.policy("V16")
def test_a_manager_sees_the_hours_of_residents_and_of_staff_side_by_side(app: Flask) -> None:
    book(app, "Fatima", "Jan", 90)
    book(app, "Greet", "Jan", 45)
    bart = sign_in(app, "Bart", "en")
    send(sign_in(app, "Nadia"), minutes="1:15")
    done = send(bart, minutes="3", neighbourhood=builders.ZIJLWIJK)

    screen = see(bart, PAGE)

    assert "tb-notice--success" in done.notices
    assert table_row(screen, "Slaaghwijk") == ["1 h 30 min", "1 h 15 min"]
    assert table_row(screen, "Zijlwijk-Zuid") == ["45 min", "3 h"]
    assert table_row(screen, "Together") == ["2 h 15 min", "4 h 15 min"]
    pairs = [one.text for one in screen.of_class("tb-bars__pair")]
    assert pairs == [
        "Slaaghwijk Residents 1 h 30 min Staff 1 h 15 min",
        "Zijlwijk-Zuid Residents 45 min Staff 3 h",
    ]
    assert [float(one["width"]) for one in screen.of_class("tb-bars__second")] == [118, 286]
    assert roads.books_are_sound(app)
    assert roads.balance(app, "Nadia") == roads.balance(app, "Bart") == (0, 0, 0, 0)


def test_a_coordinator_sees_own_neighbourhoods_only(app: Flask) -> None:
    send(sign_in(app, "Bart"), neighbourhood=builders.ZIJLWIJK)

    nadia, marijke = (see(sign_in(app, name), PAGE) for name in ("Nadia", "Marijke"))

    assert "Zijlwijk" not in nadia.text
    assert not nadia.of_class("tb-line")
    assert len(marijke.of_class("tb-line")) == 1
    assert not marijke.all("input", type="radio", name="neighbourhood")
    assert (
        len(see(sign_in(app, "Bart"), PAGE).all("input", type="radio", name="neighbourhood")) == 2
    )


def test_a_line_is_taken_back_and_pressing_twice_is_the_same(app: Flask) -> None:
    nadia = sign_in(app, "Nadia", "en")
    page = send(nadia)
    (address,) = [form["action"] for form in page.all("form") if "take-back" in form["action"]]

    answers = [nadia.post(address) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    after = see(nadia, answers[0].headers["Location"])
    assert after.of_class("tb-empty")
    assert not after.of_class("tb-line")
    assert sign_in(app, "Marijke").post(address).status_code == 404


def test_everything_that_is_wrong_stands_at_its_question_and_stays_typed(app: Flask) -> None:
    bart, rows = sign_in(app, "Bart"), roads.row_counts(app)
    typed = {"worked_on": "other", "other_day_day": "31", "other_day_month": "2"}

    screen = send(bart, **typed, other_day_year="2026", minutes="een poos", neighbourhood="")

    assert screen.status == 422
    assert screen.summary == ["#worked_on", "#minutes", "#neighbourhood"]
    assert set(screen.ids) >= {"worked_on", "minutes", "neighbourhood", "other_day"}
    fields = screen.fields(screen.form(PAGE))
    assert fields["minutes"] == "een poos"
    assert (fields["worked_on"], fields["other_day_day"]) == ("other", "31")
    assert roads.row_counts(app) == rows


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"worked_on": "2026-03-11"}, "#worked_on"),
        ({"worked_on": "2025-03-09"}, "#worked_on"),
        ({"worked_on": ""}, "#worked_on"),
        ({"minutes": "0:20"}, "#minutes"),
        ({"minutes": "25"}, "#minutes"),
        ({"minutes": ""}, "#minutes"),
        ({"neighbourhood": builders.ZIJLWIJK}, "#neighbourhood"),
        ({"neighbourhood": builders.HOLTEN}, "#neighbourhood"),
        ({"neighbourhood": "BU99999999"}, "#neighbourhood"),
    ],
)
def test_what_the_room_refuses_is_said_at_the_question(
    sqlite_app: Flask, changes: dict[str, str], field: str
) -> None:
    screen = send(sign_in(sqlite_app, "Nadia"), **changes)

    assert (screen.status, screen.summary) == (422, [field])
    assert field.removeprefix("#") in screen.ids
    assert roads.row_counts(sqlite_app)["staff_time"] == 0


def test_what_the_room_refuses_is_said_in_one_round_with_what_cannot_be_read(
    sqlite_app: Flask,
) -> None:
    nadia = sign_in(sqlite_app, "Nadia")

    of_the_room = send(nadia, worked_on="2026-03-11", minutes="25", neighbourhood=builders.HOLTEN)
    of_both = send(nadia, worked_on="2026-03-11", minutes="een poos")

    assert of_the_room.summary == ["#worked_on", "#minutes", "#neighbourhood"]
    assert of_both.summary == ["#worked_on", "#minutes"]


def test_a_form_sent_twice_is_one_line_and_with_other_answers_is_refused(app: Flask) -> None:
    nadia = sign_in(app, "Nadia")
    form = fill_in(nadia)

    answers = [nadia.post(PAGE, data=form) for _ in range(2)]
    other = nadia.post(PAGE, data=form | {"minutes": "3"})

    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert other.status_code == 409
    assert roads.row_counts(app)["staff_time"] == 1


def test_after_writing_one_sees_the_quarter_of_the_day(app: Flask, clock: Clock) -> None:
    clock.moment = IN_MAY
    nadia = sign_in(app, "Nadia")
    long_ago = fill_in(nadia, worked_on="2025-05-20")

    recent = nadia.post(PAGE, data=fill_in(nadia, worked_on="2026-03-31"))
    oldest = nadia.post(PAGE, data=long_ago)

    assert recent.headers["Location"] == f"{PAGE}?quarter=2026-1"
    assert oldest.headers["Location"] == PAGE
    assert len(see(nadia, PAGE).of_class("tb-line")) == 2


def test_the_figures_lead_here_and_residents_find_nothing(app: Flask) -> None:
    assert PAGE in see(sign_in(app, "Nadia"), "/neighbourhoods").links
    assert sign_in(app, "Fatima").get(PAGE).status_code == 403


def test_every_refusal_of_the_room_has_words() -> None:
    refusals = {
        kind
        for _, kind in inspect.getmembers(errors, inspect.isclass)
        if kind.__mro__[1] is errors.StaffTimeError
    }

    assert refusals == set(REFUSALS)


def test_my_data_tells_which_lines_i_wrote(app: Flask) -> None:
    nadia = sign_in(app, "Nadia", "en")
    send(nadia, minutes="1:30")

    assert "1 hour and 30 minutes, 10 March 2026, Slaaghwijk" in see(nadia, "/my-data").text


def test_a_key_that_is_none_gets_one(sqlite_app: Flask) -> None:
    nadia = sign_in(sqlite_app, "Nadia")

    screen = send(nadia, key="none", minutes="")

    assert uuid.UUID(screen.fields(screen.form(PAGE))["key"])
