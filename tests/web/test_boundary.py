# SPDX-License-Identifier: EUPL-1.2
"""The line with professionals as people meet it on their screens."""

from __future__ import annotations

import inspect
import uuid

import pytest
import sqlalchemy as sa
from flask import Flask

import ledger
from tests.conftest import Clock
from tests.web import roads
from tests.web.roads import fill_in, form_address, see, sign_in
from tests.web.screens import Screen, without_tokens
from timebank.boundaries import errors as boundaries
from timebank.checks import errors as checks
from timebank.concerns import errors as concerns
from timebank.referrals import errors as referrals
from timebank.web import boundary_words as words

WORRY = "Hij at niet en deed niet open"


def table(app: Flask, name: str) -> list[sa.RowMapping]:
    with roads.reading(app) as connection:
        return list(connection.execute(sa.select(ledger.Base.metadata.tables[name])).mappings())


@pytest.mark.policy("L10")
def test_a_helper_sends_a_worry_reads_received_and_the_exchange_shows_nothing(app: Flask) -> None:
    fatima, jan = sign_in(app, "Fatima"), sign_in(app, "Jan")
    exchange = roads.log_help(fatima)
    before = [without_tokens(who.get(f"/exchanges/{exchange}").text) for who in (fatima, jan)]
    form = see(fatima, f"/concerns/new/{exchange}")

    sent = {"words": WORRY, "key": form.value("key")}
    answers = [fatima.post(f"/concerns/new/{exchange}", data=sent) for _ in range(2)]

    assert f"/concerns/new/{exchange}" in see(fatima, f"/exchanges/{exchange}").links
    assert form.text.index("112") < form.text.index("0800-2000") < form.text.index('name="words"')
    assert [(one.status_code, one.headers["Location"]) for one in answers] == [
        (303, "/concerns/received")
    ] * 2
    assert see(fatima, "/concerns/received").title == "Ontvangen"
    assert [
        without_tokens(who.get(f"/exchanges/{exchange}").text) for who in (fatima, jan)
    ] == before
    assert len(table(app, "concern")) == 1
    for name in ("Fatima", "Jan", "Greet", "Marijke", "Bart"):
        browser = sign_in(app, name)
        for address in ("/", "/my-data", "/my-data.json", f"/people/{roads.member_id(app, 'Jan')}"):
            assert WORRY not in browser.get(address).text


def test_the_words_are_kept_when_they_are_refused(app: Flask) -> None:
    fatima = sign_in(app, "Fatima")
    long = "Hij at niet. " * 100

    empty = Screen(fatima.post("/concerns/new", data={"words": " ", "about_staff": "yes"}))
    too_long = Screen(fatima.post("/concerns/new", data={"words": long}))

    assert (empty.status, empty.summary) == (422, ["#words"])
    assert "checked" in empty.one("input", name="about_staff")
    assert (too_long.status, too_long.value("words")) == (422, long)


@pytest.mark.policy("D10")
def test_a_coordinator_opens_the_oldest_reads_and_closes_it(app: Flask, clock: Clock) -> None:
    fatima = sign_in(app, "Fatima")
    fatima.post("/concerns/new", data={"words": WORRY})
    clock.advance(days=3)
    fatima.post("/concerns/new", data={"words": "Een tweede"})
    nadia = sign_in(app, "Nadia", "en")
    desk = see(nadia, "/desk")
    waiting = see(nadia, "/concerns")
    oldest = next(link for link in waiting.links if link.startswith("/concerns/"))

    closed_before = see(nadia, oldest)
    read = Screen(nadia.post(f"{oldest}/read"))
    without = Screen(nadia.post(f"{oldest}/close"))
    nadia.post(f"{oldest}/take-up")
    taken = see(nadia, oldest)
    done = nadia.post(f"{oldest}/close", data={"outcome": "talked"})
    second = nadia.post(f"{oldest}/close", data={"outcome": "reported"})

    assert "/concerns" in desk.links
    assert "2 worries" in desk.text
    assert "Waits 3 days" in desk.text
    assert waiting.text.index("Waits 3 days") < waiting.text.index("Since today")
    assert WORRY not in waiting.text + closed_before.text
    assert WORRY in read.text
    assert (without.status, without.summary) == (422, ["#outcome"])
    assert "Nadia Benali" in taken.text
    assert (done.status_code, second.status_code) == (303, 303)
    assert [row["outcome"] for row in table(app, "concern") if row["closed_at"]] == ["talked"]
    assert "One worry" in see(nadia, "/desk").text


