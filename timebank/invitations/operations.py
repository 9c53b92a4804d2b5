# SPDX-License-Identifier: EUPL-1.2
"""Writing what somebody saw, that they want no invitation now, and a mail. The door commits."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection

from sqlalchemy import update
from sqlalchemy.orm import Session

import ledger
from timebank import clock
from timebank.calls.operations import Letter
from timebank.members.models import Person
from timebank.members.policy import Actor, Permission
from timebank.needs.models import Need
from timebank.notices.operations import queue_mail
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


def tell_by_mail(
    session: Session,
    member_id: uuid.UUID,
    *,
    timebank_id: int,
    letter: Letter,
    now: datetime.datetime,
) -> None:
    """Mail somebody that an answer is asked of them; who has no e-mail is on the worklist."""
    person = session.get(Person, (timebank_id, member_id))
    if person is not None and person.email is not None:
        subject, body = letter(person.language)
        queue_mail(
            session,
            timebank_id=timebank_id,
            to_address=person.email,
            subject=subject,
            body=body,
            now=now,
        )


def owner_of(session: Session, need_id: uuid.UUID, *, timebank_id: int) -> uuid.UUID:
    """Return who looks for help."""
    return session.get_one(Need, (timebank_id, need_id)).member_id
