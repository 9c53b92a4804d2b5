# SPDX-License-Identifier: EUPL-1.2
"""The pages of figures: what stands on them, what leads where, what a wrong address says."""

from __future__ import annotations

import datetime
import json
import uuid

import pytest
from flask import Flask

from tests.conftest import Clock
from tests.figures.booking import book, people
from tests.web.roads import see, sign_in, visitor
from tests.web.screens import Screen
from timebank.extensions import db
from timebank.jobs.schedule import close_months, count_figures
from timebank.web.neighbourhoods import place_of

NOON = datetime.datetime(2026, 3, 9, 12, tzinfo=datetime.UTC)


@pytest.fixture
def booked(app: Flask) -> Flask:
    """Fatima of Slaaghwijk helped Greet of Zijlwijk twice, Greet helped Marijke once."""
    with app.app_context():
        fatima, _jan, greet, marijke = people(db.session)
        book(db.session, greet, marijke, 30, NOON - datetime.timedelta(days=40))
        for minutes in (60, 45):
            book(db.session, fatima, greet, minutes, NOON)
        db.session.commit()
    return app


def test_one_reads_balances_on_a_day_and_the_way_there_stays_typed(booked: Flask) -> None:
    bart = sign_in(booked, "Bart", "en")

    now = see(bart, "/neighbourhoods/balances")
    then = see(bart, "/neighbourhoods/balances?on_day=20&on_month=2&on_year=2026&level=wijk")
    wrong = bart.get("/neighbourhoods/balances?on_day=40&on_month=2&on_year=2026")

    assert "1 h 45 min" in now.text
    assert "Merenwijkdistrict" in then.text
    assert "1 h 45 min" not in then.text
    assert wrong.status_code == 422
    assert 'value="40"' in wrong.text


@pytest.mark.parametrize("level", ["wijk", "municipality"])
def test_a_part_of_an_area_is_named_as_a_part(booked: Flask, level: str) -> None:
    address = f"/neighbourhoods/balances?level={level}"
    part = see(sign_in(booked, "Nadia", "en"), address).text
    whole = see(sign_in(booked, "Bart", "en"), address).text

    assert "only your neighbourhoods" in part
    assert "only your neighbourhoods" not in whole


def test_a_figure_of_an_area_leads_to_the_lines_of_that_area(booked: Flask) -> None:
    bart = sign_in(booked, "Bart", "en")
    page = see(bart, "/neighbourhoods/indicators?quarter=2026-1&area=BU05460800")
    ways = {link for link in page.links if link.startswith("/neighbourhoods/lines")}
    lines = see(bart, "/neighbourhoods/lines?quarter=2026-1&area=BU05460800")
    everywhere = see(bart, "/neighbourhoods/lines?quarter=2026-1&area=all")

    assert ways == {"/neighbourhoods/lines?quarter=2026-1&area=BU05460800"}
    assert "Slaaghwijk" in lines.one("main").text
    assert len([link for link in lines.links if link.startswith("/exchanges/")]) == 2
    assert len([link for link in everywhere.links if link.startswith("/exchanges/")]) == 3
    assert "/neighbourhoods/indicators?quarter=2026-1&area=BU05460800" in lines.links
    for area in ("BU17420300", "x"):
        assert bart.get(f"/neighbourhoods/lines?area={area}").status_code == 404


def test_nothing_to_count_and_no_times_are_no_links(booked: Flask) -> None:
    page = see(sign_in(booked, "Bart", "en"), "/neighbourhoods/indicators?quarter=2026-1")
    linked = [link.text for link in page.all("a")]

    assert "Nothing to count yet" in page.text
    assert "0 times" in page.text
    assert "Nothing to count yet" not in linked
    assert "0 times" not in linked
    assert "3 pairs" in linked or "2 pairs" in linked


@pytest.mark.parametrize(
    ("day", "says"),
    [
        ("9&on_month=3&on_year=1926", "too long ago"),
        ("11&on_month=3&on_year=2026", "still to come"),
        ("x&on_month=3&on_year=2026", "Write the day as"),
        ("9&on_month=13&on_year=2026", "not on the calendar"),
        ("9", "Write the day as"),
        ("٩&on_month=3&on_year=2026", "Write the day as"),
    ],
)
def test_a_day_that_is_none_is_told_at_the_field(sqlite_app: Flask, day: str, says: str) -> None:
    answer = sign_in(sqlite_app, "Bart", "en").get(f"/neighbourhoods/balances?on_day={day}")

    assert answer.status_code == 422
    assert says in answer.text


