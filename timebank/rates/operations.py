# SPDX-License-Identifier: EUPL-1.2
"""Counting tries. The count is one statement with one winner, so that it holds across processes."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib

from sqlalchemy import delete
from sqlalchemy.orm import Session

from ledger import insert_or_conflict
from timebank.rates.errors import TooOften
from timebank.rates.models import RateCount

KEPT = datetime.timedelta(days=1)
"""Longer than the longest stretch; after that nobody asks any more."""


@dataclasses.dataclass(frozen=True)
class Limit:
    """So many times in each stretch of time.

    Attributes:
        what: a name of ours, at most 30 letters.
        times: how often it may be tried (inclusive).
        stretch: stretches begin at whole multiples of it since 1970, at most a day.
    """

    what: str
    times: int
    stretch: datetime.timedelta


def count_try(
    session: Session, limit: Limit, *, timebank_id: int, of: str, now: datetime.datetime
) -> None:
    """Count one try, or refuse it. The caller commits, after a try that failed too.

    Args:
        of: whose tries are counted, such as an address; only its digest is stored.

    Raises:
        TooOften: it was tried ``limit.times`` times in this stretch already.
    """
    begins_at = now - (now - datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)) % limit.stretch
    digest = hashlib.sha256(f"{limit.what}|{of}".encode()).digest()
    row = {"timebank_id": timebank_id, "what": limit.what, "digest": digest}
    statement = insert_or_conflict(session, RateCount).values(**row, begins_at=begins_at, times=1)
    times = session.execute(
        statement.on_conflict_do_update(
            index_elements=["timebank_id", "what", "digest", "begins_at"],
            set_={"times": RateCount.times + 1},
        ).returning(RateCount.times)
    ).scalar_one()
    if times > limit.times:
        raise TooOften(limit.what, begins_at + limit.stretch)


def forget_counts(session: Session, *, timebank_id: int, before: datetime.datetime) -> int:
    """Delete a timebank's counts of stretches that began before this; return how many."""
    gone = session.execute(
        delete(RateCount)
        .where(RateCount.timebank_id == timebank_id, RateCount.begins_at < before)
        .returning(RateCount.what)
    )
    return len(gone.all())
