# SPDX-License-Identifier: EUPL-1.2
"""What people like to do and look for, and when and how, as they meet it on their screens."""

from __future__ import annotations

import datetime
import inspect
import uuid
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

import ledger
from tests import builders
from tests.conftest import Clock
from tests.reports.making import ring
from tests.web import roads
from tests.web.roads import see, sign_in
from tests.web.screens import Screen
from tests.web.test_statement_counts import counting
from timebank.audit.models import AuditEvent
from timebank.categories.models import HelpCategory
from timebank.categories.operations import close_category
from timebank.extensions import db
from timebank.jobs.schedule import let_needs_expire
from timebank.members.models import Person
from timebank.needs import errors as needs
from timebank.needs.policy import DAYS_OPEN, LONGEST_NEED
from timebank.needs.workflow import NeedState
from timebank.preferences import errors as preferences
from timebank.preferences.policy import ALL_SLOTS, WEEKDAYS, DayPart
from timebank.talents import errors as talents
from timebank.web import wish_words as words

SENTENCE = "Wie maait mijn gras en snoeit de heg?"


def table(app: Flask, name: str) -> list[sa.RowMapping]:
    with roads.reading(app) as connection:
        return list(connection.execute(sa.select(ledger.Base.metadata.tables[name])).mappings())


def ask(browser: FlaskClient, **answers: Any) -> str:
    """Send the form and return the address of the need."""
    response = browser.post("/my-needs", data={"words": SENTENCE} | answers)
    assert response.status_code == 303
    return response.headers["Location"]


def without_email(app: Flask, name: str) -> uuid.UUID:
    with app.app_context():
        member = builders.member_of(db.session, name)
        db.session.get_one(Person, (member.timebank_id, member.id)).email = None
        db.session.commit()
        return member.id


@pytest.mark.policy("D14")
def test_a_resident_sends_only_a_sentence_and_it_is_accepted_without_a_category(app: Flask) -> None:
    jan = sign_in(app, "Jan")
    form = see(jan, "/my-needs/new")
    sent = {"words": SENTENCE, "key": form.value("key")}

    answers = [jan.post("/my-needs", data=sent) for _twice in range(2)]

    assert [one.headers["Location"] for one in answers] == [f"/my-needs/{sent['key']}"] * 2
    (need,) = table(app, "need")
    assert (need["words"], need["category_code"], need["state"]) == (SENTENCE, None, "open")
    page = see(jan, answers[0].headers["Location"])
    assert page.title == SENTENCE
    assert SENTENCE in see(jan, "/my-needs").text


def test_without_script_the_next_page_suggests_a_kind_to_press(app: Flask) -> None:
    jan = sign_in(app, "Jan")
    page = see(jan, ask(jan))
    buttons = [one["value"] for one in page.all("button", name="category")]

    pressed = jan.post(page.form("/kind")["action"], data={"category": buttons[0]})

    assert buttons[0] == "odd_job_garden"
    assert pressed.status_code == 303
    assert table(app, "need")[0]["category_code"] == "odd_job_garden"
    again = see(jan, pressed.headers["Location"])
    assert again.all("button", name="category") == []
    refused = Screen(jan.post(page.form("/kind")["action"], data={"category": "debts"}))
    assert (refused.status, refused.summary) == (422, ["#category"])


def test_a_script_is_answered_while_somebody_types_and_nothing_is_kept(app: Flask) -> None:
    jan, nobody = sign_in(app, "Jan", "en"), roads.visitor(app)
    before = roads.digest_of_all_tables(app)

    found = jan.post("/my-needs/suggestions", data={"words": SENTENCE})
    empty = jan.post("/my-needs/suggestions", data={"words": "xq"})

    assert found.get_json()["kinds"][0] == {
        "code": "odd_job_garden",
        "label": "Small job in the garden",
    }
    assert empty.get_json() == {"kinds": []}
    assert nobody.post("/my-needs/suggestions", data={"words": SENTENCE}).status_code == 401
    assert roads.digest_of_all_tables(app) == before
    assert see(jan, "/my-needs/new").one("form", action="/my-needs")["data-suggest"]


