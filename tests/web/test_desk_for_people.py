# SPDX-License-Identifier: EUPL-1.2
"""What a coordinator needs to go on: whom to call, what still waits, and the way back."""

from __future__ import annotations

import uuid

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import builders
from tests.appointments.making import agreed
from tests.builders import approved
from tests.web import roads
from tests.web.roads import see, sign_in
from tests.web.screens import Screen
from tests.web.test_calls import without_email
from tests.web.test_disputes import booked, press
from tests.web.test_files import brought
from timebank.extensions import db


def counted(screen: Screen) -> tuple[bool, bool]:
    """Say whether the page says that one waits for the reader, and that one waits for an answer."""
    return (
        "Er staat één keer hulp klaar om na te kijken." in screen.text,
        "Eén keer hulp wacht op een antwoord of op een collega." in screen.text,
    )


def test_the_start_page_and_the_desk_count_the_same(app: Flask) -> None:
    fatima, nadia = sign_in(app, "Fatima"), sign_in(app, "Nadia")
    first, _ = roads.log_help(fatima), roads.log_help(fatima, minutes={"minutes": "60"})
    nadia.post(f"/desk/{first}/ask", data={"question": "Welke dag?"})
    see(nadia, "/desk")

    assert counted(see(nadia, "/")) == counted(see(nadia, "/desk")) == (True, True)


def test_nothing_is_called_checked_while_something_else_waits(app: Flask) -> None:
    nadia, jan = sign_in(app, "Nadia"), sign_in(app, "Jan")
    exchange_id = booked(app)
    done = "Alles is nagekeken"
    assert done in see(nadia, "/desk").text

    jan.post(f"/exchanges/{exchange_id}/not-right", data={"reason": "twice", "words": ""})
    desk = see(nadia, "/desk")

    assert done not in desk.text
    assert "#disputed" in desk.links
    press(nadia, see(nadia, f"/exchanges/{exchange_id}/amend"), "/amend/stands")
    assert done in see(nadia, "/desk").text
    without_email(app, "Jan")
    refused = roads.log_help(sign_in(app, "Fatima"))
    nadia.post(f"/desk/{refused}/reject", data={"reason": "wrong_person"})
    for page in ("/desk", "/"):
        told = see(nadia, page)
        assert "/people#calls" in told.links, page
        assert done not in told.text, page


def test_the_desk_shows_whom_to_call_about_what_is_not_right(app: Flask) -> None:
    nadia, jan = sign_in(app, "Nadia"), sign_in(app, "Jan")
    exchange_id = booked(app, "Greet", "Jan")
    without_email(app, "Jan")
    without_email(app, "Greet")
    jan.post(f"/exchanges/{exchange_id}/not-right", data={"reason": "twice", "words": ""})
    pages = {name: f"/people/{roads.member_id(app, name)}" for name in ("Jan", "Greet")}

    for address in ("/desk", f"/exchanges/{exchange_id}/amend"):
        links = see(nadia, address).links
        assert {pages["Jan"], "tel:0715551234"} <= set(links), address
        assert pages["Greet"] not in links, address


def test_a_person_has_the_appointments_that_come(app: Flask) -> None:
    with app.app_context():
        appointment_id = agreed(db.session)
        db.session.commit()
    nadia, jan = sign_in(app, "Nadia"), roads.member_id(app, "Jan")

    assert f"/appointments/{appointment_id}" in see(nadia, f"/people/{jan}").links


def test_the_way_back_of_a_coordinator_is_to_the_desk_and_of_the_two_to_the_start(
    app: Flask,
) -> None:
    fatima, nadia = sign_in(app, "Fatima"), sign_in(app, "Nadia")
    waiting, done = roads.log_help(fatima), booked(app)

    def ways(browser_of: str, exchange_id: uuid.UUID) -> list[str]:
        browser = {"Fatima": fatima, "Nadia": nadia}[browser_of]
        return see(browser, f"/exchanges/{exchange_id}").links

    assert f"/desk#slip-{waiting}" in ways("Nadia", waiting)
    assert f"/desk#slip-{waiting}" in see(nadia, f"/desk/{waiting}").links
    assert f'id="slip-{waiting}"' in see(nadia, "/desk").text
    corrected = press(nadia, see(nadia, f"/exchanges/{done}/amend"), "/correct", minutes="0:30")
    assert "/desk#desk-list" in corrected.links
    assert not [link for link in ways("Fatima", waiting) if link.startswith("/desk")]


