# SPDX-License-Identifier: EUPL-1.2
"""Saying on the screen that it is not right, correcting it, thanking, and the desk between."""

from __future__ import annotations

import uuid

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests import builders
from tests.web import roads
from tests.web.roads import see, sign_in
from tests.web.screens import Screen
from timebank.disputes.policy import DisputeReason
from timebank.extensions import db


def booked(app: Flask, helper: str = "Fatima", helped: str = "Jan") -> uuid.UUID:
    with app.app_context():
        exchange_id = builders.approved(db.session, helper, helped)
        db.session.commit()
    return exchange_id


def press(browser: FlaskClient, screen: Screen, action: str, **changes: str) -> Screen:
    """Send a form of the page as it stands, with these changes, and follow where it leads."""
    form = screen.form(action)
    # The fields of a page hold no lists to choose from: this one stands as it stood.
    chosen = {"category": "groceries"} if action.endswith("/correct") else {}
    data = screen.fields(form) | chosen | changes
    return Screen(browser.post(form["action"], data=data, follow_redirects=True))


def test_the_desk_leads_from_a_mail_to_what_somebody_said(sqlite_app: Flask) -> None:
    exchange_id = booked(sqlite_app)
    nadia, jan = sign_in(sqlite_app, "Nadia"), sign_in(sqlite_app, "Jan")
    page = f"/exchanges/{exchange_id}"

    before = nadia.get(f"/desk/{exchange_id}").headers["Location"]
    jan.post(f"{page}/not-right", data={"reason": "twice", "words": ""})

    assert before == page
    assert nadia.get(f"/desk/{exchange_id}").headers["Location"] == f"{page}/amend"


def test_a_correction_keeps_the_kind_of_help_that_was_closed_meanwhile(sqlite_app: Flask) -> None:
    old = booked(sqlite_app)
    roads.close(sqlite_app, "groceries")
    nadia = sign_in(sqlite_app, "Nadia")

    look = see(nadia, f"/exchanges/{old}/amend")
    chosen = [one["value"] for one in look.all("option") if "selected" in one]
    kept = press(nadia, look, "/amend/kind", kind="groceries")
    done = press(nadia, look, "/amend/correct", minutes="0:30")

    assert chosen == ["groceries", "groceries"]
    assert "dezelfde antwoorden" in kept.text
    assert "tb-notice--success" in done.notices


@pytest.mark.parametrize("waits", [True, False])
def test_this_is_not_right_leads_to_a_correction_that_both_people_can_follow(
    app: Flask, waits: bool
) -> None:
    jan, nadia = sign_in(app, "Jan"), sign_in(app, "Nadia")
    old = roads.log_help(sign_in(app, "Fatima")) if waits else booked(app)
    page = see(jan, f"/exchanges/{old}")
    assert f"/exchanges/{old}/not-right" in page.links

    told = press(
        jan,
        see(jan, f"/exchanges/{old}/not-right"),
        "/not-right",
        reason="wrong_time",
        words="Het was een half uur.",
    )
    assert "tb-notice--success" in told.notices
    assert f"/exchanges/{old}/not-right" not in told.links
    desk = see(nadia, "/desk")
    assert "Het was een half uur." in desk.text
    assert f"/exchanges/{old}/amend" in desk.links
    look = see(nadia, f"/exchanges/{old}/amend")
    assert look.one("input", name="minutes")["value"] == "1:30"
    assert look.one("select", name="category")
    done = press(nadia, look, "/amend/correct", minutes="0:30")

    assert "tb-notice--success" in done.notices
    (back,) = {link for link in done.links if link == f"/exchanges/{old}"}
    before = see(jan, back)
    assert before.of_class("tb-badge--reversed")
    (now,) = {
        link
        for link in before.links
        if link.startswith("/exchanges/") and str(old) not in link and "/new/" not in link
    }
    assert see(jan, now).of_class("tb-badge--approved")
    assert roads.balance(app, "Jan") == (0, 30, 0, 0)
    assert f"/exchanges/{old}/amend" not in see(nadia, "/desk").links
    assert roads.books_are_sound(app)


def test_what_is_typed_stays_where_the_reason_is_missing(app: Flask) -> None:
    old, jan = booked(app), sign_in(app, "Jan")

    page = press(jan, see(jan, f"/exchanges/{old}/not-right"), "/not-right", words="Ik was ziek")

    assert page.status == 422
    assert page.summary == ["#reason"]
    assert page.one("textarea", name="words").raw == "Ik was ziek"
    offered = [one["value"] for one in page.all("input", type="radio", name="reason")]
    assert offered == list(DisputeReason)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"minutes": "lang"}, "minutes"),
        ({"minutes": "0:20"}, "minutes"),
        ({"helped_on_month": "13"}, "helped_on"),
        ({"helped_on_year": "2027"}, "helped_on"),
        ({"category": "juggling"}, "category"),
        ({}, "category"),
    ],
)
def test_a_correction_that_cannot_be_is_refused_at_its_field(
    sqlite_app: Flask, changes: dict[str, str], field: str
) -> None:
    old, nadia = booked(sqlite_app), sign_in(sqlite_app, "Nadia")
    digest = roads.digest_of_all_tables(sqlite_app)

    page = press(nadia, see(nadia, f"/exchanges/{old}/amend"), "/amend/correct", **changes)

    assert page.status == 422
    assert page.summary == [f"#{field}"]
    assert field in page.ids
    for name, value in changes.items():
        typed = [one["value"] for one in page.all("input", name=name)]
        assert typed in ([], [value])
    assert roads.digest_of_all_tables(sqlite_app) == digest


