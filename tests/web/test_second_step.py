# SPDX-License-Identifier: EUPL-1.2
"""The second step of who sees other people's data, and what a colleague does when it is lost."""

from __future__ import annotations

import datetime
import re

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import builders
from tests.conftest import Clock
from tests.web import roads
from tests.web.roads import see, sign_in, visitor
from tests.web.screens import Screen
from tests.web.test_sign_in import print_code, whose
from timebank.extensions import db
from timebank.factors.operations import begin_factor, prove_factor

HALF_MINUTE = datetime.timedelta(seconds=30)


def half_in(app: Flask, name: str = "Nadia") -> FlaskClient:
    """Return a browser that typed a printed code, and has the second step before it."""
    browser = visitor(app)
    code = print_code(app, name, by="Bart" if name != "Bart" else "Nadia")
    answer = browser.post("/sign-in/letter", data={"timebank": "leiden", "code": code})
    assert answer.headers["Location"] == "/second-step"
    return browser


def telephone_of(app: Flask, name: str = "Nadia") -> pyotp.TOTP:
    """Let somebody have a second step already, proven an hour ago."""
    with app.app_context():
        member = builders.member_of(db.session, name)
        who = {"timebank_id": member.timebank_id, "member_id": member.id}
        clockwork = pyotp.TOTP(begin_factor(db.session, **who))  # type: ignore[arg-type]
        then = builders.NOW - datetime.timedelta(hours=1)
        prove_factor(db.session, **who, digits=clockwork.at(then), now=then)  # type: ignore[arg-type]
        db.session.commit()
    return clockwork


@pytest.mark.parametrize("path", ["/desk", "/", "/my-hours", "/neighbourhoods", "/colleagues"])
def test_before_the_second_step_no_page_shows_anything_of_anyone(app: Flask, path: str) -> None:
    exchange_id = roads.log_help(sign_in(app, "Fatima"))
    browser = half_in(app)

    page = browser.get(path)
    decided = browser.post(f"/desk/{exchange_id}/approve")

    assert "El Amrani" not in page.text
    assert "van den Berg" not in page.text
    assert page.status_code == (200 if path == "/" else 303)
    if path != "/":
        assert page.headers["Location"].startswith("/second-step?next=/")
    assert decided.status_code == 303
    assert roads.row_counts(app)["ledger_entry"] == 0


def test_the_first_time_one_scans_a_picture_and_types_the_digits(app: Flask, clock: Clock) -> None:
    browser = half_in(app)
    first = browser.get("/second-step")
    browser.post(see(browser, first.headers["Location"]).form("/second-step/new")["action"])
    screen = see(browser, "/second-step/new")
    secret = screen.of_class("tb-code")[0].text.replace(" ", "")
    form = screen.form("/second-step")

    wrong = browser.post(form["action"], data={"digits": "12"})
    digits = pyotp.TOTP(secret).at(clock.now())
    answer = browser.post(form["action"], data=screen.fields(form) | {"digits": digits})

    assert first.headers["Location"].startswith("/second-step/new")
    assert screen.of_class("tb-qr")
    assert (wrong.status_code, Screen(wrong).summary) == (422, ["#digits"])
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert browser.get("/desk").status_code == 200
    assert secret not in see(browser, "/").text
    assert whose(browser) == roads.member_id(app, "Nadia").hex


def test_the_next_time_one_types_the_digits_and_goes_where_one_wanted(
    app: Flask, clock: Clock
) -> None:
    telephone, browser = telephone_of(app), half_in(app)
    screen = see(browser, "/second-step?next=/desk")
    data = screen.fields(screen.form("/second-step"))
    with browser.session_transaction() as cookie:
        before = cookie["key"]

    answer = browser.post("/second-step", data=data | {"digits": telephone.at(clock.now())})

    with browser.session_transaction() as cookie:
        after = cookie["key"]
    assert answer.headers["Location"] == "/desk"
    assert before != after
    assert browser.get("/second-step/new").headers["Location"] == "/"


def test_used_digits_open_nothing_a_second_time(app: Flask, clock: Clock) -> None:
    telephone, browser, thief = telephone_of(app), half_in(app), half_in(app)
    digits = telephone.at(clock.now())
    browser.post("/second-step", data={"digits": digits})

    answer = thief.post("/second-step", data={"digits": digits})

    assert answer.status_code == 422
    assert thief.get("/desk").status_code == 303


def test_guessing_digits_ends_soon(app: Flask, clock: Clock) -> None:
    telephone, browser = telephone_of(app), half_in(app)

    statuses = [
        browser.post("/second-step", data={"digits": f"{number:06d}"}).status_code
        for number in range(11)
    ]
    right = browser.post("/second-step", data={"digits": telephone.at(clock.now())})

    assert statuses == [422] * 10 + [429]
    assert right.status_code == 429


def test_who_sees_only_their_own_data_needs_no_second_step(app: Flask) -> None:
    browser, code = visitor(app), print_code(app, "Greet", by="Marijke")

    answer = browser.post("/sign-in/letter", data={"timebank": "leiden", "code": code})

    assert answer.headers["Location"] == "/"
    assert browser.get("/my-hours").status_code == 200
    assert browser.get("/second-step").headers["Location"] == "/"


@pytest.mark.parametrize(("minutes", "status"), [(29, 200), (30, 303)])
def test_staff_are_signed_out_after_half_an_hour_without_a_page(
    app: Flask, clock: Clock, minutes: int, status: int
) -> None:
    nadia = sign_in(app, "Nadia")

    clock.advance(minutes=minutes)

    assert nadia.get("/desk").status_code == status


def test_staff_sign_in_each_day(app: Flask, clock: Clock) -> None:
    nadia, statuses = sign_in(app, "Nadia"), []
    for _ in range(26):
        clock.advance(minutes=29)
        statuses.append(nadia.get("/desk").status_code)

    assert statuses == [200] * 24 + [303] * 2


def test_a_colleague_takes_a_lost_second_step_away(app: Flask) -> None:
    telephone_of(app, "Marijke")
    marijke, nadia = sign_in(app, "Marijke"), sign_in(app, "Nadia")
    screen = see(nadia, "/colleagues")
    (form,) = [one for one in screen.all("form") if one["action"].endswith("/reset")]

    hasty = nadia.post(form["action"])
    answer = nadia.post(form["action"], data={"spoken": "yes"})

    assert hasty.status_code == 422
    assert answer.status_code == 303
    assert marijke.get("/desk").status_code == 303
    assert "van Duijn" not in see(nadia, "/colleagues").text
    assert (
        half_in(app, "Marijke")
        .get("/second-step")
        .headers["Location"]
        .startswith("/second-step/new")
    )
    (mail,) = roads.mails_to(app, "marijke@example.org")
    assert not re.search("Marijke|Nadia", mail)


def test_nobody_takes_their_own_second_step_away(app: Flask) -> None:
    telephone_of(app)
    nadia, own = sign_in(app, "Nadia"), roads.member_id(app, "Nadia")

    answer = nadia.post(f"/colleagues/{own}/reset", data={"spoken": "yes"})

    assert answer.status_code == 403
    assert str(own) not in see(nadia, "/colleagues").text


def test_a_second_step_of_another_timebank_is_not_there(app: Flask) -> None:
    telephone_of(app)
    nadia = roads.member_id(app, "Nadia")

    answer = sign_in(app, "Gerda").post(f"/colleagues/{nadia}/reset", data={"spoken": "yes"})

    assert answer.status_code == 404
    colleagues = see(sign_in(app, "Bart"), "/colleagues").all("h2")
    assert [colleague.text for colleague in colleagues] == ["Nadia Benali"]
