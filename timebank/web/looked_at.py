# SPDX-License-Identifier: EUPL-1.2
"""That somebody opened a page about one person (docs/adr/0019), for every page that is one."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from ledger import enter_timebank
from timebank import clock
from timebank.audit.operations import write_down_by
from timebank.extensions import db
from timebank.members.policy import Actor


def write_down_opening(actor: Actor, member_id: uuid.UUID) -> None:
    """Write down that a person was looked at, in a transaction of its own.

    The request itself only reads. Without this row the page is not shown. What the request holds
    of the database is given back first: on SQLite only one may write.
    """
    db.session.rollback()
    with Session(db.engine) as session:
        enter_timebank(session, actor.timebank_id)
        write_down_by(session, "member:open", actor, about=member_id, now=clock.now())
        session.commit()
