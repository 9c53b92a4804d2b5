# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from tests.builders import TODAY, ZIJLWIJK, a_member, member_of, timebank_of
from timebank.members.operations import folded
from timebank.members.queries import (
    everyone,
    find_residents,
    residents_by_id,
    residents_by_name,
)


def names_for(session: Session, text: str, slug: str = "leiden", limit: int = 8) -> list[str]:
    found = find_residents(
        session, timebank_id=timebank_of(session, slug).id, text=text, limit=limit
    )
    return [name.full_name for name in found]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Gökçe", "gokce"),
        ("Łukasz", "lukasz"),
        ("Jørgen", "jorgen"),
        ("Đorđe", "dorde"),
        ("Yıldırım", "yildirim"),
        ("İpek", "ipek"),
        ("Groß", "gross"),
        ("Zoë", "zoe"),
        ("  Jan  ", "jan"),
        ("Øystein", "oystein"),
    ],
)
def test_a_name_is_folded_to_plain_small_letters(name: str, expected: str) -> None:
    assert folded(name) == expected


@pytest.mark.parametrize(
    "text", ["Fa", "fatima", "FATIMA", "El Am", "el  amrani", "Fatima El", "  fatima el amrani "]
)
def test_a_resident_is_found_by_the_beginning_of_either_name_or_both(
    session: Session, text: str
) -> None:
    assert names_for(session, text) == ["Fatima El Amrani"]


@pytest.mark.parametrize("text", ["gokce", "GÖKÇE", "Gök", "yildiz", "Yıldız", "gökce YIL"])
def test_accents_and_capitals_make_no_difference(session: Session, text: str) -> None:
    a_member(session, timebank_of(session), "Gökçe", "Yıldız")

    assert names_for(session, text) == ["Gökçe Yıldız"]


@pytest.mark.parametrize("text", ["", " ", "f", " f ", "\N{COMBINING ACUTE ACCENT}f"])
def test_fewer_than_two_letters_find_nobody(session: Session, text: str) -> None:
    assert names_for(session, text) == []


@pytest.mark.parametrize("text", ["%%", "__", "F%", "F_tima", "\\\\", "/%", "a%a"])
def test_wildcards_are_ordinary_letters(session: Session, text: str) -> None:
    assert names_for(session, text) == []


def test_a_name_that_holds_a_wildcard_is_found_by_it(session: Session) -> None:
    a_member(session, timebank_of(session), "Per%_", "Cent")

    assert names_for(session, "per%_") == ["Per%_ Cent"]


def test_the_middle_of_a_name_finds_nobody(session: Session) -> None:
    assert names_for(session, "tima") == []


def test_people_of_another_timebank_are_never_found(session: Session) -> None:
    assert names_for(session, "Henk") == []
    assert names_for(session, "Henk", slug="holten") == ["Henk Wansink"]


def test_who_takes_no_part_in_exchanges_is_not_found(session: Session) -> None:
    assert names_for(session, "Annelies") == []


def test_who_left_is_not_found(session: Session) -> None:
    member_of(session, "Fatima").left_on = TODAY
    session.flush()

    assert names_for(session, "Fatima") == []


def test_no_more_are_found_than_asked_for_and_they_come_by_name(session: Session) -> None:
    bank = timebank_of(session)
    for number in range(9):
        a_member(session, bank, f"Abel{8 - number}", "Klaassen")

    assert names_for(session, "abel", limit=3) == [
        "Abel0 Klaassen",
        "Abel1 Klaassen",
        "Abel2 Klaassen",
    ]
    assert len(names_for(session, "abel")) == 8


def test_what_others_see_of_a_resident_is_no_address_and_no_account(session: Session) -> None:
    (found,) = find_residents(session, timebank_id=timebank_of(session).id, text="greet")

    assert found.member_id == member_of(session, "Greet").id
    assert vars(found).keys() == {
        "member_id",
        "full_name",
        "neighbourhood_name",
        "joined_on",
    }
    assert found.neighbourhood_name == "Zijlwijk-Zuid"


def test_a_full_name_finds_exactly_who_is_called_so(session: Session) -> None:
    bank = timebank_of(session)
    a_member(session, bank, "Jantje", "van den Berg")

    found = residents_by_name(session, timebank_id=bank.id, full_name="jan  VAN den Berg")

    assert [name.full_name for name in found] == ["Jan van den Berg"]


def test_two_people_of_one_name_are_both_found(session: Session) -> None:
    bank = timebank_of(session)
    other = a_member(session, bank, "Sami", "Haddad", ZIJLWIJK)
    first = a_member(session, bank, "Sámi", "Haddad")

    found = residents_by_name(session, timebank_id=bank.id, full_name="Sami Haddad")

    assert {name.member_id for name in found} == {first.id, other.id}


def test_residents_are_read_by_id_and_unknown_ones_left_out(session: Session) -> None:
    jan, henk = member_of(session, "Jan"), member_of(session, "Henk")

    found = residents_by_id(session, timebank_id=jan.timebank_id, member_ids=[jan.id, henk.id])

    assert {key: name.full_name for key, name in found.items()} == {jan.id: "Jan van den Berg"}


def test_everyone_is_everyone_of_one_timebank_by_name(session: Session) -> None:
    people = everyone(session, timebank_id=timebank_of(session).id)

    assert [person.given_name for _, person in people] == [
        "Annelies",
        "Bart",
        "Fatima",
        "Greet",
        "Jan",
        "Marijke",
        "Nadia",
    ]
