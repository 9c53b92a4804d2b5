# SPDX-License-Identifier: EUPL-1.2
"""Paper at the door: sheets of slips, a stack typed row by row, letters, the square on a slip."""

from __future__ import annotations

import re
import uuid
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import ledger
from tests import builders
from tests.activities.test_booking import book, cook_in
from tests.amendments.test_amending import correct, right
from tests.conftest import Clock
from tests.web import roads
from tests.web.roads import see, sign_in
from tests.web.screens import Screen
from tests.web.test_acting import without_email
from timebank.extensions import db
from timebank.paper.operations import give_numbers
from timebank.paper.policy import member_number, slip_number

STACK, TYPE = "/paper/stack", "/paper/stack/type"
ROW = {"helper": "fat", "helped": "jan", "minutes": "1,5", "helped_on": "9", "category": "14"}


def send(browser: FlaskClient, **changes: str) -> TestResponse:
    """Send a row with a key of its own unless one is given."""
    return browser.post(TYPE, data={"form_key": str(uuid.uuid4())} | ROW | changes)


def rows_of(app: Flask, table: str) -> int:
    return roads.row_counts(app)[table]


def print_sheets(browser: FlaskClient, sheets: str = "1", **changes: str) -> TestResponse:
    wish = {"form_key": str(uuid.uuid4()), "neighbourhood": builders.SLAAGHWIJK, "sheets": sheets}
    return browser.post("/paper/sheets", data=wish | changes)


def action_of(screen: Screen, part: str) -> str:
    """Return where the first form leads whose address has this part."""
    return next(form["action"] for form in screen.all("form") if part in form["action"])


def errors_in(answer: TestResponse) -> list[str]:
    return re.findall(r'id="(\w+)-error"', answer.text)


@pytest.mark.policy("V9")
def test_a_card_of_who_has_no_email_is_typed_and_a_call_waits(app: Flask) -> None:
    without_email(app, "Jan")
    nadia = sign_in(app, "Nadia")

    answer = send(nadia)

    assert (answer.status_code, answer.headers["Location"]) == (303, STACK)
    page = see(nadia, STACK)
    assert "Fatima El Amrani hielp Jan van den Berg anderhalf uur" in page.text
    assert "Eén briefje, 1 u 30 min" in page.text
    desk, people = see(nadia, "/desk").text, see(nadia, "/people")
    assert "Ingevuld door Nadia Benali" in desk
    assert "calls" in people.ids


def test_one_call_tells_of_the_whole_stack(app: Flask) -> None:
    without_email(app, "Jan")
    nadia = sign_in(app, "Nadia")

    for minutes in ("30m", "45m", "1u"):
        assert send(nadia, minutes=minutes).status_code == 303

    assert rows_of(app, "call_task") == 1


def test_day_and_kind_come_along_to_the_next_row_and_the_focus_is_on_who_helped(app: Flask) -> None:
    nadia = sign_in(app, "Nadia")
    send(nadia)

    page = nadia.get(STACK).text

    assert re.search(r'name="helped_on"[^>]*value="9-3-2026"', page)
    assert re.search(r'name="category"[^>]*value="14"', page)
    assert re.search(r'name="helper"[^>]* autofocus', page)
    assert re.search(r'name="helper"[^>]*value=""', page)


def test_everything_that_is_the_matter_is_said_at_its_box_and_what_was_typed_stays(
    app: Flask,
) -> None:
    nadia = sign_in(app, "Nadia")

    answer = send(
        nadia, helper="zz", helped="99", minutes="9", helped_on="31-2", category="99", slip="12"
    )

    assert answer.status_code == 422
    assert errors_in(answer) == [*ROW, "slip"]
    for typed in ("zz", "99", "9", "31-2", "12"):
        assert f'value="{typed}"' in answer.text
    assert rows_of(app, "exchange") == 0


def test_numbers_without_an_end_are_refused_too(sqlite_app: Flask) -> None:
    nadia = sign_in(sqlite_app, "Nadia")

    assert errors_in(send(nadia, category="1" * 5000)) == ["category"]
    assert nadia.get(f"/paper/sheets/{'9' * 25}").status_code == 404


