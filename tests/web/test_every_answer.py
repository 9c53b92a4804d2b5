# SPDX-License-Identifier: EUPL-1.2
"""Every route, by every method, as several people, and every kind of failure: what each answer says
to the browser. A route that comes is walked by itself.
"""

from __future__ import annotations

import dataclasses
import datetime
import pathlib
import re
import uuid
from collections.abc import Iterable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.routing.converters import AnyConverter, NumberConverter, UUIDConverter
from werkzeug.test import TestResponse

from tests.conftest import dispose, make_app
from tests.databases import SqliteTemplates
from tests.web import roads
from tests.web.test_failures import database_away, explode
from timebank.web import home

HTTPS = "https://localhost"
METHODS = ("GET", "HEAD", "POST", "PUT")
PEOPLE = (None, "Fatima", "Nadia", "Annelies")
NAMED = {"slug": "leiden", "filename": "css/timebank.css"}
"""What must be there for a route to answer with more than 404."""
EXPECTED_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}
WRITTEN = re.compile(r"(text/|application/(json|problem|xml|javascript)|.*\+(xml|json))")
"""Kinds of content that are letters, and whose letters must be named."""


@dataclasses.dataclass(frozen=True)
class Answer:
    """An answer, and what was asked."""

    asked: str
    response: TestResponse
    static: bool = False


@pytest.fixture
def apps(sqlite_templates: SqliteTemplates, tmp_path: pathlib.Path) -> Iterator[dict[str, Flask]]:
    """The application in the demo and before real people, both with everything switched on."""
    css = tmp_path / "theme.css"
    css.write_text(":root {}", "utf-8")
    today = datetime.datetime.now(datetime.UTC).date()
    on = {
        "theme_css": str(css),
        "security_contact": "mailto:security@example.org",
        "security_expires": today + datetime.timedelta(days=90),
        "csrf": False,
    }
    with sqlite_templates.copy("town", tmp_path) as url:
        made = {
            "demo": make_app(url, tmp_path, **on),
            "real": make_app(url, tmp_path, demo_mode=False, secure_cookies=True, **on),
        }
        yield made
        for app in made.values():
            dispose(app)


def address_of(rule: Rule, known: dict[str, str]) -> str:
    """Fill in the parts of an address: something that is there, or else something of the kind."""
    address = rule.rule
    for name, converter in rule._converters.items():
        value = known.get(name, "made-up")
        if name not in known and isinstance(converter, AnyConverter):
            value = sorted(converter.items)[0]
        elif name not in known and isinstance(converter, UUIDConverter):
            value = str(uuid.UUID(int=1))
        elif name not in known and isinstance(converter, NumberConverter):
            value = "1"
        address = re.sub(rf"<(?:[^<>]*:)?{name}>", value, address)
    return address


def browser_of(app: Flask, person: str | None) -> FlaskClient:
    return roads.sign_in(app, person) if person else roads.visitor(app)


def every_answer(app: Flask, people: Iterable[str | None] = PEOPLE) -> Iterator[Answer]:
    """Ask every route by every method as several people."""
    exchange_id = roads.log_help(roads.sign_in(app, "Fatima"))
    form_key = roads.fill_in(roads.sign_in(app, "Fatima"))
    known = NAMED | {"exchange_id": str(exchange_id), "form_key": str(form_key), "side": "gave"}
    addresses = {rule.rule: rule for rule in app.url_map.iter_rules()}
    asked = [(rule, method) for rule in addresses.values() for method in METHODS]
    # Whoever leaves is nobody any more, so that this comes last.
    asked.sort(key=lambda one: (one[0].rule, one[1]) == ("/my-data/leave", "POST"))
    for person in people:
        browser = None
        for rule, method in asked:
            browser = browser or browser_of(app, person)
            answer = browser.open(
                address_of(rule, known), method=method, base_url=HTTPS, buffered=True
            )
            if method == "POST":
                # It may have ended the session, or begun another.
                browser = None
            yield Answer(f"{person} {method} {rule.rule}", answer, rule.endpoint == "static")


def every_failure(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Answer]:
    """Ask for what is not there, send too much or without a token, and break something."""

    fatima = roads.sign_in(app, "Fatima")
    yield Answer("404", fatima.get("/nowhere", base_url=HTTPS))
    yield Answer("404 static", fatima.get("/static/none.css", base_url=HTTPS))
    yield Answer("405", fatima.post("/my-hours", base_url=HTTPS))
    large = {"language": "x" * 100_000}
    yield Answer("413", fatima.post("/language", data=large, base_url=HTTPS))
    app.config["WTF_CSRF_ENABLED"] = True
    yield Answer("400 token", fatima.post("/language", base_url=HTTPS))
    app.config["TRUSTED_HOSTS"] = ["localhost"]
    yield Answer("400 host", fatima.get("/", base_url="https://elsewhere.example.org"))
    with database_away(app):
        yield Answer("503", fatima.get("/", base_url=HTTPS))
    with monkeypatch.context() as broken:
        broken.setattr(home, "newest_of_member", explode)
        yield Answer("500", fatima.get("/", base_url=HTTPS))


