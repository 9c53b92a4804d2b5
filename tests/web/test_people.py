# SPDX-License-Identifier: EUPL-1.2
"""The coordinator's pages about people: enrolling, duplicates, one person, the letter, roles."""

from __future__ import annotations

import datetime
import re
import uuid

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests import builders
from tests.conftest import Clock
from tests.web import roads
from tests.web.roads import see, sign_in
from tests.web.screens import Screen
from timebank.audit.models import AuditEvent
from timebank.extensions import db
from timebank.members.models import Member, Person, RoleGrant

TRUUS = {
    "given_name": "Truus",
    "family_name": "Jansen",
    "neighbourhood": builders.SLAAGHWIJK,
    "birth_year": "1948",
    "language": "nl",
}


def enrol(browser: FlaskClient, **changes: str) -> uuid.UUID:
    answer = browser.post("/people/new/enrol", data=TRUUS | changes)
    assert answer.status_code == 303, Screen(answer).messages
    return uuid.UUID(answer.headers["Location"].split("/")[-1])


def events(app: Flask, about: uuid.UUID) -> list[str]:
    table = AuditEvent.__table__
    with roads.reading(app) as connection:
        return list(
            connection.scalars(
                sa.select(table.c.action)
                .where(table.c.about_member_id == about)
                .order_by(table.c.id)
            )
        )


def test_a_coordinator_enrols_somebody_who_has_only_a_name(app: Flask) -> None:
    nadia = sign_in(app, "Nadia")

    truus = enrol(nadia)

    with app.app_context():
        member = db.session.scalars(sa.select(Member).where(Member.id == truus)).one()
        assert member.enrolled_by == builders.member_of(db.session, "Nadia").id
        assert member.account_id is not None
    assert "member:enrol" in events(app, truus)
    assert "Nadia Benali" in see(nadia, f"/people/{truus}").text


def test_a_neighbourhood_of_somebody_else_cannot_be_chosen(app: Flask) -> None:
    nadia = sign_in(app, "Nadia")

    answer = nadia.post("/people/new/enrol", data=TRUUS | {"neighbourhood": builders.ZIJLWIJK})

    assert answer.status_code == 422
    assert "Jansen" not in see(nadia, "/people").text


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("given_name", ""),
        ("given_name", "x" * 61),
        ("family_name", "12"),
        ("family_name", "A\x00b"),
        ("birth_year", "58"),
        ("birth_year", "1850"),
        ("birth_year", "2011"),
        ("email", "no address"),
        ("phone", "call me"),
        ("language", "fr"),
        ("neighbourhood", ""),
    ],
)
def test_what_cannot_be_kept_is_said_at_its_field_and_nothing_is_lost(
    sqlite_app: Flask, field: str, typed: str
) -> None:
    nadia = sign_in(sqlite_app, "Nadia")

    answer = nadia.post("/people/new/enrol", data=TRUUS | {field: typed})

    screen = Screen(answer)
    assert screen.status == 422
    assert f"#{field}" in screen.links
    assert field == "family_name" or "Jansen" in screen.text


def test_an_address_that_somebody_has_is_refused_at_its_field(sqlite_app: Flask) -> None:
    answer = sign_in(sqlite_app, "Nadia").post(
        "/people/new/enrol", data=TRUUS | {"email": "jan@example.org"}
    )

    assert answer.status_code == 422
    assert "#email" in Screen(answer).links


@pytest.mark.policy("K10")
def test_who_seems_to_be_there_already_is_shown_before_anything_is_saved(app: Flask) -> None:
    nadia = sign_in(app, "Nadia")
    same = {"given_name": "JÁN", "family_name": "van den berg"}

    answer = nadia.post("/people/new/enrol", data=TRUUS | same)

    assert answer.status_code == 422
    assert "Bestaat al?" in answer.text
    assert f"/people/{roads.member_id(app, 'Jan')}" in Screen(answer).links


@pytest.mark.policy("K10")
def test_the_warning_may_be_overruled_knowingly(app: Flask) -> None:
    nadia = sign_in(app, "Nadia")
    same = {"given_name": "Jan", "family_name": "van den Berg"}

    enrol(nadia, **same, knowingly="yes")

    with app.app_context():
        names = sa.select(sa.func.count()).where(Person.search_given == "jan")
        assert db.session.scalar(names) == 2