def test_work_for_a_professional_is_pointed_out_and_never_kept(app: Flask) -> None:
    jan = sign_in(app, "Jan")

    page = see(jan, ask(jan, words="Wie kan mijn insuline spuiten en mijn verband verschonen?"))

    assert "personal_care" not in [one["value"] for one in page.all("button", name="category")]
    assert "info" in page.notices or "tb-notice--info" in page.notices
    assert table(app, "need")[0]["category_code"] is None


def test_every_answer_comes_back_when_one_is_wrong(app: Flask) -> None:
    jan = sign_in(app, "Jan")
    answers = {
        "words": "a" * (LONGEST_NEED + 1),
        "minutes": "90",
        "when": "own",
        "slot": ["0", "7"],
        "urgent": "yes",
        "days": "7",
        "category": "groceries",
    }

    page = Screen(jan.post("/my-needs", data=answers))
    no_slot = Screen(jan.post("/my-needs", data={"words": SENTENCE, "when": "own"}))

    assert (page.status, page.summary) == (422, ["#words"])
    assert page.value("words") == answers["words"]
    assert [page.checked(name) for name in ("minutes", "when", "days")] == ["90", "own", "7"]
    assert page.checked("category") == "groceries"
    ticked = [one["value"] for one in page.all("input", name="slot") if "checked" in one]
    assert ticked == ["0", "7"]
    assert "checked" in page.one("input", name="urgent")
    assert (no_slot.status, no_slot.summary) == (422, ["#slots"])
    assert "slots" in no_slot.ids
    assert table(app, "need") == []


def test_the_quick_answers_need_no_boxes_and_own_choices_are_bits(app: Flask) -> None:
    jan = sign_in(app, "Jan")
    for when, slots in (("always", []), ("weekdays", ["20"]), ("own", ["0", "20", "99", "x"])):
        ask(jan, when=when, slot=slots)

    kept = {row["slots"] for row in table(app, "need")}

    assert kept == {ALL_SLOTS, WEEKDAYS, 1 | 1 << 20}


def test_the_owner_changes_it_ends_it_and_asks_again_what_expired(app: Flask, clock: Clock) -> None:
    jan = sign_in(app, "Jan")
    address = ask(jan, days="7")
    form = see(jan, f"{address}/change")
    assert form.value("words") == SENTENCE

    changed = jan.post(f"{address}/change", data={"words": "Alleen de heg", "when": "weekdays"})
    clock.advance(days=32)
    with app.app_context():
        assert let_needs_expire() == "1 expired"
        assert let_needs_expire() == "0 expired"
    jan = sign_in(app, "Jan")
    expired = see(jan, address)
    again = jan.post(f"{address}/change", data={"words": "Nog steeds de heg"})
    nothing = Screen(jan.post(f"{address}/end"))
    done = [jan.post(f"{address}/end", data={"end": "filled"}) for _twice in range(2)]
    late = jan.post(f"{address}/end", data={"end": "withdrawn"})

    assert changed.status_code == again.status_code == 303
    assert f"{address}/change" in expired.links
    assert (nothing.status, nothing.summary) == (422, ["#end"])
    assert [one.status_code for one in done] == [303, 303]
    assert late.status_code == 409
    assert table(app, "need")[0]["state"] == "filled"


def test_what_somebody_else_looks_for_is_not_there(app: Flask) -> None:
    address = ask(sign_in(app, "Jan"))
    fatima = sign_in(app, "Fatima")

    for path in (address, f"{address}/change"):
        assert fatima.get(path).status_code == 404
    for path, data in (("change", {"words": "x"}), ("kind", {"category": "coffee"}), ("end", {})):
        assert fatima.post(f"{address}/{path}", data=data).status_code == 404
    for name in ("Marijke", "Gerda"):
        elsewhere = sign_in(app, name)
        assert SENTENCE not in see(elsewhere, "/needs").text
        assert elsewhere.get(address.replace("/my-needs", "/needs")).status_code == 404


