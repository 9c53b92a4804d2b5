# SPDX-License-Identifier: EUPL-1.2
"""A file brought by the organisation, judged and booked line by line, as the command does."""

from __future__ import annotations

import datetime

from sqlalchemy.orm import Session

from timebank.imports.operations import book_lines
from timebank.imports.policy import Outcome, Verdict
from timebank.imports.queries import Bringing, judge
from timebank.members.policy import Actor, organisation


def bring(
    session: Session,
    bringing: Bringing,
    *,
    timebank_id: int,
    now: datetime.datetime,
    by: Actor | None = None,
    approve: bool = False,
    whole: bool = False,
) -> list[Verdict]:
    """Judge and book; the verdicts are in the order of the file."""
    by = by or organisation(timebank_id)
    judged = judge(session, bringing, by=by, now=now)
    booked = book_lines(session, judged.ready, by=by, now=now, approve=approve, whole=whole)
    rest = [verdict for verdict in judged.verdicts if verdict.outcome is not Outcome.READY]
    return sorted([*booked, *rest], key=lambda verdict: verdict.number)
