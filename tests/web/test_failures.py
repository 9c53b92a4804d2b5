# SPDX-License-Identifier: EUPL-1.2
"""When something breaks: a friendly page, nothing saved, and nobody's words in the log."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import OperationalError

from tests.web import roads
from tests.web.roads import form_address, see, sign_in, visitor
from tests.web.screens import Screen
from timebank.extensions import db
from timebank.web import exchange_form, home

CANARY = "fatima-has-a-secret"


@contextmanager
def database_away(app: Flask) -> Iterator[None]:
    """Let every statement fail as if the server were not there."""

    def refuse(*_: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception(CANARY))

    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", refuse)
    yield
    sa.event.remove(engine, "before_cursor_execute", refuse)


def explode(*_: object, **__: object) -> None:
    raise RuntimeError(CANARY)


def test_an_unexpected_failure_is_a_page_and_logs_type_and_place_only(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(home, "all_timebanks", explode)

    answer = visitor(app).get("/")

    assert answer.status_code == 500
    assert Screen(answer).title
    assert CANARY not in answer.text
    assert "Traceback" not in answer.text
    (record,) = [one for one in caplog.records if one.levelno >= logging.ERROR]
    assert CANARY not in caplog.text
    assert "RuntimeError" in record.getMessage()
    assert "test_failures.py" in record.getMessage()


def test_a_failure_while_sending_saves_nothing_and_keeps_the_form(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    fatima = sign_in(app, "Fatima")
    key = roads.fill_in(fatima)
    digest = roads.digest_of_all_tables(app)
    real = exchange_form.log_exchange

    def log_then_fail(*args: object, **named: object) -> None:
        real(*args, **named)  # type: ignore[arg-type]
        explode()

    monkeypatch.setattr(exchange_form, "log_exchange", log_then_fail)
    broken = fatima.post(form_address("gave", key, "check"))
    after = roads.digest_of_all_tables(app)
    monkeypatch.setattr(exchange_form, "log_exchange", real)
    again = fatima.post(form_address("gave", key, "check"))

    assert broken.status_code == 500
    assert after == digest
    assert again.status_code == 303
    assert roads.row_counts(app)["exchange"] == 1


def test_a_refusal_in_the_middle_of_a_request_is_one_friendly_page(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(*_: object, **__: object) -> None:
        raise OperationalError("SELECT 1", {"note": CANARY}, Exception(CANARY))

    monkeypatch.setattr(home, "newest_of_member", away)

    answer = sign_in(app, "Fatima").get("/")

    assert answer.status_code == 503
    assert Screen(answer).title
    assert CANARY not in answer.text + caplog.text


def test_a_database_that_is_away_is_a_friendly_page_for_everyone(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    fatima, nobody = sign_in(app, "Fatima"), visitor(app)
    key = roads.fill_in(fatima)

    with database_away(app):
        answers = [
            fatima.get("/"),
            fatima.get("/my-hours"),
            fatima.post(form_address("gave", key, "check")),
            fatima.post("/language", data={"form_key": str(key), "note": "tea"}),
            nobody.get("/timebanks/leiden"),
            nobody.get("/sign-in"),
            nobody.post("/sign-in", data={"timebank": "leiden", "email": "jan@example.org"}),
        ]
        alive = nobody.get("/health")

    assert [answer.status_code for answer in answers] == [503] * 7
    assert all(Screen(answer).title for answer in answers)
    assert alive.status_code == 200
    assert CANARY not in caplog.text
    assert all(CANARY not in answer.text for answer in answers)
    assert see(fatima, form_address("gave", key, "check"))


def test_a_page_that_is_not_there_is_said_when_the_database_is_away(app: Flask) -> None:
    fatima = sign_in(app, "Fatima")

    with database_away(app):
        answer = fatima.get("/nowhere")

    assert answer.status_code in (404, 503)
    assert Screen(answer).title


def test_a_frame_that_breaks_does_not_break_the_page_of_the_error(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    fatima = sign_in(app, "Fatima")
    monkeypatch.setattr("timebank.web.guard.signed_in", explode)

    answer = fatima.get("/")

    assert answer.status_code == 500
    assert Screen(answer).title
    assert CANARY not in answer.text
