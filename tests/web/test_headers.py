# SPDX-License-Identifier: EUPL-1.2
"""What every answer says to the browser, and what stays in the browser."""

from __future__ import annotations

import re
import uuid

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.web import roads
from tests.web.roads import sign_in, visitor
from tests.web.screens import Screen

HTTPS = "https://localhost"


def every_answer(app: Flask) -> list[tuple[str, TestResponse]]:
    """Send something to every route, signed in as an administrator, and keep the answers."""
    an_id = str(uuid.UUID(int=1))
    values = {
        "side": "gave",
        "form_key": an_id,
        "exchange_id": an_id,
        "member_id": an_id,
        "step": "other",
        "slug": "leiden",
        "token": "token",
        "filename": "css/timebank.css",
    }
    answers = []
    # Who leaves is nobody any more, so that this comes last.
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: one.rule == "/my-data/leave"):
        path = re.sub(r"<(?:[^<>]*:)?(\w+)>", lambda found: values[found[1]], rule.rule)
        for method in sorted((rule.methods or set()) - {"OPTIONS"}):
            browser = sign_in(app, "Bart")
            answer = browser.open(path, method=method, base_url=HTTPS, buffered=True)
            answers.append((f"{method} {rule.rule}", answer))
    for path in ("/nowhere", "/timebanks/nowhere"):
        answers.append((path, sign_in(app, "Fatima").get(path, base_url=HTTPS)))
    return answers


def test_every_answer_bears_the_headers(sqlite_app: Flask) -> None:
    for route, answer in every_answer(sqlite_app):
        headers = answer.headers
        policy = dict(
            part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";")
        )
        assert policy["default-src"] == "'none'", route
        assert policy["script-src"] == policy["style-src"] == "'self'", route
        assert policy["form-action"] == "'self'", route
        assert policy["frame-ancestors"] == policy["base-uri"] == "'none'", route
        assert "unsafe" not in headers["Content-Security-Policy"], route
        assert headers["X-Content-Type-Options"] == "nosniff", route
        assert headers["X-Frame-Options"] == "DENY", route
        assert headers["Referrer-Policy"] in ("same-origin", "no-referrer"), route
        assert "Strict-Transport-Security" not in headers, route
        assert "Werkzeug" not in headers.get("X-Powered-By", ""), route
        if "static" not in route:
            assert headers["Cache-Control"] == "no-store", route


def test_no_page_needs_what_the_policy_forbids(app: Flask) -> None:
    fatima, nadia = sign_in(app, "Fatima"), sign_in(app, "Nadia")
    roads.log_help(fatima, note={"note": "tea"})
    key = roads.fill_in(fatima)
    steps = [roads.form_address("gave", key, step) for step in (*roads.QUESTIONS, "check")]
    pages = [roads.see(fatima, address) for address in ("/", "/my-hours", "/sign-in", *steps)]
    pages += [roads.see(nadia, address) for address in ("/desk", "/neighbourhoods")]

    for screen in pages:
        for element in screen.elements:
            assert "style" not in element, element
            assert not [name for name in element.attributes if name.startswith("on")], element
            assert not element["href"].startswith(("javascript:", "http", "//")), element
        assert all(script["src"].startswith("/static/") for script in screen.all("script"))
        assert not screen.all("style")
        assert len(screen.ids) == len(set(screen.ids))


def test_before_real_people_cookies_travel_over_https_only(real_app: Flask) -> None:
    for route, answer in every_answer(real_app):
        assert "max-age=31536000" in answer.headers["Strict-Transport-Security"], route
        for cookie in answer.headers.getlist("Set-Cookie"):
            assert cookie.startswith("__Host-timebank="), route
            assert_guarded(cookie)
            assert "; Secure" in cookie
            assert "Domain=" not in cookie

    answer = real_app.test_client().post("/language", data={"language": "en"}, base_url=HTTPS)
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert_guarded(cookie)
    assert "; Secure" in cookie


def assert_guarded(cookie: str) -> None:
    assert "; HttpOnly" in cookie
    assert "; SameSite=Lax" in cookie
    assert "; Path=/" in cookie


def test_cookies_are_kept_from_scripts_and_from_other_sites(sqlite_app: Flask) -> None:
    browser = visitor(sqlite_app)
    person = f"leiden/{roads.member_id(sqlite_app, 'Fatima')}"

    answers = [
        browser.get("/"),
        browser.post("/sign-in/demo", data={"person": person}),
        browser.post("/language", data={"language": "en"}),
    ]

    cookies = [cookie for answer in answers for cookie in answer.headers.getlist("Set-Cookie")]
    assert {cookie.partition("=")[0] for cookie in cookies} == {"timebank", "timebank-language"}
    for cookie in cookies:
        assert_guarded(cookie)


def test_no_name_travels_in_a_cookie(app: Flask) -> None:
    exchange_id = roads.log_help(sign_in(app, "Fatima"), note={"note": "tea"})
    nadia = sign_in(app, "Nadia")

    nadia.post(f"/desk/{exchange_id}/approve")

    with nadia.session_transaction() as cookie:
        words = str(dict(cookie))
    assert not [name for name in ("Fatima", "Jan", "Nadia", "Benali", "tea") if name in words]


def test_static_files_bear_a_digest_and_stay_a_year(sqlite_app: Flask) -> None:
    browser = visitor(sqlite_app)
    screen = roads.see(browser, "/")
    addresses = [one["href"] for one in screen.all("link")]
    addresses += [one["src"] for one in screen.all("script")]

    for address in addresses:
        answer = browser.get(address, buffered=True)
        assert re.search(r"\?v=[0-9a-f]{12}$", address), address
        assert answer.status_code == 200, address
        assert "max-age=31536000" in answer.headers["Cache-Control"], address
        assert "Set-Cookie" not in answer.headers, address
    assert len(addresses) >= 4


@pytest.mark.parametrize("name", ["none.css", "../web/guard.py", "..%2f..%2fapp.py", "css/"])
def test_nothing_else_is_served_as_a_static_file(sqlite_app: Flask, name: str) -> None:
    answer = visitor(sqlite_app).get(f"/static/{name}")

    assert answer.status_code == 404
    assert "EUPL" not in answer.text


def test_a_page_that_says_a_static_file_is_missing_is_not_kept(sqlite_app: Flask) -> None:
    answer = sign_in(sqlite_app, "Fatima").get("/static/none.css")

    assert Screen(answer).form("/language")
    assert answer.headers["Cache-Control"] == "no-store"
