# SPDX-License-Identifier: EUPL-1.2
"""Addresses, methods and bodies that no page of ours sends."""

from __future__ import annotations

import io

import pytest
from flask import Flask

from tests.web import roads
from tests.web.roads import form_address, see, sign_in, visitor
from tests.web.screens import Screen

NOT_IDS = [
    "0",
    "-1",
    "none",
    "1" * 200,
    "00000000-0000-0000-0000-00000000000g",
    "%27",
    "a/b",
    "%00",
]
ADDRESSES = [
    ("GET", "/exchanges/{}"),
    ("POST", "/exchanges/{}/withdraw"),
    ("POST", "/desk/{}/approve"),
    ("POST", "/desk/{}/reject"),
    ("GET", "/exchanges/new/gave/{}/other"),
    ("GET", "/exchanges/new/{}"),
    ("GET", "/exchanges/new/lent/00000000-0000-0000-0000-000000000001/{}"),
]


@pytest.mark.parametrize("not_an_id", NOT_IDS)
def test_an_address_with_something_else_for_an_id_answers_404(
    sqlite_app: Flask, not_an_id: str
) -> None:
    browser = sign_in(sqlite_app, "Nadia")

    for method, address in ADDRESSES:
        answer = browser.open(address.format(not_an_id), method=method)
        assert answer.status_code == 404, address
        assert Screen(answer).title


@pytest.mark.parametrize(
    "slug", ["nowhere", "LEIDEN", "leiden'--", "%25", "x" * 5000, "%F0%9F%92%A9"]
)
def test_a_timebank_that_is_not_there_answers_404(app: Flask, slug: str) -> None:
    browser = visitor(app)

    answers = [
        browser.get(f"/timebanks/{slug}"),
        browser.get(f"/sign-in/{slug}/token"),
        browser.post(f"/sign-in/{slug}/token"),
        browser.post("/sign-in/demo", data={"person": f"{slug}/{'0' * 32}"}),
    ]

    assert [answer.status_code for answer in answers] == [404] * 4


def test_a_null_byte_in_the_name_of_a_timebank_answers_404(postgresql_app: Flask) -> None:
    browser = visitor(postgresql_app)

    answers = [
        browser.get("/timebanks/%00"),
        browser.get("/sign-in/%00/token"),
        browser.post("/sign-in/demo", data={"person": f"\x00/{'0' * 32}"}),
    ]

    assert [answer.status_code for answer in answers] == [404] * 3


@pytest.mark.parametrize(
    "before",
    ["0", "-1", "x", "1e3", "99999999999999999999", "9" * 5000, "٢", "2147483648", "1.5", ""],
)
def test_a_line_that_is_no_line_shows_the_newest(app: Flask, before: str) -> None:
    exchange_id = roads.log_help(sign_in(app, "Fatima"))
    sign_in(app, "Nadia").post(f"/desk/{exchange_id}/approve")

    answer = sign_in(app, "Fatima").get("/my-hours", query_string={"before": before})

    assert answer.status_code == 200
    if before != "٢":
        assert f"/exchanges/{exchange_id}" in Screen(answer).links


def test_after_the_last_line_the_way_back_is_shown(app: Flask) -> None:
    exchange_id = roads.log_help(sign_in(app, "Fatima"))
    sign_in(app, "Nadia").post(f"/desk/{exchange_id}/approve")

    screen = see(sign_in(app, "Fatima"), "/my-hours?before=1")

    assert not screen.all("table")
    assert screen.links.count("/my-hours") >= 2


def test_a_method_that_an_address_does_not_know_answers_405(sqlite_app: Flask) -> None:
    for rule in sqlite_app.url_map.iter_rules():
        if "<" in rule.rule or rule.rule in ("/sign-in", "/language"):
            continue
        for method in ("PUT", "DELETE", "PATCH"):
            answer = sign_in(sqlite_app, "Nadia").open(rule.rule, method=method)
            assert answer.status_code == 405, (method, rule.rule)
            assert Screen(answer).title
    assert visitor(sqlite_app).get("/language").status_code == 405
    assert visitor(sqlite_app).get("/sign-out").status_code == 405
    assert visitor(sqlite_app).open("/sign-in", method="DELETE").status_code == 405


@pytest.mark.parametrize("csrf", [False, True])
def test_a_body_of_a_megabyte_answers_413_and_saves_nothing(
    app: Flask,
    csrf: bool,
) -> None:
    app.config["WTF_CSRF_ENABLED"] = csrf
    fatima = sign_in(app, "Fatima")
    key = roads.begin(fatima)
    rows = roads.row_counts(app)

    answer = fatima.post(form_address("gave", key, "note"), data={"note": "n" * 1_000_000})

    assert answer.status_code == 413
    assert Screen(answer).title
    assert roads.row_counts(app) == rows


def test_a_form_of_two_hundred_parts_is_refused(sqlite_app: Flask) -> None:
    fatima = sign_in(sqlite_app, "Fatima")
    key = roads.begin(fatima)
    parts: dict[str, object] = {f"part{number}": "x" for number in range(200)}
    parts["file"] = (io.BytesIO(b"x"), "x.txt")

    answer = fatima.post(form_address("gave", key, "other"), data=parts)

    assert answer.status_code == 413
    assert Screen(answer).title


def test_fields_that_nobody_asked_for_are_left_alone(app: Flask) -> None:
    fatima = sign_in(app, "Fatima")
    key = roads.fill_in(fatima)
    extra = {"helper": "x", "state": "approved", "minutes": "1440", "member_id": "1", "side": "no"}

    address = fatima.post(form_address("gave", key, "check"), data=extra).headers["Location"]

    assert see(fatima, address).of_class("tb-badge--submitted")
    assert roads.balance(app, "Fatima") == (0, 0, 90, 0)


@pytest.mark.parametrize(
    "content_type", ["application/json", "text/plain", "multipart/form-data", ""]
)
def test_a_body_of_another_kind_is_an_empty_form(sqlite_app: Flask, content_type: str) -> None:
    fatima = sign_in(sqlite_app, "Fatima")
    key = roads.begin(fatima)

    answer = fatima.post(
        form_address("gave", key, "other"), data=b"{\xff\xfe[", content_type=content_type
    )

    assert answer.status_code in (400, 422)


def test_letters_that_are_no_utf8_do_no_harm(app: Flask) -> None:
    fatima = sign_in(app, "Fatima")
    key = roads.begin(fatima)
    body = b"other_text=%ff%fe%ed%a0%80Jan"

    answer = fatima.post(
        form_address("gave", key, "other"),
        data=body,
        content_type="application/x-www-form-urlencoded",
    )

    assert answer.status_code == 422


@pytest.mark.parametrize(
    "words", ["\x00", "a\x00b", "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16")]
)
def test_signs_that_no_one_types_are_kept_when_the_language_changes(app: Flask, words: str) -> None:
    fatima = sign_in(app, "Fatima")
    key = roads.begin(fatima)

    answer = fatima.post(
        "/language", data={"form_key": str(key), "note": words, "language": "en", "next": "/"}
    )

    assert answer.status_code == 303
    assert roads.drafts(app)[key]["note"] == words


def test_who_asks_for_another_host_is_refused_without_a_failure(
    sqlite_app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    sqlite_app.config["TRUSTED_HOSTS"] = ["tijdbank.example.org"]

    theirs = sqlite_app.test_client().get("/", base_url="https://evil.example.org")
    ours = sqlite_app.test_client().get("/", base_url="https://tijdbank.example.org")

    assert (theirs.status_code, ours.status_code) == (400, 200)
    assert "evil" not in theirs.text
    assert caplog.records == []
