# SPDX-License-Identifier: EUPL-1.2
"""Figures of neighbourhoods: exact for coordinators, guarded and rounded for everyone."""

from __future__ import annotations

import datetime
import json
import re

import pytest
import sqlalchemy as sa
from flask import Flask

import ledger
from tests import builders
from tests.conftest import Clock
from tests.web import roads
from tests.web.roads import see, sign_in, visitor
from tests.web.screens import Screen
from timebank.areas.models import AreaShape
from timebank.extensions import db

FEBRUARY = datetime.datetime(2026, 2, 10, 9, tzinfo=datetime.UTC)
IN_APRIL = datetime.datetime(2026, 4, 20, 9, tzinfo=datetime.UTC)


def book(app: Flask, helper: str, helped: str, minutes: int) -> None:
    with app.app_context():
        builders.approved(
            db.session,
            helper,
            helped,
            minutes=minutes,
            helped_on=datetime.date(2026, 2, 9),
            now=FEBRUARY,
        )
        db.session.commit()


def enrol(app: Flask, number: int) -> list[str]:
    names = [f"Buur{letter}" for letter in "abcdefghijklmnop"[:number]]
    with app.app_context():
        timebank = builders.timebank_of(db.session)
        for name in names:
            builders.a_member(db.session, timebank, name, "Geheim")
        db.session.commit()
    return names


def minutes_in(text: str) -> int:
    """Read "2 h 15 min" or "2 hours and 15 minutes"; more received is below zero."""
    hours, minutes = (re.search(rf"(\d+)\s*{unit}", text) for unit in "hm")
    total = 60 * int(hours[1] if hours else 0) + int(minutes[1] if minutes else 0)
    return -total if "received" in text and "As much" not in text else total


def table_row(screen: Screen, neighbourhood: str) -> list[str]:
    """Return the cells of one row of the table, without its name."""
    cells = [one for one in screen.elements if one.tag in ("th", "td")]
    start = next(i for i, one in enumerate(cells) if one.text == neighbourhood)
    row = []
    for cell in cells[start + 1 :]:
        if cell.tag == "th":
            break
        row.append(cell.text)
    return row


def test_a_coordinator_reads_own_neighbourhoods_only_and_exactly(app: Flask) -> None:
    book(app, "Fatima", "Jan", 90)
    book(app, "Fatima", "Greet", 45)
    book(app, "Greet", "Jan", 15)

    nadia = see(sign_in(app, "Nadia", "en"), "/neighbourhoods")
    marijke = see(sign_in(app, "Marijke", "en"), "/neighbourhoods")

    assert [minutes_in(cell) for cell in table_row(nadia, "Slaaghwijk")[:3]] == [135, 105, 30]
    assert [minutes_in(cell) for cell in table_row(marijke, "Zijlwijk-Zuid")[:3]] == [15, 45, -30]
    assert "Zijlwijk-Zuid" not in nadia.all("table")[0].text
    assert "Slaaghwijk" not in marijke.all("table")[0].text


def test_the_figures_of_an_administrator_are_the_sums_of_the_entries(app: Flask) -> None:
    for helper, helped, minutes in (("Fatima", "Jan", 90), ("Fatima", "Greet", 75)):
        book(app, helper, helped, minutes)
    roads.log_help(sign_in(app, "Jan"), other=roads.named("Greet"))

    screen = see(sign_in(app, "Bart", "en"), "/neighbourhoods")

    rows = [table_row(screen, name) for name in ("Slaaghwijk", "Zijlwijk-Zuid")]
    assert [[minutes_in(cell) for cell in row[:5]] for row in rows] == [
        [165, 90, 75, 90, 0],
        [0, 75, -75, 0, 90],
    ]
    assert [row[5] for row in rows] == ["2", "1"]
    before_the_steps = screen.elements[: screen.elements.index(screen.all("table")[1])]
    cells = [element for element in before_the_steps if element.tag == "td"]
    foot = [minutes_in(cell.text) for cell in cells][-6:-1]
    entry = ledger.Base.metadata.tables["ledger_entry"]
    with roads.reading(app) as connection:
        given = sa.select(sa.func.sum(entry.c.minutes)).where(entry.c.minutes > 0)
        assert foot == [connection.scalar(given), 165, 0, 90, 90]


