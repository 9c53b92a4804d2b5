# SPDX-License-Identifier: EUPL-1.2
"""Staff sign in through the provider of their organisation; nobody else does, by no trick."""

from __future__ import annotations

import logging
import pathlib
import uuid
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit, urlunsplit

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import ledger
from tests.conftest import Clock, dispose, make_app
from tests.oidc.there import CLIENT_ID, CLIENT_SECRET, There
from tests.web import roads
from tests.web.roads import see, visitor
from tests.web.screens import Screen, without_tokens
from timebank.access import operations
from timebank.rates.operations import Limit

NADIA = "nadia@example.org"
BACK = "/sign-in/oidc/back"


def leave(browser: FlaskClient, there: There, **data: str) -> str:
    """Press the button, and return the address to which the browser goes."""
    screen = Screen(browser.post("/sign-in/oidc", data=data))
    assert screen.status == 200, screen.text
    (address,) = {link for link in screen.links if link.startswith(there.issuer)}
    assert f"0;url={address}" in {one["content"] for one in screen.all("meta")}
    return address


def go_and_return(browser: FlaskClient, there: There, email: str = NADIA, **data: str) -> str:
    """Sign in at the provider, and return the path with which the browser comes back."""
    return path_of(there.sign_in(leave(browser, there, **data), email))


def path_of(address: str) -> str:
    _scheme, host, path, query, _ = urlsplit(address)
    assert (host, path) == ("localhost", BACK)
    return f"{path}?{query}"


def changed(address: str, **parts: str) -> str:
    """Return an address with other values in its query."""
    scheme, host, path, query, _ = urlsplit(address)
    return urlunsplit((scheme, host, path, urlencode(dict(parse_qsl(query)) | parts), ""))


def refused(browser: FlaskClient, answer: TestResponse) -> bool:
    """Say whether this answer leads to the other ways to sign in, and nobody is signed in."""
    assert answer.status_code == 303
    return answer.headers["Location"] == "/sign-in" and sessions(browser.application) == []


def sessions(app: Flask) -> list[tuple[uuid.UUID, bool]]:
    """Return who is signed in, and whether with a second factor."""
    table = ledger.Base.metadata.tables["member_session"]
    with roads.reading(app) as connection:
        rows = connection.execute(sa.select(table.c.member_id, table.c.verified_at))
        return [(row.member_id, row.verified_at is not None) for row in rows]


def proven(email: str = NADIA, **claims: Any) -> dict[str, Any]:
    return {"email": email, "email_verified": True} | claims


def test_a_coordinator_gets_in_and_has_our_second_step_before_her(app: Flask, there: There) -> None:
    browser = visitor(app)
    form = see(browser, "/sign-in").form("/sign-in/oidc")

    answer = browser.get(go_and_return(browser, there, next="/desk"))

    assert form
    assert (answer.status_code, answer.headers["Location"]) == (303, "/second-step?next=/desk")
    assert sessions(app) == [(roads.member_id(app, "Nadia"), False)]
    assert browser.get("/desk").headers["Location"].startswith("/second-step")


@pytest.mark.parametrize("claims", [{"amr": ["pwd", "otp"]}, {"amr": ["mfa"]}, {"amr": ["hwk"]}])
def test_who_proved_two_factors_there_proves_none_here(
    sqlite_app: Flask, there: There, claims: dict[str, Any]
) -> None:
    browser = visitor(sqlite_app)
    there.lie(key="own", claims=proven(**claims))

    answer = browser.get(go_and_return(browser, there, next="/desk"))

    assert answer.headers["Location"] == "/desk"
    assert sessions(sqlite_app) == [(roads.member_id(sqlite_app, "Nadia"), True)]
    assert browser.get("/desk").status_code == 200


@pytest.mark.parametrize(
    "claims", [{"amr": ["pwd"]}, {"amr": []}, {"amr": [["mfa"]]}, {"acr": "two-factors"}]
)
def test_other_words_about_factors_do_not_count(
    sqlite_app: Flask, there: There, claims: dict[str, Any]
) -> None:
    browser = visitor(sqlite_app)
    there.lie(key="own", claims=proven(**claims))

    browser.get(go_and_return(browser, there))

    assert sessions(sqlite_app) == [(roads.member_id(sqlite_app, "Nadia"), False)]


