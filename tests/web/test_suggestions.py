# SPDX-License-Identifier: EUPL-1.2
"""Suggestions as residents and coordinators meet them on their screens."""

from __future__ import annotations

import datetime
import uuid

import pytest
import sqlalchemy as sa
from flask import Flask

import ledger
from tests import builders
from tests.conftest import Clock
from tests.suggestions import making
from tests.web import roads
from tests.web.roads import see, sign_in
from tests.web.test_statement_counts import counting
from timebank.audit.models import AuditEvent
from timebank.extensions import db
from timebank.matching.scoring import Reason
from timebank.notices.models import Mail
from timebank.suggestions.workflow import DeclineCode, SuggestionState
from timebank.web.suggestion_words import LEARNT, NO_WORDS, STATE_WORDS, reason_sentence
from timebank.web.suggestions import home_material

DAY = datetime.timedelta(days=1)
NOW = builders.NOW


def a_need(app: Flask, who: str = "Jan", *codes: str, **answers: object) -> uuid.UUID:
    """Let Fatima like something and somebody look for it."""
    with app.app_context():
        making.likes(db.session, "Fatima", *codes)
        need = making.looks_for(db.session, who, *codes[:1], **answers)  # type: ignore[arg-type]
        db.session.commit()
    return need


@pytest.mark.policy("W1")
def test_a_yes_of_both_makes_an_appointment_and_only_then_they_see_how_to_reach_each_other(
    app: Flask,
) -> None:
    need = a_need(app)
    fatima, jan = sign_in(app, "Fatima", "en"), sign_in(app, "Jan", "en")

    home, page = see(fatima, "/"), see(fatima, "/suggestions")
    why = see(fatima, f"/suggestions/{need}")
    said = fatima.post(f"/suggestions/{need}/yes")
    half = see(fatima, f"/suggestions/{need}")
    offered = see(jan, f"/my-needs/{need}/helper")
    form = offered.form(f"/my-needs/{need}/helper/yes")
    agreed = jan.post(
        f"/my-needs/{need}/helper/yes",
        data=offered.fields(form) | {"moment": offered.all("input", name="moment")[0]["value"]},
    )

    assert "Wie helpt mij?" in home.text
    assert "This is on your list" in page.text
    assert "Points" in why.text
    assert said.status_code == 303
    assert "1 of 2 said yes" in half.text
    for before in (home, page, why, half, offered):
        assert "van den Berg" not in before.text
        assert "@example.org" not in before.text
    assert "Fatima" in offered.text
    assert "/appointments/" in agreed.headers["Location"]
    after = see(fatima, f"/suggestions/{need}")
    assert "jan@example.org" in after.text
    assert "fatima@example.org" in see(jan, f"/my-needs/{need}/helper").text


def test_the_mails_of_a_yes_name_nobody(app: Flask) -> None:
    need = a_need(app)
    fatima, jan = sign_in(app, "Fatima"), sign_in(app, "Jan", "en")

    fatima.post(f"/suggestions/{need}/yes")
    fatima.post(f"/suggestions/{need}/yes")
    offered = see(jan, f"/my-needs/{need}/helper")
    moment = {"moment": offered.all("input", name="moment")[0]["value"]}
    for _ in range(2):
        assert jan.post(f"/my-needs/{need}/helper/yes", data=moment).status_code == 303

    with app.app_context():
        mails = db.session.execute(sa.select(Mail.to_address, Mail.subject, Mail.body)).all()
    assert [to for to, _, _ in mails] == ["jan@example.org", "fatima@example.org"]
    for _, subject, body in mails:
        assert not {"Fatima", "Jan", "Wie helpt mij?"} & {*subject.split(), *body.split()}
    assert f"/my-needs/{need}/helper" in mails[0].body


