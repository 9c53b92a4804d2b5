# SPDX-License-Identifier: EUPL-1.2
"""Hours of staff: written once, within bounds and reach, beside the books and not in them."""

from __future__ import annotations

import dataclasses
import datetime
import uuid

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

import ledger
from tests.builders import HOLTEN, NOW, SLAAGHWIJK, TODAY, ZIJLWIJK, actor_of
from timebank.audit.models import AuditEvent
from timebank.erasure.operations import erase_member
from timebank.members.errors import NotPermitted
from timebank.members.models import Person
from timebank.members.policy import organisation
from timebank.staffing.errors import (
    StaffDayNotCome,
    StaffDayTooLongAgo,
    StaffKeyUsed,
    StaffMinutesImpossible,
    StaffPlaceOutOfReach,
    UnknownStaffTime,
)
from timebank.staffing.models import StaffTime
from timebank.staffing.operations import WriteTime, take_back, write_time
from timebank.staffing.policy import a_year_before, check_day, check_minutes
from timebank.staffing.queries import (
    newest_staff_time,
    staff_minutes,
    staff_time_for_oneself,
)

DAY = datetime.timedelta(days=1)
QUARTER = {"first_day": datetime.date(2026, 1, 1), "last_day": datetime.date(2026, 3, 31)}
BOTH = (SLAAGHWIJK, ZIJLWIJK)


def a_wish(
    minutes: int = 120, *, code: str = SLAAGHWIJK, worked_on: datetime.date = TODAY
) -> WriteTime:
    return WriteTime(uuid.uuid4(), code, worked_on, minutes)


def write(session: Session, wish: WriteTime, by: str = "Nadia") -> uuid.UUID:
    write_time(session, wish, by=actor_of(session, by), now=NOW)
    return wish.key


def sums(session: Session, **changes: object) -> dict[str, int]:
    asked = {"timebank_id": 1, "codes": BOTH, **QUARTER, **changes}
    return dict(staff_minutes(session, **asked))  # type: ignore[arg-type]


def deeds(session: Session) -> list[tuple[str, uuid.UUID | None, uuid.UUID | None]]:
    events = session.scalars(
        sa.select(AuditEvent).where(AuditEvent.action.like("staff_time:%")).order_by(AuditEvent.id)
    )
    return [(one.action, one.by_member_id, one.about_member_id) for one in events]


def test_hours_of_staff_add_up_per_neighbourhood_and_touch_no_account(session: Session) -> None:
    accounts = ledger.Base.metadata.tables["ledger_account"]
    books = session.execute(sa.select(accounts).order_by(accounts.c.id)).all()

    for minutes in (120, 45):
        write(session, a_wish(minutes))
    write(session, a_wish(15, code=ZIJLWIJK), by="Marijke")

    assert sums(session) == {SLAAGHWIJK: 165, ZIJLWIJK: 15}
    assert sums(session, codes=[ZIJLWIJK]) == {ZIJLWIJK: 15}
    assert sums(session, codes=[]) == {}
    assert session.execute(sa.select(accounts).order_by(accounts.c.id)).all() == books


def test_hours_count_on_the_day_of_the_work_and_both_bounds_belong_to_the_months(
    session: Session,
) -> None:
    first, last = TODAY - 3 * DAY, TODAY - DAY
    for back in (4, 3, 1, 0):
        write(session, a_wish(15 * (back + 1), worked_on=TODAY - back * DAY))

    assert sums(session, first_day=first, last_day=last)[SLAAGHWIJK] == 60 + 30


def test_the_same_form_twice_is_one_line_and_other_answers_are_refused(session: Session) -> None:
    wish = a_wish()
    write(session, wish)

    write(session, wish)

    assert sums(session)[SLAAGHWIJK] == 120
    for other in (
        dataclasses.replace(wish, minutes=60),
        dataclasses.replace(wish, worked_on=TODAY - DAY),
    ):
        with pytest.raises(StaffKeyUsed):
            write(session, other)
    with pytest.raises(StaffKeyUsed):
        write(session, wish, by="Bart")
    with pytest.raises(StaffKeyUsed):
        write(session, dataclasses.replace(wish, neighbourhood_code=ZIJLWIJK), by="Bart")
    nadia = actor_of(session, "Nadia")
    assert deeds(session) == [("staff_time:write", nadia.member_id, None)]


def test_a_line_that_was_taken_back_stays_and_counts_no_more(session: Session) -> None:
    wish = a_wish(worked_on=TODAY - DAY)
    write(session, wish)
    bart = actor_of(session, "Bart")

    days = {take_back(session, wish.key, by=bart, now=NOW + hour * DAY / 24) for hour in (1, 2)}
    with pytest.raises(StaffKeyUsed):
        write(session, wish)

    assert days == {TODAY - DAY}
    assert sums(session)[SLAAGHWIJK] == 0
    assert newest_staff_time(session, by=bart) == []
    stored = session.get_one(StaffTime, (1, wish.key), populate_existing=True)
    assert stored.taken_back_at == NOW + DAY / 24
    assert [action for action, *_ in deeds(session)] == ["staff_time:write", "staff_time:take_back"]


