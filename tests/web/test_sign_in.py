# SPDX-License-Identifier: EUPL-1.2
"""Signing in: being somebody of the demo, a mailed link, where one goes next, signing out."""

from __future__ import annotations

import datetime
import re

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

import ledger
from tests import builders
from tests.conftest import Clock
from tests.web import roads
from tests.web.roads import see, sign_in, visitor
from tests.web.screens import Screen, without_tokens
from timebank.access.operations import issue_code
from timebank.extensions import db
from timebank.sessions.operations import digest_of

AWAY = [
    "//evil.example",
    "///evil.example",
    "https://evil.example",
    "http:evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\r\nSet-Cookie: a=b",
    " //evil.example",
    "javascript:alert(1)",
    "evil.example",
    "",
]


def mails(app: Flask) -> list[tuple[str, str, str]]:
    mail = ledger.Base.metadata.tables["mail"]
    with roads.reading(app) as connection:
        rows = connection.execute(sa.select(mail.c.to_address, mail.c.subject, mail.c.body))
        return [(row.to_address, row.subject, row.body) for row in rows]


def ask_for_a_link(browser: FlaskClient, app: Flask, email: str = "jan@example.org") -> str:
    """Ask for a link and return its path, as it stands in the mail."""
    browser.post("/sign-in", data={"timebank": "leiden", "email": email})
    found = re.search(r"http://localhost(/sign-in/leiden/\S+)", mails(app)[-1][2])
    assert found
    return found[1]


def whose(browser: FlaskClient) -> str | None:
    """Return who is signed in, as the sessions in the database say."""
    with browser.session_transaction() as cookie:
        key = cookie.get("key")
    app = browser.application
    if key is None:
        return None
    table = ledger.Base.metadata.tables["member_session"]
    with roads.reading(app) as connection:
        found = connection.scalar(
            sa.select(table.c.member_id).where(table.c.digest == digest_of(key))
        )
    return None if found is None else found.hex


def test_in_the_demo_one_chooses_whom_to_be(app: Flask) -> None:
    browser = visitor(app)
    screen = see(browser, "/sign-in?next=/my-hours")
    (fatima,) = [one for one in screen.all("button") if "Fatima El Amrani" in one.text]
    assert fatima.form
    data = screen.fields(fatima.form) | {"person": fatima["value"]}

    answer = browser.post(fatima.form["action"], data=data)

    assert answer.headers["Location"] == "/my-hours"
    assert whose(browser) == roads.member_id(app, "Fatima").hex
    assert len([one for one in screen.all("button") if one["name"] == "person"]) == 9


@pytest.mark.parametrize(
    "person",
    ["", "x", "leiden", "leiden/", "leiden/1", "a/b/c", "nowhere/ID", "holten/ID", "leiden/NOBODY"],
)
def test_one_cannot_be_somebody_who_is_not_there(app: Flask, person: str) -> None:
    browser = visitor(app)
    person = person.replace("ID", str(roads.member_id(app, "Fatima"))).replace("NOBODY", "0" * 32)

    answer = browser.post("/sign-in/demo", data={"person": person})

    assert answer.status_code == 404
    assert whose(browser) is None


def test_outside_the_demo_nobody_is_shown_and_nobody_can_be_chosen(real_app: Flask) -> None:
    browser = real_app.test_client()
    fatima = roads.member_id(real_app, "Fatima")

    screen = Screen(browser.get("/sign-in", base_url="https://localhost"))
    answer = browser.post(
        "/sign-in/demo", data={"person": f"leiden/{fatima}"}, base_url="https://localhost"
    )

    assert "El Amrani" not in screen.text
    assert not [one for one in screen.all("button") if one["name"] == "person"]
    assert not screen.of_class("tb-demo")
    assert answer.status_code == 404
    assert "set-cookie" not in str(answer.headers).lower() or "member_id" not in answer.text


def test_the_answer_does_not_tell_whether_an_address_is_known(app: Flask) -> None:
    browser = visitor(app)
    emails = ["jan@example.org", "nobody@example.org", " JAN@Example.ORG ", "henk@example.org"]

    answers = [
        browser.post("/sign-in", data={"timebank": "leiden", "email": email}) for email in emails
    ]
    pages = {without_tokens(browser.get(answer.headers["Location"]).text) for answer in answers}

    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.text for answer in answers}) == 1
    assert len(pages) == 1
    assert [to for to, *_ in mails(app)] == [email.strip().lower() for email in emails]
    assert len({subject for _, subject, _ in mails(app)}) == 1
    assert not [subject for _, subject, _ in mails(app) if "Jan" in subject]