@pytest.mark.policy("V10")
def test_a_coordinator_sorts_it_and_the_first_sentence_stays(app: Flask) -> None:
    jan, nadia = sign_in(app, "Jan"), sign_in(app, "Nadia", "en")
    address = ask(jan)
    at_the_desk = address.replace("/my-needs", "/needs")
    assert "One person looks for help" in see(nadia, "/desk").text
    assert at_the_desk in see(nadia, "/needs").links
    page = see(nadia, at_the_desk)
    options = [one["value"] for one in page.all("option")]
    assert options[:2] == ["", "odd_job_garden"], "what the words suggest stands on top, unchosen"
    assert "selected" in page.all("option")[0]

    sent = {"category": "company", "deeper_words": "Eigenlijk: gezelschap."}
    sorted_ = nadia.post(at_the_desk, data=sent)
    refused = Screen(nadia.post(at_the_desk, data={"deeper_words": "a" * (LONGEST_NEED + 1)}))

    assert sorted_.headers["Location"] == "/needs"
    own = see(jan, address)
    assert own.title == SENTENCE
    assert "Eigenlijk: gezelschap." in own.text
    assert (refused.status, refused.summary) == (422, ["#deeper_words"])
    assert "One person looks for help" not in see(nadia, "/desk").text


def test_a_coordinator_types_it_for_somebody_and_the_owner_reads_who(app: Flask) -> None:
    nadia, jan_id = sign_in(app, "Nadia"), roads.member_id(app, "Jan")
    assert f"/people/{jan_id}/need" in see(nadia, f"/people/{jan_id}").links
    form = see(nadia, f"/people/{jan_id}/need")
    sent = {"words": SENTENCE, "key": form.value("key")}

    answers = [nadia.post(f"/people/{jan_id}/need", data=sent) for _twice in range(2)]
    empty = Screen(nadia.post(f"/people/{jan_id}/need"))

    assert [one.headers["Location"] for one in answers] == [f"/needs/{sent['key']}"] * 2
    assert (empty.status, empty.summary) == (422, ["#words"])
    own = see(sign_in(app, "Jan"), f"/my-needs/{sent['key']}")
    assert "Nadia Benali schreef dit voor u op" in own.text
    ended = nadia.post(f"/needs/{sent['key']}/end", data={"end": "withdrawn"})
    assert ended.status_code == 303
    assert table(app, "need")[0]["state"] == "withdrawn"
    assert nadia.post(f"/needs/{sent['key']}", data={"category": "coffee"}).status_code == 303
    assert table(app, "need")[0]["category_code"] is None, "a colleague was just before"


def test_no_page_of_wishes_shows_how_to_reach_somebody_or_what_they_gave(app: Flask) -> None:
    with app.app_context():
        builders.approved(db.session, "Jan", "Greet", minutes=105)
        member = builders.member_of(db.session, "Jan")
        db.session.get_one(Person, (member.timebank_id, member.id)).phone = "06 12345678"
        db.session.commit()
    jan, nadia, jan_id = sign_in(app, "Jan"), sign_in(app, "Nadia"), roads.member_id(app, "Jan")
    address = ask(jan).replace("/my-needs", "/needs")

    for path in ("/needs", address, f"/people/{jan_id}/talk", f"/people/{jan_id}/need"):
        text = see(nadia, path).text
        assert "jan@example.org" not in text
        assert "06 12345678" not in text
        assert "1 uur en 45" not in text


def test_a_longer_list_costs_no_more_statements(app: Flask) -> None:
    jan, nadia = sign_in(app, "Jan"), sign_in(app, "Nadia")
    costs = []
    for count in (1, 12):
        for _need in range(count):
            ask(jan)
        with counting(app) as statements:
            assert SENTENCE in jan.get("/my-needs").text
            assert SENTENCE in nadia.get("/needs").text
        costs.append(len(statements))

    assert costs[0] == costs[1] == 9


