# SPDX-License-Identifier: EUPL-1.2
"""The key of a form: missing, malformed, sent again, or of somebody else; and the CSRF token."""

from __future__ import annotations

import uuid

import pytest
from flask import Flask

from tests.web import roads
from tests.web.roads import QUESTIONS, form_address, see, sign_in
from tests.web.screens import Screen

SECRET = "a note that Fatima alone may read"


@pytest.mark.parametrize(
    "key", ["", "1", "none", str(uuid.UUID(int=1))[:-1], "g" * 36, "%00", "../..", "1" * 300]
)
def test_a_key_that_is_no_key_answers_404(sqlite_app: Flask, key: str) -> None:
    fatima = sign_in(sqlite_app, "Fatima")
    rows = roads.row_counts(sqlite_app)

    for step in (*QUESTIONS, "check", "stop"):
        address = form_address("gave", key, step)
        assert fatima.post(address, data=roads.ANSWERS.get(step, {})).status_code == 404
        assert fatima.get(address).status_code == 404

    assert roads.row_counts(sqlite_app) == rows


def test_a_form_that_is_sent_again_shows_the_exchange_it_made(app: Flask) -> None:
    fatima = sign_in(app, "Fatima")
    key = roads.fill_in(fatima)
    first = fatima.post(form_address("gave", key, "check"))
    rows = roads.row_counts(app)

    again = fatima.post(form_address("gave", key, "check"))
    back = fatima.get(form_address("gave", key, "minutes"))

    assert again.status_code == back.status_code == 303
    assert again.headers["Location"] == first.headers["Location"] == back.headers["Location"]
    assert roads.row_counts(app) == rows


def test_an_answer_to_a_form_that_was_sent_leads_to_the_exchange(app: Flask) -> None:
    fatima = sign_in(app, "Fatima")
    key = roads.fill_in(fatima)
    first = fatima.post(form_address("gave", key, "check"))

    late = fatima.post(form_address("gave", key, "minutes"), data={"minutes": "60"})

    assert late.headers["Location"] == first.headers["Location"]
    assert not roads.drafts(app)


def test_a_form_that_was_begun_by_another_is_not_there(app: Flask) -> None:
    fatima, jan, bart = (sign_in(app, name) for name in ("Fatima", "Jan", "Bart"))
    key = roads.fill_in(fatima, note={"note": SECRET})
    kept, rows = roads.drafts(app), roads.row_counts(app)

    for step in QUESTIONS:
        for browser in (jan, bart):
            looked = browser.get(form_address("gave", key, step), follow_redirects=True)
            wrote = browser.post(form_address("gave", key, step), data=typed_by_jan(step))
            assert SECRET not in looked.text
            assert wrote.status_code == 404
            assert SECRET not in wrote.text
    sent = jan.post(form_address("gave", key, "check"))
    stopped = jan.post(form_address("gave", key, "stop"))
    switched = jan.post("/language", data={"form_key": str(key), "note": "mine", "language": "en"})

    assert sent.headers["Location"] == form_address("gave", key, "other")
    assert stopped.headers["Location"] == "/"
    assert switched.status_code in (303, 404)
    assert roads.drafts(app) == kept
    assert roads.row_counts(app) == rows


def typed_by_jan(step: str) -> dict[str, str]:
    return roads.named("Greet") if step == "other" else roads.ANSWERS[step]


def test_a_form_that_was_sent_by_another_leaks_nothing_and_books_nothing(app: Flask) -> None:
    fatima, jan = sign_in(app, "Fatima"), sign_in(app, "Jan", "en")
    key = roads.fill_in(fatima, note={"note": SECRET})
    address = fatima.post(form_address("gave", key, "check")).headers["Location"]
    rows = roads.row_counts(app)

    roads.fill_in(jan, key=key, other=roads.named("Greet"))
    answer = jan.post(form_address("gave", key, "check"))

    screen = Screen(answer)
    assert answer.status_code == 422
    assert screen.summary == ["#form"]
    assert "form" in screen.ids
    assert SECRET not in screen.text
    assert address not in screen.text
    assert roads.row_counts(app) | {"exchange_draft": 0} == rows


