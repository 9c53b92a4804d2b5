# SPDX-License-Identifier: EUPL-1.2
"""What was typed is never lost: not by signing out, another language, midnight or going back."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.conftest import Clock
from tests.web import roads
from tests.web.roads import QUESTIONS, form_address, see, sign_in, visitor
from tests.web.screens import Screen
from timebank.extensions import db


@pytest.mark.parametrize("side", ["gave", "received"])
def test_a_form_waits_until_its_owner_signs_in_again(app: Flask, side: str) -> None:
    fatima = sign_in(app, "Fatima")
    key = roads.fill_in(fatima, side, until="minutes")
    fatima.post("/sign-out")

    (resume,) = [link for link in see(sign_in(app, "Fatima"), "/").links if str(key) in link]
    page = sign_in(app, "Fatima").get(resume)

    assert page.status_code == 303
    assert page.headers["Location"] == form_address(side, key, "minutes")
    assert not [link for link in see(sign_in(app, "Jan"), "/").links if str(key) in link]


@pytest.mark.parametrize("side", ["gave", "received"])
def test_a_form_is_finished_in_the_direction_in_which_it_was_begun(app: Flask, side: str) -> None:
    jan = sign_in(app, "Jan")
    roads.fill_in(jan, side, other=roads.named("Fatima"))

    (resume,) = [link for link in see(jan, "/").links if link.endswith("/check")]
    screen = see(jan, resume)
    jan.post(screen.form("/check")["action"])

    given = (0, 0, 90, 0)
    assert roads.balance(app, "Jan" if side == "gave" else "Fatima") == given


@pytest.mark.policy("V18")
def test_another_language_keeps_the_place_and_every_typed_answer(app: Flask) -> None:
    fatima = sign_in(app, "Fatima")
    typed = {
        "other": {"other_text": "Gree"},
        "category": {"category": "coffee"},
        "day": {
            "helped_on": "other",
            "other_day_day": "31",
            "other_day_month": "2",
            "other_day_year": "26",
        },
        "minutes": {"minutes": "other", "minutes_hours": "two", "minutes_rest": "7"},
        "note": {"note": "half a sent"},
    }
    for step in QUESTIONS:
        key = roads.fill_in(fatima, until=step)
        screen = see(fatima, form_address("gave", key, step))
        switch = {"next": form_address("gave", key, step), "language": "en"}
        data = screen.fields(screen.form(f"/{step}")) | typed[step] | switch

        answer = fatima.post("/language", data=data)
        after = see(fatima, answer.headers["Location"])

        assert after.language == "en"
        assert after.form(f"/{step}")["action"] == form_address("gave", key, step)
        for name, value in typed[step].items():
            shown = after.checked(name) if after.checked(name) else after.value(name)
            assert shown == value, (step, name)
        fatima.post("/language", data={"language": "nl"})


def test_the_language_buttons_send_the_form_of_the_page_with_them(sqlite_app: Flask) -> None:
    fatima = sign_in(sqlite_app, "Fatima")
    key = roads.begin(fatima)

    screen = see(fatima, form_address("gave", key, "other"))

    buttons = [one for one in screen.all("button") if one["name"] == "language"]
    assert {one["form"] for one in buttons} == {"question"}
    assert {one["formaction"] for one in buttons} == {"/language"}
    first = next(one for one in screen.all("button") if one["form"] == "question")
    assert first["name"] == "", "Enter in a text field presses the first button of the form"


def test_a_language_that_we_do_not_speak_changes_nothing(sqlite_app: Flask) -> None:
    browser = visitor(sqlite_app)

    answer = browser.post("/language", data={"language": "xx", "next": "/sign-in"})

    assert answer.headers["Location"] == "/sign-in"
    assert "timebank-language" not in str(answer.headers)
    browser.set_cookie("timebank-language", "../../etc")
    assert see(browser, "/").language == "nl"


def test_going_back_shows_what_was_answered(app: Flask) -> None:
    fatima = sign_in(app, "Fatima")
    key = roads.fill_in(
        fatima,
        day={
            "helped_on": "other",
            "other_day_day": "5",
            "other_day_month": "3",
            "other_day_year": "2026",
        },
        minutes={"minutes": "other", "minutes_hours": "1", "minutes_rest": "45"},
        note={"note": "Two bags\r\nand bread"},
    )
    check = see(fatima, form_address("gave", key, "check"))

    pages = {step: see(fatima, form_address("gave", key, step)) for step in QUESTIONS}

    assert {form_address("gave", key, step) for step in QUESTIONS} <= set(check.links)
    assert pages["other"].checked("other") == str(roads.member_id(app, "Jan"))
    assert pages["category"].checked("category") == "groceries"
    assert pages["day"].checked("helped_on") == "other"
    assert [pages["day"].value(f"other_day_{part}") for part in ("day", "month", "year")] == [
        "5",
        "3",
        "2026",
    ]
    assert pages["minutes"].checked("minutes") == "other"
    assert pages["minutes"].value("minutes_hours") == "1"
    assert pages["minutes"].value("minutes_rest") == "45"
    assert pages["note"].value("note").split() == ["Two", "bags", "and", "bread"]
    for step, before in zip(QUESTIONS[1:], QUESTIONS, strict=False):
        assert form_address("gave", key, before) in pages[step].links


def test_a_name_that_is_typed_beside_an_earlier_choice_is_not_ignored(app: Flask) -> None:
    fatima = sign_in(app, "Fatima")
    key = roads.fill_in(fatima)
    screen = see(fatima, form_address("gave", key, "other"))
    data = screen.fields(screen.form("/other")) | roads.named("Greet")

    answer = fatima.post(form_address("gave", key, "other"), data=data)

    kept = roads.drafts(app)[key]["other"]
    assert answer.status_code == 422 or kept == str(roads.member_id(app, "Greet"))


def test_today_chosen_before_midnight_keeps_its_day(app: Flask, clock: Clock) -> None:
    fatima = sign_in(app, "Fatima")
    key = roads.fill_in(fatima, until="day")
    clock.moment = clock.moment.replace(hour=22, minute=59)
    evening = see(fatima, form_address("gave", key, "day"))
    today = evening.one("input", type="radio", id="helped_on")["value"]

    clock.advance(minutes=2)
    fatima.post(form_address("gave", key, "day"), data={"helped_on": today})
    roads.fill_in(fatima, key=key, day={"helped_on": today})

    assert today == "2026-03-10"
    assert see(fatima, form_address("gave", key, "check")).one("div", id="helped_on")
    assert roads.drafts(app)[key]["helped_on"] == "2026-03-10"
    morning = see(fatima, form_address("gave", key, "day"))
    assert morning.checked("helped_on") == "2026-03-10"
    assert morning.one("input", type="radio", id="helped_on")["value"] == "2026-03-11"


def test_a_form_cannot_be_checked_before_every_question_has_an_answer(app: Flask) -> None:
    fatima = sign_in(app, "Fatima")
    key = roads.fill_in(fatima, until="minutes")

    jumped = fatima.get(form_address("gave", key, "check"))
    sent = fatima.post(form_address("gave", key, "check"))

    assert jumped.headers["Location"] == form_address("gave", key, "minutes")
    assert sent.status_code == 422
    assert Screen(sent).status == 422
    assert roads.row_counts(app)["exchange"] == 0


def test_what_is_missing_when_a_form_is_sent_can_be_reached(sqlite_app: Flask) -> None:
    fatima = sign_in(sqlite_app, "Fatima")
    key = roads.fill_in(fatima, until="minutes")

    screen = Screen(fatima.post(form_address("gave", key, "check")))

    assert screen.summary
    assert all(link.removeprefix("#") in screen.ids for link in screen.summary)


@pytest.mark.parametrize("side", ["gave", "received"])
def test_work_for_a_professional_leads_to_whom_to_call_and_books_nothing(
    app: Flask, side: str
) -> None:
    fatima = sign_in(app, "Fatima", "en")
    key = roads.fill_in(fatima, side, until="category")

    answer = fatima.post(form_address(side, key, "category"), data={"category": "personal_care"})
    refer = see(fatima, answer.headers["Location"])
    for step in ("day", "minutes", "note"):
        fatima.post(form_address(side, key, step), data=roads.ANSWERS[step])
    sent = fatima.post(form_address(side, key, "check"))

    assert answer.headers["Location"] == form_address(side, key, "refer")
    assert "071 555 01 00" in refer.one("section", class_="tb-section tb-refer").text
    assert not refer.all("form", action=form_address(side, key, "check"))
    assert sent.status_code == 422
    assert Screen(sent).summary == ["#category"]
    assert roads.row_counts(app)["exchange"] == 0
    assert roads.row_counts(app)["ledger_transfer"] == 0


@pytest.mark.policy("L13")
def test_which_work_for_a_professional_was_chosen_is_kept_nowhere(app: Flask) -> None:
    fatima = sign_in(app, "Fatima")
    key = roads.fill_in(fatima, until="category")

    fatima.post(form_address("gave", key, "category"), data={"category": "personal_care"})

    drafts = db.metadata.tables["exchange_draft"]
    with roads.reading(app) as connection:
        kept = connection.scalars(sa.select(drafts.c.answers)).all()
    assert [answers for answers in kept if "personal_care" in str(answers)] == []
    fatima.post(form_address("gave", key, "category"), data={"category": "groceries"})
    with fatima.session_transaction() as cookie:
        assert "referred" not in cookie