@pytest.mark.parametrize(
    ("timebank", "email", "field"),
    [
        ("leiden", "", "email"),
        ("leiden", "jan", "email"),
        ("leiden", "@", "email"),
        ("leiden", "jan@example.org\nBcc: all@example.org", "email"),
        ("leiden", "j" * 250 + "@example.org", "email"),
        ("leiden", "a@[", "email"),
        ("", "jan@example.org", "timebank"),
        ("nowhere", "jan@example.org", "timebank"),
    ],
)
def test_an_address_that_is_none_is_said_at_the_field(
    app: Flask, timebank: str, email: str, field: str
) -> None:
    answer = visitor(app).post("/sign-in", data={"timebank": timebank, "email": email})

    screen = Screen(answer)
    assert answer.status_code == 422
    assert screen.summary == [f"#{field}"]
    assert field in screen.ids
    assert len(screen.invalid) == 1
    assert screen.value("email").split() == email.split()
    assert mails(app) == []


def test_a_link_signs_in_once_and_only_by_the_button(app: Flask) -> None:
    browser = visitor(app)
    path = ask_for_a_link(browser, app)
    seen = [browser.get(path).status_code, browser.head(path).status_code]
    before = whose(browser)
    screen = see(browser, path)

    first = browser.post(screen.form(path)["action"])
    second = browser.post(path)

    assert (seen, before) == ([200, 200], None)
    assert (first.status_code, first.headers["Location"]) == (303, "/")
    assert whose(browser) == roads.member_id(app, "Jan").hex
    assert second.status_code == 410
    assert Screen(second).title


def test_a_forwarded_link_shows_no_button_and_opens_nothing(app: Flask) -> None:
    asking, thief = visitor(app), visitor(app)
    path = ask_for_a_link(asking, app)

    screen = see(thief, path)
    answer = thief.post(path)

    assert not [form for form in screen.all("form") if form["action"] == path]
    assert answer.status_code == 410
    assert whose(thief) is None
    assert asking.post(path).status_code == 303


def digits_mailed(app: Flask) -> str:
    found = re.search(r"^ +(\d{3}) (\d{3})$", mails(app)[-1][2], re.MULTILINE)
    assert found
    return found[1] + found[2]


def test_the_digits_of_the_mail_sign_in_on_the_device_that_asked(app: Flask) -> None:
    browser, thief = visitor(app), visitor(app)
    ask_for_a_link(browser, app)
    digits = digits_mailed(app)
    thief.post("/sign-in", data={"timebank": "leiden", "email": "nobody@example.org"})
    form = see(browser, "/sign-in/code").form("/sign-in/code")

    stolen = thief.post("/sign-in/code", data={"digits": digits})
    answer = browser.post(form["action"], data={"digits": f" {digits[:3]} {digits[3:]}"})

    assert (stolen.status_code, whose(thief)) == (422, None)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert whose(browser) == roads.member_id(app, "Jan").hex


def test_wrong_digits_are_said_at_the_field_and_counted(app: Flask) -> None:
    browser = visitor(app)
    ask_for_a_link(browser, app)
    digits = digits_mailed(app)

    for _ in range(5):
        screen = Screen(browser.post("/sign-in/code", data={"digits": "no"}))
        assert screen.status == 422
        assert screen.summary == ["#digits"]
    right = browser.post("/sign-in/code", data={"digits": digits})

    assert (right.status_code, whose(browser)) == (422, None)


def test_too_many_requests_get_a_page_that_says_when(app: Flask) -> None:
    browser = visitor(app)
    data = {"timebank": "leiden", "email": "jan@example.org"}

    statuses = [browser.post("/sign-in", data=data).status_code for _ in range(6)]

    assert statuses == [303] * 5 + [429]
    assert len(mails(app)) == 5


def test_a_link_works_for_ten_minutes(app: Flask, clock: Clock) -> None:
    browser = visitor(app)
    late, early = ask_for_a_link(browser, app), ask_for_a_link(browser, app)

    clock.advance(minutes=9, seconds=59)
    other = visitor(app)
    with browser.session_transaction() as cookie, other.session_transaction() as copy:
        copy["asked"] = cookie["asked"]
    in_time = browser.post(early)
    clock.advance(seconds=1)

    assert in_time.status_code == 303
    assert other.post(late).status_code == 410


@pytest.mark.parametrize(("slug", "status"), [("holten", 410), ("nowhere", 404)])
def test_a_link_of_another_timebank_opens_nothing(app: Flask, slug: str, status: int) -> None:
    browser = visitor(app)
    path = ask_for_a_link(browser, app)

    answer = browser.post(path.replace("leiden", slug))

    assert answer.status_code == status
    assert whose(browser) is None
    assert browser.post(path).status_code == 303


def print_code(app: Flask, name: str = "Greet", by: str = "Marijke") -> str:
    with app.app_context():
        member = builders.member_of(db.session, name)
        code = issue_code(
            db.session,
            timebank_id=member.timebank_id,
            member_id=member.id,
            by=builders.actor_of(db.session, by),
            now=builders.NOW,
        )
        db.session.commit()
    return code