def test_a_number_leads_to_its_lines_and_a_line_to_its_exchange(booked: Flask) -> None:
    nadia = sign_in(booked, "Nadia", "en")
    flows = see(nadia, "/neighbourhoods/flows")
    lines = see(nadia, "/neighbourhoods/lines?quarter=2026-1")
    bart = see(sign_in(booked, "Bart", "en"), "/neighbourhoods/flows")

    assert "Other neighbourhoods" in flows.text
    assert [link for link in lines.links if link.startswith("/exchanges/")][1:] != []
    assert "0 h 30 min" not in lines.text
    (way,) = [link for link in bart.links if "giver=BU05460800" in link]
    page = see(sign_in(booked, "Bart", "en"), way)
    assert len([link for link in page.links if link.startswith("/exchanges/")]) == 2
    assert see(nadia, next(x for x in lines.links if x.startswith("/exchanges/"))).title


@pytest.mark.parametrize(
    "address",
    [
        "/neighbourhoods/lines?giver=BU17420300",
        "/neighbourhoods/lines?giver=BU05460801&receiver=BU05460801",
        "/neighbourhoods/lines?quarter=1976-1",
        "/neighbourhoods/flows?quarter=x",
        "/neighbourhoods/indicators?area=BU05460801",
        "/neighbourhoods/indicators?area=WK054608",
        "/neighbourhoods/balances?level=street",
        "/months/2026-13",
        "/months/9999-99",
    ],
)
def test_what_one_may_not_see_or_is_not_there_answers_404(sqlite_app: Flask, address: str) -> None:
    assert sign_in(sqlite_app, "Nadia").get(address).status_code == 404


def test_where_a_page_ended_may_be_nonsense_and_is_exact_otherwise(booked: Flask) -> None:
    nadia = sign_in(booked, "Nadia", "en")
    for before in ("x", "9" * 400, "1 2", "-1 00000000-0000-0000-0000-000000000000"):
        answer = nadia.get("/neighbourhoods/lines", query_string={"before": before})
        assert answer.status_code == 200
    key = uuid.uuid4()
    assert place_of(NOON, key) == f"{int(NOON.timestamp()) * 1_000_000} {key}"


@pytest.mark.policy("D5", "W11", "W3")
def test_indicators_stand_with_their_sentence_and_the_difference_in_words(booked: Flask) -> None:
    page = see(sign_in(booked, "Bart", "en"), "/neighbourhoods/indicators?area=WK054608")

    assert "Merenwijkdistrict" in page.text
    assert "3 pairs" not in page.text
    assert "2 pairs" in page.text
    assert "33 %" in page.text
    assert "2 people more helped than in the three months before." in page.text
    assert "Pairs who had never helped each other before these months." in page.text


def test_everyone_reads_what_each_figure_means(sqlite_app: Flask) -> None:
    page = see(visitor(sqlite_app, "en"), "/figures/about")
    by_resident = see(sign_in(sqlite_app, "Fatima", "en"), "/figures/about")
    by_bart = see(sign_in(sqlite_app, "Bart", "en"), "/figures/about")

    assert "Did both in a year" in page.text
    assert page.text.count("our policy") == 1
    assert [one.text for one in page.all("dt")].count("W3") == 1
    assert [_next_step(one) for one in (page, by_resident, by_bart)] == [
        "/",
        "/timebanks/leiden",
        "/neighbourhoods/indicators",
    ]


def _next_step(page: Screen) -> str:
    (button,) = page.of_class("nl-button--primary")
    return button["href"]


def test_a_month_closes_by_the_job_and_is_read_and_saved_as_it_was(
    booked: Flask, clock: Clock
) -> None:
    bart = sign_in(booked, "Bart", "en")
    empty = see(bart, "/months")
    clock.moment = datetime.datetime(2026, 4, 6, 3, 30, tzinfo=datetime.UTC)
    with booked.app_context():
        assert count_figures() == "0 rows differed"
        assert [close_months(), close_months()] == ["3 closed", "0 closed"]
    bart = sign_in(booked, "Bart", "en")

    page = see(bart, "/months/2026-03")
    first = bart.get("/months/2026-03/report.json").data
    with booked.app_context():
        fatima, jan, *_ = people(db.session)
        book(db.session, fatima, jan, 15, clock.moment)
        db.session.commit()

    assert "No month is closed yet" in empty.text
    assert "1 h 45 min" in page.text
    assert page.one("tfoot").text.count("2 h 15 min") == 2
    assert "As much given as received" in page.one("tfoot").text
    assert bart.get("/months/2026-03/report.json").data == first
    assert json.loads(first)["quarter"]["areas"]["all"]["values"]["new_pairs"] == 2
    assert bart.get("/months/2026-04").status_code == 404
    assert sign_in(booked, "Nadia").get("/months").status_code == 403
