# SPDX-License-Identifier: EUPL-1.2
"""Appointments as people meet them on their screens."""

from __future__ import annotations

import datetime
import uuid
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

import ledger
from tests import builders
from tests.conftest import Clock
from tests.web import roads
from tests.web.roads import named, see, sign_in
from tests.web.screens import Screen
from timebank.jobs.schedule import remind

DAY = datetime.timedelta(days=1)
REST = {
    "category": "groceries",
    "part": "afternoon",
    "at_time": "",
    "place": "Bij de flat",
    "tasks": "Samen naar de markt",
    "minutes": "1:30",
}


def on(day: datetime.date) -> dict[str, str]:
    return {f"happens_on_{part}": str(getattr(day, part)) for part in ("day", "month", "year")}


def agree(
    browser: FlaskClient,
    side: str = "gave",
    other: str = "Jan",
    day: datetime.date = builders.TODAY + 2 * DAY,
    **changes: str,
) -> uuid.UUID:
    """Walk both steps of the form and return the id of the appointment."""
    first = see(browser, f"/appointments/new/{side}")
    address = f"/appointments/new/{side}"
    sent = first.fields(first.form(address)) | named(other)
    second = Screen(browser.post(address, data=sent))
    assert second.status == 200, second.text
    filled_in = second.fields(second.form(address)) | REST | on(day) | changes
    answer = browser.post(address, data=filled_in)
    assert answer.status_code == 303, Screen(answer).messages
    return uuid.UUID(urlsplit(answer.headers["Location"]).path.split("/")[-1])


def states(app: Flask) -> list[str]:
    table = ledger.Base.metadata.tables["appointment"]
    with roads.reading(app) as connection:
        return list(connection.scalars(sa.select(table.c.state).order_by(table.c.made_at)))


@pytest.mark.policy("L9")
def test_an_appointment_is_reminded_of_and_one_that_did_not_happen_books_nothing(
    app: Flask, clock: Clock
) -> None:
    fatima, nadia = sign_in(app, "Fatima", "en"), sign_in(app, "Nadia", "en")
    appointment = agree(fatima)
    page = see(fatima, f"/appointments/{appointment}")
    assert "Bij de flat" in page.text
    assert "Samen naar de markt" in page.text

    clock.advance(days=1, hours=1)
    with app.app_context():
        assert [remind(), remind()] == ["2 reminded", "0 reminded"]
    (mail,) = [text for text in roads.mails_to(app, "fatima@example.org") if "morgen" in text]
    assert f"/appointments/{appointment}" in mail
    clock.advance(days=2)
    fatima = sign_in(app, "Fatima", "en")
    home = see(fatima, "/")
    assert f"/appointments/{appointment}" in home.links
    answers = [fatima.post(f"/appointments/{appointment}/not-kept") for _ in range(2)]

    assert [one.status_code for one in answers] == [303, 303]
    assert roads.row_counts(app)["ledger_transfer"] == 0
    assert roads.row_counts(app)["exchange"] == 0
    nadia = sign_in(app, "Nadia", "en")
    counts = see(nadia, "/appointments/counts")
    row = next(one for one in counts.all("tr") if "Slaaghwijk" in one.text)
    assert row.text == "Slaaghwijk000100"
