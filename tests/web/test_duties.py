# SPDX-License-Identifier: EUPL-1.2
"""What everyone may read: what is kept, how far the pages are for all, where to report a leak."""

from __future__ import annotations

import datetime
import logging
import pathlib
from collections.abc import Callable, Iterator

import pytest
import sectxt
from flask import Flask

from tests.conftest import Clock, dispose, make_app
from tests.databases import SqliteTemplates
from tests.web.roads import see, sign_in, visitor
from timebank.web.duties import LOOKED_ON, OWN_DATA, security_lines, warn_before_expiry

HTTPS = "https://tijdbank.example.org"
ADDRESS = "/.well-known/security.txt"
CONTACT = "mailto:security@example.org"
HALF_A_YEAR = datetime.timedelta(days=180)

MakeApp = Callable[..., Flask]


@pytest.fixture
def an_app_with(sqlite_templates: SqliteTemplates, tmp_path: pathlib.Path) -> Iterator[MakeApp]:
    """Make applications with settings of their own."""
    made = []
    with sqlite_templates.copy("town", tmp_path) as url:

        def make(**settings: object) -> Flask:
            made.append(make_app(url, tmp_path, **settings))
            return made[-1]

        yield make
        for app in made:
            dispose(app)


def in_half_a_year() -> datetime.date:
    """Return a day that lies ahead of the real clock, which the checker of security.txt reads."""
    return datetime.datetime.now(datetime.UTC).date() + HALF_A_YEAR


@pytest.mark.parametrize("who", [None, "Fatima", "Nadia", "Annelies", "Henk"])
@pytest.mark.parametrize("address", ["/", "/sign-in", "/privacy", "/accessibility", "/nowhere"])
def test_every_page_leads_to_both_statements(
    sqlite_app: Flask, who: str | None, address: str
) -> None:
    browser = sign_in(sqlite_app, who) if who else visitor(sqlite_app)

    page = browser.get(address)

    slug = "holten" if who == "Henk" else "leiden"
    assert f'href="{f"/timebanks/{slug}" if who else ""}/privacy"' in page.text
    assert 'href="/accessibility"' in page.text


