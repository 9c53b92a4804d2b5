# SPDX-License-Identifier: EUPL-1.2
"""The night's work on the books: expire what is due, seal the day, prove everything."""

from __future__ import annotations

import datetime

from sqlalchemy import Engine
from sqlalchemy.orm import Session

import ledger
from timebank.proofs.models import BooksProof


def seal_books(
    session: Session, engine: Engine, *, timebank_id: int, now: datetime.datetime
) -> ledger.Block | None:
    """Seal what was written since the last seal; None when nothing was, or a rival was first.

    The rows are read beside the session, in a snapshot, so that no writer waits for them.

    Args:
        session: where the seal is written; the caller commits.
        engine: where the rows are read.
    """
    with ledger.snapshot(engine, timebank_id=timebank_id) as reading:
        block = ledger.next_block(reading, timebank_id=timebank_id, now=now)
    if block is None or not ledger.add_seal(session, block):
        return None
    return block


def prove_books(engine: Engine, *, timebank_id: int) -> list[ledger.Violation]:
    """Run every check on one timebank, in a snapshot, while others go on writing."""
    with ledger.snapshot(engine, timebank_id=timebank_id) as reading:
        return ledger.violations(reading, timebank_id=timebank_id)


def record_proof(
    session: Session,
    *,
    timebank_id: int,
    violations: int,
    day: datetime.date,
    now: datetime.datetime,
) -> None:
    """Write down what the proof of a day found; a later one of that day replaces it."""
    found = {"checked_at": now, "violations": violations}
    statement = ledger.insert_or_conflict(session, BooksProof).values(
        timebank_id=timebank_id, day=day, **found
    )
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[BooksProof.timebank_id, BooksProof.day], set_=found
        )
    )
