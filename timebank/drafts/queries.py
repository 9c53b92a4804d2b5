# SPDX-License-Identifier: EUPL-1.2
"""Reading drafts. Nothing here writes."""

from __future__ import annotations

import dataclasses
import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank.drafts.errors import UnknownDraft
from timebank.drafts.models import ENDED, ExchangeDraft
from timebank.members.policy import Actor


def own_draft(session: Session, *, by: Actor, form_key: uuid.UUID) -> dict[str, str]:
    """Return the answers of the actor's own draft.

    Raises:
        UnknownDraft: there is none with this key, or it is somebody else's.
    """
    draft = session.get(ExchangeDraft, (by.timebank_id, form_key))
    if draft is None or draft.member_id != by.member_id:
        raise UnknownDraft
    return dict(draft.answers)


@dataclasses.dataclass(frozen=True)
class OpenDraft:
    """A form that waits to be finished; ``side`` says whether its owner helped or was helped."""

    form_key: uuid.UUID
    side: str


def newest_draft(session: Session, *, by: Actor) -> OpenDraft | None:
    """Return the form that the actor last left unfinished, if there is one."""
    draft = session.scalars(
        select(ExchangeDraft)
        .where(
            ExchangeDraft.timebank_id == by.timebank_id,
            ExchangeDraft.member_id == by.member_id,
            ExchangeDraft.answers[ENDED].as_string().is_(None),
        )
        .order_by(ExchangeDraft.saved_at.desc())
        .limit(1)
    ).first()
    return OpenDraft(draft.form_key, draft.answers.get("side", "gave")) if draft else None
