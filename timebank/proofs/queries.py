# SPDX-License-Identifier: EUPL-1.2
"""Reading when the books were proven. Nothing here writes."""

from __future__ import annotations

import dataclasses
import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank.proofs.models import BooksProof

STALE_AFTER = datetime.timedelta(days=2)
"""A proof is made each night; after two nights without one, something stands still."""


@dataclasses.dataclass(frozen=True)
class ProofLine:
    """What a coordinator is told: when it was, and ``sound``, ``broken`` or ``stale``."""

    checked_at: datetime.datetime
    state: str


def last_proof(session: Session, *, timebank_id: int, now: datetime.datetime) -> ProofLine | None:
    """Return what the last proof found; None when there was none yet."""
    found = session.execute(
        select(BooksProof.checked_at, BooksProof.violations)
        .where(BooksProof.timebank_id == timebank_id)
        .order_by(BooksProof.day.desc())
        .limit(1)
    ).first()
    if found is None:
        return None
    if found.violations:
        return ProofLine(found.checked_at, "broken")
    stale = now - found.checked_at > STALE_AFTER
    return ProofLine(found.checked_at, "stale" if stale else "sound")