@pytest.mark.parametrize(("acr", "second_factor"), [("two-factors", True), ("one-factor", False)])
def test_a_class_that_the_operator_trusts_is_asked_for_and_counts(
    database_url: str, tmp_path: pathlib.Path, there: There, acr: str, second_factor: bool
) -> None:
    trusting = there.settings(oidc_second_factor_acr=("two-factors",))
    app = make_app(database_url, tmp_path, **trusting)
    browser = visitor(app)
    there.lie(key="own", claims=proven(acr=acr))

    address = leave(browser, there)
    browser.get(path_of(there.sign_in(address, NADIA)))

    assert parse_qs(urlsplit(address).query)["acr_values"] == ["two-factors"]
    assert [verified for _, verified in sessions(app)] == [second_factor]
    dispose(app)


def test_signing_in_through_the_provider_is_written_down(app: Flask, there: There) -> None:
    browser, nadia = visitor(app), roads.member_id(app, "Nadia")

    browser.get(go_and_return(browser, there))

    table = ledger.Base.metadata.tables["audit_event"]
    with roads.reading(app) as connection:
        rows = connection.execute(sa.select(table).where(table.c.about_member_id == nadia))
        assert [row.by_member_id for row in rows if row.action == "session:vouch"] == [nadia]


@pytest.mark.parametrize(
    "email",
    [
        "nobody@example.org",
        "fatima@example.org",
        "annelies@example.org",
        "gerda@example.org",
        "nadia@example.org.evil.example",
        "marij\u212ae@example.org",
        "%",
    ],
)
def test_nobody_but_staff_of_this_timebank_gets_in(app: Flask, there: There, email: str) -> None:
    browser = visitor(app)

    answer = browser.get(go_and_return(browser, there, email))

    assert refused(browser, answer)


def test_all_who_are_refused_read_the_same(sqlite_app: Flask, there: There) -> None:
    pages = set()
    for email, verified in [
        ("nobody@example.org", True),
        ("fatima@example.org", True),
        ("gerda@example.org", True),
        (NADIA, False),
    ]:
        browser = visitor(sqlite_app)
        there.lie(person={"email_verified": verified})
        answer = browser.get(go_and_return(browser, there, email))
        pages.add(without_tokens(browser.get(answer.headers["Location"]).text))

    assert len(pages) == 1
    assert "Gemeente Leiden is niet gelukt" in pages.pop()


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_an_address_that_is_not_proven_opens_nothing(
    sqlite_app: Flask, there: There, verified: object
) -> None:
    browser = visitor(sqlite_app)
    there.lie(person={"email_verified": verified})

    answer = browser.get(go_and_return(browser, there))

    assert refused(browser, answer)


def test_an_answer_counts_once_and_so_does_its_code(app: Flask, there: There) -> None:
    browser, thief = visitor(app), visitor(app)
    path = go_and_return(browser, there)
    with browser.session_transaction() as cookie, thief.session_transaction() as copy:
        copy.update(cookie)
    browser.get(path)

    again, copied = browser.get(path), thief.get(path)

    assert again.headers["Location"] == copied.headers["Location"] == "/sign-in"
    assert len(sessions(app)) == 1
    assert "key" not in thief_session(thief)


def thief_session(browser: FlaskClient) -> dict[str, Any]:
    with browser.session_transaction() as cookie:
        return dict(cookie)


def test_an_answer_counts_only_in_the_browser_that_left(sqlite_app: Flask, there: There) -> None:
    browser, victim = visitor(sqlite_app), visitor(sqlite_app)
    path = go_and_return(browser, there)
    leave(victim, there)

    strange = visitor(sqlite_app).get(path)
    planted = victim.get(path)

    assert refused(browser, strange)
    assert refused(victim, planted)
    assert browser.get(path).headers["Location"].startswith("/second-step")


@pytest.mark.parametrize("parts", [{"state": "another"}, {"state": ""}, {"state": "\u00e9"}])
def test_an_answer_with_another_state_opens_nothing(
    sqlite_app: Flask, there: There, parts: dict[str, str]
) -> None:
    browser = visitor(sqlite_app)
    path = go_and_return(browser, there)

    assert refused(browser, browser.get(changed(path, **parts)))


@pytest.mark.parametrize(
    "parts", [{"code": "another"}, {"code": ""}, {"iss": "https://evil.example"}]
)
def test_an_answer_with_another_code_or_sender_opens_nothing(
    sqlite_app: Flask, there: There, parts: dict[str, str]
) -> None:
    browser = visitor(sqlite_app)
    path = go_and_return(browser, there)

    assert refused(browser, browser.get(changed(path, **parts)))


def test_after_an_answer_that_was_not_right_the_right_one_comes_too_late(
    sqlite_app: Flask, there: There
) -> None:
    browser = visitor(sqlite_app)
    path = go_and_return(browser, there)

    browser.get(changed(path, code="another"))

    assert refused(browser, browser.get(path))


