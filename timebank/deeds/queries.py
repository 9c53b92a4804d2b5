# SPDX-License-Identifier: EUPL-1.2
"""Reading the audit with the names that stand elsewhere. Nothing here writes."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Sequence

from sqlalchemy.orm import Session

from timebank.audit.models import AuditEvent
from timebank.audit.queries import events
from timebank.members.policy import Actor, Permission
from timebank.members.queries import names_by_id


@dataclasses.dataclass(frozen=True)
class Deed:
    """A line of the audit with names; a name is None when there is none (any more)."""

    event: AuditEvent
    by_name: str | None
    about_name: str | None


def what_was_done(
    session: Session,
    *,
    by: Actor,
    about: uuid.UUID | None = None,
    before: uuid.UUID | None = None,
    limit: int,
) -> Sequence[Deed]:
    """Return what was done in the timebank, newest first.

    Args:
        about: what concerns this member only; None means everything.
        before: what is older than this event (exclusive); None starts at the newest.
        limit: at most this many.

    Raises:
        NotPermitted: the actor does not read the audit.
    """
    by.require(Permission.READ_AUDIT)
    found = events(session, timebank_id=by.timebank_id, about=about, before=before, limit=limit)
    ids = {event.by_member_id for event in found} | {event.about_member_id for event in found}
    names = names_by_id(session, timebank_id=by.timebank_id, member_ids=ids - {None})
    return [
        Deed(event, names.get(event.by_member_id), names.get(event.about_member_id))
        for event in found
    ]
