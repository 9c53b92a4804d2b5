# SPDX-License-Identifier: EUPL-1.2
"""Numbers and typed slips in the room of paper, on both databases."""

from __future__ import annotations

import dataclasses
import datetime
import uuid

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests import builders
from timebank.exchanges.models import ExchangeOnBehalf
from timebank.exchanges.operations import Logged, withdraw_exchange
from timebank.members.errors import NotPermitted
from timebank.members.models import Person
from timebank.paper.errors import (
    LooksTheSame,
    NobodyCalled,
    NobodyInReach,
    NumberOfNobody,
    NumberWrong,
    OwnSlip,
    PlaceOutOfReach,
    SeveralFit,
    SlipUsed,
    TooManySheets,
    UnknownSlip,
)
from timebank.paper.operations import (
    PrintSlips,
    Typed,
    TypeSlip,
    give_numbers,
    keep_slip,
    print_slips,
    type_slip,
)
from timebank.paper.policy import MOST_SHEETS, member_number
from timebank.paper.queries import person_meant, slip_of, total_of, typed_on

YESTERDAY = builders.TODAY - datetime.timedelta(days=1)


def a_slip(
    session: Session, helper: str = "Fatima", helped: str = "Jan", **other: object
) -> TypeSlip:
    slip = TypeSlip(
        form_key=uuid.uuid4(),
        helper_id=builders.member_of(session, helper).id,
        helped_id=builders.member_of(session, helped).id,
        category_code="groceries",
        minutes=90,
        helped_on=YESTERDAY,
    )
    return dataclasses.replace(slip, **other)  # type: ignore[arg-type]


def typed(session: Session, slip: TypeSlip, by: str = "Nadia", minute: int = 0) -> Typed:
    now = builders.NOW + datetime.timedelta(minutes=minute)
    return type_slip(session, slip, by=builders.actor_of(session, by), now=now)


def printed(session: Session, sheets: int = 1, by: str = "Nadia", **other: object) -> int:
    wish = PrintSlips(uuid.uuid4(), builders.SLAAGHWIJK, sheets)
    wish = dataclasses.replace(wish, **other)  # type: ignore[arg-type]
    return print_slips(session, wish, by=builders.actor_of(session, by), now=builders.NOW)


def without_email(session: Session, name: str) -> None:
    whose = Person.member_id == builders.member_of(session, name).id
    session.execute(sa.update(Person).where(whose).values(email=None))


def test_numbers_are_given_out_once_and_go_on_where_the_last_run_ended(session: Session) -> None:
    key = uuid.uuid4()

    first, again, next_run = (
        printed(session, 2, form_key=key),
        printed(session, 2, form_key=key),
        printed(session, 1, by="Bart"),
    )

    assert (first, again, next_run) == (1000, 1000, 1008)


@pytest.mark.parametrize("sheets", [0, MOST_SHEETS + 1])
def test_a_run_has_a_least_and_a_most(session: Session, sheets: int) -> None:
    with pytest.raises(TooManySheets):
        printed(session, sheets)


def test_slips_are_printed_for_ones_own_neighbourhoods_only(session: Session) -> None:
    for code in (builders.ZIJLWIJK, builders.HOLTEN, "made up", "\0"):
        with pytest.raises(PlaceOutOfReach):
            printed(session, neighbourhood_code=code)
    with pytest.raises(NotPermitted):
        printed(session, by="Jan")


@pytest.mark.policy("V9")
def test_a_slip_is_written_down_for_who_has_no_email_and_keeps_its_number(session: Session) -> None:
    without_email(session, "Jan")
    number = printed(session) + 3

    made = typed(session, a_slip(session, number=number))

    jan, nadia = builders.member_of(session, "Jan"), builders.member_of(session, "Nadia")
    row = session.get_one(ExchangeOnBehalf, (jan.timebank_id, made.exchange_id))
    assert (row.acting_for_id, row.entered_by_id) == (jan.id, nadia.id)
    assert made.acting_for_id == jan.id
    assert slip_of(session, made.exchange_id, timebank_id=jan.timebank_id) == number


def test_the_helper_goes_first_when_both_have_email(session: Session) -> None:
    made = typed(session, a_slip(session))

    assert made.acting_for_id == builders.member_of(session, "Fatima").id


def test_only_who_is_within_reach_is_filled_in_for(session: Session) -> None:
    made = typed(session, a_slip(session, "Greet", "Jan"))

    assert made.acting_for_id == builders.member_of(session, "Jan").id
    with pytest.raises(NobodyInReach):
        typed(session, a_slip(session, "Greet", "Jan", minutes=15), by="Gerda")
    with pytest.raises(NotPermitted):
        typed(session, a_slip(session, minutes=15), by="Greet")


@pytest.mark.parametrize(
    ("helper", "helped", "field"), [("Nadia", "Jan", "helper"), ("Jan", "Nadia", "helped")]
)
def test_nobody_types_a_slip_about_themselves(
    session: Session, helper: str, helped: str, field: str
) -> None:
    with pytest.raises(OwnSlip) as refusal:
        typed(session, a_slip(session, helper, helped))

    assert refusal.value.field == field