def test_a_correction_sent_twice_leads_to_the_same_page(sqlite_app: Flask) -> None:
    old, nadia = booked(sqlite_app), sign_in(sqlite_app, "Nadia")
    look = see(nadia, f"/exchanges/{old}/amend")
    form = look.form("/amend/correct")
    data = look.fields(form) | {"minutes": "2", "category": "groceries"}

    places = {nadia.post(form["action"], data=data).headers["Location"] for _ in range(2)}

    assert len(places) == 1
    assert roads.balance(sqlite_app, "Fatima") == (120, 0, 0, 0)


@pytest.mark.parametrize("action", ["stands", "take-back", "correct", "kind"])
def test_who_is_second_is_told_kindly_and_nothing_happens(sqlite_app: Flask, action: str) -> None:
    old, jan = booked(sqlite_app), sign_in(sqlite_app, "Jan")
    press(jan, see(jan, f"/exchanges/{old}/not-right"), "/not-right", reason="twice")
    nadia, bart = sign_in(sqlite_app, "Nadia"), sign_in(sqlite_app, "Bart")
    look = see(bart, f"/exchanges/{old}/amend")
    press(nadia, see(nadia, f"/exchanges/{old}/amend"), "/amend/take-back")
    digest = roads.digest_of_all_tables(sqlite_app)

    page = press(bart, look, f"/amend/{action}", kind="coffee", minutes="0:30")

    assert page.status == 200
    assert "tb-notice--info" in page.notices
    assert roads.digest_of_all_tables(sqlite_app) == digest
    assert bart.get(f"/exchanges/{old}/amend").status_code == 303
    assert jan.get(f"/exchanges/{old}/not-right").status_code == 303


def test_an_objection_that_stands_open_is_told_to_the_other_one(sqlite_app: Flask) -> None:
    old = booked(sqlite_app)
    jan, fatima = sign_in(sqlite_app, "Jan"), sign_in(sqlite_app, "Fatima")
    asked = see(fatima, f"/exchanges/{old}/not-right")
    press(jan, see(jan, f"/exchanges/{old}/not-right"), "/not-right", reason="twice")

    page = press(fatima, asked, "/not-right", reason="wrong_day")

    assert "tb-notice--info" in page.notices
    nadia = sign_in(sqlite_app, "Nadia")
    press(nadia, see(nadia, f"/exchanges/{old}/amend"), "/amend/stands")
    told = see(fatima, f"/exchanges/{old}")
    assert "tb-notice--warning" not in told.notices
    assert f"/exchanges/{old}/not-right" in told.links


@pytest.mark.policy("W2")
def test_a_coordinator_gives_it_another_kind_and_the_history_keeps_the_old_one(app: Flask) -> None:
    with app.app_context():
        old = builders.approved(db.session, category_code="something_else")
        db.session.commit()
    nadia = sign_in(app, "Nadia", "en")

    page = press(nadia, see(nadia, f"/exchanges/{old}/amend"), "/amend/kind", kind="groceries")

    assert "tb-notice--success" in page.notices
    lines = page.of_class("tb-history")[0].text
    assert "Something else became" in lines
    assert roads.balance(app, "Jan") == (0, 90, 0, 0)


@pytest.mark.policy("L15")
def test_thanks_are_read_by_a_coordinator_first(app: Flask) -> None:
    exchange_id = booked(app)
    jan, fatima, nadia = (sign_in(app, name) for name in ("Jan", "Fatima", "Nadia"))
    address, words = f"/exchanges/{exchange_id}", "Dank u wel voor de soep"
    empty = press(jan, see(jan, address), "/thanks", thanks=" ")
    assert (empty.status, empty.summary) == (422, ["#thanks"])

    press(jan, see(jan, address), "/thanks", thanks=words)
    assert words not in see(fatima, address).text
    press(nadia, see(nadia, "/desk"), "/thanks/show")

    assert words in see(fatima, address).text
    assert words not in see(nadia, "/desk").text
    again = jan.post(f"{address}/thanks", data={"thanks": "Nog iets"})
    assert again.status_code == 303


def test_ones_own_data_holds_what_one_said(sqlite_app: Flask) -> None:
    exchange_id = booked(sqlite_app)
    jan = sign_in(sqlite_app, "Jan")
    address = f"/exchanges/{exchange_id}"
    press(jan, see(jan, f"{address}/not-right"), "/not-right", reason="twice", words="Zie dinsdag")
    press(jan, see(jan, address), "/thanks", thanks="Toch bedankt")

    text = see(jan, "/my-data").text

    assert "Zie dinsdag" in text
    assert "Toch bedankt" in text
    with sqlite_app.app_context():
        assert db.session.scalar(sa.text("SELECT count(*) FROM exchange_dispute")) == 1
