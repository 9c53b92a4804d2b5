# SPDX-License-Identifier: EUPL-1.2
"""Writing down that somebody took a table along. The door commits."""

from __future__ import annotations

import datetime

from sqlalchemy.orm import Session

from timebank.audit.operations import write_down_by
from timebank.members.policy import Actor, Permission


def note_export(session: Session, *, by: Actor, now: datetime.datetime) -> None:
    """Write down that the actor takes a table along, before it is made.

    Raises:
        NotPermitted: the actor exports nothing.
    """
    by.require(Permission.EXPORT_EXCHANGES)
    write_down_by(session, "exchange:export", by, now=now)
