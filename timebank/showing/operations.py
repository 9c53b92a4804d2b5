# SPDX-License-Identifier: EUPL-1.2
"""Writing how strict a timebank is with what everyone reads. The door commits."""

from __future__ import annotations

import dataclasses
import datetime

from sqlalchemy.orm import Session

import ledger
from timebank.publication.thresholds import Thresholds, check_thresholds
from timebank.showing.errors import TooLateToChange
from timebank.showing.models import PublicationRule


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
