# SPDX-License-Identifier: EUPL-1.2
"""The main road, without JavaScript: help is written down, checked, approved, and both see it."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.web import roads
from tests.web.roads import QUESTIONS, see, sign_in
from tests.web.screens import Screen


def test_somebody_logs_through_the_forms_as_they_are_on_the_page(app: Flask) -> None:
    fatima = sign_in(app, "Fatima")
    (start, *_) = [link for link in see(fatima, "/").links if link.endswith("/new/gave")]
    page = fatima.get(start, follow_redirects=True)

    for step in QUESTIONS:
        screen = Screen(page)
        form = screen.form(f"/{step}")
        data = screen.fields(form) | roads.ANSWERS[step]
        page = fatima.post(form["action"], data=data, follow_redirects=True)
    check = Screen(page)
    page = fatima.post(check.form("/check")["action"], data=check.fields(check.form("/check")))

    assert page.status_code == 303
    assert see(fatima, page.headers["Location"]).of_class("tb-badge--submitted")
    assert roads.balance(app, "Fatima") == (0, 0, 90, 0)
    assert roads.balance(app, "Jan") == (0, 0, 0, 90)
    assert not roads.drafts(app)


def test_the_coordinator_approves_and_both_see_the_outcome(app: Flask) -> None:
    fatima, jan, nadia = (sign_in(app, name) for name in ("Fatima", "Jan", "Nadia"))
    exchange_id = roads.log_help(fatima)
    desk = see(nadia, "/desk")

    answer = nadia.post(desk.form(f"{exchange_id}/approve")["action"])
    after = see(nadia, answer.headers["Location"])

    assert "tb-notice--success" in after.notices
    assert f"/exchanges/{exchange_id}" in after.links
    for browser in (fatima, jan):
        screen = see(browser, f"/exchanges/{exchange_id}")
        assert screen.of_class("tb-badge--approved")
        assert see(browser, "/").of_class("tb-badge--approved")
    assert roads.balance(app, "Fatima") == (90, 0, 0, 0)
    assert roads.balance(app, "Jan") == (0, 90, 0, 0)
    assert roads.books_are_sound(app)


def test_what_was_written_down_as_received_credits_the_helper(app: Flask) -> None:
    jan, nadia = sign_in(app, "Jan"), sign_in(app, "Nadia")

    exchange_id = roads.log_help(jan, "received", other=roads.named("Fatima"))
    nadia.post(f"/desk/{exchange_id}/approve")

    assert roads.balance(app, "Fatima") == (90, 0, 0, 0)
    assert roads.balance(app, "Jan") == (0, 90, 0, 0)
    assert roads.books_are_sound(app)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "nl",
            "Fatima El Amrani hielp Jan van den Berg anderhalf uur met boodschappen"
            " op maandag 9 maart 2026.",
        ),
        (
            "en",
            "Fatima El Amrani helped Jan van den Berg for an hour and a half with groceries"
            " on Monday 9 March 2026.",
        ),
    ],
)
def test_the_same_sentence_retells_it_to_everyone_who_may_read_it(
    app: Flask, language: str, said: str
) -> None:
    fatima, jan, nadia = (sign_in(app, name, language) for name in ("Fatima", "Jan", "Nadia"))
    key = roads.fill_in(fatima)
    checked = see(fatima, roads.form_address("gave", key, "check")).sentence
    address = fatima.post(roads.form_address("gave", key, "check")).headers["Location"]

    read = [see(browser, address).sentence for browser in (fatima, jan, nadia)]
    listed = see(nadia, "/desk").one("h3", class_="tb-slip__sentence").text

    assert [checked, *read, listed] == [said] * 5


def test_after_approval_the_helped_one_alone_is_invited_to_give(app: Flask) -> None:
    fatima, jan, nadia = (sign_in(app, name) for name in ("Fatima", "Jan", "Nadia"))
    exchange_id = roads.log_help(fatima)
    before = see(jan, f"/exchanges/{exchange_id}")

    nadia.post(f"/desk/{exchange_id}/approve")

    assert not before.of_class("tb-invite")
    (invitation,) = see(jan, f"/exchanges/{exchange_id}").of_class("tb-invite")
    assert "Fatima" not in invitation.text
    assert not see(fatima, f"/exchanges/{exchange_id}").of_class("tb-invite")


@pytest.mark.policy("L3")
def test_who_received_more_is_told_that_it_is_fine_and_owes_nobody(app: Flask) -> None:
    fatima, greet, nadia = (sign_in(app, name) for name in ("Fatima", "Greet", "Nadia"))
    got = roads.log_help(fatima, other=roads.named("Greet"), minutes={"minutes": "180"})
    gave = roads.log_help(greet, minutes={"minutes": "60"})

    for exchange_id in (got, gave):
        assert nadia.post(f"/desk/{exchange_id}/approve").status_code == 303
    greet.set_cookie("timebank-language", "en")
    statement = see(greet, "/my-hours")

    lead = statement.of_class("utrecht-paragraph--lead")[0].text
    assert lead == "You received more help than you gave. That is fine."
    balance = statement.one("dl", class_="tb-balance").text
    assert "Fatima" not in balance
    assert "Jan" not in balance
    assert roads.balance(app, "Greet") == (60, 180, 0, 0)


@pytest.mark.policy("L4")
def test_a_telephone_call_of_a_quarter_of_an_hour_counts(app: Flask) -> None:
    greet, nadia = sign_in(app, "Greet", "en"), sign_in(app, "Nadia")

    exchange_id = roads.log_help(
        greet, category={"category": "phone_call"}, minutes={"minutes": "15"}
    )
    nadia.post(f"/desk/{exchange_id}/approve")

    given = see(greet, "/").of_class("tb-balance__side--given")[0].text
    assert "15 minutes" in given
    assert roads.balance(app, "Greet") == (15, 0, 0, 0)


def test_the_statement_has_a_line_for_what_was_given_and_one_for_what_was_received(
    app: Flask,
) -> None:
    fatima, jan, nadia = (sign_in(app, name, "en") for name in ("Fatima", "Jan", "Nadia"))
    for browser, other in ((fatima, "Jan"), (jan, "Fatima")):
        exchange_id = roads.log_help(browser, other=roads.named(other))
        nadia.post(f"/desk/{exchange_id}/approve")

    rows = see(fatima, "/my-hours").one("tbody").text

    assert "As much given as received" in rows
    assert "1 hour and 30 minutes more given" in rows
    assert rows.index("As much given") < rows.index("more given")


def test_what_was_taken_back_counts_for_nobody(app: Flask) -> None:
    fatima, nadia = sign_in(app, "Fatima"), sign_in(app, "Nadia")
    exchange_id = roads.log_help(fatima)
    screen = see(fatima, f"/exchanges/{exchange_id}")

    fatima.post(screen.form("/withdraw")["action"])

    assert see(fatima, f"/exchanges/{exchange_id}").of_class("tb-badge--withdrawn")
    assert not see(nadia, "/desk").of_class("tb-slip")
    assert roads.balance(app, "Fatima") == roads.balance(app, "Jan") == (0, 0, 0, 0)
    assert roads.books_are_sound(app)


def test_a_note_is_read_by_the_two_and_the_coordinator_and_never_run(app: Flask) -> None:
    words = '<script>alert(1)</script> & "jam"\r\nvoor Jan\'s kat'
    fatima, nadia = sign_in(app, "Fatima"), sign_in(app, "Nadia")

    exchange_id = roads.log_help(fatima, note={"note": words})

    for screen in (see(fatima, f"/exchanges/{exchange_id}"), see(nadia, "/desk")):
        (note,) = screen.of_class("tb-slip__note")
        assert note.text == '<script>alert(1)</script> & "jam" voor Jan\'s kat'
        assert all(script["src"] for script in screen.all("script"))
