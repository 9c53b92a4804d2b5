# SPDX-License-Identifier: EUPL-1.2
"""What the server answers to a phone that wrote help down without a network."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.conftest import Clock
from tests.web import roads
from tests.web.roads import sign_in, visitor

HEADERS = {"X-Timebank-Queue": "1"}


def entry(app: Flask, **changes: object) -> dict[str, Any]:
    return {
        "key": str(uuid.uuid4()),
        "side": "gave",
        "other": str(roads.member_id(app, "Jan")),
        "category": "groceries",
        "minutes": 60,
        "helped_on": "2026-03-09",
    } | changes


def send(
    app: Flask, browser: FlaskClient, *entries: dict[str, Any], owner: str = "Fatima"
) -> TestResponse:
    request = {"owner": str(roads.member_id(app, owner)), "entries": list(entries)}
    return browser.post("/exchanges/queued", json=request, headers=HEADERS)


def verdicts(answer: TestResponse) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    found: list[dict[str, str]] = answer.get_json()["answers"]
    return found


def outcomes(answer: TestResponse) -> list[str]:
    return [verdict["outcome"] for verdict in verdicts(answer)]


def exchanges(app: Flask) -> int:
    return roads.row_counts(app)["exchange"]


def test_each_entry_gets_its_own_answer_and_twice_is_once(app: Flask) -> None:
    fatima = sign_in(app, "Fatima")
    fits = entry(app)
    delivery = [fits, entry(app, minutes=7), entry(app, side="received"), fits]

    first = verdicts(send(app, fatima, *delivery))
    again = verdicts(send(app, fatima, *reversed(delivery)))

    assert [one["outcome"] for one in first] == ["stands", "refused", "stands", "stands"]
    assert first[1]["field"] == "minutes"
    assert "stappen van" in first[1]["words"]
    assert [one["outcome"] for one in again] == ["stands", "stands", "refused", "stands"]
    assert exchanges(app) == 2
    assert roads.balance(app, "Jan")[3] == 60
    assert roads.books_are_sound(app)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"other": None}, "other"),
        ({"other": str(uuid.uuid4())}, "other"),
        ({"category": "none"}, "category"),
        ({"minutes": -60}, "minutes"),
        ({"helped_on": "2026-03-11"}, "helped_on"),
        ({"helped_on": "yesterday"}, "helped_on"),
    ],
)
def test_what_does_not_fit_waits_as_a_form_and_is_finished_there(
    app: Flask, changes: dict[str, object], field: str
) -> None:
    fatima, one = sign_in(app, "Fatima"), entry(app, **changes)

    (verdict,) = verdicts(send(app, fatima, one))

    assert (verdict["outcome"], verdict["field"]) == ("refused", field)
    assert verdict["words"]
    form = verdict["url"].removesuffix("check")
    step = {"helped_on": "day"}.get(field, field)
    right = roads.named("Jan") if step == "other" else roads.ANSWERS[step]
    assert fatima.post(form + step, data=right).status_code == 303
    assert fatima.post(form + "check").headers["Location"].count("/exchanges/") == 1
    assert exchanges(app) == 1
    assert outcomes(send(app, fatima, one)) == ["refused"]
    assert exchanges(app) == 1


def test_a_refused_entry_that_comes_in_late_books_nothing(app: Flask, clock: Clock) -> None:
    fatima, one = sign_in(app, "Fatima"), entry(app, helped_on="2026-03-11")
    assert outcomes(send(app, fatima, one)) == ["refused"]

    clock.advance(days=2)

    assert outcomes(send(app, fatima, one)) == ["refused"]
    assert exchanges(app) == 0


def test_what_was_taken_stands_also_when_it_would_not_fit_any_more(app: Flask) -> None:
    fatima, one = sign_in(app, "Fatima"), entry(app)
    assert outcomes(send(app, fatima, one)) == ["stands"]

    roads.close(app, "groceries")

    assert outcomes(send(app, fatima, one)) == ["stands"]
    assert exchanges(app) == 1


def test_the_same_key_with_other_answers_changes_nothing(app: Flask) -> None:
    fatima, one = sign_in(app, "Fatima"), entry(app)
    send(app, fatima, one)

    (verdict,) = verdicts(send(app, fatima, one | {"minutes": 90}))

    assert (verdict["outcome"], verdict["field"]) == ("refused", "form")
    assert roads.see(fatima, verdict["url"])
    assert exchanges(app) == 1
    assert not roads.drafts(app)


def test_work_of_a_professional_leaves_no_trace_of_its_kind(app: Flask) -> None:
    fatima, one = sign_in(app, "Fatima"), entry(app, category="personal_care")

    (verdict,) = verdicts(send(app, fatima, one))

    assert (verdict["outcome"], verdict["field"]) == ("refused", "category")
    assert "personal_care" not in str(roads.drafts(app))
    assert exchanges(app) == 0


def test_ninety_days_later_one_signs_in_and_it_is_delivered(app: Flask, clock: Clock) -> None:
    fatima, one = sign_in(app, "Fatima"), entry(app)
    clock.advance(days=90)

    asked = send(app, fatima, one)
    delivered = send(app, sign_in(app, "Fatima"), one)

    assert asked.status_code == 401
    assert asked.get_json() == {"sign_in": True}
    assert outcomes(delivered) == ["stands"]


def test_an_entry_of_somebody_else_waits_for_them(app: Flask) -> None:
    one = entry(app, other=str(roads.member_id(app, "Greet")))

    assert outcomes(send(app, sign_in(app, "Jan"), one)) == ["not_yet"]
    assert send(app, sign_in(app, "Annelies"), one).status_code == 403
    assert exchanges(app) == 0
    assert not roads.drafts(app)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        HEADERS | {"Sec-Fetch-Site": "cross-site"},
        HEADERS | {"Sec-Fetch-Site": "same-site"},
        HEADERS | {"Origin": "https://elsewhere.example.org"},
        HEADERS | {"Origin": "null"},
    ],
)
def test_another_site_cannot_deliver(strict_app: Flask, headers: dict[str, str]) -> None:
    fatima = sign_in(strict_app, "Fatima")
    owner = str(roads.member_id(strict_app, "Fatima"))
    request = {"owner": owner, "entries": [entry(strict_app)]}

    refused = fatima.post("/exchanges/queued", json=request, headers=headers)
    own = HEADERS | {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}

    assert refused.status_code == 400
    assert exchanges(strict_app) == 0
    assert fatima.post("/exchanges/queued", json=request, headers=own).status_code == 200


def test_a_delivery_of_another_shape_is_not_taken(sqlite_app: Flask) -> None:
    fatima, fits = sign_in(sqlite_app, "Fatima"), entry(sqlite_app)

    answers = [
        send(sqlite_app, fatima),
        send(sqlite_app, fatima, *[fits | {"key": str(uuid.uuid4())} for _ in range(21)]),
        send(sqlite_app, fatima, fits | {"note": "two bags"}),
        send(sqlite_app, fatima, fits | {"key": "1"}),
        send(sqlite_app, fatima, fits | {"minutes": "60"}),
        fatima.post("/exchanges/queued", data="{", headers=HEADERS),
        fatima.post("/exchanges/queued", json=[1], headers=HEADERS),
        fatima.post(
            "/exchanges/queued",
            data="[" * 60_000,
            headers=HEADERS,
            content_type="application/json",
        ),
    ]

    assert {answer.status_code for answer in answers} == {422}
    assert exchanges(sqlite_app) == 0


def test_a_phone_learns_no_name(app: Flask) -> None:
    fatima = sign_in(app, "Fatima")
    with fatima.session_transaction() as cookie:
        cookie.permanent = True
    roads.log_help(fatima)

    known = fatima.get("/exchanges/queued/known").get_json()

    assert known["owner"] == str(roads.member_id(app, "Fatima"))
    assert [(one["id"], one["label"]) for one in known["people"]] == [
        (str(roads.member_id(app, "Jan")), "J. v. d. B.")
    ]
    assert "Berg" not in str(known)
    assert "groceries" in {kind["code"] for kind in known["kinds"]}
    assert "personal_care" not in {kind["code"] for kind in known["kinds"]}


def test_a_shared_device_and_a_stranger_learn_less(app: Flask) -> None:
    fatima = sign_in(app, "Fatima")
    roads.log_help(fatima)

    shared = fatima.get("/exchanges/queued/known").get_json()

    assert shared["shared"]
    assert shared["people"] == []
    for nobody in (visitor(app), sign_in(app, "Annelies")):
        assert nobody.get("/exchanges/queued/known").get_json() == {"owner": None}


@pytest.mark.parametrize("shared", [True, False])
def test_signing_out_takes_the_queue_only_from_a_shared_device(app: Flask, shared: bool) -> None:
    fatima = sign_in(app, "Fatima")
    with fatima.session_transaction() as cookie:
        cookie.permanent = not shared

    forgets = fatima.post("/sign-out").headers["Clear-Site-Data"]

    assert ('"storage"' in forgets) is shared
    assert '"cache"' in forgets


def test_the_phone_keeps_a_page_about_nobody(sqlite_app: Flask) -> None:
    fatima = sign_in(sqlite_app, "Fatima")

    worker = visitor(sqlite_app).get("/service-worker/en.js")
    kept = json.loads(worker.text.splitlines()[0].removeprefix("const KEPT = ").removesuffix(";"))
    signed_in, stranger = (one.get("/offline/en") for one in (fatima, visitor(sqlite_app)))

    assert worker.headers["Service-Worker-Allowed"] == "/"
    assert kept["page"] == "/offline/en"
    assert "Is being sent" in stranger.text
    assert signed_in.text == stranger.text
    assert not [name for name in ("Fatima", "csrf_token", "Leiden") if name in stranger.text]
    for path in kept["shell"]:
        assert visitor(sqlite_app).get(path, buffered=True).status_code == 200, path
