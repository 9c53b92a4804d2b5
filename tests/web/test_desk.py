# SPDX-License-Identifier: EUPL-1.2
"""The desk: what waits, the oldest first; approve, reject, and being second."""

from __future__ import annotations

import uuid

import pytest
from flask import Flask

from tests import builders
from tests.conftest import Clock
from tests.web import roads
from tests.web.roads import see, sign_in
from tests.web.screens import Screen
from timebank.exchanges.workflow import RejectionReason
from timebank.extensions import db


def slips(screen: Screen) -> list[str]:
    return [one.removeprefix("slip-") for one in screen.ids if one.startswith("slip-")]


def waiting(app: Flask, clock: Clock, helper: str, helped: str) -> str:
    clock.advance(minutes=1)
    with app.app_context():
        exchange_id = builders.logged(db.session, helper, helped, now=clock.now())
        db.session.commit()
    return str(exchange_id)


def test_the_desk_shows_the_oldest_first_of_its_own_neighbourhoods_on_either_side(
    app: Flask, clock: Clock
) -> None:
    within = waiting(app, clock, "Fatima", "Jan")
    across = waiting(app, clock, "Greet", "Jan")
    elsewhere = waiting(app, clock, "Marijke", "Greet")
    waiting(app, clock, "Henk", "Gerda")
    back = waiting(app, clock, "Jan", "Greet")

    shown = {name: slips(see(sign_in(app, name), "/desk")) for name in ("Nadia", "Marijke", "Bart")}

    assert shown == {
        "Nadia": [within, across, back],
        "Marijke": [across, back],
        "Bart": [within, across, elsewhere, back],
    }
    assert f"own-{elsewhere}" in see(sign_in(app, "Marijke"), "/desk").ids


def test_the_desk_says_when_there_is_more_than_a_page(app: Flask, clock: Clock) -> None:
    every = [waiting(app, clock, "Fatima", "Jan") for _ in range(51)]
    nadia = sign_in(app, "Nadia")

    before = see(nadia, "/desk")
    nadia.post(f"/desk/{every[0]}/approve")
    after = see(nadia, "/desk")

    assert slips(before) == every[:50]
    assert slips(after) == every[1:]
    paragraphs = [len(screen.of_class("utrecht-paragraph")) for screen in (before, after)]
    assert paragraphs[0] == paragraphs[1] + 1


@pytest.mark.parametrize("reason", list(RejectionReason))
def test_an_exchange_is_rejected_with_a_reason_that_both_can_read(
    app: Flask, clock: Clock, reason: RejectionReason
) -> None:
    exchange_id = waiting(app, clock, "Fatima", "Jan")
    nadia = sign_in(app, "Nadia")
    words = "We spoke on the phone" if reason is RejectionReason.OTHER else ""
    form = see(nadia, "/desk").form(f"{exchange_id}/reject")

    answer = nadia.post(form["action"], data={"reason": reason, "words": words})

    assert answer.status_code == 303
    assert "tb-notice--success" in see(nadia, answer.headers["Location"]).notices
    for name in ("Fatima", "Jan"):
        screen = see(sign_in(app, name), f"/exchanges/{exchange_id}")
        assert screen.of_class("tb-badge--rejected")
        assert words in screen.text
    assert roads.balance(app, "Jan") == (0, 0, 0, 0)
    assert roads.books_are_sound(app)


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("", "Jan was ill that day"),
        ("other", " \r\n "),
        ("balance", "has too few hours"),
        ("other", "w" * 501),
        ("wrong_person", "a bell \x07"),
    ],
)
def test_without_a_good_reason_nothing_is_rejected_and_the_words_stay(
    app: Flask, clock: Clock, reason: str, words: str
) -> None:
    exchange_id = waiting(app, clock, "Fatima", "Jan")
    other_id = waiting(app, clock, "Jan", "Fatima")
    nadia = sign_in(app, "Nadia")
    digest = roads.digest_of_all_tables(app)

    response = nadia.post(f"/desk/{exchange_id}/reject", data={"reason": reason, "words": words})

    screen = Screen(response)
    assert response.status_code == 422
    assert len(screen.summary) == 1
    assert screen.summary[0].removeprefix("#") in screen.ids
    (invalid,) = screen.invalid
    assert str(exchange_id) in invalid["aria-describedby"]
    texts = {one["id"]: one.raw for one in screen.all("textarea")}
    assert texts[f"words-{exchange_id}"].split() == words.split()
    assert texts[f"words-{other_id}"] == ""
    known = reason in set(RejectionReason)
    assert screen.checked_in(f"{exchange_id}/reject") == (reason if known else None)
    assert roads.digest_of_all_tables(app) == digest


