# SPDX-License-Identifier: EUPL-1.2
"""The provider as a setting: not there until it is set, and what holds without asking it anything.

Signing in through it, at a real provider, is played in ``tests/oidc``.
"""

from __future__ import annotations

import pathlib
from collections.abc import Iterator

import pytest
from flask import Flask

from tests.conftest import dispose, make_app
from tests.databases import SqliteTemplates
from tests.web.roads import see, visitor
from timebank.extensions import db, will_write

FORM = "/sign-in/oidc"
PROVIDER = {
    "oidc_issuer": "http://localhost:9",
    "oidc_client_id": "timebank",
    "oidc_client_secret": "a secret",
    "oidc_timebank": "leiden",
    "oidc_name": "Gemeente Leiden",
}


@pytest.fixture
def oidc_app(sqlite_templates: SqliteTemplates, tmp_path: pathlib.Path) -> Iterator[Flask]:
    """An application whose provider nobody has started; every form is asked for its token."""
    with sqlite_templates.copy("town", tmp_path) as url:
        app = make_app(url, tmp_path, csrf=True, **PROVIDER)
        yield app
        dispose(app)


def test_without_a_provider_there_is_no_button(sqlite_app: Flask) -> None:
    screen = see(visitor(sqlite_app), "/sign-in")

    assert not [form for form in screen.all("form") if form["action"] == FORM]


def test_the_button_names_the_provider_and_its_timebank(oidc_app: Flask) -> None:
    screen = see(visitor(oidc_app), "/sign-in")

    assert screen.form(FORM)
    assert "Werkt u voor Tijdbank Leiden?" in screen.text
    assert "Inloggen via Gemeente Leiden" in screen.text


def test_a_provider_for_a_timebank_that_is_not_there_has_no_button(oidc_app: Flask) -> None:
    oidc_app.config["TIMEBANK_OIDC_TIMEBANK"] = "nowhere"

    screen = see(visitor(oidc_app), "/sign-in")

    assert not [form for form in screen.all("form") if form["action"] == FORM]


def test_a_provider_without_an_address_is_none(oidc_app: Flask) -> None:
    oidc_app.config.update(TIMEBANK_OIDC_ISSUER="", WTF_CSRF_ENABLED=False)
    browser = visitor(oidc_app)

    answers = [browser.post(FORM), browser.get(f"{FORM}/back?state=x&code=x")]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert not [f for f in see(browser, "/sign-in").all("form") if f["action"] == FORM]


def test_another_site_cannot_send_a_browser_away(oidc_app: Flask) -> None:
    browser = visitor(oidc_app)

    answer = browser.post(FORM)

    assert answer.status_code == 400
    with browser.session_transaction() as cookie:
        assert "oidc" not in cookie


def test_an_answer_that_lets_in_takes_the_write_lock_from_the_start(oidc_app: Flask) -> None:
    with oidc_app.test_request_context("/sign-in/oidc/back"):
        reading = db.session.get_bind().get_execution_options()
        will_write()
        writing = db.session.get_bind().get_execution_options()

    assert (reading.get("sqlite_begin"), writing.get("sqlite_begin")) == ("DEFERRED", None)
