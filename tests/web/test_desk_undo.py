# SPDX-License-Identifier: EUPL-1.2
"""The desk with its ten seconds: decide, undo, be too late, and what the two read meanwhile."""

from __future__ import annotations

import pathlib
import uuid
from collections.abc import Iterator

import pytest
from flask import Flask

from tests import builders
from tests.conftest import Clock, dispose, make_app
from tests.imports.bringing import from_a_file
from tests.web import roads
from tests.web.roads import see, sign_in
from tests.web.screens import Screen
from timebank.extensions import db
from timebank.jobs.schedule import carry_out


@pytest.fixture
def app(database_url: str, tmp_path: pathlib.Path) -> Iterator[Flask]:
    app = make_app(database_url, tmp_path, undo_seconds=10)
    yield app
    dispose(app)


def waiting(app: Flask, count: int = 1, **answers: object) -> list[str]:
    with app.app_context():
        if not answers.get("first"):
            builders.approved(db.session, minutes=15)
        answers.pop("first", None)
        ids = [
            builders.logged(db.session, minutes=15, **answers)  # type: ignore[arg-type]
            for _ in range(count)
        ]
        db.session.commit()
    return [str(one) for one in ids]


def undo_form(screen: Screen) -> str:
    (form,) = [form for form in screen.all("form") if "/desk/undo/" in form["action"]]
    return str(form["action"])


def test_an_approval_is_undone_in_time_and_nothing_was_ever_booked(app: Flask) -> None:
    (exchange_id,) = waiting(app)
    nadia, jan = sign_in(app, "Nadia"), sign_in(app, "Jan")

    nadia.post(f"/desk/{exchange_id}/approve")
    desk = see(nadia, "/desk")
    assert f"slip-{exchange_id}" not in desk.ids
    assert see(jan, f"/exchanges/{exchange_id}").of_class("tb-badge--held")
    nadia.post(undo_form(desk))

    assert f"slip-{exchange_id}" in see(nadia, "/desk").ids
    assert roads.balance(app, "Jan")[1] == 15
    assert roads.books_are_sound(app)


@pytest.mark.parametrize("by", ["job", "next click"])
def test_when_the_time_is_over_it_counts_and_undo_says_so_kindly(
    app: Flask, clock: Clock, by: str
) -> None:
    exchange_id, other = waiting(app, 2)
    nadia, marijke = sign_in(app, "Nadia"), sign_in(app, "Marijke")
    nadia.post(f"/desk/{exchange_id}/approve")
    undo = undo_form(see(nadia, "/desk"))
    clock.advance(seconds=10)

    if by == "job":
        with app.app_context():
            assert (carry_out(), carry_out()) == ("1 done", "0 done")
    else:
        marijke.post("/desk/together", data={"slip": [other]})
    answer = nadia.post(undo)

    assert roads.balance(app, "Jan")[1] == 30
    told = see(nadia, answer.headers["Location"])
    assert "tb-notice--info" in told.notices
    assert "Het was te laat" in told.text
    assert roads.books_are_sound(app)


@pytest.mark.parametrize("way", ["one", "together"])
def test_undo_pressed_twice_says_that_it_was_undone_already(app: Flask, way: str) -> None:
    (exchange_id,) = waiting(app)
    nadia = sign_in(app, "Nadia")
    if way == "one":
        nadia.post(f"/desk/{exchange_id}/approve")
    else:
        nadia.post("/desk/together", data={"slip": [exchange_id]})
    undo = undo_form(see(nadia, "/desk"))
    nadia.post(undo)

    twice = see(nadia, nadia.post(undo).headers["Location"]).text
    invented = see(nadia, nadia.post(f"/desk/undo/{uuid.uuid4()}").headers["Location"]).text

    assert "U hebt dit al ongedaan gemaakt" in twice
    assert "Er is niets ongedaan gemaakt" in invented
    assert "Het was te laat" not in twice + invented


def test_the_ordinary_ones_are_approved_together_without_those_that_were_unticked(
    app: Flask, clock: Clock
) -> None:
    ids = waiting(app, 4)
    nadia = sign_in(app, "Nadia")
    form = see(nadia, "/desk").form("/desk/together")
    key = str(uuid.uuid4())

    for _ in range(2):
        answer = nadia.post(form["action"], data={"key": key, "slip": ids[1:]})
    desk = see(nadia, answer.headers["Location"])

    assert undo_form(desk).endswith(key)
    assert [one for one in desk.ids if one.startswith("slip-")] == [f"slip-{ids[0]}"]
    clock.advance(seconds=10)
    with app.app_context():
        assert carry_out() == "3 done"
    assert roads.balance(app, "Jan")[1] == 60


def test_sent_twice_a_decision_answers_as_the_first_time(app: Flask) -> None:
    (exchange_id,) = waiting(app)
    nadia = sign_in(app, "Nadia")
    key = {"key": str(uuid.uuid4())}

    for _ in range(2):
        answer = nadia.post(f"/desk/{exchange_id}/approve", data=key)

    screen = see(nadia, answer.headers["Location"])
    assert "tb-notice--success" in screen.notices
    assert "tb-notice--info" not in screen.notices


def test_approving_what_was_taken_back_a_second_ago_is_told_kindly(app: Flask) -> None:
    (exchange_id,) = waiting(app)
    nadia, fatima = sign_in(app, "Nadia", "en"), sign_in(app, "Fatima")
    fatima.post(f"/exchanges/{exchange_id}/withdraw")

    answer = nadia.post(f"/desk/{exchange_id}/approve")
    screen = see(nadia, answer.headers["Location"])

    assert "taken back" in screen.text
    assert "tb-notice--error" not in screen.notices


