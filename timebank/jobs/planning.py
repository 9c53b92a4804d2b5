# SPDX-License-Identifier: EUPL-1.2
"""The job that makes the plan of a night."""

from __future__ import annotations

from flask import current_app

from timebank import clock
from timebank.extensions import db
from timebank.planning.operations import is_planned, keep_plan, make_plan, read_for_plan
from timebank.planning.policy import is_time


def plan_the_night(timebank_id: int, slug: str) -> int | None:
    """Plan a timebank once a day, from three o'clock on the Dutch clock; None: not now, or done.

    Run at any hour, by however many schedulers. A town is planned without a transaction: on
    SQLite it would keep everyone from writing.
    """
    now = clock.now()
    if not is_time(now.astimezone(clock.AMSTERDAM)):
        return None
    done = is_planned(db.session, timebank_id=timebank_id, day=clock.day_of(now))
    db.session.rollback()
    if done:
        return None

    def progress(words: str) -> None:
        current_app.logger.info("plan of %s: %s", slug, words)

    read = read_for_plan(db.session, timebank_id=timebank_id, slug=slug, now=now)
    db.session.rollback()
    planned = make_plan(read, now=now, progress=progress)
    count = keep_plan(db.session, planned, timebank_id=timebank_id, now=now, progress=progress)
    db.session.commit()
    return count