@pytest.mark.policy("L5")
def test_who_chooses_professional_help_reads_whom_to_call_and_asks_the_coordinator(
    app: Flask,
) -> None:
    jan, nadia = sign_in(app, "Jan"), sign_in(app, "Nadia", "en")
    key = fill_in(jan, "received", until="category", other=roads.named("Fatima"))
    jan.post(form_address("received", key, "category"), data={"category": "personal_care"})
    page = see(jan, form_address("received", key, "refer"))

    answers = [jan.post(page.form(f"/referrals/ask/{key}")["action"]) for _ in range(2)]
    made_up = jan.post(f"/referrals/ask/{uuid.uuid4()}")
    of_jan = sign_in(app, "Fatima").post(f"/referrals/ask/{key}")

    assert (made_up.status_code, of_jan.status_code) == (404, 404)
    assert [one.headers["Location"] for one in answers] == ["/referrals/asked"] * 2
    assert page.of_class("tb-refer")
    assert roads.row_counts(app)["exchange"] == 0
    assert "One person to bring" in see(nadia, "/desk").text
    (row,) = table(app, "referral")
    assert "personal_care" not in str(dict(row)) + str(roads.drafts(app))
    assert "Jan van den Berg" in see(nadia, "/referrals").text


@pytest.mark.policy("V6")
def test_a_coordinator_hands_over_with_consent_and_is_asked_after_two_weeks(
    app: Flask, clock: Clock
) -> None:
    nadia = sign_in(app, "Nadia", "en")
    jan = roads.member_id(app, "Jan")
    key = see(nadia, f"/people/{jan}").value("key")
    location = nadia.post(f"/referrals/new/{jan}", data={"key": key}).headers["Location"]
    again = nadia.post(f"/referrals/new/{jan}", data={"key": key}).headers["Location"]

    refused = Screen(nadia.post(f"{location}/hand-over", data={"partner": "gp"}))
    nadia.post(f"{location}/hand-over", data={"partner": "gp", "consent": "yes"})
    quiet = see(nadia, "/desk").text
    clock.advance(days=14)
    nadia = sign_in(app, "Nadia", "en")
    asked = see(nadia, "/referrals").text
    done = nadia.post(f"{location}/outcome", data={"outcome": "helped"})

    assert again == location
    assert (refused.status, refused.summary, refused.checked("partner")) == (
        422,
        ["#consent"],
        "gp",
    )
    assert "bring to a professional, or" not in quiet
    assert "Ask how it went" in asked
    assert done.status_code == 303
    assert "Jan van den Berg" not in see(nadia, "/referrals").text


