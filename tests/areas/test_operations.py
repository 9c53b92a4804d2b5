# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import dataclasses

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.builders import FOUNDED_ON, SLAAGHWIJK, TODAY, timebank_of
from timebank.areas.errors import (
    NotASlug,
    NotReadable,
    TimebankExists,
    UnknownArea,
    UnknownTimebank,
)
from timebank.areas.models import Area, Neighbourhood
from timebank.areas.operations import OpenTimebank, load_areas, open_timebank, switch_on
from timebank.areas.queries import all_timebanks, neighbourhoods_of, timebank_by_slug


def an_opening(slug: str = "delft", municipality: str = "GM0546") -> OpenTimebank:
    return OpenTimebank(slug, "Tijdbank", municipality, "Els", "015 555 01 00", "d@example.org")


def test_loading_the_areas_again_adds_nothing(session: Session) -> None:
    before = session.scalar(select(func.count()).select_from(Area))

    added = load_areas(session)

    assert added == 0
    assert session.scalar(select(func.count()).select_from(Area)) == before


def test_loading_the_areas_brings_back_only_the_one_that_is_missing(session: Session) -> None:
    session.delete(session.scalars(select(Area).where(Area.code == "BU05460804")).one())
    session.flush()

    added = load_areas(session)

    assert added == 1


def test_a_timebank_opens_with_steps_of_a_quarter_of_an_hour(session: Session) -> None:
    timebank = open_timebank(session, an_opening(), today=TODAY)

    assert timebank.step_minutes == 15
    assert timebank.opened_on == TODAY
    assert timebank_by_slug(session, "delft").id == timebank.id


def test_a_timebank_needs_a_municipality_that_is_known(session: Session) -> None:
    with pytest.raises(UnknownArea) as refusal:
        open_timebank(session, an_opening(municipality="GM9999"), today=TODAY)

    assert refusal.value.code == "GM9999"


@pytest.mark.parametrize("slug", ["", "Delft", "delft/", "delft-", "d" * 41, "delft\n", "dé"])
def test_a_short_name_can_stand_in_an_address(session: Session, slug: str) -> None:
    with pytest.raises(NotASlug) as refusal:
        open_timebank(session, an_opening(slug), today=TODAY)

    assert refusal.value.slug == slug


@pytest.mark.parametrize("field", ["name", "contact_name", "contact_phone", "contact_email"])
@pytest.mark.parametrize("words", ["", "   ", "a\ab", "a\n\u0303", "a\u200bb", "\u3164", "x" * 255])
def test_what_people_read_of_a_timebank_can_be_read(
    session: Session, field: str, words: str
) -> None:
    wish = dataclasses.replace(an_opening(), **{field: words})

    with pytest.raises(NotReadable) as refusal:
        open_timebank(session, wish, today=TODAY)

    assert refusal.value.field == field
    assert str(refusal.value).startswith(f"the {field.replace('_', ' ')} must be 1 up to ")


def test_the_longest_name_that_a_timebank_can_have_is_kept_whole(session: Session) -> None:
    wish = dataclasses.replace(an_opening("d" * 40), name="é" * 80)

    assert open_timebank(session, wish, today=TODAY).name == "é" * 80


def test_a_short_name_is_given_out_once(session: Session) -> None:
    with pytest.raises(TimebankExists) as refusal:
        open_timebank(session, an_opening("leiden"), today=TODAY)

    assert refusal.value.slug == "leiden"


def test_an_area_becomes_a_neighbourhood_with_the_name_and_year_of_its_code(
    session: Session,
) -> None:
    bank = timebank_of(session)

    neighbourhood = switch_on(session, timebank_id=bank.id, code="BU05460803", today=TODAY)

    assert (neighbourhood.name, neighbourhood.year) == ("Merenwijk-Centrum", 2021)
    assert neighbourhood.switched_on_on == TODAY


def test_an_area_known_in_two_years_is_switched_on_as_the_newest(session: Session) -> None:
    old = session.scalars(select(Area).where(Area.code == "BU05460803")).one()
    session.add(
        Area(code=old.code, year=2030, level=old.level, name="Nieuwe naam", parent_code=None)
    )
    session.flush()

    neighbourhood = switch_on(
        session, timebank_id=timebank_of(session).id, code=old.code, today=TODAY
    )

    assert (neighbourhood.name, neighbourhood.year) == ("Nieuwe naam", 2030)


def test_switching_on_twice_leaves_the_first_day(session: Session) -> None:
    bank = timebank_of(session)

    again = switch_on(session, timebank_id=bank.id, code=SLAAGHWIJK, today=TODAY)

    assert again.switched_on_on == FOUNDED_ON
    assert (
        session.scalar(
            select(func.count())
            .select_from(Neighbourhood)
            .where(Neighbourhood.timebank_id == bank.id)
        )
        == 2
    )


def test_a_code_that_no_area_has_is_not_switched_on(session: Session) -> None:
    with pytest.raises(UnknownArea):
        switch_on(session, timebank_id=timebank_of(session).id, code="BU00000000", today=TODAY)


def test_timebanks_are_listed_by_name(session: Session) -> None:
    assert [timebank.slug for timebank in all_timebanks(session)] == ["holten", "leiden"]


def test_a_short_name_that_nobody_has_is_refused(session: Session) -> None:
    with pytest.raises(UnknownTimebank) as refusal:
        timebank_by_slug(session, "utrecht")

    assert refusal.value.slug == "utrecht"


def test_neighbourhoods_are_those_of_one_timebank_by_name(session: Session) -> None:
    names = [
        neighbourhood.name
        for neighbourhood in neighbourhoods_of(session, timebank_id=timebank_of(session).id)
    ]

    assert names == ["Slaaghwijk", "Zijlwijk-Zuid"]
