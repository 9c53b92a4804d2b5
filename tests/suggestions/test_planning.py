# SPDX-License-Identifier: EUPL-1.2
"""The plan of a night: once, whole or not at all; and what is found without a plan."""

from __future__ import annotations

import datetime
import json
import pathlib
import random

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy.orm import Session

import ledger
from tests import builders
from tests.approvals.at_once import at_once
from tests.conftest import Clock
from tests.suggestions.making import (
    DAY,
    NOW,
    ideas,
    likes,
    looks_for,
    needs_shown,
    planned,
    said_yes,
    shown,
    state_of,
)
from timebank.checks.operations import keep_check
from timebank.checks.policy import Qualification
from timebank.extensions import db
from timebank.introductions.operations import ask_in_person
from timebank.introductions.queries import candidates
from timebank.jobs.schedule import plan_suggestions
from timebank.matching.reading import read_town
from timebank.matching.scoring import Reason
from timebank.needs.operations import end_need
from timebank.needs.workflow import NeedState
from timebank.planning.operations import keep_plan, make_plan, read_for_plan
from timebank.planning.policy import pseudonymous
from timebank.planning.queries import both_sides, last_plan
from timebank.preferences.operations import avoid, keep_preferences
from timebank.preferences.policy import Preferences
from timebank.suggestions.errors import SuggestionMoved
from timebank.suggestions.models import MatchRun, Suggestion
from timebank.suggestions.operations import say_no, say_yes
from timebank.suggestions.policy import moments, nearer_reach, with_something_light
from timebank.support.operations import KeepSupport, keep_support
from timebank.support.policy import Support
from timebank.towns.errors import PlaceImpossible, UnknownNeighbourhood
from timebank.towns.operations import place_neighbourhood
from timebank.towns.policy import places_of
from timebank.towns.queries import describe_town
from timebank.worklist.queries import alike, introductions, long_waiting, without_ideas


def rows(session: Session) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(Suggestion)) or 0


def test_by_day_and_by_night_the_same_is_said(session: Session) -> None:
    builders.approved(session, "Jan", "Fatima", category_code="coffee")
    likes(session)
    needs = [looks_for(session), looks_for(session, "Greet", "coffee")]
    likes(session, "Fatima", "groceries", "coffee")

    by_day = ideas(session)
    planned(session)
    by_night = ideas(session)

    assert {idea.need_id for idea in by_day} == set(needs)
    assert [(i.need_id, i.points, i.reasons) for i in by_day] == [
        (i.need_id, i.points, i.reasons) for i in by_night
    ]
    assert all(sum(r["points"] for r in i.reasons) == i.points for i in by_day)
    codes = {r["code"] for r in by_day[0].reasons}
    assert codes >= {Reason.LISTED, Reason.NEAR, Reason.GIVE_BACK, Reason.MET}


def test_a_second_night_keeps_answers_and_ends_what_is_over(session: Session) -> None:
    likes(session)
    answered, open_, gone = (looks_for(session, words=word) for word in ("a", "b", "c"))
    assert planned(session) == 3
    assert planned(session) is None
    fatima = shown(session, answered)
    assert fatima.member_id is not None
    say_no(session, answered, None, giver_id=fatima.member_id, by=fatima, now=NOW)
    end_need(session, gone, NeedState.FILLED, by=builders.actor_of(session, "Jan"), now=NOW)

    assert planned(session, now=NOW + DAY) == 1

    assert state_of(session, answered) == "declined"
    assert needs_shown(session, now=NOW + DAY) == [open_]
    assert state_of(session, gone) is None
    assert session.scalar(sa.select(sa.func.count()).select_from(MatchRun)) == 2


def test_a_plan_that_is_stopped_half_way_leaves_the_one_before(
    session: Session, engine: sa.Engine
) -> None:
    likes(session)
    need, bank = looks_for(session), builders.timebank_of(session).id
    planned(session)
    session.commit()
    looks_for(session, words="new")
    session.commit()
    with Session(engine) as killed:
        later = NOW + DAY
        read = read_for_plan(killed, timebank_id=bank, slug="leiden", now=later)
        assert keep_plan(killed, make_plan(read, now=later), timebank_id=bank, now=later) == 2
        killed.rollback()

    assert rows(session) == 1
    assert session.scalars(sa.select(Suggestion.need_id)).one() == need
    assert planned(session, now=NOW + DAY) == 2


