# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime

import pytest
from sqlalchemy.orm import Session

from tests.builders import SLAAGHWIJK, TODAY, ZIJLWIJK, a_member, approved, timebank_of
from timebank.figures.places import ground_of
from timebank.publication.errors import ThresholdTooLoose
from timebank.publication.figures import Cell
from timebank.publication.thresholds import Thresholds
from timebank.showing.errors import TooLateToChange
from timebank.showing.facts import thresholds_at
from timebank.showing.operations import choose_thresholds
from timebank.showing.policy import Shown
from timebank.showing.queries import shown_of
from timebank.statements.policy import Quarter

FIRST = Quarter(2026, 1)


def shown(session: Session, quarter: Quarter = FIRST) -> Shown:
    ground = ground_of(session, timebank_id=timebank_of(session).id)
    return shown_of(session, ground, [quarter])[0]


def choose(session: Session, counts_from: datetime.date, **thresholds: int) -> None:
    choose_thresholds(
        session,
        Thresholds(**thresholds),
        timebank_id=timebank_of(session).id,
        counts_from=counts_from,
        today=TODAY,
    )


def strictness(session: Session, day: datetime.date) -> Thresholds:
    return thresholds_at(session, timebank_of(session).id, [day])[0]


def test_few_people_are_withheld_and_ten_who_help_in_a_ring_are_published(
    session: Session,
) -> None:
    bank = timebank_of(session)
    ring = [f"Buur{number}" for number in range(10)]
    for name in ring:
        a_member(session, bank, name, "Ring")
    for number, name in enumerate(ring):
        approved(session, name, ring[number - 1], minutes=60)
    approved(session, "Greet", "Marijke")

    assert shown(session).rows == [
        (["Slaaghwijk"], Cell((SLAAGHWIJK,), 600, 600, 10)),
        (["Zijlwijk-Zuid"], None),
    ]


def test_in_a_quarter_without_help_everything_is_withheld(session: Session) -> None:
    told = shown(session, FIRST.previous())

    assert [cell for _, cell in told.rows] == [None, None]
    assert told.publication.withheld == (SLAAGHWIJK, ZIJLWIJK)


def test_thresholds_count_for_periods_that_begin_on_their_day_or_later(session: Session) -> None:
    later = TODAY + datetime.timedelta(days=30)
    choose(session, TODAY, least_active=15)
    choose(session, later, least_active=20)

    assert strictness(session, TODAY - datetime.timedelta(days=1)) == Thresholds()
    assert strictness(session, TODAY).least_active == 15
    assert strictness(session, later - datetime.timedelta(days=1)).least_active == 15
    assert strictness(session, later).least_active == 20


def test_saying_it_again_changes_the_same_day(session: Session) -> None:
    choose(session, TODAY, least_active=15)
    choose(session, TODAY, round_minutes=600)

    assert strictness(session, TODAY) == Thresholds(round_minutes=600)


def test_looser_thresholds_are_refused(session: Session) -> None:
    with pytest.raises(ThresholdTooLoose):
        choose(session, TODAY, least_active=9)
    assert strictness(session, TODAY) == Thresholds()


def test_months_that_have_begun_keep_their_thresholds(session: Session) -> None:
    with pytest.raises(TooLateToChange):
        choose(session, TODAY - datetime.timedelta(days=1), least_active=15)
