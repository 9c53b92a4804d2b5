# SPDX-License-Identifier: EUPL-1.2
"""Writing what somebody saw, and that they want no invitation for a while. The door commits."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection

from sqlalchemy import update
from sqlalchemy.orm import Session

import ledger
from timebank import clock
from timebank.members.policy import Actor, Permission
from timebank.suggestions.models import Suggestion, SuggestionRest
from timebank.suggestions.policy import DAY, LATER_DAYS, MOST_SHOWN, NO_DAYS
from timebank.suggestions.workflow import Invitation, SuggestionState


def mark_shown(
    session: Session, need_ids: Collection[uuid.UUID], *, by: Actor, now: datetime.datetime
) -> None:
    """Write down that the actor saw these; for the count of yes by what was shown, nothing else."""
    session.execute(
        update(Suggestion)
        .where(
            Suggestion.timebank_id == by.timebank_id,
            Suggestion.giver_id == by.member_id,
            Suggestion.need_id.in_(list(need_ids)[:MOST_SHOWN]),
            Suggestion.state == SuggestionState.PROPOSED,
        )
        .values(state=SuggestionState.SHOWN, shown_at=now, changed_at=now),
        execution_options={"synchronize_session": False},
    )


def rest(
    session: Session,
    kind: Invitation,
    *,
    refused: bool,
    by: Actor,
    now: datetime.datetime,
) -> None:
    """Leave the actor alone with this invitation for a while: ``NO_DAYS``, or ``LATER_DAYS``.

    Raises:
        NotPermitted: the actor takes no part.
    """
    by.require(Permission.KEEP_WISHES)
    until = clock.day_of(now) + (NO_DAYS if refused else LATER_DAYS) * DAY
    session.execute(
        ledger.insert_or_conflict(session, SuggestionRest)
        .values(timebank_id=by.timebank_id, member_id=by.member_id, kind=kind, until=until)
        .on_conflict_do_update(
            index_elements=["timebank_id", "member_id", "kind"], set_={"until": until}
        )
    )