def test_an_answer_that_says_no_opens_nothing(sqlite_app: Flask, there: There) -> None:
    browser = visitor(sqlite_app)
    state = parse_qs(urlsplit(leave(browser, there)).query)["state"][0]

    answer = browser.get(BACK, query_string={"error": "access_denied", "state": state})

    assert refused(browser, answer)


def test_a_token_for_another_question_opens_nothing(sqlite_app: Flask, there: There) -> None:
    browser = visitor(sqlite_app)
    address = changed(leave(browser, there), nonce="another")

    answer = browser.get(path_of(there.sign_in(address, NADIA)))

    assert refused(browser, answer)


def test_a_code_is_worth_nothing_without_the_secret_of_the_browser(
    sqlite_app: Flask, there: There
) -> None:
    browser = visitor(sqlite_app)
    path = go_and_return(browser, there)
    with browser.session_transaction() as cookie:
        state, nonce, verifier, where = cookie["oidc"]
        cookie["oidc"] = [state, nonce, verifier[::-1], where]

    assert refused(browser, browser.get(path))


def test_a_token_that_is_too_old_opens_nothing(
    sqlite_app: Flask, there: There, clock: Clock
) -> None:
    browser = visitor(sqlite_app)
    path = go_and_return(browser, there)

    clock.advance(hours=1, minutes=2)

    assert refused(browser, browser.get(path))


@pytest.mark.parametrize(
    "lies",
    [
        {"key": "own", "claims": {"aud": "another"}},
        {"key": "own", "claims": {"aud": ["another"]}},
        {"key": "own", "claims": {"aud": "another", "azp": CLIENT_ID}},
        {"key": "own", "claims": {"aud": [CLIENT_ID, "another"]}},
        {"key": "own", "claims": {"aud": [CLIENT_ID, "another"], "azp": "another"}},
        {"key": "own", "claims": {"iss": "https://evil.example"}},
        {"key": "own", "claims": {"nonce": "another"}},
        {"key": "own", "claims": {"nonce": None}},
        {"key": "own", "claims": {"exp": 1}},
        {"key": "own", "claims": {"exp": None}},
        {"key": "own", "claims": {"iat": 10**10}},
        {"key": "own", "claims": {"sub": None}},
        {"key": "own", "claims": {"at_hash": "another"}},
        {"key": "own", "claims": {"email": [NADIA]}},
        {"key": "own", "claims": {"email_verified": "true"}},
        {"key": "other"},
        {"key": "none"},
        {"key": "secret"},
    ],
    ids=str,
)
def test_a_token_that_lies_or_is_signed_by_somebody_else_opens_nothing(
    sqlite_app: Flask, there: There, lies: dict[str, Any]
) -> None:
    browser = visitor(sqlite_app)
    there.lie(key=lies["key"], claims=proven() | lies.get("claims", {}))

    assert refused(browser, browser.get(go_and_return(browser, there)))


@pytest.mark.parametrize(
    ("lies", "told"),
    [
        ({"key": "own", "claims": {"aud": "another"}}, "InvalidClaimError aud"),
        ({"key": "other"}, "BadSignatureError"),
        ({"person": {"email_verified": False}}, "the address is not proven"),
    ],
    ids=str,
)
def test_the_log_tells_the_operator_why_and_names_nobody(
    sqlite_app: Flask,
    there: There,
    caplog: pytest.LogCaptureFixture,
    lies: dict[str, Any],
    told: str,
) -> None:
    browser = visitor(sqlite_app)
    there.lie(**lies)

    browser.get(go_and_return(browser, there))

    assert f"signing in through the provider: nobody is vouched for: {told}" in caplog.text
    assert "nadia" not in caplog.text


def test_the_same_token_signed_anew_by_the_provider_itself_opens(
    sqlite_app: Flask, there: There
) -> None:
    browser = visitor(sqlite_app)
    there.lie(key="own", claims=proven())

    browser.get(go_and_return(browser, there))

    assert [member for member, _ in sessions(sqlite_app)] == [roads.member_id(sqlite_app, "Nadia")]


def test_what_is_known_of_somebody_else_opens_nothing(sqlite_app: Flask, there: There) -> None:
    browser = visitor(sqlite_app)
    there.lie(userinfo={"sub": "somebody else"})

    assert refused(browser, browser.get(go_and_return(browser, there)))


def test_a_provider_that_spells_itself_otherwise_is_another_and_the_log_says_so(
    sqlite_app: Flask, there: There, caplog: pytest.LogCaptureFixture
) -> None:
    there.lie(metadata={"issuer": "https://evil.example"})

    answer = visitor(sqlite_app).post("/sign-in/oidc")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")
    assert "spells itself otherwise" in caplog.text


