# SPDX-License-Identifier: EUPL-1.2
"""Reading closed months: their reports byte for byte, and whether the chain holds."""

from __future__ import annotations

import dataclasses
import datetime
import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank.members.errors import NotPermitted
from timebank.members.policy import Actor, Permission
from timebank.months.errors import UnknownMonth
from timebank.months.models import ClosedMonth
from timebank.months.policy import NO_DIGEST, Month, digest_of, month_of

SHOWN = 24


@dataclasses.dataclass(frozen=True)
class MonthReport:
    """A closed month: the text as it was written then, and the digest that seals it."""

    month: Month
    closed_at: datetime.datetime
    text: str
    digest: str

    @property
    def data(self) -> Any:  # noqa: ANN401 - whatever JSON holds
        """Return the report as plain values."""
        return json.loads(self.text)


def closed_months(session: Session, *, by: Actor, limit: int = SHOWN) -> Sequence[Month]:
    """Return the months that are closed, newest first.

    Raises:
        NotPermitted: the actor does not read exact figures of the whole timebank.
    """
    _require_whole(by)
    days = session.scalars(
        select(ClosedMonth.month_on)
        .where(ClosedMonth.timebank_id == by.timebank_id)
        .order_by(ClosedMonth.month_on.desc())
        .limit(limit)
    )
    return [month_of(day) for day in days]


def month_report(session: Session, month: Month, *, by: Actor) -> MonthReport:
    """Return the report of a closed month, byte for byte as it was when it was closed.

    Raises:
        NotPermitted: the actor does not read exact figures of the whole timebank.
        UnknownMonth: it is not closed.
    """
    _require_whole(by)
    found = session.get(ClosedMonth, (by.timebank_id, month.first_day))
    if found is None:
        raise UnknownMonth
    return MonthReport(month, found.closed_at, found.report, found.digest.hex())


def broken_months(session: Session, *, timebank_id: int) -> list[Month]:
    """Return the closed months whose digest is not that of their report and the month before."""
    broken, previous = [], NO_DIGEST
    rows = session.execute(
        select(
            ClosedMonth.month_on,
            ClosedMonth.report,
            ClosedMonth.previous_digest,
            ClosedMonth.digest,
        )
        .where(ClosedMonth.timebank_id == timebank_id)
        .order_by(ClosedMonth.month_on)
    )
    for month_on, report, before, digest in rows:
        if before != previous or digest != digest_of(report, before):
            broken.append(month_of(month_on))
        previous = digest
    return broken


def _require_whole(by: Actor) -> None:
    """A report holds every neighbourhood: it is for who reaches all of them."""
    by.require(Permission.READ_EXACT_FIGURES)
    if not by.reach(Permission.READ_EXACT_FIGURES).everywhere:
        raise NotPermitted(Permission.READ_EXACT_FIGURES)
