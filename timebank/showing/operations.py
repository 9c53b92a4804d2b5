# SPDX-License-Identifier: EUPL-1.2
"""Writing how strict a timebank is, and what it shows of a closed quarter. The door commits."""

from __future__ import annotations

import dataclasses
import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

import ledger
from timebank.publication.thresholds import Thresholds, check_thresholds
from timebank.showing.errors import TooLateToChange
from timebank.showing.models import PublicationRule, PublishedQuarter
from timebank.statements.policy import Quarter


def choose_thresholds(
    session: Session,
    thresholds: Thresholds,
    *,
    timebank_id: int,
    counts_from: datetime.date,
    today: datetime.date,
) -> None:
    """Let these thresholds count for periods that begin on or after a day; said again, it stays.

    Raises:
        ThresholdTooLoose: one of them is looser than the rule of docs/adr/0039.
        TooLateToChange: the day is over. What was shown would be counted another way, and the
            difference between the two would tell what was withheld.
    """
    check_thresholds(thresholds)
    if counts_from < today:
        raise TooLateToChange(today)
    values = dataclasses.asdict(thresholds)
    session.execute(
        ledger.insert_or_conflict(session, PublicationRule)
        .values(timebank_id=timebank_id, counts_from=counts_from, **values)
        .on_conflict_do_update(index_elements=["timebank_id", "counts_from"], set_=values)
    )
    session.expire_all()


def keep_shown(session: Session, *, timebank_id: int, quarter: Quarter, written: str) -> None:
    """Write down what everyone may read of a quarter; it is never counted again (docs/adr/0038).

    Args:
        written: ``policy.spelled`` as JSON. Who closes the last month of the quarter says it once.
    """
    session.execute(
        insert(PublishedQuarter).values(
            timebank_id=timebank_id, quarter_on=quarter.first_day, shown=written
        )
    )