def test_two_schedulers_plan_a_night_once(session: Session, engine: sa.Engine) -> None:
    likes(session)
    looks_for(session)
    bank = builders.timebank_of(session).id
    session.commit()

    def work(own: Session) -> object:
        ledger.enter_timebank(own, bank)
        read = read_for_plan(own, timebank_id=bank, slug="leiden", now=NOW)
        own.rollback()
        return keep_plan(own, make_plan(read, now=NOW), timebank_id=bank, now=NOW)

    answers = at_once(engine, work, work)

    assert sorted(map(str, answers)) == ["1", "None"]
    assert rows(session) == 1


def test_of_two_coordinators_and_a_yes_at_the_same_moment_one_wins(
    session: Session, engine: sa.Engine
) -> None:
    for name in ("Fatima", "Greet", "Marijke"):
        likes(session, name)
    need = looks_for(session)
    greet = shown(session, need, "Greet")
    bart, nadia = (builders.actor_of(session, name) for name in ("Bart", "Nadia"))
    found = {one.full_name.split()[0]: one for one in candidates(session, need, by=bart, now=NOW)}
    session.commit()

    def ask(name: str, by: object) -> object:
        def work(own: Session) -> object:
            one = found[name]
            return ask_in_person(own, one.found, giver_id=one.member_id, by=by, now=NOW)  # type: ignore[arg-type]

        return work

    def yes(own: Session) -> object:
        assert greet.member_id is not None
        return say_yes(own, need, giver_id=greet.member_id, by=greet, now=NOW)

    answers = at_once(engine, ask("Fatima", nadia), ask("Marijke", bart), yes)  # type: ignore[arg-type]

    assert sorted(type(answer).__name__ for answer in answers) == [
        "SuggestionMoved",
        "SuggestionMoved",
        "bool",
    ]
    assert any(isinstance(answer, SuggestionMoved) for answer in answers)
    taken = sa.select(sa.func.count()).where(Suggestion.state.in_(("asked", "accepted")))
    assert session.scalar(taken) == 1


def test_the_job_waits_for_three_in_the_netherlands(app: Flask, clock: Clock) -> None:
    with app.app_context():
        likes(db.session)
        looks_for(db.session)
        db.session.commit()
    found = []
    for hour, minute in ((1, 5), (2, 5), (3, 5)):
        clock.moment = datetime.datetime(2026, 3, 11, hour, minute, tzinfo=datetime.UTC)
        with app.app_context():
            found.append(plan_suggestions())

    assert found == ["0 plans, 0 suggestions", "2 plans, 1 suggestions", "0 plans, 0 suggestions"]


@pytest.mark.parametrize("lives", ["Jan", "Greet"])
def test_without_places_only_the_own_neighbourhood_is_near(session: Session, lives: str) -> None:
    likes(session)
    keep_preferences(session, Preferences(), by=builders.actor_of(session, "Fatima"), now=NOW)
    need = looks_for(session, lives)

    assert needs_shown(session) == ([need] if lives == "Jan" else [])


def test_with_places_near_is_said_in_minutes(session: Session) -> None:
    likes(session)
    keep_preferences(session, Preferences(), by=builders.actor_of(session, "Fatima"), now=NOW)
    need, bank = looks_for(session, "Greet"), builders.timebank_of(session).id
    for code, east in ((builders.SLAAGHWIJK, 92_000), (builders.ZIJLWIJK, 93_100)):
        place_neighbourhood(session, code, timebank_id=bank, east_metres=east, north_metres=464_000)

    (idea,) = ideas(session)

    assert idea.need_id == need
    assert {r["code"]: r["value"] for r in idea.reasons}["near"] == 15
    with pytest.raises(PlaceImpossible):
        place_neighbourhood(
            session, builders.ZIJLWIJK, timebank_id=bank, east_metres=4, north_metres=52
        )
    with pytest.raises(UnknownNeighbourhood):
        place_neighbourhood(
            session, builders.HOLTEN, timebank_id=bank, east_metres=92_000, north_metres=464_000
        )


def test_places_count_when_all_are_known_and_others_stand_far_apart() -> None:
    assert places_of(["a", "b"], {"a": (1, 2), "b": (3, 4)}) == ({"a": (1, 2), "b": (3, 4)}, True)
    for count in (2, 3, 12, 40):
        found, known = places_of([str(n) for n in range(count)], {"0": (1.0, 2.0)})
        at = list(found.values())
        apart = [
            ((one[0] - two[0]) ** 2 + (one[1] - two[1]) ** 2) ** 0.5
            for n, one in enumerate(at)
            for two in at[:n]
        ]
        assert not known
        assert max(apart) <= 10.001
        assert count > 12 or min(apart) >= 2.499
    assert places_of(["a"], {}) == ({"a": (0.0, 0.0)}, False)


