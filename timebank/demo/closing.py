# SPDX-License-Identifier: EUPL-1.2
"""What the nights of the story would have done: add the days up, close the months that are over."""

from __future__ import annotations

import datetime

from sqlalchemy.orm import Session

from timebank.months.operations import close_next_month
from timebank.rollups.operations import roll_up


def close_what_is_over(session: Session, *, timebank_id: int, now: datetime.datetime) -> None:
    """Let the figures of the story be those of a timebank whose jobs ran each night."""
    while roll_up(session, timebank_id=timebank_id, now=now):
        session.flush()
    while close_next_month(session, timebank_id=timebank_id, now=now):
        session.flush()
