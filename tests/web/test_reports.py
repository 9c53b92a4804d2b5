# SPDX-License-Identifier: EUPL-1.2
"""What leaves the house: pages of a neighbourhood and a year, the municipality, reports, files."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from tests import builders
from tests.builders import SLAAGHWIJK, ZIJLWIJK
from tests.conftest import Clock
from tests.documents.reading import text_of
from tests.reports.making import ring
from tests.web.roads import see, sign_in, visitor
from tests.web.screens import Screen
from tests.web.test_figures import IN_APRIL, book, minutes_in, table_row
from tests.web.test_statement_counts import counting
from timebank.extensions import db
from timebank.publication.thresholds import Thresholds
from timebank.service_areas.operations import group_neighbourhoods
from timebank.showing.operations import choose_thresholds
from timebank.web.qr import qr_code

HERE = f"/timebanks/leiden/neighbourhoods/{SLAAGHWIJK}"
MINUTES, ABOUT, FIGURE = "Number", "About", "Figure"
FAMILY_NAMES = {
    family
    for people in builders.TOWN.values()
    for family, *_ in people.values()
    if family != "Benali"  # The contact, whom everyone may call.
} | {"Geheim"}


@pytest.fixture
def busy(app: Flask, clock: Clock) -> Flask:
    """A town in April where ten people of Slaaghwijk helped each other, and two of Zijlwijk."""
    with app.app_context():
        ring(db.session, minutes=75)
        db.session.commit()
    book(app, "Greet", "Marijke", 45)
    clock.moment = IN_APRIL
    return app


def lines(browser: FlaskClient, address: str) -> list[dict[str, str]]:
    text = browser.get(address).get_data(as_text=True).lstrip("\N{ZERO WIDTH NO-BREAK SPACE}")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def numbers(rows: list[dict[str, str]], about: str) -> list[int]:
    return [int(row[MINUTES]) for row in rows if row[ABOUT] == about and row[MINUTES]]


@pytest.mark.policy("W8")
def test_a_visitor_opens_a_neighbourhood_and_finds_what_is_done_and_whom_to_call(
    busy: Flask,
) -> None:
    page = see(visitor(busy, "en"), HERE)

    assert page.title == "Slaaghwijk"
    assert [minutes_in(cell) for cell in table_row(page, "Slaaghwijk")[:3]] == [900, 900, 0]
    assert "071 555 01 00" in page.text
    (kinds,) = [one for one in page.all("section") if one["id"] == "kinds"]
    assert "shopping" in kinds.text.lower() or "groceries" in kinds.text.lower()
    assert not [name for name in FAMILY_NAMES if name in page.text]
    assert f"{HERE}/flyer" in page.links


def test_a_neighbourhood_costs_seven_statements_until_its_quarter_is_closed(
    busy: Flask,
) -> None:
    anyone = visitor(busy)
    with counting(busy) as statements:
        anyone.get(HERE)

    walled = "postgresql" in busy.config["SQLALCHEMY_DATABASE_URI"]
    assert len(statements) == 7 + walled


def test_a_neighbourhood_with_too_few_people_says_why_there_are_no_figures(busy: Flask) -> None:
    page = see(visitor(busy, "en"), f"/timebanks/leiden/neighbourhoods/{ZIJLWIJK}")

    assert not page.all("table")
    assert page.notices == ["tb-notice--info"]
    assert "recognised" in page.text
    assert "071 555 01 00" in page.text
    assert "kinds" not in page.ids


@pytest.mark.policy("W8")
def test_the_flyer_leads_to_the_page_of_the_neighbourhood(busy: Flask) -> None:
    page = see(visitor(busy), f"{HERE}/flyer")

    (path,) = [one["d"] for one in page.all("path") if one["class"] == "tb-qr__ink"]
    assert path == qr_code(f"http://localhost{HERE}").path
    assert "071 555 01 00" in page.text
    assert not [name for name in FAMILY_NAMES if name in page.text]


def test_areas_of_our_own_have_a_page_and_a_level_and_add_up_what_is_shown(busy: Flask) -> None:
    with busy.app_context():
        group_neighbourhoods(
            db.session,
            timebank_id=builders.timebank_of(db.session).id,
            name="Noord/Zuid",
            codes=[SLAAGHWIJK, ZIJLWIJK],
        )
        db.session.commit()
    annelies = sign_in(busy, "Annelies", "en")

    page = see(annelies, "/timebanks/leiden/neighbourhoods/service-Noord/Zuid")
    level = see(annelies, "/municipality/GM0546?level=service-area")
    flyer = see(annelies, "/timebanks/leiden/neighbourhoods/service-Noord/Zuid/flyer")

    assert page.title == "Noord/Zuid"
    assert minutes_in(table_row(page, "Slaaghwijk")[0]) == 900
    assert minutes_in(table_row(level, "Noord/Zuid")[0]) == 900
    assert "Noord/Zuid" in flyer.title


@pytest.mark.policy("V20")
def test_a_council_member_reads_a_year_without_signing_in_in_rounded_figures(busy: Flask) -> None:
    page = see(visitor(busy, "en"), "/timebanks/leiden/years/2026")

    assert len(page.of_class("tb-figure")) == 5
    assert minutes_in(page.of_class("tb-figure__number")[0].text) == 900
    cells = [minutes_in(cell.text) for cell in page.all("td") if "h" in cell.text.split()]
    assert cells
    assert all(minutes % 300 == 0 for minutes in cells)
    assert not [name for name in FAMILY_NAMES if name in page.text]
    last_year = see(visitor(busy, "en"), "/timebanks/leiden/years/2025")
    assert not last_year.all("table")
    assert "recognised" in last_year.text


@pytest.mark.policy("D7")
def test_the_municipality_downloads_a_quarter_of_one_wijk_without_small_cells_or_names(
    busy: Flask,
) -> None:
    annelies = sign_in(busy, "Annelies", "en")

    for form in ("csv", "xlsx", "json", "pdf"):
        answer = annelies.get(f"/report.{form}?period=2026-1&area=WK054608")
        assert answer.status_code == 200, form
        named = answer.headers["Content-Disposition"]
        assert f'"leiden-2026-q1-WK054608.{form}"' in named, "2026-1 alone would read as January"
        said = text_of(answer.data) if form == "pdf" else answer.data.decode("utf-8", "replace")
        assert not [name for name in FAMILY_NAMES if name in said], form
    rows = lines(annelies, "/report.csv?period=2026-1&area=WK054608")
    people = [int(row[MINUTES]) for row in rows if row["Unit"] == "people" and row[MINUTES]]
    assert people == [10]
    assert all(
        int(row[MINUTES]) % 300 == 0 for row in rows if row["Unit"] == "minutes" and row[MINUTES]
    )
    small = [row for row in rows if row[ABOUT] == "Zijlwijk-Zuid"]
    assert small
    assert {(row[MINUTES], row["In words"]) for row in small} == {("", "too few people to show")}


def test_a_municipality_reads_its_own_page_and_no_exact_figure(busy: Flask) -> None:
    annelies = sign_in(busy, "Annelies", "en")
    page = see(annelies, "/municipality/GM0546")

    assert [minutes_in(cell) for cell in table_row(page, "Slaaghwijk")[:3]] == [900, 900, 0]
    assert len(table_row(page, "Zijlwijk-Zuid")) == 1
    assert "750" not in page.text
    assert annelies.get("/municipality").headers["Location"] == "/municipality/GM0546"
    report = see(annelies, "/report?period=2026-1&numbers=exact")
    assert "12 h 30 min" not in report.text
    assert "15 h" in report.text


def test_another_municipality_and_its_areas_answer_404(busy: Flask) -> None:
    annelies, nobody = sign_in(busy, "Annelies"), visitor(busy)

    for browser, address in (
        (annelies, "/municipality/GM1742"),
        (annelies, "/municipality/x"),
        (annelies, f"/report?area={builders.HOLTEN}"),
        (annelies, f"/report.csv?area={builders.HOLTEN}"),
        (nobody, f"/timebanks/leiden/neighbourhoods/{builders.HOLTEN}"),
        (nobody, f"/timebanks/leiden/neighbourhoods/{builders.HOLTEN}/flyer"),
        (nobody, f"/timebanks/leiden/figures.csv?area={builders.HOLTEN}"),
        (nobody, f"/timebanks/holten/neighbourhoods/{SLAAGHWIJK}"),
    ):
        assert browser.get(address).status_code == 404, address


def test_an_area_that_is_not_there_names_those_that_are(sqlite_app: Flask) -> None:
    page = visitor(sqlite_app, "en").get(f"/timebanks/leiden/neighbourhoods/{builders.HOLTEN}")

    screen = Screen(page)
    assert page.status_code == 404
    assert HERE in screen.links
    assert re.search(r"This code is of 20\d\d", screen.text)


@pytest.mark.parametrize(
    "period", ["1976-1--2026-1", "2026-1--2029-4", "2030-1", "1850", "x", "9" * 3000, "2026-1'"]
)
def test_a_period_that_cannot_be_told_is_refused_kindly(sqlite_app: Flask, period: str) -> None:
    annelies = sign_in(sqlite_app, "Annelies")

    for address in (HERE, "/timebanks/leiden/figures.csv", "/municipality/GM0546", "/report.pdf"):
        answer = annelies.get(address, query_string={"period": period})
        screen = Screen(answer)
        assert answer.status_code == 404, address
        assert "/timebanks/leiden?quarter=2025-4" in screen.links
    assert visitor(sqlite_app).get("/timebanks/leiden/years/1976").status_code == 404


@pytest.mark.parametrize("numbers", ["PUBLISHED", "all", "%00", "published "])
def test_numbers_that_there_are_not_are_not_taken_for_the_exact_ones(
    busy: Flask, numbers: str
) -> None:
    nadia = sign_in(busy, "Nadia")

    for page in ("/report", "/report.pdf", "/report.csv"):
        assert nadia.get(f"{page}?period=2026-1&numbers={numbers}").status_code == 404


def test_an_exact_report_of_all_my_neighbourhoods_names_them(busy: Flask) -> None:
    bart = sign_in(busy, "Bart", "en")

    told = [
        see(bart, f"/report?period=2026-1&numbers={numbers}").text
        for numbers in ("exact", "published")
    ]

    assert "Counted here: Slaaghwijk and Zijlwijk-Zuid." in told[0]
    assert "Counted here" not in told[1]


@pytest.mark.parametrize(
    ("who", "numbers", "expected"),
    [("Nadia", "", [750, 750, 0, 10]), ("Nadia", "published", [900, 900, 0, 10])],
)
def test_page_pdf_and_every_file_say_the_same_to_the_minute(
    busy: Flask, who: str, numbers: str, expected: list[int]
) -> None:
    browser = sign_in(busy, who, "en")
    asked = f"period=2026-1&area={SLAAGHWIJK}&numbers={numbers}"

    page = table_row(see(browser, f"/report?{asked}"), "Slaaghwijk")
    rows = [
        row for row in lines(browser, f"/report.csv?{asked}") if row["Table"] == "Hours and people"
    ]
    sheet = load_workbook(io.BytesIO(browser.get(f"/report.xlsx?{asked}").data)).worksheets[0]
    head, *cells = [list(row) for row in sheet.iter_rows(values_only=True)]
    said = json.loads(browser.get(f"/report.json?{asked}").data)
    pdf = text_of(browser.get(f"/report.pdf?{asked}").data)

    assert [minutes_in(cell) for cell in page[:3]] == expected[:3]
    assert page[3].split()[0] == str(expected[3])
    assert numbers_of(rows) == expected
    place = head.index(MINUTES)
    assert [row[place] for row in cells if row[0] == "Hours and people"] == expected
    (row,) = said["tables"]["hours"]
    assert [row[key] for key in ("given", "received", "net", "people")] == expected
    assert said["numbers"] == (numbers or "exact")
    assert page[0] in pdf
    assert page[3] in pdf


def numbers_of(rows: list[dict[str, str]]) -> list[int]:
    return [int(row[MINUTES]) for row in rows]


def test_pages_tell_how_strict_this_timebank_is(busy: Flask) -> None:
    with busy.app_context():
        choose_thresholds(
            db.session,
            Thresholds(least_active=10, round_minutes=600, round_people=10),
            timebank_id=builders.timebank_of(db.session).id,
            counts_from=builders.FOUNDED_ON,
            today=builders.FOUNDED_ON,
        )
        db.session.commit()

    for address in (HERE, "/timebanks/leiden/years/2026"):
        page = see(visitor(busy, "en"), address)
        assert "10 hours and to 10 people" in page.text
        assert minutes_in(table_row(page, "Slaaghwijk")[0]) == 600


def test_each_number_in_a_file_has_its_meaning_beside_it(busy: Flask) -> None:
    browser = visitor(busy, "en")

    rows = lines(browser, f"/timebanks/leiden/figures.csv?area={SLAAGHWIJK}")
    said = browser.get("/timebanks/leiden/figures.json").get_json()

    assert [row[FIGURE] for row in rows] == ["Given", "Received", "Difference", "Active people"]
    assert all(row["What it means"] and row["Unit"] for row in rows)
    assert said["definitions"]["given"]["unit"] == "minutes"
    assert said["rule"]["least_active"] == 10
    assert said["definitions"].keys() == {"given", "received", "net", "people"}


def test_a_name_that_could_be_a_formula_is_none_in_a_file(busy: Flask) -> None:
    with busy.app_context():
        place = db.metadata.tables["neighbourhood"]
        db.session.execute(
            place.update().where(place.c.code == SLAAGHWIJK).values(name="=1+1 buurt")
        )
        db.session.commit()

    for form in ("csv", "xlsx"):
        answer = visitor(busy).get(f"/timebanks/leiden/figures.{form}")
        if form == "csv":
            assert "'=1+1 buurt" in answer.get_data(as_text=True)
        else:
            sheet = load_workbook(io.BytesIO(answer.data)).worksheets[0]
            assert "'=1+1 buurt" in [row[1].value for row in sheet.iter_rows()]


def test_a_report_made_again_later_is_the_same_byte_for_byte(busy: Flask, clock: Clock) -> None:
    asked = f"/report.pdf?period=2026-1&area={SLAAGHWIJK}"
    before = [sign_in(busy, "Nadia").get(asked + more).data for more in ("", "&numbers=published")]
    clock.advance(days=20)
    with busy.app_context():
        builders.approved(db.session, minutes=600, now=clock.moment)
        db.session.commit()

    nadia = sign_in(busy, "Nadia")

    assert [nadia.get(asked + more).data for more in ("", "&numbers=published")] == before
    assert before[0] != before[1]


def test_only_who_reads_the_whole_sees_the_seal_of_exact_figures(busy: Flask) -> None:
    digest = close_january(busy)

    exact = see(sign_in(busy, "Nadia", "en"), "/report?period=2026-1")
    to_send = see(sign_in(busy, "Nadia", "en"), "/report?period=2026-1&numbers=published")

    assert digest in exact.text
    assert digest not in to_send.text
    assert "January 2026" in to_send.text
    assert "fingerprint" in to_send.text.lower()


def close_january(app: Flask) -> str:
    table = db.metadata.tables["closed_month"]
    with app.app_context():
        db.session.execute(
            table.insert().values(
                timebank_id=builders.timebank_of(db.session).id,
                month_on=builders.FOUNDED_ON,
                closed_at=IN_APRIL,
                report="{}",
                previous_digest=bytes(32),
                digest=bytes(range(32)),
            )
        )
        db.session.commit()
    return bytes(range(32)).hex()
