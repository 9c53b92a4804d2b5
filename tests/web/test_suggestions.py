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
from tests.web.screens import Screen
from tests.web.test_statement_counts import counting
from timebank.audit.models import AuditEvent
from timebank.extensions import db
from timebank.matching.scoring import Reason
from timebank.notices.models import Mail
from timebank.preferences.operations import keep_preferences
from timebank.preferences.policy import Preferences
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
    assert roads.balance(app, "Fatima") == (0, 60, 0, 0)
    for day, invited in ((90, False), (91, True)):
        clock.moment = NOW + day * DAY
        a_need(app, now=clock.moment - 4 * DAY)
        page = see(sign_in(app, "Fatima", "en"), "/")
        assert ("Would you like to do something" in page.text) is invited


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
    assert len(sent) == 6


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
    assert "Too few people" in waiting.text
    assert "tb-table--stack" in waiting.one("table").classes
    assert all(cell["data-label"] for cell in waiting.all("td"))
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


@pytest.mark.policy("D3")
def test_a_no_to_the_coordinator_leaves_page_and_hours_as_they_were(app: Flask) -> None:
    need = a_need(app)
    fatima, nadia = sign_in(app, "Fatima", "en"), sign_in(app, "Nadia", "en")
    who = roads.member_id(app, "Fatima")
    own, about = ("/my-hours", "/my-times", "/my-talents"), (f"/people/{who}", "/worklist")

    def pages() -> list[str]:
        shown = [see(fatima, path) for path in own] + [see(nadia, path) for path in about]
        return [page.one("main").text for page in shown]

    before = pages()
    nadia.post(f"/worklist/needs/{need}/ask", data={"member": str(who)})
    asked = see(fatima, "/suggestions")
    while_asked = pages()
    refused = fatima.post(f"/suggestions/{need}/no", data={"code": "no_time"})

    assert "The coordinator asks you" in asked.text
    assert while_asked[-1] != before[-1], "the worklist says that somebody is asked"
    assert refused.status_code == 303
    see(fatima, "/suggestions")
    assert pages()[:-1] == before[:-1]
    assert "Asked in person" not in pages()[-1]


@pytest.mark.policy("W1")
def test_a_coordinator_proposes_and_sees_that_one_of_two_said_yes(app: Flask) -> None:
    need = a_need(app)
    fatima, jan, nadia = (sign_in(app, name, "en") for name in ("Fatima", "Jan", "Nadia"))
    who = roads.member_id(app, "Fatima")

    nadia.post(f"/worklist/needs/{need}/ask", data={"member": str(who)})
    asked = see(nadia, "/worklist").one("section", id="halfway").text
    fatima.post(f"/suggestions/{need}/yes")
    half = see(nadia, "/worklist").one("section", id="halfway").text
    own = see(jan, f"/my-needs/{need}")

    assert "1 of 2 said yes" not in asked
    assert "Asked in person" in asked
    assert "1 of 2 said yes" in half
    assert "Jan van den Berg got a mail and answers." in half
    assert f"/my-needs/{need}/helper" in own.links
    assert "A neighbour wants to help" in see(jan, "/my-needs").text


@pytest.mark.policy("L3")
@pytest.mark.parametrize("language", ["nl", "en"])
def test_no_idea_says_that_somebody_owes_anything_to_who_helped(app: Flask, language: str) -> None:
    need = a_need(app)
    with app.app_context():
        builders.approved(db.session, "Jan", "Fatima", minutes=180)
        builders.approved(db.session, "Fatima", "Greet", minutes=60)
        making.planned(db.session)
        db.session.commit()
    fatima = sign_in(app, "Fatima", language)

    text = see(fatima, f"/suggestions/{need}").text + see(fatima, "/").one("main").text

    helped_once = {"nl": "Deze buur hielp u ook eens.", "en": "This neighbour helped you once."}
    assert helped_once[language] in text
    for word in ("terugdoen", "terug te doen", "give back", "owe", "schuld"):
        assert word not in text.lower().replace("wordt", "")


@pytest.mark.policy("D2")
def test_who_has_no_idea_still_reads_what_can_be_done_from_home(app: Flask) -> None:
    page = see(sign_in(app, "Fatima", "en"), "/suggestions")

    small = page.one("section", id="light").text
    assert "From home" in small
    assert "/my-talents" in page.links


def test_what_somebody_said_yes_to_is_not_changed_and_what_was_typed_stays(app: Flask) -> None:
    need = a_need(app)
    fatima, jan, nadia = (sign_in(app, name, "en") for name in ("Fatima", "Jan", "Nadia"))
    fatima.post(f"/suggestions/{need}/yes")

    other = {"words": "Wie past op mijn kinderen?", "category": "groceries"}
    changed = Screen(jan.post(f"/my-needs/{need}/change", data=other))
    kind = Screen(jan.post(f"/my-needs/{need}/kind", data={"category": "coffee"}))
    sorted_ = Screen(nadia.post(f"/needs/{need}", data={"category": "coffee"}))
    deeper = nadia.post(
        f"/needs/{need}", data={"category": "groceries", "deeper_words": "Gezelschap."}
    )

    assert [one.status for one in (changed, kind, sorted_)] == [422] * 3
    assert (changed.summary, sorted_.summary) == (["#words"], ["#category"])
    assert changed.one("textarea", id="words").text.strip() == other["words"]
    assert deeper.status_code == 303
    assert "Wie helpt mij?" in see(fatima, f"/suggestions/{need}").text


def test_the_end_of_an_appointment_or_a_need_is_seen_at_once(app: Flask, clock: Clock) -> None:
    need, ended = a_need(app), a_need(app, words="Iets anders")
    fatima, jan = sign_in(app, "Fatima", "en"), sign_in(app, "Jan", "en")
    for one in (need, ended):
        fatima.post(f"/suggestions/{one}/yes")
    offered = see(jan, f"/my-needs/{need}/helper")
    moment = {"moment": offered.all("input", name="moment")[0]["value"]}
    made = jan.post(f"/my-needs/{need}/helper/yes", data=moment).headers["Location"]

    jan.post(f"/my-needs/{ended}/end", data={"end": "withdrawn"})
    clock.moment = NOW + DAY
    went = fatima.post(f"{made}/kept")

    assert "/exchanges/new/gave/" in went.headers["Location"]
    with app.app_context():
        assert making.need_state(db.session, need) == "filled"
        assert making.state_of(db.session, ended) == "withdrawn"
    assert "This is not needed any more" in see(fatima, f"/suggestions/{ended}").text


def test_a_yes_to_what_does_not_suit_any_more_is_answered_kindly(app: Flask) -> None:
    need = a_need(app)
    with app.app_context():
        making.planned(db.session)
        db.session.commit()
    fatima = sign_in(app, "Fatima", "en")
    assert "Yes, I like to do this" in see(fatima, f"/suggestions/{need}").text
    with app.app_context():
        wish = Preferences(reach_metres=10_000, muted=frozenset({"groceries"}))
        keep_preferences(db.session, wish, by=builders.actor_of(db.session, "Fatima"), now=NOW)
        db.session.commit()

    page, answer = see(fatima, f"/suggestions/{need}"), fatima.post(f"/suggestions/{need}/yes")

    assert "This is over now" in page.text
    assert "Yes, I like to do this" not in page.text
    assert answer.status_code == 303
    assert "Somebody was just before you" in see(fatima, "/suggestions").text


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
