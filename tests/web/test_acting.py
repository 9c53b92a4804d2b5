# SPDX-License-Identifier: EUPL-1.2
"""Acting for somebody: who may, what both people read, and how the member hears of it."""

from __future__ import annotations

import uuid
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

import ledger
from tests import builders
from tests.web import roads
from tests.web.roads import see, sign_in
from tests.web.screens import Screen
from timebank.extensions import db
from timebank.members.models import Person


def log_for(browser: FlaskClient, member_id: uuid.UUID, side: str = "gave") -> uuid.UUID:
    """Fill the form in for a member, to whom Fatima is the other person."""
    begun = browser.post(f"/acting/{member_id}/{side}")
    assert begun.status_code == 303
    key = uuid.UUID(urlsplit(begun.headers["Location"]).path.split("/")[-2])
    roads.fill_in(browser, side, key=key, other=roads.named("Fatima"))
    answer = browser.post(roads.form_address(side, key, "check"))
    assert answer.status_code == 303
    return uuid.UUID(answer.headers["Location"].split("/")[-1])


def address_of_ending(browser: FlaskClient) -> str:
    """Return where somebody ends the only appointment on their page."""
    forms = see(browser, "/my-helpers").all("form")
    return next(form["action"] for form in forms if form["action"].endswith("/end"))


def without_email(app: Flask, given_name: str) -> None:
    with app.app_context():
        member = builders.member_of(db.session, given_name)
        db.session.execute(
            sa.update(Person).where(Person.member_id == member.id).values(email=None)
        )
        db.session.commit()


@pytest.mark.policy("V9")
def test_who_typed_it_is_read_by_both_people_and_the_coordinator(app: Flask) -> None:
    nadia = sign_in(app, "Nadia")
    exchange_id = log_for(nadia, roads.member_id(app, "Jan"))

    said = "Ingevuld door Nadia Benali"
    for name in ("Jan", "Fatima"):
        assert said in see(sign_in(app, name), f"/exchanges/{exchange_id}").text
    assert said in see(nadia, "/desk").text
    nadia.post(f"/desk/{exchange_id}/approve")
    assert said in see(sign_in(app, "Jan"), "/my-hours").text
    assert "Ingevuld" not in see(sign_in(app, "Greet"), "/my-hours").text


@pytest.mark.policy("V9")
def test_the_form_says_for_whom_it_is_on_each_page(app: Flask) -> None:
    nadia, jan = sign_in(app, "Nadia"), roads.member_id(app, "Jan")
    begun = nadia.post(f"/acting/{jan}/received").headers["Location"]
    key = uuid.UUID(urlsplit(begun).path.split("/")[-2])
    first = see(nadia, begun).text

    roads.fill_in(nadia, "received", key=key, other=roads.named("Fatima"))

    check = see(nadia, roads.form_address("received", key, "check")).text
    assert "U vult dit in voor Jan van den Berg" in first
    assert "U vult dit in voor Jan van den Berg" in check
    assert "Fatima El Amrani hielp Jan van den Berg" in check


@pytest.mark.policy("V9")
def test_the_member_hears_of_it_by_mail_without_a_name_in_the_subject(app: Flask) -> None:
    log_for(sign_in(app, "Nadia"), roads.member_id(app, "Jan"))

    mail = ledger.Base.metadata.tables["mail"]
    with roads.reading(app) as connection:
        row = connection.execute(sa.select(mail.c.to_address, mail.c.subject)).one()
    assert row == ("jan@example.org", "Er is hulp voor u opgeschreven")


@pytest.mark.policy("V9")
def test_without_an_address_a_call_waits_for_the_coordinator_until_it_is_done(app: Flask) -> None:
    without_email(app, "Jan")
    nadia = sign_in(app, "Nadia")

    log_for(nadia, roads.member_id(app, "Jan"))

    page = see(nadia, "/people")
    assert "calls" in page.ids
    assert "calls" not in see(sign_in(app, "Marijke"), "/people").ids
    done = next(form["action"] for form in page.all("form") if form["action"].endswith("/done"))
    assert sign_in(app, "Marijke").post(done).status_code == 404
    assert nadia.post(done).status_code == 303
    assert nadia.post(done).status_code == 303
    assert "calls" not in see(nadia, "/people").ids