def test_who_is_the_one_to_call_is_not_told_to_call_themselves(app: Flask) -> None:
    words = "Hulp nodig? Bel Nadia Benali"

    assert words not in see(sign_in(app, "Nadia"), "/").text
    assert words in see(sign_in(app, "Fatima"), "/").text


def test_a_coordinator_lets_help_that_was_not_approved_wait_again(app: Flask) -> None:
    fatima, nadia = sign_in(app, "Fatima"), sign_in(app, "Nadia")
    old = roads.log_help(fatima)
    nadia.post(f"/desk/{old}/reject", data={"reason": "wrong_person"})
    see(nadia, "/desk")
    page = f"/exchanges/{old}"

    assert not see(fatima, page).all("form", action=f"{page}/look-again")
    desk = press(nadia, see(nadia, page), "/look-again")

    assert "Het wacht weer op de lijst" in desk.text
    assert "Fatima El Amrani hielp Jan van den Berg" in desk.text
    assert "Een coördinator bekijkt dit nog een keer" in see(fatima, page).text
    assert not see(nadia, page).all("form", action=f"{page}/look-again")
    subjects = [mail.split("\n")[0] for mail in roads.mails_to(app, "jan@example.org")]
    assert subjects == ["Wij kijken er nog een keer naar"]


def looked_at_again(app: Flask, **said: str) -> tuple[FlaskClient, uuid.UUID, uuid.UUID]:
    """Return Nadia's browser, help that was not approved, and the same that waits again."""
    with app.app_context():
        approved(db.session)
        db.session.commit()
    fatima, nadia = sign_in(app, "Fatima"), sign_in(app, "Nadia")
    old = roads.log_help(fatima)
    nadia.post(f"/desk/{old}/reject", data={"reason": "wrong_person"} | said)
    nadia.post(f"/exchanges/{old}/look-again")
    waiting = [one for one in see(nadia, "/desk").ids if one.startswith("slip-")]
    (new,) = (uuid.UUID(one.removeprefix("slip-")) for one in waiting)
    return nadia, old, new


def test_a_second_look_stands_first_at_the_desk_and_says_why_it_was_refused(app: Flask) -> None:
    nadia, old, new = looked_at_again(app, reason="other", words="Niemand was thuis.")
    told = "Was eerder niet goedgekeurd: Niemand was thuis. Kijk nog een keer."

    for page in ("/desk", f"/desk/{new}"):
        screen = see(nadia, page)
        assert told in screen.text
        assert f"/exchanges/{old}" in screen.links
    assert not see(nadia, "/desk").all("form", id="ordinary")


def test_its_history_says_that_a_coordinator_let_it_wait_and_who_wrote_it(app: Flask) -> None:
    nadia, _, new = looked_at_again(app)

    told = see(nadia, f"/exchanges/{new}").text

    assert "Een coördinator liet dit weer wachten. Opgeschreven door Fatima El Amrani" in told
    assert "Opgeschreven 2" not in told.partition("Wat er gebeurde")[2]


