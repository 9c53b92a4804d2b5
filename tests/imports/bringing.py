# SPDX-License-Identifier: EUPL-1.2
"""A file brought by the organisation, judged and booked line by line, as the command does."""

from __future__ import annotations

import datetime
import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.builders import NOW, timebank_of
from timebank.exchanges.models import Exchange
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


def from_a_file(session: Session, *, minutes: int = 90) -> uuid.UUID:
    """Let one line come in of help that Fatima gave Jan, and return its exchange, which waits."""
    text = (
        "day;helper;helped;minutes;category\n"
        f"2026-03-09;Fatima El Amrani;Jan van den Berg;{minutes};groceries\n"
    )
    bringing = Bringing(text.encode())
    (verdict,) = bring(session, bringing, timebank_id=timebank_of(session).id, now=NOW)
    assert verdict.outcome is Outcome.ADDED
    return session.scalars(
        select(Exchange.id).where(Exchange.logged_by.is_(None), Exchange.minutes == minutes)
    ).one()