@pytest.mark.policy("D1")
def test_an_invitation_with_three_ideas_and_a_no_that_costs_nothing(
    app: Flask, clock: Clock
) -> None:
    for number in range(5):
        a_need(app, words=f"Vraag {number}")
    with app.app_context():
        builders.approved(db.session, "Jan", "Fatima", minutes=60)
        db.session.commit()
    fatima = sign_in(app, "Fatima", "en")

    home, page = see(fatima, "/"), see(fatima, "/suggestions")
    refused = fatima.post("/suggestions/rest/give/no")
    after = see(fatima, "/")

    assert "Would you like to do something for somebody?" in home.text
    assert len(home.of_class("tb-slip__sentence")) - 1 == 3
    assert "2 more" in page.text
    assert refused.status_code == 303
    assert "Would you like to do something" not in after.text
    assert "You can always look yourself" in after.text
    assert len(see(fatima, "/suggestions").all("article")) == 5
    assert after.text.count("/suggestions") or "How can I help?" in after.text
    clock.moment = NOW + 89 * DAY
    assert "Would you like to do something" not in see(sign_in(app, "Fatima", "en"), "/").text


def test_who_gave_much_is_invited_to_ask_for_something(app: Flask) -> None:
    with app.app_context():
        for _ in range(2):
            builders.approved(db.session, "Fatima", "Jan", minutes=300)
        db.session.commit()
    fatima = sign_in(app, "Fatima", "en")
    assert "Ask for something yourself" not in see(fatima, "/").text
    with app.app_context():
        builders.approved(db.session, "Fatima", "Jan", minutes=15)
        db.session.commit()

    assert "Ask for something yourself" in see(fatima, "/").text
    fatima.post("/suggestions/rest/ask/later")
    assert "Ask for something yourself" not in see(fatima, "/").text


def test_a_reason_that_changes_something_says_so_and_is_undone_among_the_preferences(
    app: Flask,
) -> None:
    need = a_need(app)
    fatima = sign_in(app, "Fatima", "en")

    page = see(fatima, f"/suggestions/{need}/no")
    fatima.post(f"/suggestions/{need}/no", data={"code": "not_this_person"})
    told = see(fatima, "/suggestions")

    values = [one["value"] for one in page.all("button", name="code")]
    assert values == ["", *DeclineCode]
    assert "From now on we do not suggest you to each other." in told.text
    assert "Wie helpt mij?" not in told.text
    times = see(fatima, "/my-times")
    assert "Jan van den Berg" in times.text
    assert "Jan" not in see(sign_in(app, "Jan", "en"), "/my-times").text.replace("January", "")


def test_being_second_is_told_kindly(app: Flask) -> None:
    need = a_need(app)
    with app.app_context():
        making.likes(db.session, "Greet")
        making.shown(db.session, need, "Greet")
        making.said_yes(db.session, need)
        db.session.commit()
    greet = sign_in(app, "Greet", "en")

    answer = greet.post(f"/suggestions/{need}/yes")

    assert answer.status_code == 303
    assert "Somebody was just before you" in see(greet, "/suggestions").text
    assert greet.get(f"/suggestions/{uuid.uuid4()}").status_code == 404


def test_what_was_shown_is_counted_by_a_script_and_reading_writes_nothing(app: Flask) -> None:
    need = a_need(app)
    with app.app_context():
        making.planned(db.session)
        db.session.commit()
    fatima, before = sign_in(app, "Fatima"), roads.digest_of_all_tables(app)
    for address in ("/", "/suggestions", f"/suggestions/{need}", f"/suggestions/{need}/no"):
        assert fatima.get(address).status_code == 200
    assert roads.digest_of_all_tables(app) == before

    assert fatima.post("/suggestions/shown", data={"need": [str(need), "x"]}).status_code == 204

    with app.app_context():
        assert making.state_of(db.session, need) == "shown"