@pytest.mark.policy("L14")
@pytest.mark.parametrize("answer", ["yes", "no"])
def test_a_member_is_asked_whether_a_talent_that_was_noticed_is_right(
    app: Flask, answer: str
) -> None:
    nadia, jan, jan_id = sign_in(app, "Nadia"), sign_in(app, "Jan"), roads.member_id(app, "Jan")
    talk = see(nadia, f"/people/{jan_id}/talk")
    assert talk.all("input", name="said_yes") == []
    nadia.post(f"/people/{jan_id}/talk", data={"kind": ["cooking_group", "debts"]})

    home, before = see(jan, "/"), see(jan, "/my-talents")
    (kept,) = table(app, "talent")
    said = jan.post(f"/my-talents/cooking_group/{answer}")

    assert "/my-talents" in home.links
    assert "Nadia Benali schreef in een gesprek op" in home.text
    assert ticked(before) == []
    assert kept["confirmed_at"] is None
    assert said.status_code == 303
    assert ticked(see(jan, "/my-talents")) == (["cooking_group"] if answer == "yes" else [])
    assert "Nadia Benali schreef" not in see(jan, "/").text


def ticked(page: Screen) -> list[str]:
    return [one["value"] for one in page.all("input", name="kind") if "checked" in one]


def test_a_coordinator_records_the_yes_of_who_has_no_email(app: Flask) -> None:
    nadia, jan_id = sign_in(app, "Nadia"), without_email(app, "Jan")
    address = f"/people/{jan_id}/talk"
    empty = Screen(nadia.post(address))
    assert (empty.status, empty.summary) == (422, ["#kinds"])
    nadia.post(address, data={"kind": ["coffee", "groceries"]})
    page = see(nadia, address)
    assert page.all("input", name="said_yes")

    for end in ("/talk/coffee/yes", "/talk/groceries/no"):
        assert nadia.post(page.form(end)["action"]).status_code == 303

    assert [
        (row["category_code"], row["confirmed_at"] is None) for row in table(app, "talent")
    ] == [("coffee", False)]
    nadia.post(address, data={"kind": ["phone_call"], "said_yes": "yes"})
    assert all(row["confirmed_at"] for row in table(app, "talent"))


def test_ones_own_list_is_kept_and_its_words_come_back_when_they_are_too_long(app: Flask) -> None:
    jan = sign_in(app, "Jan")
    sent = {"kind": ["coffee", "walk_together"], "words": "Ik fiets graag"}
    long = sent | {"words": "Heel lang verhaal. " * 30, "kind": ["groceries"]}

    saved = jan.post("/my-talents", data=sent)
    refused = Screen(jan.post("/my-talents", data=long))

    assert saved.status_code == 303
    assert (refused.status, refused.summary) == (422, ["#words"])
    assert (ticked(refused), refused.value("words")) == (["groceries"], long["words"])
    page = see(jan, "/my-talents")
    assert sorted(ticked(page)) == ["coffee", "walk_together"]
    assert page.value("words") == "Ik fiets graag"
    assert "/my-times" in page.links


def test_when_and_how_is_kept_and_shown_again(app: Flask) -> None:
    jan = sign_in(app, "Jan")
    sent = {
        "when": "own",
        "slot": ["0", "4"],
        "reach": "750",
        "capacity": "240",
        "muted": ["local_lift"],
    }

    saved = jan.post("/my-times", data=sent)
    refused = Screen(jan.post("/my-times", data=sent | {"slot": [], "reach": "10000"}))

    assert saved.status_code == 303
    assert (refused.status, refused.summary) == (422, ["#slots"])
    assert refused.checked("reach") == "10000"
    page = see(jan, "/my-times")
    assert [page.checked(name) for name in ("when", "reach", "capacity")] == ["own", "750", "240"]
    boxes = {
        name: [one["value"] for one in page.all("input", name=name) if "checked" in one]
        for name in ("slot", "muted")
    }
    assert boxes == {"slot": ["0", "4"], "muted": ["local_lift"]}
    data = see(jan, "/my-data")
    for told in (words.REACH_WORDS[750], words.CAPACITY_WORDS[240]):
        with app.test_request_context():
            assert str(told) in data.text