@pytest.mark.parametrize("by_night", [False, True])
def test_what_asks_for_a_certificate_or_a_talk_waits_for_it(
    session: Session, by_night: bool
) -> None:
    likes(session, "Fatima", "home_paperwork")
    need = looks_for(session, code="home_paperwork")
    fatima = builders.member_of(session, "Fatima").id
    nadia = builders.actor_of(session, "Nadia")

    def now_shown(night: int) -> bool:
        if by_night:
            planned(session, now=NOW + night * DAY)
            return rows(session) == 1
        return needs_shown(session) == [need]

    assert not now_shown(0)
    support = KeepSupport(fatima, Support.NONE, None, builders.TODAY)
    keep_support(session, support, by=nadia, now=NOW)
    assert not now_shown(1)
    keep_check(session, fatima, Qualification.TALK, builders.TODAY, by=nadia, now=NOW)
    assert now_shown(2)


def test_who_has_nothing_to_give_waits_for_what_is_young(session: Session) -> None:
    likes(session)
    young = looks_for(session, now=NOW - DAY)
    assert needs_shown(session) == []

    builders.approved(session, "Jan", "Fatima", minutes=60)

    assert needs_shown(session) == [young]


@pytest.mark.policy("D2")
def test_something_light_is_always_on_the_first_screen(session: Session) -> None:
    builders.approved(session, "Jan", "Fatima", minutes=60)
    likes(session, "Fatima", "odd_job_garden", "phone_call")
    for _ in range(4):
        looks_for(session, code="odd_job_garden", minutes=120)
    light = looks_for(session, code="phone_call", minutes=30)

    assert light in needs_shown(session)[:3]
    planned(session)
    assert light in needs_shown(session)[:3]
    assert with_something_light(ideas(session)[:2]) == ideas(session)[:2]


def test_the_town_leaves_the_house_without_anybody_in_it(
    app: Flask, runner: FlaskCliRunner, tmp_path: pathlib.Path
) -> None:
    with app.app_context():
        session: Session = db.session  # type: ignore[assignment]
        builders.approved(session)
        likes(session)
        looks_for(session, words="Geheim")
        jan = builders.member_of(session, "Jan").id
        avoid(session, jan, by=builders.actor_of(session, "Fatima"), now=NOW)
        people = [str(builders.member_of(session, n).id) for n in ("Fatima", "Jan", "Greet")]
        session.commit()
    out = tmp_path / "town.json"

    result = runner.invoke(args=["matching", "export", "--timebank", "leiden", "--out", str(out)])

    assert result.exit_code == 0, result.output
    text = out.read_text("utf-8")
    assert not any(secret in text for secret in (*people, "Geheim", "Fatima", "Amrani"))
    town = read_town(out)
    assert (len(town.residents), len(town.needs), len(town.avoid)) == (6, 1, 1)
    assert len(town.helper) == 1
    assert json.loads(text)["residents"][0]["id"] == "r1"


def test_each_export_draws_other_numbers(session: Session) -> None:
    described = describe_town(
        session, timebank_id=builders.timebank_of(session).id, slug="leiden", now=NOW
    )
    described["residents"] = [
        one | {"balance_minutes": 60 * place} for place, one in enumerate(described["residents"])
    ]
    one, other = (pseudonymous(described, random.Random(seed)) for seed in (1, 2))  # noqa: S311

    def balances(town: dict[str, object]) -> list[object]:
        return [resident["balance_minutes"] for resident in town["residents"]]  # type: ignore[attr-defined]

    def by_number(town: dict[str, object]) -> list[object]:
        return [resident["neighbourhood"] for resident in town["residents"]]  # type: ignore[attr-defined]

    assert sorted(by_number(one)) == sorted(by_number(other))
    assert sorted(balances(one)) == sorted(balances(other))
    assert balances(one) != balances(other)


def test_a_place_is_given_from_the_command_line(runner: FlaskCliRunner, app: Flask) -> None:
    args = ["--east", "92000", "--north", "464000", "--timebank", "leiden"]
    first = runner.invoke(args=["timebanks", "place", builders.SLAAGHWIJK, *args])
    second = runner.invoke(args=["timebanks", "place", builders.ZIJLWIJK, *args])
    wrong = runner.invoke(args=["timebanks", "place", builders.HOLTEN, *args])

    assert "none counts" in first.output
    assert "all have a place" in second.output
    assert wrong.exit_code == 1


