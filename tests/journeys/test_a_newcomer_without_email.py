# SPDX-License-Identifier: EUPL-1.2
"""The promise that nobody needs e-mail: a letter in hand, help written down and counted."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

import ledger
from tests import builders
from tests.web import roads
from tests.web.roads import see

SignIn = Callable[[str], FlaskClient]


@pytest.mark.policy("V9")
def test_a_newcomer_without_email_is_a_full_member(app: Flask, sign_in_as: SignIn) -> None:
    nadia = sign_in_as("Nadia")
    enrolled = nadia.post(
        "/people/new/enrol",
        data={
            "given_name": "Truus",
            "family_name": "Jansen",
            "neighbourhood": builders.SLAAGHWIJK,
            "birth_year": "1948",
            "language": "nl",
        },
    )
    truus = uuid.UUID(enrolled.headers["Location"].split("/")[-1])

    letter = nadia.post(f"/people/{truus}/letter").text
    code = re.search(r"\b[A-Z2-9]{4}-[A-Z2-9]{4}\b", letter)
    assert code is not None
    newcomer = app.test_client()
    form = see(newcomer, "/sign-in/letter").form("/sign-in/letter")
    data = {"timebank": "leiden", "code": code[0].lower().replace("-", " ")}
    assert newcomer.post(form["action"], data=data).headers["Location"] == "/"

    exchange_id = roads.log_help(newcomer, day={"helped_on": builders.TODAY.isoformat()})
    assert nadia.post(f"/desk/{exchange_id}/approve").status_code == 303

    assert roads.balance(app, "Truus") == (90, 0, 0, 0)
    assert "Truus Jansen hielp Jan van den Berg" in see(newcomer, "/my-hours").text
    assert "Goedgekeurd" in see(newcomer, f"/exchanges/{exchange_id}").text
    fatima = sign_in_as("Fatima")
    received = roads.log_help(
        fatima,
        other={"other_text": "Truus Jansen"},
        day={"helped_on": builders.TODAY.isoformat()},
    )
    assert "Truus Jansen" in see(fatima, f"/exchanges/{received}").text
    assert roads.books_are_sound(app)

    assert "Truus" in all_rows(app)
    leave = see(newcomer, "/my-data/leave").form("/my-data/leave")
    assert newcomer.post(leave["action"], data={"sure": "yes"}).headers["Location"] == "/left"

    assert newcomer.get("/my-hours").headers["Location"].startswith("/sign-in")
    assert "Truus" not in all_rows(app)
    assert "oud-deelnemer" in see(fatima, f"/exchanges/{received}").text
    assert nadia.get(f"/people/{truus}").status_code == 404
    assert roads.books_are_sound(app)


def all_rows(app: Flask) -> str:
    """Return everything that stands in the database, as text."""
    with roads.reading(app) as connection:
        tables = ledger.Base.metadata.sorted_tables
        return repr([connection.execute(sa.select(table)).all() for table in tables])
