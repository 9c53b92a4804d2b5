# SPDX-License-Identifier: EUPL-1.2
"""Reading which help was not approved before. Nothing here writes."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Collection

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from timebank.amendments.models import Correction
from timebank.exchanges.models import ExchangeEvent, ExchangeNote, NoteKind
from timebank.exchanges.workflow import Action, RejectionReason


@dataclasses.dataclass(frozen=True)
class RefusedBefore:
    """The line that was not approved, and why; the words are None when there were none."""

    exchange_id: uuid.UUID
    reason: RejectionReason | None
    words: str | None


def refused_before(
    session: Session, *, timebank_id: int, exchange_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, RefusedBefore]:
    """Return of those that are a second look what was not approved before, in one statement.

    Returns:
        By the id of the second look. What was never refused is not in it.
    """
    rows = session.execute(
        select(
            Correction.replaced_by,
            Correction.exchange_id,
            ExchangeEvent.reason,
            ExchangeNote.words,
        )
        .join(
            ExchangeEvent,
            and_(
                ExchangeEvent.timebank_id == Correction.timebank_id,
                ExchangeEvent.exchange_id == Correction.exchange_id,
                ExchangeEvent.action == Action.REJECT,
            ),
        )
        .outerjoin(
            ExchangeNote,
            and_(
                ExchangeNote.timebank_id == Correction.timebank_id,
                ExchangeNote.exchange_id == Correction.exchange_id,
                ExchangeNote.kind == NoteKind.REASON,
            ),
        )
        .where(
            Correction.timebank_id == timebank_id,
            Correction.replaced_by.in_(exchange_ids),
            Correction.undone_by.is_(None),
        )
    )
    return {new: RefusedBefore(old, reason, words) for new, old, reason, words in rows if new}
