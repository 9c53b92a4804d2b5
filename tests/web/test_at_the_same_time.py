# SPDX-License-Identifier: EUPL-1.2
"""Many at once: one form sent by 32 threads, one exchange approved by eight."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.web import roads
from tests.web.roads import form_address, sign_in


def at_once(
    browsers: list[FlaskClient], act: Callable[[FlaskClient], TestResponse]
) -> list[TestResponse]:
    """Let every browser act at the same moment, each in a thread of its own."""
    barrier = Barrier(len(browsers))

    def run(browser: FlaskClient) -> TestResponse:
        barrier.wait()
        return act(browser)

    with ThreadPoolExecutor(len(browsers)) as pool:
        return list(pool.map(run, browsers))


def test_a_form_that_32_threads_send_is_one_exchange_at_one_address(app: Flask) -> None:
    key = roads.fill_in(sign_in(app, "Fatima"))
    browsers = [sign_in(app, "Fatima") for _ in range(32)]

    answers = at_once(browsers, lambda one: one.post(form_address("gave", key, "check")))

    assert {answer.status_code for answer in answers} == {303}
    (address,) = {answer.headers["Location"] for answer in answers}
    assert address.startswith("/exchanges/")
    assert "new" not in address
    counts = roads.row_counts(app)
    assert (counts["exchange"], counts["exchange_event"], counts["exchange_draft"]) == (1, 1, 0)
    assert roads.balance(app, "Fatima") == (0, 0, 90, 0)
    assert roads.books_are_sound(app)


@pytest.mark.parametrize("names", [["Nadia", "Bart"] * 4])
def test_an_exchange_that_eight_approve_at_once_is_posted_once(
    app: Flask, names: list[str]
) -> None:
    exchange_id = roads.log_help(sign_in(app, "Fatima"))
    browsers = [sign_in(app, name) for name in names]

    answers = at_once(browsers, lambda one: one.post(f"/desk/{exchange_id}/approve"))

    assert {answer.status_code for answer in answers} == {303}
    told = {(name, outcome_of(one)) for name, one in zip(names, browsers, strict=True)}
    # Whoever was first reads so as often as they ask; everybody else reads that they were second.
    winners = {name for name, outcome in told if outcome == "approved"}
    assert len(winners) == 1
    assert {outcome for _, outcome in told} <= {"approved", "second"}
    assert roads.row_counts(app)["ledger_entry"] == 2
    assert roads.balance(app, "Fatima") == (90, 0, 0, 0)
    assert roads.books_are_sound(app)


def outcome_of(browser: FlaskClient) -> str:
    with browser.session_transaction() as cookie:
        return str(cookie["desk"][1])


def test_approving_and_taking_back_at_once_has_one_winner(app: Flask) -> None:
    fatima = sign_in(app, "Fatima")
    for _ in range(4):
        exchange_id = roads.log_help(fatima)
        actors = {sign_in(app, "Nadia"): f"/desk/{exchange_id}/approve"}
        actors[sign_in(app, "Fatima")] = f"/exchanges/{exchange_id}/withdraw"

        answers = at_once(list(actors), lambda one, to=actors: one.post(to[one]))  # type: ignore[misc]

        assert {answer.status_code for answer in answers} <= {303, 409}
        assert roads.books_are_sound(app)
    credited, _, pending, _ = roads.balance(app, "Fatima")
    assert (credited % 90, pending) == (0, 0)


def test_a_link_that_32_open_at_once_opens_one_session(app: Flask) -> None:
    asking = roads.visitor(app)
    asking.post("/sign-in", data={"timebank": "leiden", "email": "jan@example.org"})
    path = roads.mailed_link(app)
    browsers = [roads.visitor(app) for _ in range(32)]
    for browser in browsers:
        with asking.session_transaction() as cookie, browser.session_transaction() as copy:
            copy.update(cookie)

    answers = at_once(browsers, lambda one: one.post(path))

    assert sorted(answer.status_code for answer in answers) == [303, *[410] * 31]
    assert roads.row_counts(app)["member_session"] == 1


def test_a_first_answer_that_is_sent_many_times_at_once_is_kept_once(app: Flask) -> None:
    typed = roads.named("Jan")
    for _ in range(3):
        address = form_address("gave", uuid.uuid4(), "other")
        browsers = [sign_in(app, "Fatima") for _ in range(8)]

        answers = at_once(browsers, lambda one, to=address: one.post(to, data=typed))  # type: ignore[misc]

        assert {answer.status_code for answer in answers} == {303}
    assert len(roads.drafts(app)) == 3
