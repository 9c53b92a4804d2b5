# SPDX-License-Identifier: EUPL-1.2
"""The roads that tests walk in a browser, and what they count in the database behind it."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

import ledger
from tests import builders
from tests.web.screens import Screen
from timebank import clock
from timebank.areas.models import Timebank
from timebank.categories.operations import close_category
from timebank.extensions import db
from timebank.web.language import COOKIE

QUESTIONS = ("other", "category", "day", "minutes", "note")


def named(given_name: str) -> dict[str, str]:
    """Return the answer that names one of the town; the beginning of a name is not enough."""
    family = next(
        people[given_name][0] for people in builders.TOWN.values() if given_name in people
    )
    return {"other_text": f"{given_name} {family}"}


ANSWERS: dict[str, dict[str, str]] = {
    "other": named("Jan"),
    "category": {"category": "groceries"},
    "day": {"helped_on": "2026-03-09"},
    "minutes": {"minutes": "90"},
    "note": {"note": ""},
}


def sign_in(app: Flask, given_name: str, language: str = "nl") -> FlaskClient:
    """Return a browser in which this person is signed in."""
    with app.app_context():
        member = builders.member_of(db.session, given_name)
        timebank_id = member.timebank_id
        key = builders.a_key(db.session, member, now=clock.now())
    browser = visitor(app, language)
    with browser.session_transaction() as cookie:
        cookie["timebank_id"], cookie["key"] = timebank_id, key
        cookie["seen"] = int(clock.now().timestamp())
    return browser


def visitor(app: Flask, language: str = "nl") -> FlaskClient:
    """Return a browser in which nobody is signed in."""
    browser = app.test_client()
    if language != "nl":
        browser.set_cookie(COOKIE, language)
    return browser


def see(browser: FlaskClient, address: str) -> Screen:
    """Open a page that must be there."""
    screen = Screen(browser.get(address))
    assert screen.status == 200, (address, screen.text)
    return screen


def form_address(side: str, key: uuid.UUID | str, step: str) -> str:
    return f"/exchanges/new/{side}/{key}/{step}"


def begin(browser: FlaskClient, side: str = "gave") -> uuid.UUID:
    """Begin a form and return its key."""
    location = browser.get(f"/exchanges/new/{side}").headers["Location"]
    assert location.endswith("/other")
    return uuid.UUID(urlsplit(location).path.split("/")[-2])


def fill_in(
    browser: FlaskClient,
    side: str = "gave",
    *,
    key: uuid.UUID | None = None,
    until: str = "check",
    **changes: Mapping[str, str],
) -> uuid.UUID:
    """Answer the questions that come before a step, and return the key of the form."""
    key = key or begin(browser, side)
    steps = (*QUESTIONS, "check")
    for number, step in enumerate(QUESTIONS[: steps.index(until)]):
        response = browser.post(
            form_address(side, key, step), data=dict(changes.get(step, ANSWERS[step]))
        )
        assert response.status_code == 303, (step, Screen(response).messages)
        assert response.headers["Location"] == form_address(side, key, steps[number + 1])
    return key


def log_help(browser: FlaskClient, side: str = "gave", **changes: Mapping[str, str]) -> uuid.UUID:
    """Log an exchange through the form and return its id."""
    key = fill_in(browser, side, **changes)
    response = browser.post(form_address(side, key, "check"))
    assert response.status_code == 303
    return uuid.UUID(urlsplit(response.headers["Location"]).path.split("/")[-1])


def mailed_link(app: Flask) -> str:
    """Return the path of the link that stands in the newest mail."""
    mail = ledger.Base.metadata.tables["mail"]
    with reading(app) as connection:
        body = connection.scalar(sa.select(mail.c.body).order_by(mail.c.id.desc()).limit(1))
    found = re.search(r"http://localhost(/sign-in/\S+)", body or "")
    assert found
    return found[1]


def mails_to(app: Flask, address: str) -> list[str]:
    """Return subject and body of each mail to this address, oldest first."""
    mail = ledger.Base.metadata.tables["mail"]
    query = sa.select(mail.c.subject, mail.c.body).where(mail.c.to_address == address)
    with reading(app) as connection:
        rows = connection.execute(query.order_by(mail.c.id))
        return [f"{row.subject}\n{row.body}" for row in rows]


def member_id(app: Flask, given_name: str) -> uuid.UUID:
    with app.app_context():
        return builders.member_of(db.session, given_name).id


def close(app: Flask, category: str) -> None:
    """Let Leiden offer this kind of help no more."""
    with app.app_context():
        timebank = builders.timebank_of(db.session)
        close_category(db.session, timebank_id=timebank.id, code=category)
        db.session.commit()


@contextmanager
def reading(app: Flask) -> Iterator[sa.Connection]:
    """Look into the database beside the application."""
    with app.app_context():
        engine = db.engine.execution_options(**ledger.READ_ONLY)
    with engine.connect() as connection:
        yield connection


def row_counts(app: Flask) -> dict[str, int]:
    """Return how many rows each table holds."""
    with reading(app) as connection:
        return {
            name: connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for name, table in ledger.Base.metadata.tables.items()
        }


def drafts(app: Flask) -> dict[uuid.UUID, dict[str, str]]:
    """Return the answers that are kept, by form key."""
    table = ledger.Base.metadata.tables["exchange_draft"]
    with reading(app) as connection:
        return {
            row.form_key: row.answers
            for row in connection.execute(sa.select(table.c.form_key, table.c.answers))
        }


def digest_of_all_tables(app: Flask) -> str:
    """Return a digest of every row of every table."""
    digest = hashlib.sha256()
    with reading(app) as connection:
        for name, table in sorted(ledger.Base.metadata.tables.items()):
            rows = sorted(repr(tuple(row)) for row in connection.execute(sa.select(table)))
            digest.update(f"{name}{rows}".encode())
    return digest.hexdigest()


def books_are_sound(app: Flask) -> bool:
    """Run every proof of the ledger on every timebank."""
    with app.app_context():
        timebanks = db.session.scalars(sa.select(Timebank.id)).all()
        found = [
            violation
            for timebank_id in timebanks
            for violation in ledger.violations(db.session, timebank_id=timebank_id)
        ]
        db.session.rollback()
    return not found and bool(timebanks)


def balance(app: Flask, given_name: str) -> tuple[int, int, int, int]:
    """Return what somebody gave and received, and what is pending of both."""
    with app.app_context():
        member = builders.member_of(db.session, given_name)
        found = ledger.balance_of(
            db.session,
            timebank_id=member.timebank_id,
            account_id=member.account_id,  # type: ignore[arg-type]
        )
        return (
            found.credited_minutes,
            found.debited_minutes,
            found.pending_in_minutes,
            found.pending_out_minutes,
        )