REFUSED: list[tuple[dict[str, str], str]] = [
    ({"helper": "nad"}, "helper"),
    ({"helped": "nad"}, "helped"),
    ({"helped": "fat"}, "helper"),
    ({"helper": "gre", "helped": "mar"}, "helper"),
    ({"minutes": "20m"}, "minutes"),
    ({"minutes": "25u"}, "minutes"),
    ({"helped_on": "11-3-2026"}, "helped_on"),
    ({"helped_on": "1-1-2025"}, "helped_on"),
    ({"slip": slip_number(1000)}, "slip"),
    ({"slip": "1000A"}, "slip"),
]


def test_what_the_rooms_refuse_is_said_at_its_box(sqlite_app: Flask, clock: Clock) -> None:
    nadia = sign_in(sqlite_app, "Nadia")

    answers = [send(nadia, **changes) for changes, _ in REFUSED]

    assert [answer.status_code for answer in answers] == [422] * len(REFUSED)
    assert [errors_in(answer) for answer in answers] == [[place] for _, place in REFUSED]
    assert rows_of(sqlite_app, "exchange") == 0


def test_several_that_fit_are_chosen_from_and_the_row_is_sent_again(app: Flask) -> None:
    with app.app_context():
        timebank = builders.timebank_of(db.session)
        other = builders.a_member(db.session, timebank, "Janneke", "Bakker").id
        db.session.commit()
    nadia = sign_in(app, "Nadia")

    asked = send(nadia)
    chosen = send(nadia, helped_choice=str(other))

    assert asked.status_code == 422
    assert errors_in(asked) == []
    assert f'name="helped_choice" value="{other}"' in asked.text
    assert chosen.status_code == 303
    assert "hielp Janneke Bakker" in see(nadia, STACK).text


def test_a_member_number_says_who_it_was(app: Flask) -> None:
    with app.app_context():
        jan = builders.member_of(db.session, "Jan")
        number = give_numbers(db.session, [jan.id], timebank_id=jan.timebank_id)[jan.id]
        db.session.commit()
    nadia = sign_in(app, "Nadia")

    assert send(nadia, helped=member_number(number).lower()).status_code == 303
    assert "hielp Jan van den Berg" in see(nadia, STACK).text


def test_a_row_sent_twice_is_one_slip_and_one_that_was_changed_is_asked_about(app: Flask) -> None:
    nadia, key = sign_in(app, "Nadia"), str(uuid.uuid4())

    first, second = send(nadia, form_key=key), send(nadia, form_key=key)
    changed = send(nadia, form_key=key, minutes="2")

    assert (first.status_code, second.status_code, changed.status_code) == (303, 303, 422)
    assert rows_of(app, "exchange") == 1
    assert f'value="{key}"' not in changed.text


def test_a_slip_that_looks_the_same_is_saved_knowingly(app: Flask) -> None:
    nadia = sign_in(app, "Nadia")
    send(nadia)

    asked = send(nadia)
    saved = send(nadia, knowingly="yes")

    assert (asked.status_code, saved.status_code) == (422, 303)
    assert 'name="knowingly"' in asked.text
    assert rows_of(app, "exchange") == 2


def test_a_slip_used_before_is_refused_until_it_is_taken_back(app: Flask) -> None:
    nadia = sign_in(app, "Nadia")
    assert print_sheets(nadia).headers["Location"] == "/paper/sheets/1000"
    number = slip_number(1001)
    send(nadia, slip=number)

    refused = send(nadia, slip=number, minutes="2")
    undo = action_of(see(nadia, STACK), "/undo")
    undone = [nadia.post(undo).status_code for _ in range(2)]
    again = send(nadia, slip=number, minutes="2")

    assert (refused.status_code, errors_in(refused)) == (422, ["slip"])
    assert undone == [303, 303]
    assert again.status_code == 303
    assert "Eén briefje, 2 u" in see(nadia, STACK).text
    assert number in see(nadia, "/paper/stack/day").text


def test_nobody_takes_back_what_a_colleague_typed(app: Flask) -> None:
    nadia = sign_in(app, "Nadia")
    send(nadia)
    undo = action_of(see(nadia, STACK), "/undo")

    assert sign_in(app, "Bart").post(undo).status_code == 404
    assert "Ongedaan" in see(nadia, STACK).text