def test_a_provider_that_takes_its_secret_in_the_body_gets_it_there(
    sqlite_app: Flask, there: There
) -> None:
    browser = visitor(sqlite_app)
    there.lie(metadata={"token_endpoint_auth_methods_supported": ["client_secret_post"]})

    browser.get(go_and_return(browser, there))

    assert len(sessions(sqlite_app)) == 1


def test_with_a_provider_that_is_away_signing_in_by_mail_still_works(
    database_url: str, tmp_path: pathlib.Path, there: There
) -> None:
    app = make_app(database_url, tmp_path, **there.settings(oidc_issuer="http://localhost:9"))
    browser = visitor(app)

    answer = browser.post("/sign-in/oidc")
    screen = see(browser, answer.headers["Location"])
    browser.post("/sign-in", data={"timebank": "leiden", "email": "jan@example.org"})
    by_mail = browser.post(roads.mailed_link(app))

    assert "Gemeente Leiden antwoordt nu niet" in screen.text
    assert (by_mail.status_code, by_mail.headers["Location"]) == (303, "/")
    assert [member for member, _ in sessions(app)] == [roads.member_id(app, "Jan")]
    dispose(app)


def test_a_provider_that_goes_away_meanwhile_is_a_friendly_page(
    sqlite_app: Flask, there: There
) -> None:
    browser = visitor(sqlite_app)
    path = go_and_return(browser, there)
    sqlite_app.config["TIMEBANK_OIDC_ISSUER"] = "http://localhost:9"

    answer = browser.get(path.split("&iss=")[0])

    assert refused(browser, answer)
    assert "antwoordt nu niet" in see(browser, "/sign-in").text


@pytest.mark.parametrize("part", ["token_endpoint", "jwks_uri", "userinfo_endpoint"])
def test_a_provider_of_which_a_part_is_away_is_a_friendly_page(
    sqlite_app: Flask, there: There, part: str
) -> None:
    browser = visitor(sqlite_app)
    path = go_and_return(browser, there)
    there.lie(metadata={part: "http://localhost:9/"})

    answer = browser.get(path)

    assert refused(browser, answer)
    assert "antwoordt nu niet" in see(browser, "/sign-in").text


def test_who_tries_too_often_waits(
    app: Flask, there: There, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = Limit("vouched", 2, operations.VOUCHED_FROM_ONE_PLACE.stretch)
    monkeypatch.setattr(operations, "VOUCHED_FROM_ONE_PLACE", few)
    browser = visitor(app)
    path = go_and_return(browser, there)

    browser.get(f"{BACK}?state=x&code=x")
    answers = [browser.get(path), browser.post("/sign-in/oidc")]

    assert [answer.status_code for answer in answers] == [429, 429]
    assert answers[0].headers["Referrer-Policy"] == "no-referrer"
    assert sessions(app) == []


def test_nothing_of_the_provider_stays_in_answer_cookie_log_or_table(
    app: Flask, there: There, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    browser = visitor(app)
    path = go_and_return(browser, there)
    secrets = [parse_qs(urlsplit(path).query)[name][0] for name in ("code", "state")]

    answers = [browser.get(path), browser.get(path)]

    for answer in answers:
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        said = answer.text + str(answer.headers) + str(thief_session(browser))
        assert not [secret for secret in secrets if secret in said]
    assert not [one for one in (*secrets, NADIA, CLIENT_SECRET) if one in caplog.text]
    assert "oidc" not in thief_session(browser)
    tables = [table.name for table in ledger.Base.metadata.sorted_tables]
    assert not [name for name in tables if "token" in name or "oidc" in name]


def test_the_browser_asks_for_a_code_bound_to_it(sqlite_app: Flask, there: There) -> None:
    asked = parse_qs(urlsplit(leave(visitor(sqlite_app), there)).query)

    assert asked["code_challenge_method"] == ["S256"]
    assert asked["response_type"] == ["code"]
    assert asked["scope"] == ["openid email"]
    assert asked["redirect_uri"] == [f"http://localhost{BACK}"]
    assert asked["ui_locales"] == ["nl"]
    assert all(len(asked[name][0]) >= 43 for name in ("state", "nonce", "code_challenge"))


@pytest.mark.parametrize("away", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_after_signing_in_nobody_is_led_to_another_site(
    sqlite_app: Flask, there: There, away: str
) -> None:
    browser = visitor(sqlite_app)
    there.lie(key="own", claims=proven(amr=["mfa"]))

    answer = browser.get(go_and_return(browser, there, next=away))

    assert answer.headers["Location"] == "/"