def test_whom_somebody_rather_not_meets_is_read_by_nobody_else(app: Flask) -> None:
    jan, fatima = sign_in(app, "Jan"), sign_in(app, "Fatima")
    fatima_id = roads.member_id(app, "Fatima")
    unknown = Screen(jan.post("/my-times/avoid", data={"avoid": "Niemand"}))
    oneself = Screen(jan.post("/my-times/avoid", data={"avoid": "Jan van den Berg"}))

    said = [jan.post("/my-times/avoid", data={"avoid": "Fatima El Amrani"}) for _twice in range(2)]

    assert [one.summary for one in (unknown, oneself)] == [["#avoid"]] * 2
    assert unknown.value("avoid") == "Niemand"
    assert [one.status_code for one in said] == [303, 303]
    assert "Fatima El Amrani" in see(jan, "/my-times").text
    assert "Fatima El Amrani" in see(jan, "/my-data").text
    for path in ("/", "/my-times", "/my-talents", "/my-needs", "/my-data", "/my-data.json"):
        assert "Jan van den Berg" not in fatima.get(path).text, path
    for name in ("Nadia", "Bart"):
        page = see(sign_in(app, name), f"/people/{fatima_id}").text
        assert "Jan van den Berg" not in page
    fatima.post(f"/my-times/avoid/{fatima_id}/end")
    assert len(table(app, "avoidance")) == 1
    jan.post(f"/my-times/avoid/{fatima_id}/end")
    assert table(app, "avoidance") == []


def test_an_administrator_marks_easy_first_steps_and_what_is_done_from_home(app: Flask) -> None:
    bart = sign_in(app, "Bart")
    page = see(bart, "/kinds")
    easy = [one["value"] for one in page.all("input", name="easy") if "checked" in one]
    assert "coffee" in easy
    assert "debts" not in [one["value"] for one in page.all("input", name="easy")]
    assert "/kinds" in see(bart, "/rules").links

    saved = bart.post("/kinds", data={"easy": ["coffee"], "remote": ["home_paperwork"]})

    assert saved.status_code == 303
    with app.app_context():
        here = HelpCategory.timebank_id == builders.timebank_of(db.session).id
        marks = {
            name: db.session.scalars(sa.select(HelpCategory.code).where(here, column)).all()
            for name, column in (("easy", HelpCategory.is_easy), ("remote", HelpCategory.is_remote))
        }
        elsewhere = db.session.scalars(
            sa.select(HelpCategory.code).where(~here, HelpCategory.is_easy)
        ).all()
    assert marks == {"easy": ["coffee"], "remote": ["home_paperwork"]}
    assert len(elsewhere) == len(easy)


def test_a_kind_that_stands_on_no_form_keeps_its_marks(app: Flask) -> None:
    def kinds() -> dict[str, tuple[object, ...]]:
        with app.app_context():
            here = HelpCategory.timebank_id == builders.timebank_of(db.session).id
            return {
                kind.code: (kind.is_easy, kind.is_remote, kind.goal)
                for kind in db.session.scalars(sa.select(HelpCategory).where(here))
            }

    with app.app_context():
        bank = builders.timebank_of(db.session).id
        close_category(db.session, timebank_id=bank, code="newsletter")
        db.session.commit()
    bart, before = sign_in(app, "Bart"), kinds()
    assert before["newsletter"][1]

    forged = {"easy": ["debts", "newsletter"], "remote": ["debts"], "goal-debts": "take-part"}
    bart.post("/kinds", data=forged)

    hidden = ("debts", "newsletter")
    assert [kinds()[code] for code in hidden] == [before[code] for code in hidden]


