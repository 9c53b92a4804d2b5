# SPDX-License-Identifier: EUPL-1.2
"""Writing the community pot: open it once. What goes in and out is booked by other rooms."""

from __future__ import annotations

import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

import ledger
from timebank.pot.models import POT_CODE, CommunityAccount


def pot_account(session: Session, *, timebank_id: int, now: datetime.datetime) -> int:
    """Return the community pot, opening it when it is first needed; of two at once, one stays."""
    query = select(CommunityAccount.account_id).where(CommunityAccount.timebank_id == timebank_id)
    found = session.scalar(query)
    if found is not None:
        return found
    opened = ledger.open_account(
        session, timebank_id=timebank_id, neighbourhood_code=POT_CODE, now=now
    )
    session.execute(
        ledger.insert_or_conflict(session, CommunityAccount)
        .values(timebank_id=timebank_id, account_id=opened)
        .on_conflict_do_nothing(index_elements=["timebank_id"])
    )
    return session.scalars(query).one()