def test_another_year_of_birth_is_another_person(app: Flask) -> None:
    nadia = sign_in(app, "Nadia")
    enrol(nadia)

    again = nadia.post("/people/new/enrol", data=TRUUS | {"birth_year": "1990"})

    assert again.status_code == 303


@pytest.mark.policy("D15")
def test_a_coordinator_lists_her_own_neighbourhoods_and_an_administrator_all(app: Flask) -> None:
    nadia, bart = see(sign_in(app, "Nadia"), "/people"), see(sign_in(app, "Bart"), "/people")

    assert "Jan van den Berg" in nadia.text
    assert "Greet de Boer" not in nadia.text
    assert "Greet de Boer" in bart.text
    assert "Henk Wansink" not in bart.text


def test_the_search_is_posted_and_finds_the_beginning_of_a_name(sqlite_app: Flask) -> None:
    nadia = sign_in(sqlite_app, "Nadia")

    found = nadia.post("/people/search", data={"text": "fat"})
    none = nadia.post("/people/search", data={"text": "greet"})

    assert "Fatima El Amrani" in found.text
    assert "Jan van den Berg" not in found.text
    assert "Greet" not in none.text.replace('value="greet"', "")


def test_looking_at_a_person_is_written_down_each_time(app: Flask) -> None:
    nadia, jan = sign_in(app, "Nadia"), roads.member_id(app, "Jan")

    see(nadia, f"/people/{jan}")
    see(nadia, f"/people/{jan}")
    sign_in(app, "Marijke").get(f"/people/{jan}")

    assert events(app, jan) == ["member:open", "member:open"]


def test_a_letter_shows_a_fresh_code_each_time_and_a_square_to_scan(app: Flask) -> None:
    nadia, jan = sign_in(app, "Nadia"), roads.member_id(app, "Jan")

    before = nadia.get(f"/people/{jan}/letter").text
    letters = [nadia.post(f"/people/{jan}/letter") for _ in range(2)]

    codes = [re.findall(r"\b[A-Z2-9]{4}-[A-Z2-9]{4}\b", answer.text) for answer in letters]
    assert not re.findall(r"\b[A-Z2-9]{4}-[A-Z2-9]{4}\b", before)
    assert len({code for found in codes for code in found}) == 2
    assert Screen(letters[0]).of_class("tb-qr")
    assert letters[0].headers["Cache-Control"] == "no-store"
    assert events(app, jan).count("letter:print") == 2


def test_a_letter_is_in_the_language_of_the_member(app: Flask) -> None:
    nadia = sign_in(app, "Nadia")
    truus = enrol(nadia, language="en")

    answer = nadia.post(f"/people/{truus}/letter")

    assert "Welcome, Truus" in answer.text
    assert 'lang="en"' in answer.text


@pytest.mark.policy("L7")
def test_support_and_buddy_are_seen_by_coordinators_and_not_by_neighbours(app: Flask) -> None:
    nadia, jan = sign_in(app, "Nadia"), roads.member_id(app, "Jan")

    kept = nadia.post(
        f"/people/{jan}/support", data={"support": "extra", "buddy": "Fatima El Amrani"}
    )

    assert kept.status_code == 303
    page = see(nadia, f"/people/{jan}").text
    assert "Extra steun" in page
    assert "Fatima El Amrani" in page
    for name in ("Fatima", "Jan", "Greet"):
        neighbour = sign_in(app, name)
        assert neighbour.get(f"/people/{jan}").status_code == 404
        assert "Extra steun" not in see(neighbour, "/").text


