# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import pathlib
import re

import pytest
import sqlalchemy as sa
from flask import Flask

import ledger
from tests import builders
from tests.asking.test_asking import ask
from tests.conftest import Clock
from tests.own_data.test_own_data import hold_return
from tests.web import roads
from tests.web.roads import see, sign_in, visitor
from tests.web.screens import Screen
from timebank.extensions import db
from timebank.jobs.schedule import deliver_mail
from timebank.members.models import Person
from timebank.notices.models import Mail


def write_note(app: Flask, kind: str, words: str) -> None:
    answer = sign_in(app, "Nadia").post(
        f"/notes/{roads.member_id(app, 'Fatima')}", data={"kind": kind, "words": words}
    )
    assert answer.status_code == 303


def newest_mails(app: Flask) -> dict[str, str]:
    with app.app_context():
        rows = db.session.execute(sa.select(Mail.to_address, Mail.body)).all()
        return {row.to_address: row.body for row in rows}


def confirming_link(app: Flask, address: str) -> str:
    found = re.search(r"http://localhost(/address/\S+)", newest_mails(app)[address])
    assert found
    return found[1]


def details(**changes: str) -> dict[str, str]:
    typed = {
        "given_name": "Fatima",
        "family_name": "El Amrani",
        "language": "nl",
        "email": "fatima@example.org",
    }
    return typed | changes


@pytest.mark.policy("D13")
def test_ones_own_page_holds_ones_help_and_notes_and_no_concern(app: Flask) -> None:
    fatima = sign_in(app, "Fatima", "en")
    exchange = roads.log_help(fatima, note={"note": "Two heavy bags"})
    sign_in(app, "Nadia").post(f"/desk/{exchange}/approve")
    write_note(app, "note", "Likes to cook for others")
    write_note(app, "concern", "Seems to sleep badly")

    page = see(fatima, "/my-data")

    assert "Two heavy bags" in page.text
    assert "Likes to cook for others" in page.text
    assert "Nadia Benali: Wrote a note" in page.text
    assert "fatima@example.org" in page.text
    assert "Seems to sleep badly" not in page.text
    assert page.text.count("Nadia Benali: Wrote a note") == 1
    assert "jan@example.org" not in page.text


def test_that_a_concern_was_written_or_read_cannot_be_told_from_ones_own_data(app: Flask) -> None:
    fatima, nadia = sign_in(app, "Fatima", "en"), sign_in(app, "Nadia")
    write_note(app, "concern", "Seems to sleep badly")
    nadia.post(f"/notes/{roads.member_id(app, 'Fatima')}/read")

    page, file = see(fatima, "/my-data"), fatima.get("/my-data.json").get_json()

    assert "There is no note that you can read here." in page.text
    assert "Nadia Benali:" not in page.text
    assert not any(deed["action"].startswith("note:") for deed in file["sections"]["looked_at"])


def test_ones_own_page_says_who_asked_who_agreed_and_what_is_decided(sqlite_app: Flask) -> None:
    fatima = sign_in(sqlite_app, "Fatima", "en")
    exchange = roads.log_help(fatima)
    sign_in(sqlite_app, "Jan").post(f"/exchanges/{exchange}/confirm")
    with sqlite_app.app_context():
        ask(db.session, exchange)
        hold_return(db.session, exchange)
        db.session.commit()

    text = see(fatima, "/my-data").text

    for words in ("A coordinator asked", "Was dit maandag?", "The other one said that it is right"):
        assert words in text
    assert "Decided this minute: Given back, to be written down again" in text
    assert "Welke dag?" in text


def test_the_file_holds_the_same_for_other_programs(app: Flask) -> None:
    fatima = sign_in(app, "Fatima")
    roads.log_help(fatima, note={"note": "Two heavy bags"})
    write_note(app, "concern", "Seems to sleep badly")

    answer = fatima.get("/my-data.json")

    assert answer.mimetype == "application/json"
    assert "attachment" in answer.headers["Content-Disposition"]
    sections = answer.get_json()["sections"]
    assert sections["person"][0]["email"] == "fatima@example.org"
    assert sections["exchanges"][0]["note"] == "Two heavy bags"
    assert "Seems to sleep badly" not in answer.text
    assert "jan@example.org" not in answer.text


