# SPDX-License-Identifier: EUPL-1.2
"""How many statements a request sends to the database: the same with a short and a long history."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.builders import timebank_of
from tests.conftest import Clock
from tests.reports.making import ring
from tests.web import roads
from tests.web.history import write_history
from tests.web.roads import form_address, sign_in
from timebank.extensions import db
from timebank.months.operations import close_next_month
from timebank.rollups.operations import roll_up

COUNTS = """
sending an exchange       16
approving                 18
the neighbourhood page    6
balances on a day         5
who helps whom            4
the indicators            9
the lines behind          5
hours of staff            9
the statement page        11
the home page             14
the desk                  24
the published figures     6
a neighbourhood           5
a year                    5
the municipality          8
a report for everyone     8
an exact report           14
what I look for           5
who looks for help        4
how can I help            8
the worklist              11
"""

MOST_OF_A_CLOSED_QUARTER = 6
"""The pages of figures in ``COUNTS`` are of a quarter that is over and still waits to be closed."""

ENTERING = {"the published figures": 1, "a neighbourhood": 1, "a year": 1}
"""A page that finds its timebank by the address then enters it; other pages do so with BEGIN."""


def expected(app: Flask) -> dict[str, int]:
    rows = (line.rsplit(maxsplit=1) for line in COUNTS.strip().splitlines())
    counts = {request.strip(): int(count) for request, count in rows}
    walled = "postgresql" in app.config["SQLALCHEMY_DATABASE_URI"]
    return {name: count + walled * ENTERING.get(name, 0) for name, count in counts.items()}


@contextmanager
def counting(app: Flask) -> Iterator[list[str]]:
    """Collect what is sent to the database; BEGIN and COMMIT are not statements here."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith("BEGIN"):
            statements.append(statement)

    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    yield statements
    sa.event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("entries", [100, 10_000])
def test_a_request_costs_as_many_statements_as_the_table_says(app: Flask, entries: int) -> None:
    write_history(app, entries // 2)
    fatima, nadia, anyone = sign_in(app, "Fatima"), sign_in(app, "Nadia"), roads.visitor(app)
    key, waiting = roads.fill_in(fatima), ""
    requests = {
        "the home page": lambda: fatima.get("/"),
        "the statement page": lambda: fatima.get("/my-hours"),
        "sending an exchange": lambda: fatima.post(form_address("gave", key, "check")),
        "the desk": lambda: nadia.get("/desk"),
        "the neighbourhood page": lambda: nadia.get("/neighbourhoods"),
        "balances on a day": lambda: nadia.get("/neighbourhoods/balances"),
        "who helps whom": lambda: nadia.get("/neighbourhoods/flows"),
        "the indicators": lambda: nadia.get("/neighbourhoods/indicators"),
        "the lines behind": lambda: nadia.get("/neighbourhoods/lines"),
        "hours of staff": lambda: nadia.get("/staff-hours"),
        "approving": lambda: nadia.post(f"/desk/{waiting}/approve"),
        "what I look for": lambda: fatima.get("/my-needs"),
        "who looks for help": lambda: nadia.get("/needs"),
        "how can I help": lambda: fatima.get("/suggestions"),
        "the worklist": lambda: nadia.get("/worklist"),
        "the published figures": lambda: anyone.get("/timebanks/leiden"),
        "a neighbourhood": lambda: anyone.get("/timebanks/leiden/neighbourhoods/BU05460800"),
        "a year": lambda: anyone.get("/timebanks/leiden/years/2025"),
        "the municipality": lambda: nadia.get("/municipality/GM0546"),
        "a report for everyone": lambda: nadia.get("/report?numbers=published"),
        "an exact report": lambda: nadia.get("/report"),
    }

    counts = {}
    for name, send in requests.items():
        waiting = newest_exchange(app)
        with counting(app) as statements:
            answer = send()
        assert answer.status_code in (200, 303), name
        counts[name] = len(statements)

    assert counts == expected(app)
    assert roads.row_counts(app)["ledger_entry"] == entries + 2


def test_what_a_closed_quarter_says_costs_six_statements_at_most(app: Flask, clock: Clock) -> None:
    with app.app_context():
        ring(db.session, minutes=75)
        db.session.commit()
    clock.moment = datetime.datetime(2026, 4, 20, 9, tzinfo=datetime.UTC)
    close_what_is_due(app, clock.moment)
    nadia, anyone = sign_in(app, "Nadia"), roads.visitor(app)
    found = {}
    for browser, address in (
        (anyone, "/timebanks/leiden"),
        (anyone, "/timebanks/leiden/neighbourhoods/BU05460800"),
        (anyone, "/timebanks/leiden/years/2026"),
        (nadia, "/municipality/GM0546"),
        (nadia, "/report?numbers=published"),
        (nadia, "/report"),
    ):
        with counting(app) as statements:
            answer = browser.get(address)
        assert answer.status_code == 200, address
        found[address] = len(statements)

    assert max(found.values()) <= MOST_OF_A_CLOSED_QUARTER, found


def close_what_is_due(app: Flask, now: datetime.datetime) -> None:
    """Do the nights up to a moment: add days up, close months."""
    with app.app_context():
        bank = timebank_of(db.session).id
        while roll_up(db.session, timebank_id=bank, now=now):
            db.session.commit()
        while close_next_month(db.session, timebank_id=bank, now=now):
            db.session.commit()
        db.session.commit()


def newest_exchange(app: Flask) -> str:
    exchange = db.metadata.tables["exchange"]
    with roads.reading(app) as connection:
        return str(
            connection.scalar(
                sa.select(exchange.c.id).order_by(exchange.c.logged_at.desc()).limit(1)
            )
        )


def test_the_long_history_is_sound(app: Flask) -> None:
    write_history(app, 50)

    assert roads.books_are_sound(app)
    assert roads.balance(app, "Fatima") == (750, 0, 0, 0)
