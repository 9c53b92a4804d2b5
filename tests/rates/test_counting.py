# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime

import pytest
import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.approvals.at_once import at_once
from tests.builders import NOW, timebank_of
from timebank.rates.errors import TooOften
from timebank.rates.models import RateCount
from timebank.rates.operations import Limit, count_try, forget_counts

QUARTER = datetime.timedelta(minutes=15)
THREE = Limit("knocking", 3, QUARTER)


def knock(session: Session, of: str = "somebody", now: datetime.datetime = NOW) -> None:
    count_try(session, THREE, timebank_id=timebank_of(session).id, of=of, now=now)


def test_it_may_be_tried_so_often_and_not_once_more(session: Session) -> None:
    for _ in range(3):
        knock(session)

    with pytest.raises(TooOften) as refusal:
        knock(session)

    assert (refusal.value.what, refusal.value.again_at) == ("knocking", NOW + QUARTER)


def test_another_one_and_the_next_stretch_begin_anew(session: Session) -> None:
    for _ in range(3):
        knock(session)

    knock(session, of="somebody else")
    knock(session, now=NOW + QUARTER)
    with pytest.raises(TooOften):
        knock(session, now=NOW + QUARTER - datetime.timedelta(microseconds=1))


def test_the_count_holds_across_connections(session: Session, engine: sa.Engine) -> None:
    answers = at_once(engine, *[knock] * 12)

    assert sum(answer is None for answer in answers) == 3
    assert sum(isinstance(answer, TooOften) for answer in answers) == 9


def test_whose_tries_they_are_is_not_stored(session: Session) -> None:
    knock(session, of="192.0.2.7")

    (row,) = session.execute(select(*RateCount.__table__.c)).all()
    assert "192.0.2.7" not in repr(row)


def test_old_counts_are_forgotten(session: Session) -> None:
    knock(session, now=NOW - QUARTER)
    knock(session)

    assert forget_counts(session, timebank_id=timebank_of(session).id, before=NOW) == 1
    assert len(session.scalars(select(RateCount.times)).all()) == 1