def test_everybody_stays_within_their_own_neighbourhoods(session: Session) -> None:
    own, other = a_wish(), a_wish(15, code=ZIJLWIJK)
    write(session, own)
    write(session, other, by="Bart")
    nadia, bart, gerda = (actor_of(session, name) for name in ("Nadia", "Bart", "Gerda"))

    for code in (ZIJLWIJK, HOLTEN, "BU99999999", "", "\0"):
        with pytest.raises(StaffPlaceOutOfReach):
            write(session, a_wish(code=code))
    with pytest.raises(StaffPlaceOutOfReach):
        write(session, a_wish(code=HOLTEN), by="Bart")
    for by, key in ((nadia, other.key), (gerda, own.key), (bart, uuid.uuid4())):
        with pytest.raises(UnknownStaffTime):
            take_back(session, key, by=by, now=NOW)

    assert [line.id for line in newest_staff_time(session, by=nadia)] == [own.key]
    assert {line.id for line in newest_staff_time(session, by=bart)} == {own.key, other.key}
    assert list(newest_staff_time(session, by=gerda)) == []


@pytest.mark.parametrize("name", ["Fatima", "Annelies"])
def test_residents_and_readers_have_nothing_to_do_with_it(session: Session, name: str) -> None:
    key, actor = write(session, a_wish()), actor_of(session, name)

    with pytest.raises(NotPermitted):
        write(session, a_wish(), by=name)
    with pytest.raises(NotPermitted):
        take_back(session, key, by=actor, now=NOW)
    with pytest.raises(NotPermitted):
        newest_staff_time(session, by=actor)


def test_the_last_lines_come_first_and_are_limited(session: Session) -> None:
    keys = []
    nadia = actor_of(session, "Nadia")
    for number in range(4):
        wish = a_wish(worked_on=TODAY - number * DAY)
        write_time(session, wish, by=nadia, now=NOW + number * DAY / 24)
        keys.append(wish.key)

    found = newest_staff_time(session, by=nadia, limit=3)

    assert [line.id for line in found] == keys[:0:-1]


def test_whoever_typed_finds_the_lines_among_their_own_data(session: Session) -> None:
    write(session, a_wish(90))
    write(session, a_wish(15), by="Bart")

    (line,) = staff_time_for_oneself(session, by=actor_of(session, "Nadia"))

    assert (line["minutes"], line["neighbourhood"]) == (90, "Slaaghwijk")
    assert staff_time_for_oneself(session, by=actor_of(session, "Fatima")) == []


def test_the_organisation_on_its_own_machine_writes_too(session: Session) -> None:
    wish = a_wish(code=ZIJLWIJK)
    for _ in range(2):
        write_time(session, wish, by=organisation(1), now=NOW)

    assert sums(session)[ZIJLWIJK] == 120


def test_what_somebody_typed_stays_without_a_name_when_they_are_erased(session: Session) -> None:
    nadia = actor_of(session, "Nadia")
    write(session, a_wish(90))
    assert nadia.member_id is not None

    erase_member(session, nadia.member_id, by=actor_of(session, "Bart"), now=NOW)

    assert sums(session)[SLAAGHWIJK] == 90
    assert session.get(Person, (1, nadia.member_id)) is None


@pytest.mark.parametrize("minutes", [0, -15, 14, 20, 1455, 10**6])
def test_only_quarters_of_an_hour_within_a_day_are_possible(minutes: int) -> None:
    with pytest.raises(StaffMinutesImpossible):
        check_minutes(minutes)


@pytest.mark.parametrize("minutes", [15, 90, 1440])
def test_both_bounds_of_a_line_are_possible(minutes: int) -> None:
    check_minutes(minutes)


def test_a_day_is_today_at_most_and_a_year_ago_at_least() -> None:
    leap = datetime.date(2028, 2, 29)
    for day in (TODAY, datetime.date(2025, 3, 10)):
        check_day(day, today=TODAY)
    with pytest.raises(StaffDayNotCome):
        check_day(TODAY + DAY, today=TODAY)
    with pytest.raises(StaffDayTooLongAgo):
        check_day(datetime.date(2025, 3, 9), today=TODAY)
    assert a_year_before(leap) == datetime.date(2027, 2, 28)


def test_today_is_a_day_on_the_dutch_calendar(session: Session) -> None:
    late = datetime.datetime(2026, 3, 10, 23, 30, tzinfo=datetime.UTC)
    nadia, wish = actor_of(session, "Nadia"), a_wish(worked_on=TODAY + DAY)

    with pytest.raises(StaffDayNotCome):
        write_time(session, wish, by=nadia, now=NOW)
    write_time(session, wish, by=nadia, now=late)

    assert sums(session)[SLAAGHWIJK] == 120


def test_a_line_of_no_whole_quarters_is_not_written(session: Session) -> None:
    with pytest.raises(StaffMinutesImpossible):
        write(session, a_wish(20))


@pytest.mark.parametrize("minutes", [0, 20, 1455])
def test_the_database_refuses_what_the_room_would_refuse(session: Session, minutes: int) -> None:
    line = StaffTime(
        timebank_id=1,
        id=uuid.uuid4(),
        neighbourhood_code=SLAAGHWIJK,
        worked_on=TODAY,
        minutes=minutes,
        written_at=NOW,
    )
    session.add(line)

    with pytest.raises(IntegrityError):
        session.flush()
