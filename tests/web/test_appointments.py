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
from tests.appointments.making import agreed, say
from tests.appointments.test_boundaries import allow
from tests.conftest import Clock
from tests.web import roads
from tests.web.roads import named, see, sign_in
from tests.web.screens import Screen
from tests.web.test_statement_counts import counting
from timebank.categories.queries import all_categories
from timebank.corrections.operations import pause
from timebank.extensions import db
from timebank.jobs.schedule import remind
from timebank.members.models import Person
from timebank.web.durations import read_time

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


def test_what_is_wrong_is_said_at_the_field_and_what_was_typed_is_kept(app: Flask) -> None:
    fatima = sign_in(app, "Fatima")
    address = "/appointments/new/gave"

    nobody = Screen(fatima.post(address, data={"step": "who"}))
    themselves = Screen(fatima.post(address, data={"step": "who"} | named("Fatima")))
    several = Screen(fatima.post(address, data={"step": "who", "other_text": "ja"}))
    first = {"step": "rest"} | named("Jan")
    empty = Screen(fatima.post(address, data=first))
    past = on(builders.TODAY - DAY)
    typed = REST | past | {"at_time": "half drie", "minutes": "lang", "category": "x"}
    wrong = Screen(fatima.post(address, data=first | typed))
    over = Screen(fatima.post(address, data=first | REST | past))
    long = Screen(
        fatima.post(address, data=first | REST | on(builders.TODAY) | {"tasks": "a" * 301})
    )

    assert [one.status for one in (nobody, themselves, several, empty, wrong, over, long)] == [
        422
    ] * 7
    assert nobody.summary == ["#other"]
    assert len(several.all("input", type="radio", name="other")) == 1
    assert empty.summary == ["#category", "#happens_on"]
    assert wrong.summary == ["#at_time", "#minutes"]
    assert (wrong.value("at_time"), wrong.value("place")) == ("half drie", "Bij de flat")
    assert over.summary == ["#happens_on"]
    assert long.summary == ["#tasks"]
    assert len(long.value("tasks")) == 301
    assert roads.row_counts(app)["appointment"] == 0


def test_a_form_sent_twice_is_one_appointment_and_the_other_hears_of_it_once(app: Flask) -> None:
    fatima = sign_in(app, "Fatima")
    sent = {"step": "rest", "key": str(uuid.uuid4())} | named("Jan") | REST | on(builders.TODAY)

    answers = [fatima.post("/appointments/new/received", data=sent) for _ in range(2)]

    assert {one.headers["Location"] for one in answers} == {f"/appointments/{sent['key']}"}
    assert roads.row_counts(app)["appointment"] == 1
    (mail,) = roads.mails_to(app, "jan@example.org")
    assert "Jan helpt" not in mail
    assert "Fatima" not in mail
    assert f"/appointments/{sent['key']}" in mail
    assert roads.mails_to(app, "fatima@example.org") == []


@pytest.mark.policy("L9")
def test_it_went_ahead_opens_the_form_filled_in_and_both_make_one_exchange(app: Flask) -> None:
    fatima, jan = sign_in(app, "Fatima"), sign_in(app, "Jan")
    appointment = agree(fatima, day=builders.TODAY)

    answers = [fatima.post(f"/appointments/{appointment}/kept") for _ in range(2)]
    check = see(fatima, answers[0].headers["Location"])
    of_jan = jan.post(f"/appointments/{appointment}/kept")
    before = see(jan, f"/appointments/{appointment}")
    sent = fatima.post(answers[0].headers["Location"])
    exchange = sent.headers["Location"]

    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert "Fatima El Amrani hielp Jan van den Berg anderhalf uur" in check.text
    assert of_jan.headers["Location"] == f"/appointments/{appointment}"
    assert not [one for one in before.links if one.startswith("/exchanges/")]
    assert exchange.startswith("/exchanges/")
    assert exchange in see(jan, f"/appointments/{appointment}").links
    for browser in (fatima, jan):
        again = browser.post(f"/appointments/{appointment}/kept")
        assert again.headers["Location"] == exchange
    assert roads.row_counts(app)["exchange"] == 1
    assert states(app) == ["kept"]


def test_moving_leaves_the_old_day_to_be_read_and_links_both(app: Flask) -> None:
    fatima, jan = sign_in(app, "Fatima", "en"), sign_in(app, "Jan", "en")
    old = agree(fatima)
    page = see(jan, f"/appointments/{old}/move")
    sent = page.fields(page.form("/move")) | on(builders.TODAY + 5 * DAY)

    wrong = Screen(jan.post(f"/appointments/{old}/move", data=sent | {"happens_on_month": "13"}))
    answers = [jan.post(f"/appointments/{old}/move", data=sent) for _ in range(2)]
    new = answers[0].headers["Location"]
    late = fatima.post(f"/appointments/{old}/call-off")

    assert (wrong.status, wrong.summary) == (422, ["#happens_on"])
    assert wrong.value("happens_on_month") == "13"
    assert {one.headers["Location"] for one in answers} == {new}
    assert new in see(fatima, f"/appointments/{old}").links
    assert f"/appointments/{old}" in see(fatima, new).links
    assert late.status_code == 303
    assert fatima.get(f"/appointments/{old}/move").status_code == 303
    assert states(app) == ["moved", "planned"]
    assert len(roads.mails_to(app, "fatima@example.org")) == 1