@pytest.mark.policy("V9")
def test_a_stand_in_fills_in_only_for_whom_appointed_them_and_only_as_long(app: Flask) -> None:
    jan, greet = sign_in(app, "Jan"), sign_in(app, "Greet")
    jan_id = roads.member_id(app, "Jan")
    before = greet.post(f"/acting/{jan_id}/gave").status_code

    jan.post("/my-helpers/appoint", data={"stand_in": "Greet de Boer"})
    exchange_id = log_for(greet, jan_id)
    seen = greet.get(f"/exchanges/{exchange_id}").status_code
    end = address_of_ending(jan)
    jan.post(end)

    assert (before, seen) == (404, 200)
    assert greet.get(f"/exchanges/{exchange_id}").status_code == 404
    assert greet.post(f"/acting/{jan_id}/gave").status_code == 404
    assert greet.post(f"/exchanges/{exchange_id}/withdraw").status_code == 404


def test_the_member_may_take_back_what_was_filled_in_for_them(app: Flask) -> None:
    exchange_id = log_for(sign_in(app, "Nadia"), roads.member_id(app, "Jan"))

    answer = sign_in(app, "Jan").post(f"/exchanges/{exchange_id}/withdraw")

    assert answer.status_code == 303
    assert roads.balance(app, "Jan") == (0, 0, 0, 0)


def test_a_form_that_was_begun_for_somebody_dies_with_the_appointment(app: Flask) -> None:
    jan, greet = sign_in(app, "Jan"), sign_in(app, "Greet")
    jan.post("/my-helpers/appoint", data={"stand_in": "Greet de Boer"})
    begun = greet.post(f"/acting/{roads.member_id(app, 'Jan')}/gave").headers["Location"]
    key = uuid.UUID(urlsplit(begun).path.split("/")[-2])
    roads.fill_in(greet, "gave", key=key, other=roads.named("Fatima"))
    end = address_of_ending(jan)

    jan.post(end)

    answer = greet.post(roads.form_address("gave", key, "check"))
    assert answer.status_code == 404
    assert roads.row_counts(app)["exchange"] == 0


@pytest.mark.policy("L17")
def test_a_coordinator_may_not_approve_what_she_typed_when_she_took_part(app: Flask) -> None:
    nadia, jan = sign_in(app, "Nadia"), roads.member_id(app, "Jan")
    begun = nadia.post(f"/acting/{jan}/received").headers["Location"]
    key = uuid.UUID(urlsplit(begun).path.split("/")[-2])
    roads.fill_in(nadia, "received", key=key, other=roads.named("Nadia"))
    answer = nadia.post(roads.form_address("received", key, "check"))
    exchange_id = answer.headers["Location"].split("/")[-1]

    assert nadia.post(f"/desk/{exchange_id}/approve").status_code == 403


def test_whom_to_act_for_cannot_be_smuggled_in_with_an_answer(app: Flask) -> None:
    fatima = sign_in(app, "Fatima")
    smuggled = roads.named("Jan") | {"acting_for": str(roads.member_id(app, "Greet"))}

    exchange_id = roads.log_help(fatima, other=smuggled)

    assert "Ingevuld door" not in see(fatima, f"/exchanges/{exchange_id}").text
    assert roads.balance(app, "Greet") == (0, 0, 0, 0)


def test_somebody_unknown_or_oneself_is_refused_as_stand_in(sqlite_app: Flask) -> None:
    jan = sign_in(sqlite_app, "Jan")

    answers = [
        jan.post("/my-helpers/appoint", data={"stand_in": name})
        for name in ("", "Ja", "Nobody Here", "Jan van den Berg", "Henk Wansink")
    ]

    assert [answer.status_code for answer in answers] == [422] * 5
    assert all("#stand_in" in Screen(answer).links for answer in answers)


def test_the_coordinator_appoints_a_stand_in_when_the_member_says_so(app: Flask) -> None:
    jan_id = roads.member_id(app, "Jan")

    sign_in(app, "Nadia").post(f"/people/{jan_id}/stand-ins", data={"stand_in": "Greet de Boer"})

    assert "Jan van den Berg" in see(sign_in(app, "Greet"), "/my-helpers").text
    assert "Greet de Boer" in see(sign_in(app, "Jan"), "/my-helpers").text