@pytest.mark.policy("L6")
def test_an_exception_with_a_reason_is_listed_and_opens_the_form_once(app: Flask) -> None:
    nadia, fatima = sign_in(app, "Nadia", "en"), sign_in(app, "Fatima")
    wish = {
        "helper": "Fatima El Amrani",
        "helped": "Jan van den Berg",
        "category": "household_help",
        "key": str(uuid.uuid4()),
    }

    refused = Screen(nadia.post("/exceptions/allow", data=wish))
    allowed = [
        nadia.post("/exceptions/allow", data=wish | {"reason": "Eén middag"}) for _ in range(2)
    ]
    exchange = roads.log_help(fatima, category={"category": "household_help"})
    second = fill_in(fatima, until="category")
    referred = fatima.post(
        form_address("gave", second, "category"), data={"category": "household_help"}
    )

    assert (refused.status, refused.summary) == (422, ["#reason"])
    assert refused.value("helped") == "Jan van den Berg"
    assert [one.status_code for one in allowed] == [303, 303]
    assert "(elke week schoonmaken)" in see(fatima, f"/exchanges/{exchange}").sentence.lower()
    assert referred.headers["Location"].endswith("/refer")
    listed = see(sign_in(app, "Bart", "en"), "/exceptions")
    assert len(listed.of_class("tb-slip")) == 1
    assert "Eén middag" in listed.text
    assert "Allowed an exception" in see(sign_in(app, "Bart", "en"), "/audit").text


@pytest.mark.policy("V5")
def test_a_helper_with_papers_must_tick_the_card(app: Flask) -> None:
    fatima, jan = sign_in(app, "Fatima"), sign_in(app, "Jan")
    papers = {"category": "home_paperwork"}
    key = fill_in(fatima, category=papers)
    check = form_address("gave", key, "check")

    refused = Screen(fatima.post(check))
    sent = fatima.post(check, data={"safety": "yes"})
    of_the_helped = fill_in(jan, "received", other=roads.named("Fatima"), category=papers)

    assert (
        "inlogcode"
        in see(fatima, form_address("gave", fill_in(fatima, category=papers), "check")).text
    )
    assert (refused.status, refused.summary) == (422, ["#safety"])
    assert sent.status_code == 303
    assert jan.post(form_address("received", of_the_helped, "check")).status_code == 303


@pytest.mark.policy("V4")
def test_who_offers_language_coaching_without_training_reads_that_a_talk_comes_first(
    app: Flask,
) -> None:
    fatima, nadia = sign_in(app, "Fatima"), sign_in(app, "Nadia")
    member = roads.member_id(app, "Fatima")
    key = fill_in(fatima, until="category")
    choosing = form_address("gave", key, "category")

    before = see(fatima, choosing)
    for kind in ("talk", "training"):
        day = {"happened_on_day": "9", "happened_on_month": "3", "happened_on_year": "2026"}
        answer = nadia.post(f"/people/{member}/checks", data={"kind": kind} | day)
        assert answer.status_code == 303
    coach = fill_in(fatima, category={"category": "language_coach"})

    hint = "Eerst een gesprek met de coördinator. Eerst een training"
    assert hint in before.text
    assert hint not in see(fatima, choosing).text
    assert "Eerst een gesprek" not in see(fatima, form_address("gave", coach, "check")).text


@pytest.mark.policy("V19")
def test_the_desk_shows_that_no_certificate_was_seen_and_still_approves(app: Flask) -> None:
    fatima, nadia = sign_in(app, "Fatima"), sign_in(app, "Nadia")
    key = fill_in(fatima, category={"category": "company"})
    check = form_address("gave", key, "check")
    assert "bewijs van goed gedrag" in see(fatima, check).text
    exchange = fatima.post(check, data={"safety": "yes"}).headers["Location"].split("/")[-1]

    desk = see(nadia, "/desk")
    approved = nadia.post(f"/desk/{exchange}/approve")

    assert "Nog geen VOG gezien" in desk.text
    assert approved.status_code == 303
    assert roads.balance(app, "Fatima")[0] == 90


def test_a_check_that_cannot_be_is_refused_at_its_field(app: Flask) -> None:
    nadia = sign_in(app, "Nadia")
    address = f"/people/{roads.member_id(app, 'Jan')}/checks"

    nothing = Screen(nadia.post(address))
    no_day = Screen(nadia.post(address, data={"kind": "talk"}))
    no_such_day = Screen(
        nadia.post(
            address,
            data={
                "kind": "talk",
                "happened_on_day": "31",
                "happened_on_month": "2",
                "happened_on_year": "2026",
            },
        )
    )

    assert [one.status for one in (nothing, no_day, no_such_day)] == [422, 422, 422]
    assert [one.summary for one in (nothing, no_day, no_such_day)] == [
        ["#kind"],
        ["#happened_on"],
        ["#happened_on"],
    ]
    assert no_day.checked("kind") == "talk"