def test_who_changed_the_kinds_of_help_is_written_down_and_who_changed_nothing_is_not(
    app: Flask,
) -> None:
    bart = sign_in(app, "Bart", "en")

    def changes() -> list[uuid.UUID | None]:
        with app.app_context():
            marked = sa.select(AuditEvent.by_member_id).where(AuditEvent.action == "kind:mark")
            return list(db.session.scalars(marked))

    bart.post("/kinds", data={"easy": ["coffee"], "goal-groceries": "take-part"})
    once = changes()
    bart.post("/kinds", data={"easy": ["coffee"], "goal-groceries": "take-part"})

    assert once == changes() == [roads.member_id(app, "Bart")]
    assert "Changed what kinds of help are marked for" in see(bart, "/audit").text


@pytest.mark.policy("D9")
def test_a_kind_of_help_is_tied_to_a_goal_and_found_in_the_report_and_the_year(
    app: Flask, clock: Clock
) -> None:
    with app.app_context():
        ring(db.session, minutes=75)
        db.session.commit()
    clock.moment = datetime.datetime(2026, 4, 20, 9, tzinfo=datetime.UTC)
    bart = sign_in(app, "Bart", "en")
    goal = "More people take part"

    def told() -> list[str]:
        year = see(bart, "/timebanks/leiden/years/2026")
        (part,) = [one for one in year.all("section") if one["id"] == "goals"]
        report = see(bart, "/report?period=2026-1").text
        return [part.text, report[report.index(goal) : report.index("Managing together")]]

    assert "Hours of help for this goal" not in told()[1]
    saved = bart.post("/kinds", data={"goal-groceries": "take-part", "goal-coffee": "no such goal"})

    assert saved.status_code == 303
    year, report = told()
    assert year.split("Groceries")[0].strip().endswith(goal)
    assert "Hours of help for this goal" in report
    assert "12 h 30 min" in report
    assert "Groceries" in report
    page = see(bart, "/kinds")
    chosen = [one["value"] for one in page.all("option") if "selected" in one]
    assert "no such goal" not in chosen
    assert chosen.count("take-part") == 10


def test_every_value_and_every_refusal_has_words() -> None:
    never = {"NeedError", "PreferenceError", "TalentError", "UnknownNeed", "NeedMoved"}
    explained = {"NeedTooLong", "TalentWordsTooLong", "UnknownTalent"}
    refusals = {
        kind
        for module in (needs, preferences, talents)
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if kind.__name__ not in never | explained
    }

    assert refusals == set(words.REFUSALS)
    assert set(words.STATE_WORDS) == set(NeedState)
    assert set(words.PART_WORDS) == set(DayPart)
    assert set(words.DAYS_OPEN_WORDS) == set(DAYS_OPEN)
    assert set(words.END_WORDS) == {NeedState.FILLED, NeedState.WITHDRAWN}


@pytest.mark.parametrize(
    ("language", "slots", "said"),
    [
        ("nl", ALL_SLOTS, "Altijd goed"),
        ("nl", WEEKDAYS, "Doordeweeks overdag"),
        ("nl", 1 | 2 | 1 << 20, "maandag: ochtend, middag; zondag: avond"),
        ("en", 1 << 5, "Tuesday: evening"),
    ],
)
def test_half_days_are_said_in_words(
    sqlite_app: Flask, language: str, slots: int, said: str
) -> None:
    from flask_babel import force_locale  # noqa: PLC0415

    with sqlite_app.test_request_context(), force_locale(language):
        assert words.when_words(slots) == said


def test_marks_and_goals_of_kinds_that_there_are_not_change_nothing(app: Flask) -> None:
    bart = sign_in(app, "Bart")
    odd = {"easy": ["coffee", "\0", "x"], "remote": ["\0"], "goal-\0": "take-part", "goal-x": ""}

    assert bart.post("/kinds", data=odd).status_code == 303
    page = see(bart, "/kinds")
    assert [one["value"] for one in page.all("input", name="easy") if "checked" in one] == [
        "coffee"
    ]
