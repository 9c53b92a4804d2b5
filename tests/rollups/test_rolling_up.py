# SPDX-License-Identifier: EUPL-1.2
"""Roll-ups equal the journal, whatever comes late, is taken back or moves."""

from __future__ import annotations

import datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from tests.builders import (
    NOW,
    SLAAGHWIJK,
    ZIJLWIJK,
    actor_of,
    approved,
    member_of,
    timebank_of,
)
from timebank.amendments.operations import change_kind, take_back
from timebank.members.operations import move_member
from timebank.rollups.models import FigureBalance, FigureDay, FigurePair
from timebank.rollups.operations import roll_up
from timebank.rollups.proving import differing_days

DAY = datetime.timedelta(days=1)
LATER = NOW + 10 * DAY


def rolled(session: Session, now: datetime.datetime = LATER, **more: datetime.date) -> None:
    """Roll up as the job does: as long as days are left."""
    bank = timebank_of(session).id
    while roll_up(session, timebank_id=bank, now=now, **more):
        more = {}
    session.commit()


def differing(session: Session) -> list[datetime.date]:
    engine = session.get_bind()
    assert isinstance(engine, sa.Engine)
    return differing_days(engine, timebank_id=timebank_of(session).id)


def day_rows(session: Session) -> list[tuple[object, ...]]:
    columns = [one for one in sa.inspect(FigureDay).columns if one.key != "timebank_id"]
    return sorted(tuple(row) for row in session.execute(sa.select(*columns)))


def test_a_day_is_added_up_by_way_and_kind_of_help(session: Session) -> None:
    approved(session, "Fatima", "Greet", minutes=90)
    approved(session, "Fatima", "Greet", minutes=30)
    approved(session, "Greet", "Jan", minutes=60, category_code="coffee")
    rolled(session)

    day = NOW.date()
    assert day_rows(session) == [
        (day, SLAAGHWIJK, ZIJLWIJK, "groceries", 2, 120, 0, 0, 0),
        (day, ZIJLWIJK, SLAAGHWIJK, "coffee", 1, 60, 0, 0, 0),
    ]
    assert differing(session) == []


def test_a_reversal_counts_on_its_own_day_for_who_gave_and_under_its_kind(
    session: Session,
) -> None:
    exchange_id = approved(session, "Fatima", "Greet", minutes=90)
    take_back(session, exchange_id, by=actor_of(session, "Bart"), now=NOW + DAY)
    rolled(session)

    assert day_rows(session)[1] == (
        NOW.date() + DAY,
        SLAAGHWIJK,
        ZIJLWIJK,
        "groceries",
        0,
        0,
        1,
        90,
        0,
    )
    assert differing(session) == []
    last = session.execute(
        sa.select(FigureBalance.given_minutes).order_by(FigureBalance.day.desc()).limit(1)
    )
    assert last.scalar() == 0


def test_an_entry_keeps_the_neighbourhood_of_its_day(session: Session) -> None:
    approved(session, "Fatima", "Jan", minutes=60)
    move_member(
        session,
        timebank_id=timebank_of(session).id,
        member_id=member_of(session, "Fatima").id,
        neighbourhood_code=ZIJLWIJK,
    )
    approved(session, "Fatima", "Jan", minutes=30, now=NOW + DAY)
    rolled(session)

    assert [row[1] for row in day_rows(session)] == [SLAAGHWIJK, ZIJLWIJK]
    assert differing(session) == []


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-03-28T22:59:59", 28),
        ("2026-03-28T23:00:00", 29),
        ("2026-03-29T00:59:59", 29),
        ("2026-03-29T21:59:59", 29),
        ("2026-03-29T22:00:00", 30),
    ],
)
def test_a_day_is_a_day_in_the_netherlands_also_when_clocks_change(
    session: Session, moment: str, day: int
) -> None:
    booked = datetime.datetime.fromisoformat(moment).replace(tzinfo=datetime.UTC)
    approved(session, now=booked)
    rolled(session, booked + 10 * DAY)

    assert [row[0] for row in day_rows(session)] == [datetime.date(2026, 3, day)]


def test_days_that_are_open_are_not_added_up_and_stay_so_until_they_close(
    session: Session,
) -> None:
    approved(session)
    rolled(session, NOW + 2 * DAY)
    before = day_rows(session)
    rolled(session, NOW + 3 * DAY)

    assert (len(before), len(day_rows(session))) == (0, 1)


def test_what_was_committed_late_is_found_and_its_day_made_again(session: Session) -> None:
    approved(session, minutes=90)
    rolled(session, NOW + 40 * DAY)
    # Jan and Greet booked nothing since, so that the books take an older moment.
    approved(session, "Greet", "Marijke", minutes=30, now=NOW)
    session.commit()

    found = differing(session)
    rolled(session, NOW + 40 * DAY, again_from=found[0])

    assert set(found) >= {NOW.date()}
    assert differing(session) == []
    assert sum(row[5] for row in day_rows(session)) == 120  # type: ignore[misc]


def test_the_last_closed_days_are_made_again_every_night(session: Session) -> None:
    approved(session, minutes=90)
    rolled(session, NOW + 4 * DAY)
    approved(session, "Greet", "Marijke", minutes=30, now=NOW)
    rolled(session, NOW + 5 * DAY)

    assert differing(session) == []
    assert len(day_rows(session)) == 2


def test_another_kind_of_help_makes_its_day_differ_until_it_is_made_again(
    session: Session,
) -> None:
    exchange_id = approved(session)
    rolled(session, NOW + 40 * DAY)
    change_kind(session, exchange_id, "coffee", by=actor_of(session, "Bart"), now=NOW + 41 * DAY)
    session.commit()

    assert differing(session) == [NOW.date()] * 2


@pytest.mark.parametrize("table", [FigureDay, FigureBalance, FigurePair])
def test_a_minute_that_was_changed_is_found(session: Session, table: type) -> None:
    approved(session)
    rolled(session)
    column = "given_minutes" if table is FigureBalance else "minutes"
    session.execute(sa.update(table).values({column: 91}))
    session.commit()

    assert differing(session) != []


def test_hours_against_the_pot_are_no_help_and_still_close(session: Session) -> None:
    bank = timebank_of(session)
    jan, fatima = (member_of(session, name).account_id for name in ("Jan", "Fatima"))
    assert jan is not None
    assert fatima is not None
    order = ledger.Order(bank.id, ledger.new_id(NOW), jan, fatima, 45, NOW.date())
    ledger.post(session, order, now=NOW)
    rolled(session)

    assert day_rows(session)[0][3:6] == ("", 1, 45)
    assert session.scalar(sa.select(sa.func.count()).select_from(FigurePair)) == 0
    assert differing(session) == []
