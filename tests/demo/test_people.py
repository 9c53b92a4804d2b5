# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime
import tomllib
from collections import Counter
from importlib import resources
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests.builders import NOW, TODAY, member_of
from tests.demo.conftest import STORY_NOW
from timebank import clock
from timebank.demo.people import people_to_be, script
from timebank.members.operations import grant_role
from timebank.members.policy import Role


def shipped(room: str, table: str) -> list[dict[str, Any]]:
    text = resources.files(f"timebank.{room}").joinpath("seed.toml").read_text("utf-8")
    rows: list[dict[str, Any]] = tomllib.loads(text)[table]
    return rows


@pytest.fixture(scope="module")
def people() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = script()["person"]
    return rows


def test_every_person_lives_in_a_neighbourhood_of_their_timebank(
    people: list[dict[str, Any]],
) -> None:
    codes = {row["slug"]: set(row["neighbourhoods"]) for row in script()["timebank"]}

    strays = [
        row["key"]
        for row in people
        if row["neighbourhood"] and row["neighbourhood"] not in codes[row["timebank"]]
    ]

    assert strays == []


def test_every_neighbourhood_and_municipality_is_an_area() -> None:
    areas = {row["code"] for row in shipped("areas", "area")}

    named = {row["municipality"] for row in script()["timebank"]}
    named |= {code for row in script()["timebank"] for code in row["neighbourhoods"]}

    assert named <= areas


def test_everything_people_offer_and_ask_is_a_kind_of_help_for_residents(
    people: list[dict[str, Any]],
) -> None:
    residents_may = {
        row["code"]
        for row in shipped("categories", "category")
        if row["boundary"] != "professional_only"
    }

    wishes = {code for row in people for code in (*row["good_at"], *row["looks_for"])}

    assert wishes - residents_may == set()


def test_every_role_is_known_and_a_coordinator_names_a_neighbourhood(
    people: list[dict[str, Any]],
) -> None:
    codes = {row["slug"]: row["neighbourhoods"] for row in script()["timebank"]}

    for row in people:
        for text in row["roles"]:
            role, _, code = text.partition(":")
            assert role in set(Role)
            assert (role == Role.COORDINATOR) == (code in codes[row["timebank"]]), row["key"]


def test_keys_and_addresses_are_given_out_once_and_addresses_are_not_real(
    people: list[dict[str, Any]],
) -> None:
    keys = Counter((row["timebank"], row["key"]) for row in people)
    emails = Counter((row["timebank"], row["email"]) for row in people if "email" in row)

    assert max(keys.values()) == max(emails.values()) == 1
    assert all(email.endswith("@example.org") for _, email in emails)


def test_every_neighbourhood_has_somebody_who_decides(people: list[dict[str, Any]]) -> None:
    for bank in script()["timebank"]:
        roles = [text for row in people if row["timebank"] == bank["slug"] for text in row["roles"]]
        assert "administrator" in roles
        assert any(text.startswith("coordinator:") for text in roles)


def test_there_are_62_residents_and_a_reader_in_each_timebank(
    people: list[dict[str, Any]],
) -> None:
    residents = sum("resident" in row["roles"] for row in people)
    readers = Counter(row["timebank"] for row in people if "municipality_reader" in row["roles"])

    assert residents == 62
    assert readers == {"leiden": 1, "holten": 1}


def test_one_can_be_everyone_of_the_story_staff_first(told: Session) -> None:
    people = people_to_be(told, today=clock.day_of(STORY_NOW))

    assert len(people) == len(script()["person"])
    for slug in ("leiden", "holten"):
        staff = [person.is_staff for person in people if person.slug == slug]
        assert staff == sorted(staff, reverse=True)
    nadia = next(person for person in people if person.full_name == "Nadia Benali")
    assert nadia.roles == (Role.COORDINATOR, Role.RESIDENT)
    assert nadia.neighbourhood_name == "Slaaghwijk"
    assert nadia.story_nl
    assert nadia.story_en


def test_a_role_that_ended_or_has_not_begun_is_not_shown(session: Session) -> None:
    jan, day = member_of(session, "Jan"), datetime.timedelta(days=1)
    grant_role(
        session,
        jan,
        Role.ADMINISTRATOR,
        starts_on=TODAY - 2 * day,
        now=NOW,
        ends_on=TODAY - day,
    )
    grant_role(session, jan, Role.MUNICIPALITY_READER, starts_on=TODAY + day, now=NOW)

    people = people_to_be(session, today=TODAY)

    (found,) = [person for person in people if person.member_id == jan.id]
    assert found.roles == (Role.RESIDENT,)
    assert not found.is_staff


def test_who_is_not_of_the_story_has_no_sentence_and_may_have_no_neighbourhood(
    session: Session,
) -> None:
    people = {person.full_name: person for person in people_to_be(session, today=TODAY)}

    assert people["Henk Wansink"].story_nl == ""
    assert people["Annelies Vermeulen"].neighbourhood_name == ""
