# SPDX-License-Identifier: EUPL-1.2
"""Over any books: every page and every file says what a slow count over the journal says."""

from __future__ import annotations

import csv
import io
import json
import random
from collections import Counter

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from tests.builders import SLAAGHWIJK, ZIJLWIJK, timebank_of
from tests.conftest import Clock
from tests.documents.reading import text_of
from tests.figures.booking import PRESENT
from tests.figures.counting import Booked, balances, journal, ways
from tests.figures.test_any_books import DAY, Event, play
from tests.web.roads import see, sign_in
from tests.web.test_figures import minutes_in, table_row
from timebank.extensions import db
from timebank.months.operations import close_next_month
from timebank.rollups.operations import roll_up
from timebank.statements.policy import Quarter

PLACES = {"Slaaghwijk": SLAAGHWIJK, "Zijlwijk-Zuid": ZIJLWIJK}
QUARTER = Quarter(2027, 1)
HOURS = "Hours and people"
Hours = dict[str, list[int]]


def slow_hours(booked: list[Booked], quarter: Quarter) -> Hours:
    """Return given, received and net of each neighbourhood of a quarter, by name."""
    given, received = Counter[str](), Counter[str]()
    for (giver, receiver), minutes in ways(booked, quarter.first_day, quarter.last_day).items():
        given[giver] += minutes
        received[receiver] += minutes
    return {
        name: [given[code], received[code], given[code] - received[code]]
        for name, code in PLACES.items()
    }


def on_page(browser: FlaskClient, address: str) -> Hours:
    page = see(browser, address)
    return {name: [minutes_in(cell) for cell in table_row(page, name)[:3]] for name in PLACES}


def in_csv(browser: FlaskClient, address: str) -> Hours:
    text = browser.get(address).get_data(as_text=True).lstrip("\N{ZERO WIDTH NO-BREAK SPACE}")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    return _by_name([(r["Table"], r["About"], r["Figure"], int(r["Number"] or 0)) for r in rows])


def in_sheet(browser: FlaskClient, address: str) -> Hours:
    sheet = load_workbook(io.BytesIO(browser.get(address).data)).worksheets[0]
    head, *rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    table, about, figure, number = (head.index(n) for n in ("Table", "About", "Figure", "Number"))
    return _by_name([(r[table], r[about], r[figure], int(r[number] or 0)) for r in rows])


def in_json(browser: FlaskClient, address: str) -> Hours:
    rows = json.loads(browser.get(address).data)["tables"]["hours"]
    by_code = {code: row for row in rows for code in row["codes"]}
    return {
        name: [by_code[code][key] for key in ("given", "received", "net")]
        for name, code in PLACES.items()
    }


def _by_name(rows: list[tuple[str, str, str, int]]) -> Hours:
    found: Hours = {name: [] for name in PLACES}
    for table, about, figure, number in rows:
        if table == HOURS and figure in ("Given", "Received", "Difference"):
            found[about].append(number)
    return found


def check(browser: FlaskClient, booked: list[Booked]) -> None:
    """Hold every page and file of a quarter and of a day against the slow count."""
    expected, asked = slow_hours(booked, QUARTER), f"?period={QUARTER.code}"
    assert on_page(browser, f"/report{asked}") == expected
    assert in_csv(browser, f"/report.csv{asked}") == expected
    assert in_sheet(browser, f"/report.xlsx{asked}") == expected
    assert in_json(browser, f"/report.json{asked}") == expected
    said = text_of(browser.get(f"/report.pdf{asked}").data)
    cells = table_row(see(browser, f"/report{asked}"), "Slaaghwijk")
    assert all(cell in said for cell in cells[:2])
    assert on_page(browser, f"/neighbourhoods?quarter={QUARTER.code}") == expected
    day = QUARTER.last_day
    slow = balances(booked, day)
    address = f"/neighbourhoods/balances?on_day={day.day}&on_month={day.month}&on_year={day.year}"
    for name, sides in on_page(browser, address).items():
        given_minutes, received_minutes = slow.get(PLACES[name], (0, 0))
        assert sides == [given_minutes, received_minutes, given_minutes - received_minutes]


def drawn_events(draw: random.Random) -> list[Event]:
    """Draw what happens in some months, in which much is taken back and people move."""
    kinds = ["book"] * 5 + ["coffee", "undo", "undo", "pot", "move", "bring"]
    return [
        Event(
            hours=draw.randint(-24 * 160, 24 * 5),
            what=draw.choice(kinds),
            who=draw.randrange(4),
            other=draw.randint(1, 3),
            quarters=draw.randint(1, 12),
        )
        for _ in range(60)
    ]


@pytest.mark.parametrize("seed", range(4))
def test_every_page_and_every_file_agrees_to_the_minute(
    app: Flask, clock: Clock, seed: int
) -> None:
    clock.moment = PRESENT + 6 * DAY
    draw = random.Random(seed)  # noqa: S311 - no secret
    with app.app_context():
        bank = timebank_of(db.session).id
        play(db.session, drawn_events(draw))
        while roll_up(db.session, timebank_id=bank, now=PRESENT + draw.randint(-90, 12) * DAY):
            db.session.commit()
        db.session.commit()
        booked = journal(db.session, bank)
        db.session.rollback()
    assert len(ways(booked, QUARTER.first_day, QUARTER.last_day)) > 2

    browser = sign_in(app, "Bart", "en")
    check(browser, booked)
    with app.app_context():
        while roll_up(db.session, timebank_id=bank, now=clock.moment):
            db.session.commit()
        while close_next_month(db.session, timebank_id=bank, now=clock.moment):
            db.session.commit()
    check(browser, booked)
    assert json.loads(browser.get(f"/report.json?period={QUARTER.code}").data)["closed_months"]