def test_too_far_never_goes_further() -> None:
    assert nearer_reach(2.5, 10_000) == 2250
    assert nearer_reach(2.5, 1500) == 750
    assert nearer_reach(0.0, 1500) == 375
    assert nearer_reach(9.0, 375) == 375


def test_the_moments_begin_tomorrow() -> None:
    tuesday_morning = 1 << 3

    found = moments(tuesday_morning, builders.TODAY)

    assert [day for day, _ in found] == [builders.TODAY + 7 * DAY, builders.TODAY + 14 * DAY]
    assert moments(0, builders.TODAY) == []
    assert len(moments((1 << 21) - 1, builders.TODAY)) == 6


@pytest.mark.policy("V13")
def test_the_worklist_says_whom_to_call_and_what_to_do_together(session: Session) -> None:
    likes(session)
    old = looks_for(session, "Jan", "coffee", now=NOW - 8 * DAY)
    looks_for(session, "Fatima", "coffee", now=NOW - 29 * DAY, days=90)
    nadia, marijke = (builders.actor_of(session, name) for name in ("Nadia", "Marijke"))
    assert alike(session, by=nadia, now=NOW) == []
    bart = builders.actor_of(session, "Bart")
    looks_for(session, "Bart", "coffee", now=NOW - DAY)
    builders.approved(session, "Fatima", "Jan", minutes=60)

    together = alike(session, by=nadia, now=NOW)

    assert [(one.neighbourhood_code, one.category_code, one.count) for one in together] == [
        (builders.SLAAGHWIJK, "coffee", 3)
    ]
    assert alike(session, by=marijke, now=NOW) == []
    assert [one.count for one in alike(session, by=nadia, now=NOW + 20 * DAY)] == []
    assert old in [one.need_id for one in long_waiting(session, by=nadia, now=NOW)]
    idle, talks = without_ideas(session, by=nadia, today=builders.TODAY)
    assert [one.full_name for one in idle] == [one.full_name for one in talks]
    assert [one.full_name for one in idle] == ["Jan van den Berg"]
    assert introductions(session, by=bart, now=NOW) == []


@pytest.mark.policy("W1")
def test_the_coordinator_sees_that_one_of_two_said_yes(session: Session) -> None:
    likes(session)
    need = looks_for(session)
    nadia = builders.actor_of(session, "Nadia")
    said_yes(session, need)

    (half,) = introductions(session, by=nadia, now=NOW)

    assert (half.need_id, half.state, half.giver_name) == (need, "accepted", "Fatima El Amrani")
    assert half.owner_reads
    assert long_waiting(session, by=nadia, now=NOW + 30 * DAY) == []


def test_the_numbers_of_a_night_tell_nothing_of_few_people(session: Session) -> None:
    likes(session)
    looks_for(session)
    builders.approved(session, "Jan", "Fatima", minutes=60)
    nadia = builders.actor_of(session, "Nadia")
    assert last_plan(session, by=nadia) is None
    planned(session)

    plan = last_plan(session, by=nadia)

    assert plan is not None
    assert (plan.people, plan.covered, plan.needs, plan.filled) == (1, 1, 1, 1)
    assert [place.people for place in plan.places] == [None]
    assert plan.yes_percent is None


@pytest.mark.policy("D5")
def test_who_both_gave_and_got_is_told_in_hundreds_or_not_at_all(session: Session) -> None:
    nadia, bank = builders.actor_of(session, "Nadia"), builders.timebank_of(session)
    assert [one.percent for one in both_sides(session, by=nadia, now=NOW)] == [None]
    names = [f"Persoon{letter}" for letter in "abcdefghij"]
    for name in names:
        builders.a_member(session, bank, name, "Buur")
    *pairs, last = zip(names[::2], names[1::2], strict=True)
    for one, other in pairs:
        builders.approved(session, one, other, minutes=30)
    assert [one.percent for one in both_sides(session, by=nadia, now=NOW)] == [None], "eight"
    builders.approved(session, *last, minutes=30)
    builders.approved(session, names[1], names[0], minutes=30)
    builders.approved(session, names[3], names[2], minutes=30)

    found = both_sides(session, by=nadia, now=NOW)

    assert [(one.name, one.percent) for one in found] == [("Slaaghwijk", 40)]
