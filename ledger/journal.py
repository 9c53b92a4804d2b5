# SPDX-License-Identifier: EUPL-1.2
"""The only writer of the journal: reserve, post, void, expire and reverse, one at a time.

What lives here: turning a wish into one row, and a conflict into the first answer.
What does not: moving minutes (the database does, ``ledger.bookkeeping``), many at once
(``ledger.batches``), reading, proving, committing. The caller commits, and an answer counts only
after that commit; on any error the caller rolls back.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.exc import DBAPIError

from ledger.bookkeeping import CLOCK_TOLERANCE_HOURS
from ledger.dialects import TRANSFER, Books
from ledger.errors import (
    AlreadyResolved,
    KeyConflict,
    MoreThanPosted,
    NotExpired,
    NotPending,
    NotPosted,
    ReservationExpired,
    UnknownTransfer,
)
from ledger.models import TransferKind
from ledger.orders import (
    Order,
    Receipt,
    Resolution,
    Step,
    check_moment,
    check_order,
    check_resolution,
    check_step,
)
from ledger.refusals import refusal_of
from ledger.writing import write_transfer

CONTENT = (
    "kind",
    "debit_account_id",
    "credit_account_id",
    "minutes",
    "effective_on",
    "refers_to",
    "expires_at",
)
"""What makes two transfers of one key the same; who wrote it down and when does not count."""
CLOCK_TOLERANCE = datetime.timedelta(hours=CLOCK_TOLERANCE_HOURS)


def reserve(books: Books, order: Order, *, now: datetime.datetime) -> Receipt:
    """Set minutes apart as pending on both accounts; balances do not move yet.

    Raises:
        InvalidKey, InvalidNumber, InvalidMinutes, InvalidDay, InvalidMoment, SameAccountTwice: the
            order is not an order.
        UnknownAccount, AccountClosed: one of the accounts takes no part.
        LimitReached: an account would pass its floor or ceiling.
        ClockWentBack: ``now`` is more than an hour before what was written down last.
        KeyConflict: the id was used before for something else.
    """
    return record(books, Step(TransferKind.RESERVE, order), now=now)


def post(books: Books, order: Order, *, now: datetime.datetime) -> Receipt:
    """Move minutes at once, without a reservation. Raises as :func:`reserve` does."""
    return record(books, Step(TransferKind.POST, order), now=now)


def post_pending(books: Books, resolution: Resolution, *, now: datetime.datetime) -> Receipt:
    """Post the reservation ``resolution.refers_to``: pending becomes balance.

    Raises:
        UnknownTransfer: there is no such reservation in this timebank.
        NotPending: that transfer is not a reservation.
        ReservationExpired: its term is over.
        AlreadyResolved: it was posted, voided or expired before; the first one stands.
        AccountClosed, ClockWentBack: as for :func:`reserve`.
        KeyConflict: the id of this resolution was used before for something else.
    """
    return record(books, Step(TransferKind.POST_PENDING, resolution), now=now)


def void(books: Books, resolution: Resolution, *, now: datetime.datetime) -> Receipt:
    """Give a reservation up: nothing is booked. Raises as :func:`post_pending` does."""
    return record(books, Step(TransferKind.VOID, resolution), now=now)


def expire(books: Books, resolution: Resolution, *, now: datetime.datetime) -> Receipt:
    """Give up a reservation whose term is over. Raises as :func:`post_pending` does.

    Raises:
        NotExpired: moreover, when it has no term, or its term is not over.
    """
    return record(books, Step(TransferKind.EXPIRE, resolution), now=now)


def reverse(books: Books, resolution: Resolution, *, now: datetime.datetime) -> Receipt:
    """Book a posted transfer back, whole or in part, once, by a new transfer that names it.

    Limits do not hold a reversal up (docs/adr/0015).

    Raises:
        UnknownTransfer: there is no such transfer in this timebank.
        NotPosted: nothing was posted by that transfer, or it is itself a reversal.
        MoreThanPosted: it moved fewer minutes than are to be taken back.
        AlreadyResolved: it was reversed before, whole or in part.
        AccountClosed, ClockWentBack: as for :func:`reserve`.
        KeyConflict: the id of this reversal was used before for something else.
    """
    return record(books, Step(TransferKind.REVERSE, resolution), now=now)


def record(books: Books, step: Step, *, now: datetime.datetime) -> Receipt:
    """Write one step of any kind. Raises as the function of that kind does."""
    check_moment(now)
    check_step(step)
    if isinstance(step.wish, Order):
        row = order_row(step.wish, step.kind, now)
    else:
        check_resolution(step.wish, step.kind)
        first = _transfer(books, step.wish.timebank_id, step.wish.refers_to)
        row = resolution_row(step.wish, step.kind, first, now)
    return _write(books, row)


def order_row(order: Order, kind: TransferKind, now: datetime.datetime) -> dict[str, Any]:
    """Return the row that an order asks for; raises what :func:`reserve` says about orders."""
    check_order(order, kind)
    return {
        "timebank_id": order.timebank_id,
        "id": order.transfer_id,
        "kind": kind,
        "debit_account_id": order.debit_account_id,
        "credit_account_id": order.credit_account_id,
        "minutes": order.minutes,
        "refers_to": None,
        "effective_on": order.effective_on,
        "recorded_at": now,
        "recorded_by": order.recorded_by,
        "expires_at": order.expires_at,
    }


def resolution_row(
    resolution: Resolution, kind: TransferKind, first: Row[Any] | None, now: datetime.datetime
) -> dict[str, Any]:
    """Return the row that a resolution asks for.

    Args:
        first: the transfer that it names, None when there is none.

    Raises:
        UnknownTransfer, NotPending, NotPosted, MoreThanPosted: it cannot be resolved so.
    """
    if first is None:
        raise UnknownTransfer(resolution.timebank_id, resolution.refers_to)
    minutes = first.minutes if resolution.minutes is None else resolution.minutes
    _check_kinds(first, kind, minutes)
    backwards = kind is TransferKind.REVERSE
    return {
        "timebank_id": resolution.timebank_id,
        "id": resolution.transfer_id,
        "kind": kind,
        "debit_account_id": first.credit_account_id if backwards else first.debit_account_id,
        "credit_account_id": first.debit_account_id if backwards else first.credit_account_id,
        "minutes": minutes,
        "refers_to": first.id,
        "effective_on": first.effective_on,
        "recorded_at": now,
        "recorded_by": resolution.recorded_by,
        "expires_at": None,
        "first_expires_at": first.expires_at,
    }


def check_term(row: Mapping[str, Any]) -> None:
    """Refuse to post what has expired, and to expire what has not.

    Raises:
        ReservationExpired, NotExpired: see :func:`post_pending` and :func:`expire`.
    """
    expires_at = row.get("first_expires_at")
    if expires_at is not None and expires_at <= row["recorded_at"]:
        if row["kind"] is TransferKind.POST_PENDING:
            raise ReservationExpired(row["refers_to"], expires_at)
    elif row["kind"] is TransferKind.EXPIRE:
        raise NotExpired(row["refers_to"], expires_at)


def same_answer(stored: Row[Any], row: Mapping[str, Any]) -> Receipt:
    """Answer a repeated key as the first time.

    Raises:
        KeyConflict: the key was used for something else.
    """
    if any(getattr(stored, name) != row[name] for name in CONTENT):
        raise KeyConflict(stored.id)
    return Receipt(stored.id, stored.kind, stored.minutes, stored.recorded_at, replayed=True)


def _check_kinds(first: Row[Any], kind: TransferKind, minutes: int) -> None:
    if kind is TransferKind.REVERSE:
        if first.kind not in (TransferKind.POST, TransferKind.POST_PENDING):
            raise NotPosted(first.id, first.kind)
        if minutes > first.minutes:
            raise MoreThanPosted(first.id, minutes, first.minutes)
    elif first.kind is not TransferKind.RESERVE:
        raise NotPending(first.id, first.kind)


def _write(books: Books, row: dict[str, Any]) -> Receipt:
    """Write the row; the database moves the accounts, writes the entries, or refuses it all."""
    try:
        recorded_at = write_transfer(books, row, CLOCK_TOLERANCE)
    except DBAPIError as error:
        refusal = refusal_of(books, error, row)
        if refusal is None:
            raise
        raise refusal from error
    if recorded_at is None:
        return _stored_answer(books, row)
    return Receipt(row["id"], row["kind"], row["minutes"], recorded_at, replayed=False)


def _stored_answer(books: Books, row: Mapping[str, Any]) -> Receipt:
    """Answer a repeated key as the first time, or say who was first."""
    stored = _transfer(books, row["timebank_id"], row["id"])
    if stored is not None:
        return same_answer(stored, row)
    winner = books.execute(
        select(TRANSFER.c.kind, TRANSFER.c.recorded_at).where(
            TRANSFER.c.timebank_id == row["timebank_id"],
            TRANSFER.c.refers_to == row["refers_to"],
        )
    ).one()
    raise AlreadyResolved(row["refers_to"], winner.kind, winner.recorded_at)


def _transfer(books: Books, timebank_id: int, transfer_id: uuid.UUID) -> Row[Any] | None:
    return books.execute(
        select(TRANSFER).where(TRANSFER.c.timebank_id == timebank_id, TRANSFER.c.id == transfer_id)
    ).first()