def test_a_printed_code_signs_in_who_has_no_mail(app: Flask) -> None:
    browser, code = visitor(app), print_code(app)
    form = see(browser, "/sign-in/letter").form("/sign-in/letter")

    answer = browser.post(form["action"], data={"timebank": "leiden", "code": code.lower()})
    again = visitor(app).post(form["action"], data={"timebank": "leiden", "code": code})

    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert whose(browser) == roads.member_id(app, "Greet").hex
    assert again.status_code == 422


@pytest.mark.parametrize(
    ("timebank", "code", "field"),
    [("", "K7QN-4MXP", "timebank"), ("leiden", "", "code"), ("leiden", "K7QN-4MXP", "code")],
)
def test_a_code_that_is_none_is_said_at_the_field_and_kept(
    app: Flask, timebank: str, code: str, field: str
) -> None:
    answer = visitor(app).post("/sign-in/letter", data={"timebank": timebank, "code": code})

    screen = Screen(answer)
    assert answer.status_code == 422
    assert screen.summary == [f"#{field}"]
    assert screen.value("code") == code


def test_a_shared_device_is_signed_out_after_half_an_hour_without_a_page(
    app: Flask, clock: Clock
) -> None:
    browser, code = visitor(app), print_code(app)
    data = {"timebank": "leiden", "code": code, "shared": "yes"}
    answer = browser.post("/sign-in/letter", data=data)
    assert "Expires" not in answer.headers["Set-Cookie"]

    statuses = []
    for minutes in (29, 29, 30):
        clock.advance(minutes=minutes)
        statuses.append(browser.get("/my-hours").status_code)

    assert statuses == [200, 200, 303]


def test_an_own_device_is_remembered_for_thirty_days(app: Flask, clock: Clock) -> None:
    browser, code = visitor(app), print_code(app)
    browser.post("/sign-in/letter", data={"timebank": "leiden", "code": code})

    clock.advance(days=29, hours=23)
    before = browser.get("/my-hours").status_code
    clock.advance(hours=1)

    assert (before, browser.get("/my-hours").status_code) == (200, 303)


def test_a_copied_cookie_opens_nothing_after_signing_out(app: Flask) -> None:
    browser, thief = sign_in(app, "Fatima"), visitor(app)
    with browser.session_transaction() as cookie, thief.session_transaction() as copy:
        copy.update(cookie)
    before = thief.get("/my-hours").status_code

    browser.post("/sign-out")

    assert (before, thief.get("/my-hours").status_code) == (200, 303)


@pytest.mark.parametrize("away", AWAY)
def test_after_signing_in_nobody_is_led_to_another_site(sqlite_app: Flask, away: str) -> None:
    browser = visitor(sqlite_app)
    person = f"leiden/{roads.member_id(sqlite_app, 'Fatima')}"
    page = Screen(browser.get("/sign-in", query_string={"next": away}))

    signed_in = browser.post("/sign-in/demo", data={"person": person, "next": away})
    switched = browser.post("/language", data={"language": "en", "next": away})

    assert signed_in.headers["Location"] == switched.headers["Location"] == "/"
    assert page.fields(page.all("form", action="/sign-in/demo")[0])["next"] == "/"


@pytest.mark.parametrize("broken", ["//[", "http://[", "//[::1"])
def test_an_address_that_cannot_be_read_leads_home(sqlite_app: Flask, broken: str) -> None:
    browser = visitor(sqlite_app)

    page = browser.get("/sign-in", query_string={"next": broken})
    answer = browser.post("/language", data={"next": broken})

    assert page.status_code == 200
    assert answer.headers["Location"] == "/"


def test_signing_in_begins_a_new_session_and_signing_out_ends_it(app: Flask) -> None:
    browser = visitor(app)
    with browser.session_transaction() as cookie:
        cookie["planted"] = "by somebody else"
        cookie["csrf_token"] = "known to somebody else"

    browser.post("/sign-in/demo", data={"person": f"leiden/{roads.member_id(app, 'Fatima')}"})
    with browser.session_transaction() as cookie:
        inside = dict(cookie)
    answer = browser.post("/sign-out")
    with browser.session_transaction() as cookie:
        outside = dict(cookie)

    assert "planted" not in inside
    assert inside.get("csrf_token") != "known to somebody else"
    assert not {"key", "timebank_id"} & set(outside)
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert browser.get("/my-hours").status_code == 303


def test_who_left_is_signed_out_on_the_next_request(app: Flask) -> None:
    browser = sign_in(app, "Jan")
    member = ledger.Base.metadata.tables["member"]
    assert browser.get("/my-hours").status_code == 200

    jan = roads.member_id(app, "Jan")
    with app.app_context():
        yesterday = datetime.date(2026, 3, 9)
        db.session.execute(sa.update(member).where(member.c.id == jan).values(left_on=yesterday))
        db.session.commit()

    assert browser.get("/my-hours").status_code == 303