def test_who_only_reads_for_the_municipality_sees_their_data_too(app: Flask) -> None:
    page = see(sign_in(app, "Annelies"), "/my-data")

    assert "Vermeulen" in page.text


def test_a_corrected_name_is_what_neighbours_find(app: Flask) -> None:
    fatima = sign_in(app, "Fatima")

    answer = fatima.post("/my-data/details", data=details(given_name="Fátima"))

    assert answer.status_code == 303
    with app.app_context():
        person = db.session.scalars(sa.select(Person).where(Person.given_name == "Fátima")).one()
        assert (person.search_given, person.email) == ("fatima", "fatima@example.org")
    assert newest_mails(app) == {}


@pytest.mark.parametrize(
    "changes",
    [
        {"given_name": " . "},
        {"family_name": "x" * 81},
        {"email": "nobody"},
        {"email": "a@["},
        {"email": ""},
    ],
)
def test_what_is_no_name_or_address_is_shown_at_its_field(
    app: Flask, changes: dict[str, str]
) -> None:
    (field,) = changes

    screen = Screen(sign_in(app, "Fatima").post("/my-data/details", data=details(**changes)))

    assert screen.status == 422
    assert [one["name"] for one in screen.invalid] == [field]
    assert screen.summary == [f"#{field}"]


def test_a_new_address_counts_once_its_owner_confirms_it(app: Flask) -> None:
    fatima = sign_in(app, "Fatima")
    fatima.post("/my-data/details", data=details(email="New@example.org"))
    mails = newest_mails(app)
    link = confirming_link(app, "new@example.org")

    before = email_of(app, "Fatima")
    looked = see(visitor(app), link)
    after_looking = email_of(app, "Fatima")
    answer = visitor(app).post(link)
    again = visitor(app).post(link)

    assert set(mails) == {"new@example.org", "fatima@example.org"}
    assert "071 555 01 00" in mails["fatima@example.org"]
    assert "new@example.org" not in mails["fatima@example.org"]
    assert looked.form(link)
    assert before == after_looking == "fatima@example.org"
    assert (answer.status_code, again.status_code) == (303, 410)
    assert email_of(app, "Fatima") == "new@example.org"


def test_an_old_address_stands_nowhere_any_more_once_its_mails_are_sent(app: Flask) -> None:
    fatima = sign_in(app, "Fatima")
    fatima.post("/my-data/details", data=details(email="new@example.org"))
    link = confirming_link(app, "new@example.org")
    with app.app_context():
        deliver_mail()

    visitor(app).post(link)

    assert set(newest_mails(app)) == {"new@example.org"}


def email_of(app: Flask, given_name: str) -> str | None:
    with app.app_context():
        return db.session.scalar(sa.select(Person.email).where(Person.given_name == given_name))


def test_a_link_to_confirm_an_address_ends_after_a_day(app: Flask, clock: Clock) -> None:
    sign_in(app, "Fatima").post("/my-data/details", data=details(email="new@example.org"))
    link = confirming_link(app, "new@example.org")

    clock.advance(hours=24)

    assert visitor(app).post(link).status_code == 410
    assert email_of(app, "Fatima") == "fatima@example.org"


def test_nobody_learns_that_an_address_belongs_to_a_member(app: Flask) -> None:
    fatima = sign_in(app, "Fatima", "en")
    answers = []
    for address in ("jan@example.org", "unknown@example.org"):
        fatima.post("/my-data/details", data=details(email=address))
        answers.append([one.text for one in see(fatima, "/my-data").of_class("tb-notice")])
        assert address in see(fatima, "/my-data").text

    assert answers[0] == answers[1]
    assert "jan@example.org" not in newest_mails(app)