@pytest.mark.policy("D14")
@pytest.mark.parametrize("chosen", ["", "dont_know"])
def test_one_sentence_is_accepted_without_a_kind_of_help(app: Flask, chosen: str) -> None:
    fatima = sign_in(app, "Fatima")
    key = fill_in(fatima, until="category")
    words = "Ik heb zijn lamp opgehangen"

    answer = fatima.post(
        form_address("gave", key, "category"), data={"category": chosen, "category_words": words}
    )
    fill_in(
        fatima, key=key, category={"category": "", "category_words": words}, note={"note": words}
    )
    exchange = fatima.post(form_address("gave", key, "check")).headers["Location"]

    assert answer.headers["Location"].endswith("/day")
    (row,) = table(app, "exchange")
    assert row["category_code"] == "something_else"
    assert words in see(fatima, exchange).text


def test_who_does_not_know_and_writes_nothing_is_asked_for_words(app: Flask) -> None:
    fatima = sign_in(app, "Fatima")
    key = fill_in(fatima, until="category")
    address = form_address("gave", key, "category")

    empty = Screen(fatima.post(address, data={"category": "dont_know"}))
    long = Screen(fatima.post(address, data={"category_words": "lamp " * 101}))
    both = fatima.post(address, data={"category": "coffee", "category_words": "Met taart"})

    assert (empty.status, empty.summary) == (422, ["#category_words"])
    assert (long.status, long.summary) == (422, ["#category_words"])
    assert long.value("category_words") == "lamp " * 101
    assert both.status_code == 303
    (draft,) = [one for one in roads.drafts(app).values() if "note" in one]
    assert (draft["category"], draft["note"]) == ("coffee", "Met taart")


@pytest.mark.policy("V1")
def test_the_exact_figures_show_the_share_of_the_light_steps(app: Flask) -> None:
    fatima, nadia = sign_in(app, "Fatima"), sign_in(app, "Nadia")
    before = see(nadia, "/neighbourhoods")
    for kind in ("coffee", "phone_call", "groceries"):
        exchange = roads.log_help(fatima, category={"category": kind})
        nadia.post(f"/desk/{exchange}/approve")
    roads.log_help(fatima, category={"category": "groceries"})

    page = see(nadia, "/neighbourhoods")

    assert not before.of_class("tb-figure__number")
    assert [one.text for one in page.of_class("tb-figure__number")] == ["67 %"]
    assert not see(sign_in(app, "Marijke"), "/neighbourhoods").of_class("tb-figure__number")


def test_every_value_and_refusal_of_these_rooms_has_words() -> None:
    parents = {"OverrideError", "CheckError", "ConcernError", "ReferralError"}
    refusals = {
        kind
        for module in (boundaries, checks, concerns, referrals)
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if kind.__mro__[1].__name__ in parents
    }
    explained = inspect.getsource(words.explain_boundary)

    assert {k.__name__ for k in refusals if k not in words.REFUSALS} == {
        "OverrideReasonTooLong",
        "ConcernTooLong",
    }
    assert "OverrideReasonTooLong() | concerns.ConcernTooLong()" in explained
    assert set(words.CHECKS_MISSING) == set(words.CHECKS_FIRST) == set(words.Check)
    assert set(words.OUTCOMES) == set(words.Outcome)
    assert set(words.REFERRAL_OUTCOMES) == set(words.ReferralOutcome)
    assert set(words.QUALIFICATIONS) == set(words.Qualification)