def test_a_row_that_is_sent_twice_is_one_slip(session: Session) -> None:
    slip = a_slip(session, number=printed(session))

    first, second = typed(session, slip), typed(session, slip)

    assert first.exchange_id == second.exchange_id
    assert (first.replayed, second.replayed) == (False, True)
    assert total_of(session, builders.TODAY, by=builders.actor_of(session, "Nadia")).slips == 1


def test_a_number_stands_for_one_exchange(session: Session) -> None:
    number = printed(session)
    typed(session, a_slip(session, number=number))

    with pytest.raises(SlipUsed):
        typed(session, a_slip(session, number=number, minutes=30, knowingly=True))
    with pytest.raises(UnknownSlip):
        typed(session, a_slip(session, number=number + 4, minutes=30))


def test_a_number_is_free_again_when_the_slip_was_taken_back(session: Session) -> None:
    number, nadia = printed(session), builders.actor_of(session, "Nadia")
    wrong = typed(session, a_slip(session, number=number, minutes=900))
    withdraw_exchange(session, wrong.exchange_id, by=nadia, now=builders.NOW)

    right = typed(session, a_slip(session, number=number), minute=1)

    timebank_id = nadia.timebank_id
    assert slip_of(session, wrong.exchange_id, timebank_id=timebank_id) is None
    assert slip_of(session, right.exchange_id, timebank_id=timebank_id) == number
    assert [row.number for row in typed_on(session, builders.TODAY, by=nadia)] == [number, None]
    assert total_of(session, builders.TODAY, by=nadia).minutes == 90


def test_who_is_second_with_a_number_is_refused_by_the_key_of_the_table(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = printed(session)
    typed(session, a_slip(session, number=number))
    second = builders.logged(session, minutes=15)
    monkeypatch.setattr("timebank.paper.operations.check_slip_free", lambda *_, **__: None)

    with pytest.raises(SlipUsed):
        keep_slip(
            session,
            Logged(second, replayed=False),
            number,
            timebank_id=builders.timebank_of(session).id,
        )


def test_what_looks_the_same_is_asked_about_once(session: Session) -> None:
    builders.logged(session, "Fatima", "Jan", minutes=90, helped_on=YESTERDAY)

    with pytest.raises(LooksTheSame):
        typed(session, a_slip(session))
    for differs in (
        a_slip(session, knowingly=True),
        a_slip(session, "Jan", "Fatima"),
        a_slip(session, minutes=75),
        a_slip(session, helped_on=builders.TODAY),
    ):
        assert not typed(session, differs).replayed


def test_what_was_taken_back_does_not_look_the_same(session: Session) -> None:
    first = builders.logged(session, "Fatima", "Jan", minutes=90, helped_on=YESTERDAY)
    by = builders.actor_of(session, "Fatima")
    withdraw_exchange(session, first, by=by, now=builders.NOW)

    assert not typed(session, a_slip(session)).replayed


def test_members_get_short_numbers_that_stay(session: Session) -> None:
    timebank_id = builders.timebank_of(session).id
    jan, greet, fatima = (
        builders.member_of(session, name).id for name in ("Jan", "Greet", "Fatima")
    )

    first = give_numbers(session, [jan, greet], timebank_id=timebank_id)
    second = give_numbers(session, [fatima, jan], timebank_id=timebank_id)

    assert first == {jan: 1, greet: 2}
    assert second == {jan: 1, fatima: 3}


def test_who_is_meant_on_a_slip(session: Session) -> None:
    timebank = builders.timebank_of(session)
    other_jan = builders.a_member(session, timebank, "Janneke", "Bakker")
    jan = builders.member_of(session, "Jan").id
    give_numbers(session, [other_jan.id], timebank_id=timebank.id)

    def meant(text: str, chosen: uuid.UUID | None = None) -> uuid.UUID:
        return person_meant(
            session, text, field="helper", chosen=chosen, timebank_id=timebank.id
        ).member_id

    assert meant("FAT") == builders.member_of(session, "Fatima").id
    assert meant("jan van") == meant("Jan van den Berg") == jan
    assert meant(member_number(1).lower()) == other_jan.id
    with pytest.raises(SeveralFit) as several:
        meant("jan")
    assert set(several.value.candidates) == {jan, other_jan.id}
    assert meant("jan", chosen=jan) == jan
    assert meant("fat", chosen=jan) == builders.member_of(session, "Fatima").id
    for text, refusal in (
        ("zzz", NobodyCalled),
        ("hen", NobodyCalled),
        (member_number(2), NumberOfNobody),
        ("1A", NumberWrong),
        ("1", NumberWrong),
    ):
        with pytest.raises(refusal) as wrong:
            meant(text)
        assert wrong.value.field == "helper"  # type: ignore[attr-defined]