@pytest.mark.parametrize("planned", [0, 3])
def test_what_is_suggested_costs_six_statements_at_most(app: Flask, planned: int) -> None:
    with app.app_context():
        making.likes(db.session)
        for _ in range(planned or 1):
            making.looks_for(db.session)
        builders.approved(db.session, "Jan", "Fatima", minutes=60)
        if planned:
            making.planned(db.session)
        db.session.commit()
        fatima = builders.actor_of(db.session, "Fatima")
        with counting(app) as statements, app.test_request_context():
            ledger.enter_timebank(db.session, fatima.timebank_id)
            page = home_material(fatima)

    assert len(page["ideas"]) == (planned or 1)
    sent = [one for one in statements if "set_config" not in one]
    assert len(sent) == (2 if planned else 6)


@pytest.mark.policy("D3")
def test_the_worklist_asks_one_person_and_writes_down_what_people_without_email_say(
    app: Flask,
) -> None:
    need = a_need(app, now=NOW - 9 * DAY)
    fatima = roads.member_id(app, "Fatima")
    nadia, bart = sign_in(app, "Nadia", "en"), sign_in(app, "Bart", "en")

    waiting, people = see(nadia, "/worklist"), see(nadia, f"/worklist/needs/{need}")
    nothing = nadia.post(f"/worklist/needs/{need}/ask")
    asked = nadia.post(f"/worklist/needs/{need}/ask", data={"member": str(fatima)})
    with app.app_context():
        for name in ("Fatima", "Jan"):
            making.without_email(db.session, name)
        db.session.commit()
    second = bart.post(f"/worklist/needs/{need}/ask", data={"member": str(fatima)})
    halfway = see(nadia, "/worklist")
    said = nadia.post(f"/worklist/needs/{need}/giver/{fatima}/yes")
    offered = see(nadia, f"/worklist/needs/{need}/helper")
    unchosen = nadia.post(f"/worklist/needs/{need}/helper/yes")
    moment = {"moment": offered.all("input", name="moment")[0]["value"]}
    agreed = nadia.post(f"/worklist/needs/{need}/helper/yes", data=moment)

    assert "Waits longer than a week" in waiting.text
    assert "Fatima El Amrani" in people.text
    assert nothing.status_code == unchosen.status_code == 422
    assert {a.status_code for a in (asked, second, said, agreed)} == {303}
    assert "Asked in person" in halfway.text
    assert "Call Fatima El Amrani" in halfway.text
    assert "1 of 2 said yes" in offered.text
    with app.app_context():
        assert making.need_state(db.session, need) == "promised"
        actions = set(db.session.scalars(sa.select(AuditEvent.action)))
    assert actions >= {"need:look_for_people", "suggestion:ask", "suggestion:accept"}


@pytest.mark.policy("V13")
def test_three_like_needs_become_an_activity_with_one_press(app: Flask) -> None:
    for who in ("Jan", "Fatima", "Bart"):
        a_need(app, who, "neighbourhood_meal")
    nadia = sign_in(app, "Nadia", "en")

    page = see(nadia, "/worklist")
    (link,) = [link for link in page.links if link.startswith("/activities/new?")]
    form = see(nadia, link)

    assert "3 people in Slaaghwijk" in page.text
    assert form.checked("category") == "neighbourhood_meal"


def test_every_reason_is_said_in_a_sentence(app: Flask) -> None:
    a_need(app)
    values: dict[Reason, list[object]] = {
        Reason.NEAR: ["here", "home", "elsewhere", 15, None],
        Reason.SAME_TIME: [0, 20, None],
    }
    with app.app_context():
        (idea,) = making.ideas(db.session)
        with app.test_request_context():
            said = [
                reason_sentence({"code": reason, "points": 1, "value": value}, idea)
                for reason in Reason
                for value in values.get(reason, [None])
            ]

    assert len(said) == len(Reason) + 6
    assert all(sentence.endswith(".") and "%" not in sentence for sentence in said)


def test_every_state_and_every_no_has_words() -> None:
    assert set(STATE_WORDS) == set(SuggestionState)
    assert set(NO_WORDS) == set(DeclineCode)
    assert set(LEARNT) < set(NO_WORDS)