def flaws(answer: Answer, *, secure: bool) -> list[str]:
    """Return what is wrong with the headers of an answer."""
    headers = answer.response.headers
    checks = {
        "policy": _policy_is_strict(headers.get("Content-Security-Policy", "")),
        "nosniff": headers.get("X-Content-Type-Options") == "nosniff",
        "frames": headers.get("X-Frame-Options") == "DENY",
        "referrer": headers.get("Referrer-Policy") in ("same-origin", "no-referrer"),
        "opener": headers.get("Cross-Origin-Opener-Policy") == "same-origin",
        "permissions": "camera=()" in headers.get("Permissions-Policy", ""),
        "https only": ("max-age=31536000" in headers.get("Strict-Transport-Security", ""))
        == secure,
        "boasts": not {"Server", "X-Powered-By", "X-AspNet-Version"} & set(headers.keys()),
        "letters": _letters_are_named(answer.response),
        "not kept": answer.static or headers.get("Cache-Control") == "no-store",
        "cookies": all(cookie_is_guarded(c, secure=secure) for c in headers.getlist("Set-Cookie")),
    }
    return [f"{answer.asked}: {name}" for name, holds in checks.items() if not holds]


def _policy_is_strict(policy: str) -> bool:
    parts = dict(part.strip().split(" ", 1) for part in policy.split(";") if " " in part.strip())
    return EXPECTED_POLICY.items() <= parts.items() and not re.search(r"unsafe|\*|https?:", policy)


def _letters_are_named(response: TestResponse) -> bool:
    kind = response.headers.get("Content-Type", "")
    return not WRITTEN.match(kind) or "charset=utf-8" in kind.lower()


def cookie_is_guarded(cookie: str, *, secure: bool) -> bool:
    parts = {part.strip() for part in cookie.split(";")[1:]}
    guarded = {"HttpOnly", "SameSite=Lax", "Path=/"} <= parts
    only_ours = not any(part.startswith("Domain=") for part in parts)
    over_https = "Secure" in parts and cookie.startswith("__Host-")
    return guarded and only_ours and over_https == secure


@pytest.mark.parametrize("kind", ["demo", "real"])
def test_every_answer_of_every_route_bears_the_headers(apps: dict[str, Flask], kind: str) -> None:
    answers = list(every_answer(apps[kind]))

    assert [flaw for one in answers for flaw in flaws(one, secure=kind == "real")] == []
    asked_well = {one.asked for one in answers if one.response.status_code == 200}
    assert "Fatima GET /my-hours" in asked_well
    assert "None GET /.well-known/security.txt" in asked_well
    assert "Nadia GET /exchanges/<uuid:exchange_id>" in asked_well


def test_every_kind_of_failure_bears_the_headers(
    apps: dict[str, Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = list(every_failure(apps["real"], monkeypatch))

    assert [flaw for one in answers for flaw in flaws(one, secure=True)] == []
    for one in answers:
        assert str(one.response.status_code) in one.asked, one.asked


def test_the_cookies_that_are_set_are_those_we_know(apps: dict[str, Flask]) -> None:
    app = apps["real"]
    browser = roads.sign_in(app, "Fatima")

    answers = [one.response for one in every_answer(app, ["Fatima"])]
    answers.append(browser.post("/language", data={"language": "en"}, base_url=HTTPS))

    cookies = [cookie for one in answers for cookie in one.headers.getlist("Set-Cookie")]
    assert {cookie.partition("=")[0] for cookie in cookies} == {
        "__Host-timebank",
        "__Host-timebank-language",
    }
    assert all(cookie_is_guarded(cookie, secure=True) for cookie in cookies)


def test_the_language_is_remembered_before_real_people_too(apps: dict[str, Flask]) -> None:
    browser = roads.visitor(apps["real"])

    browser.post("/language", data={"language": "en"}, base_url=HTTPS)

    assert '<html lang="en">' in browser.get("/", base_url=HTTPS).text


@pytest.mark.parametrize(
    ("header", "value", "flaw"),
    [
        ("Content-Security-Policy", "default-src 'none'; script-src 'unsafe-inline'", "policy"),
        ("Content-Security-Policy", "", "policy"),
        ("X-Content-Type-Options", "", "nosniff"),
        ("Referrer-Policy", "unsafe-url", "referrer"),
        ("Cross-Origin-Opener-Policy", "", "opener"),
        ("Server", "Timebank/0.1", "boasts"),
        ("Content-Type", "text/html", "letters"),
        ("Cache-Control", "max-age=60", "not kept"),
        ("Set-Cookie", "seen=1; Path=/; HttpOnly", "cookies"),
        ("Set-Cookie", "seen=1; Path=/; SameSite=Lax", "cookies"),
    ],
)
def test_a_flaw_would_be_noticed(
    apps: dict[str, Flask], header: str, value: str, flaw: str
) -> None:
    response = roads.visitor(apps["demo"]).get("/")

    response.headers[header] = value

    assert flaws(Answer("GET /", response), secure=False) == [f"GET /: {flaw}"]