def test_everyone_reads_nothing_about_a_neighbourhood_with_too_few_people(
    app: Flask, clock: Clock
) -> None:
    book(app, "Fatima", "Jan", 1439 // 15 * 15)
    clock.moment = IN_APRIL

    screen = see(visitor(app, "en"), "/timebanks/leiden")

    assert len(table_row(screen, "Slaaghwijk")) == 1
    assert not [cell for cell in screen.all("td") if minutes_in(cell.text)]
    assert len(screen.of_class("tb-street__plot--withheld")) == 2


def test_everyone_reads_rounded_figures_where_ten_people_took_part(
    app: Flask, clock: Clock
) -> None:
    names = enrol(app, 12)
    for helper, helped in zip(names[:6], names[6:], strict=True):
        book(app, helper, helped, 75)
    clock.moment = IN_APRIL

    screen = see(visitor(app, "en"), "/timebanks/leiden")

    given, received, difference, people = table_row(screen, "Slaaghwijk")
    assert [minutes_in(cell) for cell in (given, received, difference)] == [600, 600, 0]
    assert people == "10"
    assert len(table_row(screen, "Zijlwijk-Zuid")) == 1
    assert minutes_in("7 h 30 min") == minutes_in("7 hours and 30 minutes") == 450
    assert 450 not in [minutes_in(cell.text) for cell in screen.elements if cell.tag == "td"]


def test_small_neighbourhoods_stand_together_and_the_page_says_why(
    app: Flask, clock: Clock
) -> None:
    names = enrol(app, 12)
    for helper, helped in zip(names[:6], names[6:], strict=True):
        book(app, helper, helped, 75)
    with app.app_context():
        bank = builders.timebank_of(db.session)
        for letter in "abcdef":
            builders.a_member(db.session, bank, f"Verre{letter}", "Ver", builders.ZIJLWIJK)
        db.session.commit()
    for letter, name in zip("abcdef", names, strict=False):
        book(app, f"Verre{letter}", name, 60)
    clock.moment = IN_APRIL

    screen = see(visitor(app, "en"), "/timebanks/leiden")

    given, received, _, people = table_row(screen, "Slaaghwijk and Zijlwijk-Zuid")
    assert [minutes_in(cell) for cell in (given, received)] == [900, 900]
    assert people == "20"
    assert "stand together, because too few people took part" in screen.text
    assert [one.text for one in screen.of_class("tb-grid__tile")] == [
        "Slaaghwijk and Zijlwijk-Zuid about 20 people"
    ]


def test_with_outlines_there_is_a_map_on_which_nothing_withheld_is_told(
    app: Flask, clock: Clock
) -> None:
    book(app, "Fatima", "Jan", 90)
    with app.app_context():
        ring = [[4.5, 52.18], [4.51, 52.18], [4.51, 52.19], [4.5, 52.18]]
        shape = AreaShape(code=builders.SLAAGHWIJK, year=2021, polygons=json.dumps([[ring]]))
        db.session.add(shape)
        db.session.commit()
    clock.moment = IN_APRIL

    screen = see(visitor(app, "en"), "/timebanks/leiden")

    assert [one.text for one in screen.of_class("tb-chart-key--places")] == [
        "Slaaghwijk: too few people to show"
    ]
    assert len(screen.of_class("tb-shade-withheld")) == 2  # The place, and what hatching means.
    assert "Not on the map: Zijlwijk-Zuid." in screen.text
    assert not screen.of_class("tb-grid")


def test_no_name_of_a_person_stands_on_a_page_for_everyone(app: Flask, clock: Clock) -> None:
    book(app, "Fatima", "Jan", 90)
    clock.moment = IN_APRIL
    family_names = {
        family
        for people in builders.TOWN.values()
        for family, *_ in people.values()
        if family != "Benali"  # The contact, whom everyone may call.
    }

    for address in ("/", "/timebanks/leiden", "/timebanks/holten", "/sign-in/letter"):
        text = see(visitor(app), address).text
        assert not [name for name in family_names if name in text], address


def test_only_quarters_that_are_over_are_offered_to_everyone(app: Flask) -> None:
    screen = see(visitor(app), "/timebanks/leiden")
    inside = see(sign_in(app, "Nadia"), "/neighbourhoods")

    assert quarters(screen) == ["2025-4", "2025-3", "2025-2", "2025-1"]
    assert quarters(inside) == ["2026-1", "2025-4", "2025-3", "2025-2"]
    for link in screen.links:
        if "?quarter=" in link:
            assert see(visitor(app), link).one("a", href=link)["aria-current"] == "true"


def quarters(screen: Screen) -> list[str]:
    found = (re.search(r"/(?:neighbourhoods|leiden)\?quarter=([0-9-]+)$", x) for x in screen.links)
    return [one[1] for one in found if one]


@pytest.mark.parametrize(
    "quarter",
    ["2026-1", "2024-4", "2025-5", "2025-0", "-1", "", "x", "2025-4'", "9" * 5000, "٢٠٢٥-٤"],
)
def test_a_quarter_that_is_not_offered_answers_404(sqlite_app: Flask, quarter: str) -> None:
    browser = visitor(sqlite_app)

    answer = browser.get("/timebanks/leiden", query_string={"quarter": quarter})

    assert answer.status_code == 404
    assert Screen(answer).title


def test_a_quarter_is_counted_by_when_help_was_approved(app: Flask, clock: Clock) -> None:
    book(app, "Fatima", "Jan", 90)
    clock.moment = IN_APRIL
    nadia = sign_in(app, "Nadia", "en")

    now = see(nadia, "/neighbourhoods")
    then = see(nadia, "/neighbourhoods?quarter=2026-1")

    assert minutes_in(table_row(now, "Slaaghwijk")[0]) == 0
    assert minutes_in(table_row(then, "Slaaghwijk")[0]) == 90
