# SPDX-License-Identifier: EUPL-1.2
"""The jobs on figures: add the days up, hold them against the journal, close months."""

from __future__ import annotations

from flask import current_app

from timebank import clock
from timebank.extensions import db
from timebank.months.operations import close_next_month
from timebank.rollups.operations import record_figure_proof, roll_up
from timebank.rollups.proving import differing_days


def add_days_up(timebank_id: int, slug: str) -> int:
    """Add the closed days up and prove them; what differs is logged, made again and written down.

    Returns:
        How many rows differed from the journal.
    """
    _roll_up(timebank_id)
    differing = differing_days(db.engine, timebank_id=timebank_id)
    if differing:
        # Days only: what was booked on them is nobody's business in a log.
        days = ", ".join(sorted({day.isoformat() for day in differing}))
        current_app.logger.warning("figures of %s were made again from: %s", slug, days)
        now = clock.now()
        roll_up(db.session, timebank_id=timebank_id, now=now, again_from=differing[0])
        db.session.commit()
        _roll_up(timebank_id)
    record_figure_proof(
        db.session, timebank_id=timebank_id, differences=len(differing), now=clock.now()
    )
    db.session.commit()
    return len(differing)


def close_due_months(timebank_id: int) -> int:
    """Close every month that is due, each in a transaction of its own; return how many."""
    closed = 0
    while close_next_month(db.session, timebank_id=timebank_id, now=clock.now()) is not None:
        db.session.commit()
        closed += 1
    db.session.rollback()
    return closed


def _roll_up(timebank_id: int) -> None:
    more = True
    while more:
        more = roll_up(db.session, timebank_id=timebank_id, now=clock.now())
        db.session.commit()
