# SPDX-License-Identifier: EUPL-1.2
"""Asking to take part on the public page, and what the coordinator does with it."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

import ledger
from tests import builders
from tests.web import roads
from tests.web.roads import see, sign_in, visitor
from tests.web.screens import Screen
from timebank.areas.operations import open_applications
from timebank.extensions import db

SAMI = {
    "given_name": "Sami",
    "family_name": "Haddad",
    "neighbourhood": builders.SLAAGHWIJK,
    "birth_year": "1980",
}


@pytest.fixture(autouse=True)
def taking(request: pytest.FixtureRequest) -> None:
    """Leiden takes applications."""
    name = "sqlite_app" if "sqlite_app" in request.fixturenames else "app"
    app: Flask = request.getfixturevalue(name)
    with app.app_context():
        open_applications(db.session, timebank_id=builders.timebank_of(db.session).id)
        db.session.commit()


def apply(app: Flask, **changes: str) -> str:
    answer = visitor(app).post("/join/leiden/send", data=SAMI | changes)
    assert answer.status_code == 303, Screen(answer).messages
    return answer.headers["Location"]


def decide(app: Flask, who: str, verb: str) -> int:
    browser = sign_in(app, who)
    forms = see(browser, "/people").all("form")
    action = next(form["action"] for form in forms if form["action"].endswith(f"/{verb}"))
    return browser.post(action).status_code


def mails(app: Flask) -> list[tuple[str, str]]:
    mail = ledger.Base.metadata.tables["mail"]
    with roads.reading(app) as connection:
        return [tuple(row) for row in connection.execute(sa.select(mail.c.to_address, mail.c.body))]


def test_only_where_the_timebank_wants_it_there_is_a_page(app: Flask) -> None:
    browser = visitor(app)

    assert browser.get("/join/leiden").status_code == 200
    assert browser.get("/join/holten").status_code == 404
    assert browser.post("/join/holten/send", data=SAMI).status_code == 404
    assert "/join/leiden" in see(browser, "/").links
    assert "/join/holten" not in see(browser, "/").links


def test_the_answer_is_the_same_whether_or_not_we_know_the_person(app: Flask) -> None:
    new = apply(app)
    known = apply(app, given_name="Jan", family_name="van den Berg", email="jan@example.org")

    assert new == known == "/join/leiden/sent"
    assert see(visitor(app), new).text.count("van den Berg") == 0


def test_the_same_application_twice_waits_once(app: Flask) -> None:
    apply(app)
    apply(app, given_name="SAMI ")

    assert roads.row_counts(app)["application"] == 1


def test_who_is_younger_than_sixteen_is_told_kindly_and_nothing_is_kept(app: Flask) -> None:
    answer = visitor(app).post("/join/leiden/send", data=SAMI | {"birth_year": "2011"})

    assert answer.status_code == 422
    assert "Vraag een ouder om mee te doen" in answer.text
    assert roads.row_counts(app)["application"] == 0


def test_a_neighbourhood_elsewhere_is_refused(app: Flask) -> None:
    answer = visitor(app).post("/join/leiden/send", data=SAMI | {"neighbourhood": builders.HOLTEN})

    assert answer.status_code == 422
    assert roads.row_counts(app)["application"] == 0


def test_a_neighbourhood_with_a_sign_that_cannot_be_kept_is_refused(app: Flask) -> None:
    answer = visitor(app).post("/join/leiden/send", data=SAMI | {"neighbourhood": "BU\0"})

    assert answer.status_code == 422


def test_an_accepted_applicant_takes_part_and_hears_it_by_mail(app: Flask) -> None:
    apply(app, email="sami@example.org")

    status = decide(app, "Nadia", "accept")

    assert status == 303
    assert [address for address, _ in mails(app)] == ["sami@example.org"]
    assert roads.row_counts(app)["application"] == 0
    assert roads.balance(app, "Sami") == (0, 0, 0, 0)


def test_an_accepted_applicant_without_address_is_called(app: Flask) -> None:
    apply(app, phone="071 555 02 02")

    decide(app, "Nadia", "accept")

    page = see(sign_in(app, "Nadia"), "/people")
    assert "calls" in page.ids
    assert "071 555 02 02" in page.text
    assert mails(app) == []


def test_a_declined_applicant_hears_it_by_mail_and_is_forgotten(app: Flask) -> None:
    apply(app, email="sami@example.org")

    decide(app, "Nadia", "decline")

    assert [address for address, _ in mails(app)] == ["sami@example.org"]
    assert roads.row_counts(app)["application"] == 0


def test_a_declined_applicant_without_address_is_forgotten_once_told(app: Flask) -> None:
    apply(app)

    decide(app, "Nadia", "decline")
    waiting = roads.row_counts(app)["application"]
    decide(app, "Nadia", "told")

    assert waiting == 1
    assert roads.row_counts(app)["application"] == 0


@pytest.mark.policy("D15")
def test_applications_are_seen_by_the_coordinator_of_that_neighbourhood_only(app: Flask) -> None:
    apply(app)

    assert "applications" in see(sign_in(app, "Nadia"), "/people").ids
    assert "applications" not in see(sign_in(app, "Marijke"), "/people").ids


@pytest.mark.policy("K10")
def test_an_application_of_somebody_known_shows_who_that_seems_to_be(app: Flask) -> None:
    apply(app, given_name="Jan", family_name="van den Berg")

    page = see(sign_in(app, "Nadia"), "/people")

    assert "Bestaat al?" in page.text


def test_an_address_that_a_member_has_stops_the_acceptance_with_words(app: Flask) -> None:
    apply(app, email="jan@example.org")

    decide(app, "Nadia", "accept")

    assert roads.row_counts(app)["application"] == 1