def test_the_stack_is_of_today_and_of_oneself(app: Flask, clock: Clock) -> None:
    nadia = sign_in(app, "Nadia")
    send(nadia)

    assert "0 briefjes" in see(sign_in(app, "Bart"), STACK).text
    clock.advance(hours=24)
    assert "0 briefjes" in see(sign_in(app, "Nadia"), STACK).text


def test_each_sheet_has_four_numbers_with_a_square(app: Flask) -> None:
    nadia = sign_in(app, "Nadia")

    page = see(nadia, print_sheets(nadia, "2").headers["Location"])

    numbers = [slip_number(number) for number in range(1000, 1008)]
    assert all(number in page.text for number in numbers)
    assert len(page.of_class("tb-qr")) == 8
    assert "Samen koffie drinken" in page.text
    assert slip_number(1008) not in page.text


def test_a_form_for_sheets_that_is_sent_twice_gives_out_one_run(app: Flask) -> None:
    nadia, key = sign_in(app, "Nadia"), str(uuid.uuid4())

    answers = [print_sheets(nadia, form_key=key).headers["Location"] for _ in range(2)]

    assert answers == ["/paper/sheets/1000"] * 2
    assert rows_of(app, "slip_range") == 1


def test_sheets_that_cannot_be_made_are_refused_at_the_field(sqlite_app: Flask) -> None:
    nadia = sign_in(sqlite_app, "Nadia")
    wishes = [{"sheets": text} for text in ("0", "26", "veel", "1" * 40, "")]
    wishes.append({"neighbourhood": builders.ZIJLWIJK})

    answers = [print_sheets(nadia, **wish) for wish in wishes]

    assert [answer.status_code for answer in answers] == [422] * len(wishes)
    assert [errors_in(answer) for answer in answers] == [list(wish) for wish in wishes]
    assert rows_of(sqlite_app, "slip_range") == 0


def test_the_sheets_of_a_neighbourhood_are_for_its_coordinators(app: Flask) -> None:
    address = print_sheets(sign_in(app, "Nadia")).headers["Location"]

    assert sign_in(app, "Marijke").get(address).status_code == 404
    assert sign_in(app, "Bart").get(address).status_code == 200
    assert sign_in(app, "Bart").get("/paper/sheets/1001").status_code == 404


def test_the_square_on_a_slip_opens_the_form_and_the_number_stays_with_the_exchange(
    app: Flask,
) -> None:
    nadia = sign_in(app, "Nadia")
    print_sheets(nadia)
    fatima, number = sign_in(app, "Fatima"), slip_number(1002)

    landing = see(fatima, f"/slip/{number.lower()}")
    begun = fatima.post(action_of(landing, "/gave"))
    key = uuid.UUID(urlsplit(begun.headers["Location"]).path.split("/")[-2])
    roads.fill_in(fatima, key=key)
    sent = fatima.post(roads.form_address("gave", key, "check"))

    assert f"Van papieren briefje {number}" in see(fatima, sent.headers["Location"]).text
    assert "al opgeschreven" in see(sign_in(app, "Jan"), f"/slip/{number}").text
    assert send(nadia, helper="gre", slip=number).status_code == 422
    assert rows_of(app, "exchange") == 1


def test_a_slip_that_was_used_meanwhile_is_refused_when_the_form_is_sent(app: Flask) -> None:
    nadia, fatima, number = sign_in(app, "Nadia"), sign_in(app, "Fatima"), slip_number(1000)
    print_sheets(nadia)
    begun = fatima.post(f"/slip/{number}/received")
    key = uuid.UUID(urlsplit(begun.headers["Location"]).path.split("/")[-2])
    roads.fill_in(fatima, "received", key=key)
    send(nadia, slip=number)

    late = fatima.post(roads.form_address("received", key, "check"))

    assert late.status_code == 422
    assert "al opgeschreven" in Screen(late).text
    assert rows_of(app, "exchange") == 1


def test_a_number_that_was_never_printed_is_said_kindly(sqlite_app: Flask) -> None:
    fatima = sign_in(sqlite_app, "Fatima")

    for text in ("1000A", slip_number(1000), "zomaar", "1" * 40, "%00"):
        assert fatima.get(f"/slip/{text}").status_code == 404
        assert fatima.post(f"/slip/{text}/gave").headers["Location"].startswith("/slip/")
    assert rows_of(sqlite_app, "exchange_draft") == 0


