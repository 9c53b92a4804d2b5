# SPDX-License-Identifier: EUPL-1.2
"""The list to call: about which help, what to say, and the answer that is written down."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.web import roads
from tests.web.roads import see, sign_in
from tests.web.screens import Screen
from timebank.extensions import db
from timebank.members.models import Person


def without_email(app: Flask, name: str) -> None:
    with app.app_context():
        named = sa.update(Person).where(Person.given_name == name)
        db.session.execute(named.values(email=None, phone="071 555 12 34"))
        db.session.commit()


def send(browser: FlaskClient, page: str, what: str, **typed: str) -> int:
    """Fill in a form of the desk and return how it was answered."""
    screen = see(browser, page)
    form = screen.form(f"{page}/{what}")
    return browser.post(form["action"], data=screen.fields(form) | typed).status_code


def asked_of_jan(app: Flask) -> tuple[FlaskClient, uuid.UUID]:
    """Let Jan, who has no e-mail, be asked about what he wrote down."""
    jan, nadia = sign_in(app, "Jan"), sign_in(app, "Nadia")
    exchange_id = roads.log_help(jan, other=roads.named("Fatima"))
    without_email(app, "Jan")
    send(nadia, f"/desk/{exchange_id}", "ask", question="Was dit maandag?")
    return nadia, exchange_id


def test_a_question_waits_on_the_list_to_call_until_the_answer_is_written_down(
    app: Flask,
) -> None:
    nadia, exchange_id = asked_of_jan(app)

    listed = see(nadia, "/people")
    assert "Jan van den Berg hielp Fatima El Amrani" in listed.text
    assert "Stel de vraag die klaarstaat" in listed.text
    assert {"tel:0715551234", f"/desk/{exchange_id}"} <= set(listed.links)

    screen = see(nadia, f"/desk/{exchange_id}")
    form = screen.form(f"/desk/{exchange_id}/answer")
    said = screen.fields(form) | {"answer": "Ja, maandag"}
    for _ in range(2):
        assert nadia.post(form["action"], data=said).status_code == 303
    assert "Het antwoord is opgeschreven" in see(nadia, "/desk").text
    assert "Stel de vraag die klaarstaat" not in see(nadia, "/people").text
    told = "Antwoord, opgeschreven door Nadia Benali: Ja, maandag"
    assert told in see(sign_in(app, "Jan"), f"/exchanges/{exchange_id}").text


def test_an_answer_without_words_is_refused_at_the_field(app: Flask) -> None:
    nadia, exchange_id = asked_of_jan(app)
    screen = see(nadia, f"/desk/{exchange_id}")
    form = screen.form(f"/desk/{exchange_id}/answer")

    refused = Screen(nadia.post(form["action"], data=screen.fields(form) | {"answer": "  "}))

    assert (refused.status, refused.summary) == (422, [f"#answer-{exchange_id}"])


def test_who_has_email_gets_a_mail_about_the_question_that_tells_nothing(app: Flask) -> None:
    fatima, nadia = sign_in(app, "Fatima"), sign_in(app, "Nadia")
    exchange_id = roads.log_help(fatima)

    nadia.post(f"/desk/{exchange_id}/ask", data={"question": "Was dit maandag?"})

    (mail,) = roads.mails_to(app, "fatima@example.org")
    assert mail.startswith("Een coördinator vraagt u iets\n")
    assert f"/exchanges/{exchange_id}" in mail
    assert "maandag" not in mail
    assert "Jan" not in mail


def test_an_answer_that_nobody_can_see_is_none_and_stays_typed(app: Flask) -> None:
    nadia, exchange_id = asked_of_jan(app)
    page = f"/desk/{exchange_id}"
    form = see(nadia, page).form(f"{page}/answer")
    typed = see(nadia, page).fields(form) | {"answer": "\u200b"}

    refused = nadia.post(form["action"], data=typed)

    assert refused.status_code == 422
    assert Screen(refused).summary == [f"#answer-{exchange_id}"]
    assert "\u200b</textarea>" in refused.text
