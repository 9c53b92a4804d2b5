# SPDX-License-Identifier: EUPL-1.2
"""Reservations whose term is over: find them and give them up, as often as one likes."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import aliased

from ledger.batches import book_all
from ledger.dialects import Books
from ledger.errors import BatchRefused
from ledger.models import Transfer, TransferKind
from ledger.orders import Receipt, Resolution, Step, check_moment

_KEYS = uuid.UUID("5b0a3a0e-6a0f-4f0e-9d5c-3c1f6f6f2b11")


def expiry_key(reservation_id: uuid.UUID) -> uuid.UUID:
    """Return the id under which a reservation expires: the same for whoever does it."""
    return uuid.uuid5(_KEYS, reservation_id.hex)


def expire_due(
    books: Books, *, timebank_id: int, now: datetime.datetime, limit: int = 500
) -> Sequence[Receipt]:
    """Expire the reservations whose term is over, oldest term first, at most ``limit`` at a time.

    Two jobs that do it at once expire each reservation once. One that cannot expire now, because
    somebody resolved it in between or its account is far ahead of the clock, holds up no other.

    Raises:
        BatchRefused: the database knew better than the count; the next run sees it too.
        InvalidMoment: ``now`` has no time zone.
    """
    check_moment(now)
    later = aliased(Transfer)
    resolved = (
        select(later.id)
        .where(later.timebank_id == timebank_id, later.refers_to == Transfer.id)
        .exists()
    )
    due = books.scalars(
        select(Transfer.id)
        .where(
            Transfer.timebank_id == timebank_id,
            Transfer.kind == TransferKind.RESERVE,
            Transfer.expires_at <= now,
            ~resolved,
        )
        .order_by(Transfer.expires_at, Transfer.id)
        .limit(limit)
    ).all()
    steps = [
        Step(TransferKind.EXPIRE, Resolution(timebank_id, expiry_key(reservation), reservation))
        for reservation in due
    ]
    while steps:
        try:
            return book_all(books, steps, now=now)
        except BatchRefused as refused:
            if isinstance(refused.__cause__, DBAPIError):
                raise
            # Nothing was sent to the database yet: a batch is counted through first.
            del steps[refused.position]
    return []