def test_another_language_after_a_refused_rejection_leads_back_to_the_desk(
    app: Flask, clock: Clock
) -> None:
    exchange_id = waiting(app, clock, "Fatima", "Jan")
    nadia = sign_in(app, "Nadia")
    refused = Screen(nadia.post(f"/desk/{exchange_id}/reject", data={"reason": "other"}))
    switch = refused.fields(refused.form("/language")) | {"language": "en"}

    answer = nadia.post("/language", data=switch)

    assert nadia.get(answer.headers["Location"]).status_code == 200


@pytest.mark.policy("D2")
def test_no_reason_in_the_list_has_to_do_with_hours_somebody_has(app: Flask, clock: Clock) -> None:
    waiting(app, clock, "Fatima", "Jan")

    screen = see(sign_in(app, "Nadia", "en"), "/desk")

    offered = [one["value"] for one in screen.all("input", type="radio", name="reason")]
    assert offered == [
        "already_logged",
        "wrong_person",
        "wrong_day_or_time",
        "professional",
        "other",
    ]
    labels = [one.text for one in screen.of_class("tb-card__label")]
    assert not [text for text in labels if "balance" in text or "hours" in text.lower()]


@pytest.mark.parametrize("second", ["approve", "reject"])
def test_who_is_second_is_told_kindly_what_a_colleague_decided(
    app: Flask, clock: Clock, second: str
) -> None:
    exchange_id = waiting(app, clock, "Greet", "Jan")
    nadia, marijke = sign_in(app, "Nadia"), sign_in(app, "Marijke")
    nadia.post(f"/desk/{exchange_id}/approve")
    digest = roads.digest_of_all_tables(app)

    answer = marijke.post(f"/desk/{exchange_id}/{second}", data={"reason": "wrong_person"})
    screen = see(marijke, answer.headers["Location"])

    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk#desk-list")
    assert "tb-notice--info" in screen.notices
    assert f"/exchanges/{exchange_id}" in screen.links
    assert "tb-notice--info" not in see(marijke, "/desk").notices
    assert roads.digest_of_all_tables(app) == digest


def test_what_was_taken_back_cannot_be_approved(app: Flask) -> None:
    fatima, nadia = sign_in(app, "Fatima"), sign_in(app, "Nadia")
    exchange_id = roads.log_help(fatima)
    fatima.post(f"/exchanges/{exchange_id}/withdraw")

    answer = nadia.post(f"/desk/{exchange_id}/approve")

    assert answer.status_code == 303
    assert roads.balance(app, "Fatima") == (0, 0, 0, 0)


@pytest.mark.parametrize("decision", ["approve", "reject"])
def test_what_was_decided_cannot_be_taken_back(app: Flask, decision: str) -> None:
    fatima, nadia = sign_in(app, "Fatima"), sign_in(app, "Nadia")
    exchange_id = roads.log_help(fatima)
    nadia.post(f"/desk/{exchange_id}/{decision}", data={"reason": "wrong_person"})
    digest = roads.digest_of_all_tables(app)

    answer = fatima.post(f"/exchanges/{exchange_id}/withdraw")

    assert answer.status_code == 409
    assert Screen(answer).title
    assert roads.digest_of_all_tables(app) == digest


def test_the_helped_one_cannot_take_back_what_the_helper_wrote_down(app: Flask) -> None:
    exchange_id = roads.log_help(sign_in(app, "Fatima"))
    jan = sign_in(app, "Jan")

    answer = jan.post(f"/exchanges/{exchange_id}/withdraw")

    assert answer.status_code == 404
    assert not [
        form
        for form in see(jan, f"/exchanges/{exchange_id}").all("form")
        if form["action"].endswith("/withdraw")
    ]


def test_an_exchange_that_is_not_there_answers_404(app: Flask) -> None:
    nadia = sign_in(app, "Nadia")

    for action in ("approve", "reject"):
        assert nadia.post(f"/desk/{uuid.uuid4()}/{action}").status_code == 404
