# SPDX-License-Identifier: EUPL-1.2
"""Reading what everyone may see of a quarter. Nothing here writes.

A closed quarter says what it said when it was closed. One that is over and waits for its closing is
counted from the roll-ups by the same rule.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank.figures.places import Ground
from timebank.showing.facts import count_quarters
from timebank.showing.models import PublishedQuarter
from timebank.showing.policy import Shown, read
from timebank.statements.policy import Quarter, quarter_of


def shown_of(
    session: Session, ground: Ground, quarters: Sequence[Quarter], *, with_flows: bool = False
) -> list[Shown]:
    """Return what everyone may see of some quarters, in their order.

    One statement where all are closed; otherwise two more, and one for each quarter with flows.

    Args:
        quarters: the oldest first. They are over; the door sees to that.
        with_flows: who helped whom too; of a closed quarter that is always there.
    """
    closed = _closed(session, ground.timebank_id, quarters)
    still_open = [quarter for quarter in quarters if quarter not in closed]
    if still_open:
        counted = count_quarters(session, ground, still_open, with_flows=with_flows)
        closed |= dict(zip(still_open, counted, strict=True))
    return [closed[quarter] for quarter in quarters]


def _closed(
    session: Session, timebank_id: int, quarters: Sequence[Quarter]
) -> dict[Quarter, Shown]:
    rows = session.execute(
        select(PublishedQuarter.quarter_on, PublishedQuarter.shown).where(
            PublishedQuarter.timebank_id == timebank_id,
            PublishedQuarter.quarter_on >= quarters[0].first_day,
            PublishedQuarter.quarter_on <= quarters[-1].first_day,
        )
    )
    return {
        quarter_of(row.quarter_on): read(quarter_of(row.quarter_on), json.loads(row.shown))
        for row in rows
    }