@pytest.mark.policy("V19")
def test_the_date_of_the_conduct_certificate_stands_on_the_page(app: Flask) -> None:
    nadia, jan = sign_in(app, "Nadia"), roads.member_id(app, "Jan")
    missing = see(nadia, f"/people/{jan}").text

    nadia.post(
        f"/people/{jan}/support",
        data={
            "support": "none",
            "certificate_day": "2",
            "certificate_month": "2",
            "certificate_year": "2026",
        },
    )

    assert "nog niet gezien" in missing
    assert "2 februari 2026" in see(nadia, f"/people/{jan}").text


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"support": "none", "buddy": "Nobody Here"}, "buddy"),
        ({"support": "none", "buddy": "Jan van den Berg"}, "buddy"),
        ({"support": "much"}, "support"),
        (
            {
                "support": "none",
                "certificate_day": "31",
                "certificate_month": "2",
                "certificate_year": "2026",
            },
            "certificate",
        ),
        (
            {
                "support": "none",
                "certificate_day": "1",
                "certificate_month": "1",
                "certificate_year": "2027",
            },
            "certificate",
        ),
    ],
)
def test_support_that_cannot_be_is_said_at_its_field(
    sqlite_app: Flask, typed: dict[str, str], field: str
) -> None:
    jan = roads.member_id(sqlite_app, "Jan")

    answer = sign_in(sqlite_app, "Nadia").post(f"/people/{jan}/support", data=typed)

    assert answer.status_code == 422
    assert f"#{field}" in Screen(answer).links


@pytest.mark.policy("L12")
def test_one_person_has_several_roles_at_once_with_their_dates(app: Flask) -> None:
    bart, jan = sign_in(app, "Bart"), roads.member_id(app, "Jan")

    given = bart.post(
        f"/people/{jan}/roles/give",
        data={"role": "coordinator", "neighbourhood": builders.ZIJLWIJK},
    )
    bart.post(f"/people/{jan}/roles/give", data={"role": "professional"})

    page = see(sign_in(app, "Nadia"), f"/people/{jan}").text
    assert given.status_code == 303
    assert all(word in page for word in ("Inwoner", "Coördinator", "Sociaal werker"))
    assert "sinds 10 maart 2026" in page


@pytest.mark.policy("W10")
def test_a_guest_coordinator_loses_access_after_the_last_day_by_itself(
    app: Flask, clock: Clock
) -> None:
    jan = roads.member_id(app, "Jan")
    sign_in(app, "Bart").post(
        f"/people/{jan}/roles/give",
        data={
            "role": "coordinator",
            "neighbourhood": builders.ZIJLWIJK,
            "ends_on_day": "11",
            "ends_on_month": "3",
            "ends_on_year": "2026",
        },
    )
    greet = roads.member_id(app, "Greet")

    clock.moment += datetime.timedelta(days=1)
    last_day = sign_in(app, "Jan").get(f"/people/{greet}").status_code
    clock.moment += datetime.timedelta(days=1)
    guest = sign_in(app, "Jan")

    assert last_day == 200
    assert guest.get(f"/people/{greet}").status_code == 404
    assert guest.get("/people").status_code == 404


def test_a_role_that_is_taken_away_is_gone_on_the_very_next_request(app: Flask) -> None:
    nadia_id, nadia = roads.member_id(app, "Nadia"), sign_in(app, "Nadia")
    before = nadia.get("/people").status_code
    with app.app_context():
        grant = db.session.scalars(
            sa.select(RoleGrant.id).where(
                RoleGrant.member_id == nadia_id, RoleGrant.role == "coordinator"
            )
        ).one()

    sign_in(app, "Bart").post(f"/people/{nadia_id}/roles/{grant}/remove")

    assert before == 200
    assert nadia.get("/people").status_code == 404
    assert nadia.get("/desk").status_code == 403


def test_the_roles_page_refuses_what_does_not_fit(sqlite_app: Flask) -> None:
    bart, jan = sign_in(sqlite_app, "Bart"), roads.member_id(sqlite_app, "Jan")
    before = roads.row_counts(sqlite_app)["role_grant"]
    own = roads.member_id(sqlite_app, "Bart")

    answers = {
        "no role": bart.post(f"/people/{jan}/roles/give", data={"role": "king"}),
        "no place": bart.post(f"/people/{jan}/roles/give", data={"role": "coordinator"}),
        "oneself": bart.post(f"/people/{own}/roles/give", data={"role": "professional"}),
    }

    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(
        answers, 422
    )
    assert roads.row_counts(sqlite_app)["role_grant"] == before
