# SPDX-License-Identifier: EUPL-1.2
"""A closed month says the same bytes for ever; what comes late counts in the next one."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.builders import (
    NOW,
    SLAAGHWIJK,
    ZIJLWIJK,
    actor_of,
    approved,
    member_of,
    timebank_of,
)
from tests.reports.making import ring
from tests.rollups.test_rolling_up import differing, rolled
from timebank.amendments.operations import change_kind, take_back
from timebank.areas.models import Neighbourhood
from timebank.areas.operations import switch_on
from timebank.categories.operations import tie_categories
from timebank.erasure.operations import erase_member
from timebank.figures.places import Spot, ground_of
from timebank.figures.policy import Level
from timebank.members.errors import NotPermitted
from timebank.members.operations import move_member
from timebank.months.errors import ImpossibleDay, UnknownMonth
from timebank.months.models import ClosedMonth
from timebank.months.operations import choose_closing_day, close_next_month
from timebank.months.policy import Month, month_of
from timebank.months.queries import broken_months, closed_quarter, month_report
from timebank.reports.policy import Period
from timebank.reports.queries import Report, area_called, exact_report, published_report
from timebank.showing.policy import read, spelled
from timebank.showing.queries import shown_of
from timebank.statements.policy import Quarter

DAY = datetime.timedelta(days=1)
FIFTH_OF_APRIL = datetime.datetime(2026, 4, 5, 3, 30, tzinfo=datetime.UTC)
FIFTH_OF_MAY = datetime.datetime(2026, 5, 5, 3, 30, tzinfo=datetime.UTC)
QUARTER = Quarter(2026, 1)
MARCH, APRIL = Month(2026, 3), Month(2026, 4)


def closed(session: Session, now: datetime.datetime) -> list[str]:
    """Do the nights up to a moment: add up, then close what is due."""
    rolled(session, now)
    codes = []
    while month := close_next_month(session, timebank_id=timebank_of(session).id, now=now):
        codes.append(month.code)
    session.commit()
    return codes


def text_of(session: Session, month: Month = MARCH) -> str:
    return month_report(session, month, by=actor_of(session, "Bart")).text


def lines_of(session: Session, month: Month) -> list[list[Any]]:
    lines: list[list[Any]] = json.loads(text_of(session, month))["lines"]
    return lines


def test_a_closed_month_says_the_same_bytes_whatever_happens_after(session: Session) -> None:
    first = approved(session, "Fatima", "Greet", minutes=90)
    approved(session, "Greet", "Jan", minutes=30)
    assert closed(session, FIFTH_OF_APRIL) == ["2026-03"]
    before = text_of(session)

    bank, bart = timebank_of(session), actor_of(session, "Bart")
    approved(session, "Fatima", "Jan", minutes=45, now=FIFTH_OF_APRIL)
    take_back(session, first, by=bart, now=FIFTH_OF_APRIL)
    fatima = member_of(session, "Fatima").id
    move_member(session, timebank_id=bank.id, member_id=fatima, neighbourhood_code=ZIJLWIJK)
    erase_member(session, member_of(session, "Jan").id, by=bart, now=FIFTH_OF_APRIL)
    session.execute(
        sa.update(Neighbourhood)
        .where(Neighbourhood.timebank_id == bank.id, Neighbourhood.code == SLAAGHWIJK)
        .values(name="Another name")
    )
    assert closed(session, FIFTH_OF_MAY) == ["2026-04"]

    assert text_of(session) == before
    assert "Slaaghwijk" in before
    assert broken_months(session, timebank_id=bank.id) == []


def test_what_was_committed_late_counts_in_the_next_month(session: Session) -> None:
    approved(session, "Fatima", "Jan", minutes=90)
    closed(session, FIFTH_OF_APRIL)
    approved(session, "Greet", "Marijke", minutes=30, now=NOW)
    session.commit()
    rolled(session, FIFTH_OF_MAY, again_from=differing(session)[0])
    closed(session, FIFTH_OF_MAY)

    assert lines_of(session, MARCH) == [[SLAAGHWIJK, SLAAGHWIJK, "groceries", 1, 90, 0, 0, 0]]
    assert lines_of(session, APRIL) == [[ZIJLWIJK, ZIJLWIJK, "groceries", 1, 30, 0, 0, 0]]


def test_a_kind_of_help_that_was_changed_later_moves_in_the_next_month(session: Session) -> None:
    exchange_id = approved(session, "Fatima", "Jan", minutes=90)
    closed(session, FIFTH_OF_APRIL)
    change_kind(session, exchange_id, "coffee", by=actor_of(session, "Bart"), now=FIFTH_OF_APRIL)
    session.commit()
    rolled(session, FIFTH_OF_MAY, again_from=differing(session)[0])
    closed(session, FIFTH_OF_MAY)

    assert [line[2:5] for line in lines_of(session, APRIL)] == [
        ["coffee", 1, 90],
        ["groceries", -1, -90],
    ]


def test_a_reversal_lowers_the_month_of_the_reversal(session: Session) -> None:
    exchange_id = approved(session, "Fatima", "Greet", minutes=90)
    closed(session, FIFTH_OF_APRIL)
    take_back(session, exchange_id, by=actor_of(session, "Bart"), now=FIFTH_OF_APRIL)
    closed(session, FIFTH_OF_MAY)

    balances = json.loads(text_of(session, APRIL))["balances"]
    assert [line[5:7] for line in lines_of(session, APRIL)] == [[1, 90]]
    assert balances[SLAAGHWIJK] == {"given": 0, "received": 0}


def test_months_close_in_their_order_from_the_day_on_and_an_empty_one_too(
    session: Session,
) -> None:
    approved(session)
    fourth = FIFTH_OF_APRIL - DAY

    assert closed(session, fourth) == []
    assert closed(session, FIFTH_OF_MAY + 40 * DAY) == ["2026-03", "2026-04", "2026-05"]
    assert closed(session, FIFTH_OF_MAY + 40 * DAY) == []
    assert lines_of(session, APRIL) == []


def test_a_month_waits_until_its_last_day_is_added_up(session: Session) -> None:
    approved(session)
    rolled(session, FIFTH_OF_APRIL - 10 * DAY)

    assert (
        close_next_month(session, timebank_id=timebank_of(session).id, now=FIFTH_OF_APRIL) is None
    )


def test_the_day_of_closing_is_data(session: Session) -> None:
    approved(session)
    bank = timebank_of(session).id
    choose_closing_day(session, timebank_id=bank, day=10)
    choose_closing_day(session, timebank_id=bank, day=9)

    assert closed(session, FIFTH_OF_APRIL + 3 * DAY) == []
    assert closed(session, FIFTH_OF_APRIL + 4 * DAY) == ["2026-03"]
    for day in (-1, 3, 29, 99):
        with pytest.raises(ImpossibleDay):
            choose_closing_day(session, timebank_id=bank, day=day)


def test_the_last_month_of_a_quarter_tells_its_indicators_for_every_area(
    session: Session,
) -> None:
    approved(session, "Fatima", "Greet", minutes=90)
    closed(session, FIFTH_OF_APRIL)
    report = json.loads(text_of(session))

    assert report["quarter"]["quarter"] == "2026-1"
    assert set(report["quarter"]["areas"]) == {SLAAGHWIJK, ZIJLWIJK, "WK054608", "all"}
    assert report["quarter"]["areas"]["all"]["values"]["pairs"] == 1
    assert sum(b["given"] - b["received"] for b in report["balances"].values()) == 0


def test_a_report_that_was_changed_breaks_its_digest_and_is_named(session: Session) -> None:
    approved(session)
    closed(session, FIFTH_OF_MAY)
    bank = timebank_of(session).id
    session.execute(
        sa.update(ClosedMonth)
        .where(ClosedMonth.month_on == MARCH.first_day)
        .values(report=text_of(session).replace("90", "91"))
    )

    assert broken_months(session, timebank_id=bank) == [MARCH]


@pytest.mark.parametrize("who", ["Nadia", "Fatima", "Annelies"])
def test_a_whole_report_is_for_who_reaches_every_neighbourhood(session: Session, who: str) -> None:
    approved(session)
    closed(session, FIFTH_OF_APRIL)

    with pytest.raises(NotPermitted):
        month_report(session, MARCH, by=actor_of(session, who))
    with pytest.raises(UnknownMonth):
        month_report(session, APRIL, by=actor_of(session, "Bart"))


def test_months_follow_each_other() -> None:
    december = month_of(datetime.date(2026, 12, 31))

    assert december.next() == Month(2027, 1)
    assert december.next().previous() == december
    assert (december.last_day.day, Month(2028, 2).last_day.day) == (31, 29)


def test_what_everyone_may_read_of_a_closed_quarter_stays_and_is_sealed(session: Session) -> None:
    bank, bart = timebank_of(session), actor_of(session, "Bart")
    ring(session, minutes=75)
    approved(session, "Fatima", "Greet", minutes=90)
    (counted,) = shown_of(session, ground_of(session, timebank_id=bank.id), [QUARTER])
    closed(session, FIFTH_OF_APRIL)

    exchange_id = approved(session, "Greet", "Jan", minutes=600, now=NOW + DAY)
    session.execute(
        sa.update(Neighbourhood)
        .where(Neighbourhood.timebank_id == bank.id, Neighbourhood.code == SLAAGHWIJK)
        .values(name="Another name")
    )
    session.commit()
    rolled(session, FIFTH_OF_MAY, again_from=differing(session)[0])
    take_back(session, exchange_id, by=bart, now=FIFTH_OF_MAY)
    closed(session, FIFTH_OF_MAY)

    (told,) = shown_of(session, ground_of(session, timebank_id=bank.id), [QUARTER])
    assert told.is_closed
    assert not counted.is_closed
    assert told.publication.cells == counted.publication.cells != ()
    assert told.publication.flows != ()
    assert told.names[SLAAGHWIJK] == "Slaaghwijk"
    assert told.kinds[SLAAGHWIJK] == ["groceries"]
    assert told.goals["groceries"] == "light-help-first"
    assert spelled(told) == json.loads(text_of(session))["quarter"]["published"]


def test_a_closed_quarter_is_read_in_one_statement_and_one_more_for_its_seals(
    session: Session,
) -> None:
    ring(session, minutes=75)
    closed(session, FIFTH_OF_APRIL)
    ground = ground_of(session, timebank_id=timebank_of(session).id)
    everything = area_called(session, ground, None)
    bart = actor_of(session, "Bart")

    def publish() -> object:
        return published_report(
            session, ground, period=Period((QUARTER,)), area=everything, with_flows=True
        )

    def exactly() -> object:
        return exact_report(session, ground, by=bart, quarter=QUARTER, area=everything)

    assert statements_of(session, publish) == 1
    assert statements_of(session, exactly) == 2


def test_a_neighbourhood_that_comes_later_changes_no_closed_report(session: Session) -> None:
    approved(session, "Fatima", "Greet", minutes=90)
    bart, bank = actor_of(session, "Bart"), timebank_of(session).id
    closed(session, FIFTH_OF_APRIL)

    def exact() -> Report:
        ground = ground_of(session, timebank_id=bank)
        area = area_called(session, ground, None, by=bart)
        return exact_report(session, ground, by=bart, quarter=QUARTER, area=area)

    before = exact()
    switch_on(session, timebank_id=bank, code="BU05460802", today=FIFTH_OF_APRIL.date())

    assert exact().tables == before.tables
    assert exact().seals == before.seals != []


def test_numbers_that_were_not_written_down_bear_no_seal(session: Session) -> None:
    approved(session, "Fatima", "Greet", minutes=90)
    bank = timebank_of(session).id
    switch_on(session, timebank_id=bank, code="BU05460802", today=FIFTH_OF_APRIL.date())
    closed(session, FIFTH_OF_APRIL)
    bart, ground = actor_of(session, "Bart"), ground_of(session, timebank_id=bank)
    both = Spot("own", Level.MUNICIPALITY, "Two", frozenset((SLAAGHWIJK, ZIJLWIJK)))

    assert exact_report(session, ground, by=bart, quarter=QUARTER, area=both).seals == []


def test_a_quarter_that_was_written_without_goals_is_read(session: Session) -> None:
    ring(session, minutes=75)
    ground = ground_of(session, timebank_id=timebank_of(session).id)
    (shown,) = shown_of(session, ground, [QUARTER])
    written = spelled(shown)
    del written["goals"]

    assert read(QUARTER, written).publication == shown.publication


@pytest.mark.parametrize("key", [None, SLAAGHWIJK])
def test_the_exact_report_of_a_closed_quarter_says_what_was_counted_then(
    session: Session, key: str | None
) -> None:
    approved(session, "Fatima", "Greet", minutes=90)
    approved(session, "Greet", "Jan", minutes=30)
    first = approved(session, "Fatima", "Jan", minutes=45)
    bart, bank = actor_of(session, "Bart"), timebank_of(session).id

    def exact() -> Report:
        ground = ground_of(session, timebank_id=bank)
        area = area_called(session, ground, key, by=bart)
        return exact_report(session, ground, by=bart, quarter=QUARTER, area=area)

    before = exact()
    closed(session, FIFTH_OF_APRIL)
    change_kind(session, first, "coffee", by=bart, now=FIFTH_OF_APRIL)
    tie_categories(session, timebank_id=bank, goals={"groceries": "take-part"})
    approved(session, "Marijke", "Greet", minutes=600, now=NOW)
    session.commit()
    rolled(session, FIFTH_OF_MAY, again_from=differing(session)[0])

    after = exact()
    assert after.tables == before.tables
    assert [row.codes for row in after.tables["goals"].rows] == [("light-help-first",)]
    assert [seal.month_on.month for seal in after.seals] == [3]
    assert before.seals == []


def test_a_quarter_that_was_closed_before_reports_held_its_hours_is_counted(
    session: Session,
) -> None:
    approved(session, "Fatima", "Greet", minutes=90)
    closed(session, FIFTH_OF_APRIL)
    session.execute(sa.update(ClosedMonth).values(report='{"format":1,"quarter":{"areas":{}}}'))

    bank = timebank_of(session).id
    for quarter in (QUARTER, QUARTER.next()):
        found = closed_quarter(
            session, timebank_id=bank, quarter=quarter, key="all", codes=[SLAAGHWIJK, ZIJLWIJK]
        )
        assert found is None


def statements_of(session: Session, read: Callable[[], object]) -> int:
    """Count what is sent to the database while something is read."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    sa.event.listen(session.get_bind(), "before_cursor_execute", note)
    read()
    sa.event.remove(session.get_bind(), "before_cursor_execute", note)
    return len(sent)