def test_a_member_asks_for_five_addresses_an_hour(app: Flask) -> None:
    fatima = sign_in(app, "Fatima")

    statuses = [
        fatima.post("/my-data/details", data=details(email=f"new{n}@example.org")).status_code
        for n in range(6)
    ]

    assert statuses == [303] * 5 + [429]
    assert "new5@example.org" not in newest_mails(app)


def test_who_pauses_is_not_suggested_and_still_found_by_the_whole_name(
    app: Flask, clock: Clock
) -> None:
    jan, fatima = sign_in(app, "Jan"), sign_in(app, "Fatima")

    jan.post("/my-data/pause", data={"until": "2"})

    assert suggestions(fatima, "Ja") == []
    key = roads.fill_in(fatima, until="category", other=roads.named("Jan"))
    assert key
    assert see(jan, "/my-data").form("/my-data/come-back")
    clock.advance(days=15)
    assert suggestions(fatima, "Ja") == ["Jan van den Berg"]


def suggestions(browser: object, letters: str) -> list[str]:
    key = roads.begin(browser)  # type: ignore[arg-type]
    answer = browser.post(  # type: ignore[attr-defined]
        roads.form_address("gave", key, "other"), data={"other_text": letters}
    )
    screen = Screen(answer)
    return [
        name
        for name in ("Jan van den Berg", "Greet de Boer")
        if screen.status == 422 and name in screen.text
    ]


def test_coming_back_ends_the_pause(app: Flask) -> None:
    jan, fatima = sign_in(app, "Jan"), sign_in(app, "Fatima")
    jan.post("/my-data/pause", data={"until": "open"})

    jan.post("/my-data/come-back")

    assert suggestions(fatima, "Ja") == ["Jan van den Berg"]


def test_a_pause_without_a_length_is_asked_again(app: Flask) -> None:
    screen = Screen(sign_in(app, "Jan").post("/my-data/pause", data={"until": "1000"}))

    assert screen.status == 422
    assert screen.summary == ["#until"]


def test_leaving_signs_out_and_leaves_the_books_balanced_and_a_line_on_the_list(
    app: Flask, tmp_path: pathlib.Path
) -> None:
    fatima, jan = sign_in(app, "Fatima", "en"), sign_in(app, "Jan", "en")
    approved, waiting = roads.log_help(fatima), roads.log_help(fatima)
    sign_in(app, "Nadia").post(f"/desk/{approved}/approve")

    answer = fatima.post("/my-data/leave")

    assert answer.headers["Location"] == "/left"
    assert fatima.get("/my-data").status_code == 303
    assert see(fatima, "/left").title
    hers = see(jan, f"/exchanges/{approved}")
    assert "A former member" in hers.text
    assert "Fatima" not in hers.text
    assert see(jan, f"/exchanges/{waiting}").of_class("tb-badge--withdrawn")
    assert roads.balance(app, "Jan") == (0, 90, 0, 0)
    assert roads.books_are_sound(app)
    assert len((tmp_path / "erased.txt").read_text().splitlines()) == 1
    assert "because the other person stopped" in see(jan, "/my-data").text


def test_an_administrator_erases_on_request_and_nobody_else_does(app: Flask) -> None:
    fatima_id = roads.member_id(app, "Fatima")
    statuses = [
        sign_in(app, name).post(f"/erase/{fatima_id}").status_code
        for name in ("Jan", "Nadia", "Annelies")
    ]
    bart = sign_in(app, "Bart", "en")
    asked = see(bart, f"/erase/{fatima_id}")

    answers = [bart.post(f"/erase/{fatima_id}").status_code for _ in "ab"]

    assert statuses == [404] * 3
    assert "Fatima El Amrani" in asked.text
    assert answers == [303, 404]
    assert "Bart Verhoeven: Removed the personal data" in see(bart, "/audit").text
    with app.app_context():
        assert ledger.violations(db.session, timebank_id=1) == []
        assert builders.timebank_of(db.session).id == 1