def test_an_answer_that_does_not_fit_the_day_is_told_kindly(app: Flask) -> None:
    fatima = sign_in(app, "Fatima", "en")
    appointment = agree(fatima)

    for answer in ("kept", "not-kept"):
        sent = fatima.post(f"/appointments/{appointment}/{answer}", follow_redirects=True)
        assert "does not fit the day" in sent.text
    assert states(app) == ["planned"]
    assert roads.drafts(app) == {}


@pytest.mark.policy("L9")
def test_a_coordinator_agrees_for_somebody_and_answers_for_them(app: Flask, clock: Clock) -> None:
    nadia, jan = sign_in(app, "Nadia"), roads.member_id(app, "Jan")
    first = Screen(nadia.post(f"/appointments/for/{jan}/received"))
    fields = first.fields(first.form("/appointments/new/received"))
    rest = fields | {"step": "rest"} | named("Greet") | REST | on(builders.TODAY)
    made = nadia.post("/appointments/new/received", data=rest)
    page = made.headers["Location"]
    clock.advance(days=8)
    nadia, marijke = sign_in(app, "Nadia"), sign_in(app, "Marijke")

    assert fields["acting_for"] == str(jan)
    assert "Nadia Benali" in see(sign_in(app, "Jan"), page).text
    for coordinator in (nadia, marijke):
        assert page in see(coordinator, "/appointments/counts").links
        assert "Van één afspraak" in see(coordinator, "/desk").text
    for given_name in ("jan", "greet"):
        assert len(roads.mails_to(app, f"{given_name}@example.org")) == 1
    kept = nadia.post(f"{page}/kept")
    check = see(nadia, kept.headers["Location"])
    assert "Greet de Boer hielp Jan van den Berg" in check.text
    (answers,) = roads.drafts(app).values()
    assert (answers["acting_for"], answers["side"]) == (str(jan), "received")
    assert page not in see(marijke, "/appointments/counts").links


def test_for_whom_it_is_cannot_be_made_up(app: Flask) -> None:
    fatima, jan = sign_in(app, "Fatima"), roads.member_id(app, "Jan")
    sent = {"step": "rest"} | named("Greet") | REST | on(builders.TODAY)

    for acting_for in (str(jan), "jan", str(uuid.uuid4())):
        answer = fatima.post("/appointments/new/gave", data=sent | {"acting_for": acting_for})
        assert answer.status_code == 404
    assert roads.row_counts(app)["appointment"] == 0


def test_who_has_no_mail_is_called_and_the_list_leads_to_the_appointment(app: Flask) -> None:
    with app.app_context():
        member = builders.member_of(db.session, "Jan")
        db.session.get_one(Person, (member.timebank_id, member.id)).email = None
        db.session.commit()
    appointment = agree(sign_in(app, "Fatima"))

    people = see(sign_in(app, "Nadia", "en"), "/people")

    assert f"/appointments/{appointment}" in people.links
    assert "Tell them that an appointment was made" in people.text


def test_the_start_page_shows_the_next_one_and_asks_about_the_oldest(
    app: Flask, clock: Clock
) -> None:
    fatima = sign_in(app, "Fatima", "en")
    first, second = (agree(fatima, day=builders.TODAY + days * DAY) for days in (1, 4))
    before = see(fatima, "/")
    clock.advance(days=2)
    after = see(sign_in(app, "Fatima", "en"), "/")

    assert f"/appointments/{first}" in before.links
    assert "Did it go ahead?" not in before.text
    assert "Did it go ahead?" in after.text
    assert {f"/appointments/{one}" for one in (first, second)} <= set(after.links)
    assert "/appointments" in after.links


def test_a_time_is_read_as_people_write_it() -> None:
    for text, time in {
        "14:30": "14:30",
        "9": "09:00",
        "9.05": "09:05",
        "9 uur": "09:00",
        "14u30": "14:30",
        "23:59": "23:59",
        "0:00": "00:00",
    }.items():
        assert read_time(f" {text} ") == datetime.time.fromisoformat(time), text
    for text in ("", "24:00", "9:60", "half drie", "9:5", "١٢"):
        assert read_time(text) is None, text