def test_the_same_key_in_two_timebanks_is_two_forms(app: Flask) -> None:
    fatima, henk = sign_in(app, "Fatima"), sign_in(app, "Henk")
    key = roads.fill_in(fatima)

    roads.fill_in(henk, key=key, other=roads.named("Gerda"))
    answers = [one.post(form_address("gave", key, "check")) for one in (fatima, henk)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].headers["Location"] != answers[1].headers["Location"]
    assert henk.get(answers[0].headers["Location"]).status_code == 404
    assert roads.books_are_sound(app)


def test_a_form_can_be_thrown_away(app: Flask) -> None:
    fatima = sign_in(app, "Fatima")
    key = roads.fill_in(fatima)
    check = see(fatima, form_address("gave", key, "check"))

    answer = fatima.post(check.form("/stop")["action"])

    assert answer.headers["Location"] == "/"
    assert not roads.drafts(app)
    assert roads.row_counts(app)["exchange"] == 0


@pytest.mark.parametrize("token", [None, "", "no-token", "ImFiYyI.aaaa.bbbb"])
def test_a_form_without_its_token_saves_nothing(strict_app: Flask, token: str | None) -> None:
    fatima, nadia = sign_in(strict_app, "Fatima"), sign_in(strict_app, "Nadia")
    key = roads.begin(fatima)
    digest = roads.digest_of_all_tables(strict_app)
    data = {} if token is None else {"csrf_token": token}

    answers = [
        browser.post(address, data=data | typed)
        for browser, address, typed in (
            (fatima, form_address("gave", key, "other"), roads.named("Jan")),
            (fatima, form_address("gave", key, "check"), {}),
            (fatima, "/language", {"language": "en"}),
            (fatima, "/sign-in", {"timebank": "leiden", "email": "jan@example.org"}),
            (fatima, "/sign-in/demo", {"person": "leiden/x"}),
            (fatima, "/sign-in/leiden/token", {}),
            (fatima, "/sign-out", {}),
            (fatima, f"/exchanges/{key}/withdraw", {}),
            (nadia, f"/desk/{key}/approve", {}),
            (nadia, f"/desk/{key}/reject", {"reason": "other"}),
        )
    ]

    assert {answer.status_code for answer in answers} == {400}
    assert all(Screen(answer).title for answer in answers)
    assert roads.digest_of_all_tables(strict_app) == digest
    assert see(fatima, "/").form("/sign-out")


def test_a_token_of_somebody_else_is_no_token(strict_app: Flask) -> None:
    fatima, jan = sign_in(strict_app, "Fatima"), sign_in(strict_app, "Jan")
    key = roads.begin(fatima)
    address = form_address("gave", key, "other")
    his = see(jan, address).value("csrf_token")
    hers = see(fatima, address).value("csrf_token")

    refused = fatima.post(address, data={"csrf_token": his} | roads.named("Jan"))
    taken = fatima.post(address, data={"csrf_token": hers} | roads.named("Jan"))

    assert refused.status_code == 400
    assert taken.status_code == 303


def test_every_form_of_every_page_bears_the_token(strict_app: Flask) -> None:
    fatima, nadia = sign_in(strict_app, "Fatima"), sign_in(strict_app, "Nadia")
    key = roads.begin(fatima)
    pages = [
        see(browser, address)
        for browser, address in (
            (fatima, "/"),
            (fatima, "/sign-in"),
            (fatima, "/sign-in/leiden/token"),
            (fatima, form_address("gave", key, "other")),
            (fatima, "/my-hours"),
            (nadia, "/desk"),
        )
    ]

    for screen in pages:
        for form in screen.all("form", method="post"):
            assert screen.fields(form).get("csrf_token"), form["action"]