def test_even_without_a_database_the_page_leads_to_both_statements(
    sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("timebank.web.home.all_timebanks", fail)

    page = visitor(sqlite_app).get("/")

    assert page.status_code == 500
    assert 'href="/privacy"' in page.text
    assert 'href="/accessibility"' in page.text


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_privacy_page_of_a_timebank_names_that_timebank_and_whom_to_ask(
    sqlite_app: Flask, language: str
) -> None:
    page = see(visitor(sqlite_app, language), "/timebanks/holten/privacy")

    links = {link["href"] for link in page.all("a")}
    assert "Tijdbank Holten" in page.text
    assert "Tijdbank Leiden" not in page.text
    assert {"mailto:holten@example.org", "/timebanks/holten/privacy"} <= links
    assert "https://www.autoriteitpersoonsgegevens.nl/" in links


def test_the_general_privacy_page_names_every_timebank(sqlite_app: Flask) -> None:
    page = see(visitor(sqlite_app), "/privacy")

    links = {link["href"] for link in page.all("a")}
    assert {"mailto:leiden@example.org", "mailto:holten@example.org"} <= links


def test_the_privacy_page_of_a_timebank_that_is_not_there_answers_404(sqlite_app: Flask) -> None:
    assert visitor(sqlite_app).get("/timebanks/nowhere/privacy").status_code == 404


def test_the_privacy_page_leads_to_ones_own_data_where_that_page_exists(
    an_app_with: MakeApp,
) -> None:
    app = an_app_with()
    there = any(rule.rule == OWN_DATA for rule in app.url_map.iter_rules())

    page = see(visitor(app), "/privacy")

    assert (OWN_DATA in {link["href"] for link in page.all("a")}) == there


def test_the_data_protection_officer_is_named_where_there_is_one(an_app_with: MakeApp) -> None:
    with_officer = an_app_with(privacy_officer="fg@example.org")
    without = an_app_with()

    assert "fg@example.org" in see(visitor(with_officer), "/privacy").text
    assert "fg@example.org" not in see(visitor(without), "/privacy").text
    assert "functionaris" not in see(visitor(without), "/privacy").text


def test_the_statement_on_accessibility_holds_a_date_a_contact_and_no_status_it_has_not(
    sqlite_app: Flask,
) -> None:
    page = see(visitor(sqlite_app), "/accessibility")

    assert f"{LOOKED_ON.day} " in page.text
    assert str(LOOKED_ON.year) in page.text
    assert "tel:0715550100" in {link["href"] for link in page.all("a")}
    assert "voldoet gedeeltelijk" in page.text
    assert "nog geen status A of B" in page.text


def test_the_statement_links_to_the_official_register_where_the_organisation_is_in_it(
    an_app_with: MakeApp,
) -> None:
    register = "https://www.example.org/register/1"
    with_register = an_app_with(accessibility_statement_url=register)

    links = {link["href"] for link in see(visitor(with_register), "/accessibility").all("a")}

    assert register in links


def test_the_statement_was_looked_at_within_a_year() -> None:
    today = datetime.datetime.now(datetime.UTC).date()

    assert today - LOOKED_ON < datetime.timedelta(days=365)


def test_security_txt_is_valid_by_the_checker_of_internet_nl(an_app_with: MakeApp) -> None:
    app = an_app_with(security_contact=CONTACT, security_expires=in_half_a_year(), public_url=HTTPS)

    answer = visitor(app).get(ADDRESS, base_url=HTTPS)

    assert answer.content_type == "text/plain; charset=utf-8"
    checked = sectxt.Parser(answer.data)
    assert checked.is_valid(), checked.errors
    assert {line["code"] for line in checked.recommendations} == {"no_encryption", "not_signed"}
    assert f"Canonical: {HTTPS}{ADDRESS}" in answer.text.splitlines()
    assert "Preferred-Languages: nl, en" in answer.text.splitlines()


def test_a_security_txt_that_is_out_of_date_would_be_found_invalid() -> None:
    yesterday = datetime.datetime.now(datetime.UTC).date() - datetime.timedelta(days=1)
    lines = security_lines(CONTACT, yesterday, HTTPS + ADDRESS)

    checked = sectxt.Parser(("\n".join(lines) + "\n").encode())

    assert not checked.is_valid()
    assert [error["code"] for error in checked.errors] == ["expired"]


def test_without_https_the_file_names_no_address_of_its_own() -> None:
    lines = security_lines(CONTACT, in_half_a_year(), "http://localhost" + ADDRESS)

    checked = sectxt.Parser(("\n".join(lines) + "\n").encode())

    assert checked.is_valid(), checked.errors
    assert not [line for line in lines if line.startswith("Canonical")]


def test_without_an_address_to_report_to_there_is_no_security_txt(sqlite_app: Flask) -> None:
    assert visitor(sqlite_app).get(ADDRESS).status_code == 404


@pytest.mark.parametrize(("days", "warned"), [(31, False), (30, True), (0, True), (-3, True)])
def test_a_month_before_security_txt_expires_the_log_says_so(
    an_app_with: MakeApp,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
    days: int,
    warned: bool,
) -> None:
    app = an_app_with()
    expires = clock.now().date() + datetime.timedelta(days=days)
    app.config["TIMEBANK_SECURITY_EXPIRES"] = expires

    with caplog.at_level(logging.WARNING):
        warn_before_expiry(app, now=clock.now())

    assert ("TIMEBANK_SECURITY_EXPIRES" in caplog.text) == warned


def test_the_application_warns_when_it_starts(
    an_app_with: MakeApp, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        an_app_with(security_contact=CONTACT, security_expires=clock.now().date())

    assert "security.txt expires on" in caplog.text