def test_pages_cost_as_many_statements_with_many_appointments_as_with_few(app: Flask) -> None:
    def agree_often(times: int) -> uuid.UUID:
        before, days = builders.NOW - 30 * DAY, (-20, -1, 0, 1, 5)
        with app.app_context():
            for number in range(times):
                day = builders.TODAY + days[number % len(days)] * DAY
                made = agreed(db.session, happens_on=day, now=before)
                if number % 4 == 0 and day <= builders.TODAY:
                    say(db.session, made, "not_kept")
            db.session.commit()
        return made

    fatima, nadia = sign_in(app, "Fatima"), sign_in(app, "Nadia")

    def statements(appointment: uuid.UUID) -> list[int]:
        counts = []
        for browser, address in (
            (fatima, "/appointments"),
            (fatima, f"/appointments/{appointment}"),
            (fatima, "/"),
            (nadia, "/appointments/counts"),
            (nadia, "/desk"),
        ):
            with counting(app) as sent:
                see(browser, address)
            counts.append(len(sent))
        return counts

    few, many = statements(agree_often(5)), statements(agree_often(60))

    assert few == many
    assert max(few) <= 21
    assert len(see(fatima, "/appointments").of_class("tb-slip")) <= 110


@pytest.mark.policy("V4")
@pytest.mark.policy("V19")
def test_help_that_asks_for_something_first_says_so_to_the_helper(app: Flask) -> None:
    fatima, jan = sign_in(app, "Fatima"), sign_in(app, "Jan")
    sent = named("Jan") | {"key": str(uuid.uuid4())}
    rest = Screen(fatima.post("/appointments/new/gave", data=sent))
    appointment = agree(fatima, category="talent_interview")

    nadia = see(sign_in(app, "Nadia"), f"/appointments/{appointment}")

    assert "Nog geen gesprek gehad" in nadia.text
    assert "Eerst een gesprek" in rest.text
    assert "Eerst een gesprek" in see(fatima, f"/appointments/{appointment}").text
    assert "Eerst een gesprek" not in see(jan, f"/appointments/{appointment}").text


def test_an_exception_can_be_agreed_on_and_a_closed_kind_is_not_moved(app: Flask) -> None:
    fatima = sign_in(app, "Fatima")
    sent = named("Jan") | {"key": str(uuid.uuid4())}
    before = Screen(fatima.post("/appointments/new/gave", data=sent)).text
    with app.app_context():
        allow(db.session)
        db.session.commit()
    appointment = agree(fatima, category="skilled_trade")
    other = agree(fatima)
    roads.close(app, "groceries")

    move = fatima.post(
        f"/appointments/{other}/move", data={"key": str(uuid.uuid4())} | on(builders.TODAY)
    )

    with app.app_context():
        kinds = all_categories(db.session, timebank_id=1)
    assert kinds["skilled_trade"].label_nl not in before
    assert "skilled_trade" not in before
    assert see(fatima, f"/appointments/{appointment}").status == 200
    assert (move.status_code, states(app)) == (422, ["planned", "planned"])
    assert "Wij bieden deze hulp niet meer aan" in Screen(move).text


def test_the_form_suggests_nobody_who_pauses(app: Flask) -> None:
    fatima = sign_in(app, "Fatima")
    with app.app_context():
        builders.approved(db.session)
        db.session.commit()
    before = see(fatima, "/appointments/new/gave").text
    with app.app_context():
        jan = builders.actor_of(db.session, "Jan")
        pause(db.session, until=None, by=jan, now=builders.NOW)
        db.session.commit()

    assert "Jan van den Berg" in before
    assert "Jan van den Berg" not in see(fatima, "/appointments/new/gave").text
    assert (
        "Jan van den Berg"
        in see(fatima, str(roads.form_address("gave", uuid.uuid4(), "other"))).text
    )


def test_who_answered_for_somebody_is_shown(app: Flask) -> None:
    with app.app_context():
        appointment = agreed(db.session, "Jan", "Greet", happens_on=builders.TODAY)
        say(db.session, appointment, "not_kept", by="Nadia")
        db.session.commit()
    page = see(sign_in(app, "Jan"), f"/appointments/{appointment}")
    data = see(sign_in(app, "Jan"), "/my-data")

    assert "Antwoord van" in page.text
    assert "Nadia Benali" in page.of_class("tb-facts")[0].text
    assert "Antwoord van Nadia Benali" in data.text


def test_hours_that_were_taken_back_are_written_down_again_from_the_appointment(app: Flask) -> None:
    fatima, jan = sign_in(app, "Fatima"), sign_in(app, "Jan")
    appointment = agree(fatima, day=builders.TODAY)
    page = f"/appointments/{appointment}"
    kept = fatima.post(f"{page}/kept").headers["Location"]
    exchange = fatima.post(kept).headers["Location"]
    fatima.post(f"{exchange}/withdraw")

    told = see(jan, page)
    again = jan.post(f"{page}/kept").headers["Location"]
    written = jan.post(again)

    assert "Schrijf de uren opnieuw op" in told.text
    assert exchange in told.links
    assert written.status_code == 303
    assert written.headers["Location"] != exchange
    assert written.headers["Location"] in see(fatima, page).links
