# SPDX-License-Identifier: EUPL-1.2
"""What a coordinator needs to go on: whom to call, what still waits, and the way back."""

from __future__ import annotations

import uuid

from flask import Flask

from tests.appointments.making import agreed
from tests.web import roads
from tests.web.roads import see, sign_in
from tests.web.screens import Screen
from tests.web.test_calls import without_email
from tests.web.test_disputes import booked, press
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