@pytest.mark.parametrize(
    ("end", "told"),
    [
        ("approve", "Een coördinator keek hier nog een keer naar en keurde het goed."),
        ("reject", "Een coördinator keek hier nog een keer naar. Het is niet goedgekeurd."),
        ("withdraw", "Dit wachtte nog een keer. Daarna is het teruggenomen."),
    ],
)
def test_the_old_page_says_what_became_of_the_second_look(app: Flask, end: str, told: str) -> None:
    nadia, old, new = looked_at_again(app)
    page = f"/exchanges/{old}"
    if end == "withdraw":
        sign_in(app, "Fatima").post(f"/exchanges/{new}/withdraw")
    else:
        nadia.post(f"/desk/{new}/{end}", data={"reason": "wrong_person"})
        see(nadia, "/desk")

    screen = see(nadia, page)
    assert told in screen.text
    assert "Een coördinator bekijkt dit nog een keer" not in screen.text
    assert "Wij kijken er nog een keer naar" not in see(nadia, f"/exchanges/{new}").text
    stale = Screen(nadia.post(f"{page}/look-again", follow_redirects=True))
    assert "Het wacht weer op de lijst" not in stale.text
    assert "Dit wachtte al eerder weer." in stale.text


def test_a_file_shows_how_its_first_good_lines_will_stand_here(sqlite_app: Flask) -> None:
    nadia = sign_in(sqlite_app, "Nadia")
    head = "day,helper,helped,minutes,category,note\n"
    two = "Jan van den Berg,Fatima El Amrani"
    # The first line lasts no time at all: it is not good.
    lines = [f"2026-03-01,{two},{15 * n},groceries,\n" for n in range(22)]

    page = see(nadia, brought(nadia, (head + "".join(lines)).encode()))

    rows = [one for one in page.all("tr") if "Jan van den Berg" in one.text]
    assert len(rows) == 20
    who = ["Regel 3", "Jan van den Berg", "Fatima El Amrani"]
    assert rows[0].parts == [*who, "15 minuten", "Boodschappen doen", "1 maart 2026"]
    assert "21 regels, samen 57 uur en 45 minuten." in page.text
    assert "Dit zijn de eerste 20." in page.text


def test_a_slip_without_a_kind_of_help_says_so_at_the_field(sqlite_app: Flask) -> None:
    nadia = sign_in(sqlite_app, "Nadia")
    row = {"helper": "Jan van den Berg", "helped": "Fatima El Amrani", "minutes": "30"}

    refused = Screen(
        nadia.post("/paper/stack/type", data=row | {"helped_on": "9-3", "category": ""})
    )

    assert refused.status == 422
    assert [one["name"] for one in refused.invalid] == ["category"]
    assert "Typ het nummer van de soort hulp." in refused.text


@pytest.mark.parametrize("form", ["log", "stack"])
def test_several_people_who_fit_are_a_choice_and_no_mistake(sqlite_app: Flask, form: str) -> None:
    with sqlite_app.app_context():
        builders.a_member(db.session, builders.timebank_of(db.session), "Janna", "Jansen")
        db.session.commit()
    nadia = sign_in(sqlite_app, "Nadia")
    if form == "log":
        address = roads.form_address("gave", roads.begin(nadia), "other")
        asked = Screen(nadia.post(address, data={"other_text": "jan"}))
    else:
        typed = {"helper": "jan", "helped": "Fatima El Amrani", "minutes": "30"}
        typed |= {"helped_on": "9-3", "category": "1"}
        asked = Screen(nadia.post("/paper/stack/type", data=typed))

    assert "Wie bedoelt u?" in asked.text
    assert (asked.summary, asked.invalid) == ([], [])
    assert "Fout:" not in asked.title
    assert len(asked.all("input", type="radio")) == 2


def test_what_is_said_to_be_not_right_is_not_headed_approved(sqlite_app: Flask) -> None:
    jan, exchange_id = sign_in(sqlite_app, "Jan"), booked(sqlite_app)
    page = f"/exchanges/{exchange_id}"
    assert see(jan, page).one("h1").text == "Goedgekeurd, dank u wel"

    jan.post(f"{page}/not-right", data={"reason": "twice", "words": ""})

    assert see(jan, page).one("h1").text == "De coördinator kijkt hiernaar"


def test_the_figures_say_what_a_step_is(sqlite_app: Flask) -> None:
    booked(sqlite_app)
    nadia = sign_in(sqlite_app, "Nadia")

    told = see(nadia, "/neighbourhoods").text

    assert "Stap 3: buren helpen elkaar, of doen het samen" in told