def make_letters(
    browser: FlaskClient, code: str = builders.SLAAGHWIJK, key: str = ""
) -> TestResponse:
    wish = {"form_key": key or str(uuid.uuid4()), "neighbourhood": code}
    return browser.post("/paper/letters", data=wish)


def test_who_has_no_email_gets_hours_and_decisions_on_paper_once_a_day(
    app: Flask, clock: Clock
) -> None:
    without_email(app, "Jan")
    with app.app_context():
        builders.approved(db.session, minutes=90)
        db.session.commit()
    nadia, key = sign_in(app, "Nadia"), str(uuid.uuid4())

    first, again = make_letters(nadia, key=key), make_letters(nadia, key=key)
    none_left = make_letters(nadia)

    assert first.headers["Location"] == again.headers["Location"] == f"/paper/letters/{key}"
    assert none_left.headers["Location"] == "/paper"
    sheet = see(nadia, first.headers["Location"]).text
    assert "De uren van Jan van den Berg" in sheet
    assert member_number(1) in sheet
    assert "U kreeg meer hulp dan u gaf" in sheet
    assert "Goedgekeurd." in sheet
    assert "Fatima El Amrani" not in see(nadia, "/paper").text
    done = ledger.Base.metadata.tables["audit_event"]
    with roads.reading(app) as connection:
        query = sa.select(done.c.about_member_id).where(done.c.action == "statement:print")
        assert [row[0] for row in connection.execute(query)] == [roads.member_id(app, "Jan")]


def test_the_next_letter_tells_only_what_was_decided_since(app: Flask, clock: Clock) -> None:
    without_email(app, "Jan")
    with app.app_context():
        builders.approved(db.session, minutes=90)
        db.session.commit()
    make_letters(sign_in(app, "Nadia"))
    clock.advance(hours=30)
    with app.app_context():
        builders.approved(db.session, minutes=45, now=clock.now())
        db.session.commit()
    nadia = sign_in(app, "Nadia")

    sheet = see(nadia, make_letters(nadia).headers["Location"]).text

    decided, _, lines = sheet.partition("Het laatst opgeschreven")
    assert "Nagekeken sinds onze brief van 10 maart 2026" in decided
    assert "drie kwartier" in decided
    assert "anderhalf uur" not in decided
    assert "anderhalf uur" in lines
    assert "drie kwartier" not in lines


def test_a_rejection_stands_in_the_letter_with_its_reason(app: Flask) -> None:
    without_email(app, "Jan")
    exchange_id = roads.log_help(sign_in(app, "Fatima"))
    nadia = sign_in(app, "Nadia")
    nadia.post(f"/desk/{exchange_id}/reject", data={"reason": "other", "words": "Dat was in mei."})

    sheet = see(nadia, make_letters(nadia).headers["Location"]).text

    assert "Niet goedgekeurd." in sheet
    assert "Dat was in mei." in sheet


def test_a_letter_says_in_words_what_was_corrected_and_done_together(
    app: Flask, clock: Clock
) -> None:
    without_email(app, "Jan")
    with app.app_context():
        book(db.session, cook_in(db.session))
        old = builders.approved(db.session, minutes=90)
        correct(db.session, old, right(db.session))
        db.session.commit()
    clock.advance(hours=4)
    nadia = sign_in(app, "Nadia")

    decided, _, lines = see(nadia, make_letters(nadia).headers["Location"]).text.partition(
        "Het laatst opgeschreven"
    )

    assert re.search("anderhalf uur.*Verbeterd.</strong> Nu staat er: .*een half uur", decided)
    assert "Samen: Samen koken op zaterdag 7 maart 2026." in lines
    assert "uur geholpen" not in lines


def test_letters_are_for_ones_own_neighbourhoods(app: Flask) -> None:
    without_email(app, "Jan")
    address = make_letters(sign_in(app, "Nadia")).headers["Location"]
    marijke = sign_in(app, "Marijke")

    assert marijke.get(address).status_code == 404
    assert make_letters(marijke).status_code == 404
    assert make_letters(marijke, code=builders.HOLTEN).status_code == 404
    assert "Jan" not in see(marijke, "/paper").text