def test_given_back_it_begins_again_from_the_same_answers(app: Flask, clock: Clock) -> None:
    (exchange_id,) = waiting(app)
    nadia, fatima = sign_in(app, "Nadia"), sign_in(app, "Fatima")
    refused = nadia.post(f"/desk/{exchange_id}/return", data={"words": " ", "on_its_own": "1"})
    assert (refused.status_code, len(Screen(refused).summary)) == (422, 1)
    nadia.post(f"/desk/{exchange_id}/return", data={"words": "Was dit dinsdag?"})
    clock.advance(seconds=10)
    with app.app_context():
        carry_out()

    assert "Was dit dinsdag?" in see(fatima, f"/exchanges/{exchange_id}").text
    addresses = [
        fatima.post(f"/exchanges/{exchange_id}/again").headers["Location"] for _ in range(2)
    ]
    assert addresses[0] == addresses[1]
    sent = fatima.post(addresses[0])

    assert (sent.status_code, "/exchanges/" in sent.headers["Location"]) == (303, True)
    again = fatima.post(f"/exchanges/{exchange_id}/again").headers["Location"]
    assert again == sent.headers["Location"]
    assert sign_in(app, "Jan").post(f"/exchanges/{exchange_id}/again").status_code == 404
    assert roads.books_are_sound(app)


def test_help_from_a_file_is_asked_of_both_and_written_again_by_the_first(
    app: Flask, clock: Clock
) -> None:
    with app.app_context():
        exchange_id = from_a_file(db.session)
        db.session.commit()
    page = f"/exchanges/{exchange_id}"
    nadia, fatima, jan = (sign_in(app, name, "en") for name in ("Nadia", "Fatima", "Jan"))
    nadia.post(f"/desk/{exchange_id}/ask", data={"question": "Was dit dinsdag?"})
    forms = [[form["action"] for form in see(one, page).all("form")] for one in (fatima, jan)]
    assert all(f"{page}/answer" in actions for actions in forms)
    assert all(f"{page}/withdraw" not in actions for actions in forms)
    nadia.post(f"/desk/{exchange_id}/return", data={"words": "Was dit dinsdag?"})
    clock.advance(seconds=10)
    with app.app_context():
        carry_out()

    begun = jan.post(f"{page}/again").headers["Location"]
    too_late = fatima.post(f"{page}/again").headers["Location"]
    sent = jan.post(begun).headers["Location"]
    later_still = fatima.post(f"{page}/again").headers["Location"]

    assert "/received/" in begun
    assert (too_late, later_still) == (page, page)
    assert "did so already" in see(fatima, page).text
    assert jan.post(f"{page}/again").headers["Location"] == sent
    assert roads.row_counts(app)["exchange"] == 2


def test_a_question_is_read_and_answered_on_the_page_of_the_exchange(app: Flask) -> None:
    (exchange_id,) = waiting(app)
    nadia, fatima = sign_in(app, "Nadia"), sign_in(app, "Fatima")
    nadia.post(f"/desk/{exchange_id}/ask", data={"question": "Hoe laat was dit?"})

    assert "Hoe laat was dit?" in see(fatima, f"/exchanges/{exchange_id}").text
    empty = fatima.post(f"/exchanges/{exchange_id}/answer", data={"answer": ""})
    assert (empty.status_code, Screen(empty).summary) == (422, ["#answer"])
    fatima.post(f"/exchanges/{exchange_id}/answer", data={"answer": "Om drie uur"})

    assert "Om drie uur" in see(nadia, "/desk").text
    assert "Hoe laat was dit?" not in see(sign_in(app, "Greet"), "/my-hours").text


@pytest.mark.policy("V15")
def test_an_administrator_switches_it_on_and_a_coordinator_gets_a_sample_to_look_at(
    app: Flask,
) -> None:
    bart, nadia, jan = (sign_in(app, name) for name in ("Bart", "Nadia", "Jan"))
    address = f"/rules/{builders.SLAAGHWIJK}"
    screen = see(bart, address)
    form = screen.form(address)
    typed = screen.fields(form)
    wrong = bart.post(address, data=typed | {"sample_percentage": "ten"})
    assert (wrong.status_code, Screen(wrong).summary) == (422, ["#sample_percentage"])
    on = typed | {"auto_approve_minutes": "60", "sample_percentage": "100"}
    assert bart.post(address, data=on).status_code == 303
    (exchange_id,) = waiting(app)

    jan.post(f"/exchanges/{exchange_id}/confirm")

    assert see(jan, f"/exchanges/{exchange_id}").of_class("tb-badge--approved")
    assert f"sample-{exchange_id}" in see(nadia, "/desk").ids
    nadia.post(f"/desk/{exchange_id}/checked")
    assert f"sample-{exchange_id}" not in see(nadia, "/desk").ids
    assert "/rules" in see(nadia, "/desk").links


def test_what_can_be_undone_is_not_told_as_the_slip_that_was_clicked_after_it(app: Flask) -> None:
    first, second = waiting(app, 2)
    nadia = sign_in(app, "Nadia", "en")
    nadia.post(f"/desk/{first}/reject", data={"reason": "wrong_person"})
    told = nadia.get("/desk").text
    nadia.post(f"/desk/{second}/ask", data={"question": "How long was it?"})
    later = nadia.get("/desk").text

    assert told.count(f'href="/exchanges/{first}">See it') == 1
    assert "Not approved." in later
    assert later.count('">See it') == later.count(f'href="/exchanges/{second}">See it') == 1
