# SPDX-License-Identifier: EUPL-1.2
"""The only writer of the books.

What lives here: opening an account; reserve, post, void and reverse.
What does not: reading (``ledger.balances``), proving (``ledger.checks``), committing. The caller
commits, and an answer counts only after that commit; on any error the caller rolls back.

The order of locks is always the same: first the key of the transfer, then the accounts in the
order of their numbers. Two writers can therefore wait for each other, never in a circle.
"""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import uuid
from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import Row, Table, insert, select, update
from sqlalchemy.orm import Session

from ledger.dialects import insert_or_conflict
from ledger.errors import (
    AccountClosed,
    AlreadyResolved,
    KeyConflict,
    NotPending,
    NotPosted,
    UnknownAccount,
    UnknownTransfer,
)
from ledger.ids import new_account_number
from ledger.models import (
    POSTING_KINDS,
    Account,
    AccountStatus,
    Entry,
    Transfer,
    TransferKind,
)
from ledger.orders import Order, Receipt, Resolution, check_order

_ACCOUNT = cast(Table, Account.__table__)
_TRANSFER = cast(Table, Transfer.__table__)
_ENTRY = cast(Table, Entry.__table__)


@dataclasses.dataclass(frozen=True)
class _Change:
    """How one account row moves: minutes added to each of its four figures."""

    credited: int = 0
    debited: int = 0
    pending_in: int = 0
    pending_out: int = 0


def open_account(
    session: Session, *, timebank_id: int, neighbourhood_code: str, now: datetime.datetime
) -> int:
    """Open an account at zero and return its random number."""
    account_id = new_account_number()
    session.execute(
        insert(_ACCOUNT).values(
            timebank_id=timebank_id,
            id=account_id,
            status=AccountStatus.OPEN,
            neighbourhood_code=neighbourhood_code,
            credited_minutes=0,
            debited_minutes=0,
            pending_in_minutes=0,
            pending_out_minutes=0,
            last_seq=0,
            opened_at=now,
        )
    )
    return account_id


def move_account(
    session: Session, *, timebank_id: int, account_id: int, neighbourhood_code: str
) -> None:
    """Stamp the entries to come with another neighbourhood; the entries before keep theirs.

    Raises:
        UnknownAccount: the timebank has no such account.
    """
    moved = session.execute(
        update(_ACCOUNT)
        .where(_ACCOUNT.c.timebank_id == timebank_id, _ACCOUNT.c.id == account_id)
        .values(neighbourhood_code=neighbourhood_code)
        .returning(_ACCOUNT.c.id)
    ).first()
    if moved is None:
        raise UnknownAccount(timebank_id, account_id)


def reserve(session: Session, order: Order, *, now: datetime.datetime) -> Receipt:
    """Set minutes apart as pending on both accounts; balances do not move yet.

    Raises:
        InvalidMinutes, InvalidDay, SameAccountTwice: the order is not an order.
        UnknownAccount, AccountClosed: one of the accounts takes no part.
        KeyConflict: the id was used before for something else.
    """
    return _record_order(session, order, TransferKind.RESERVE, now)


def post(session: Session, order: Order, *, now: datetime.datetime) -> Receipt:
    """Move minutes at once, without a reservation. Raises as :func:`reserve` does."""
    return _record_order(session, order, TransferKind.POST, now)


def post_pending(session: Session, resolution: Resolution, *, now: datetime.datetime) -> Receipt:
    """Post the reservation ``resolution.refers_to``: pending becomes balance.

    Raises:
        UnknownTransfer: there is no such reservation in this timebank.
        NotPending: that transfer is not a reservation.
        AlreadyResolved: it was posted or voided before; the first one stands.
        KeyConflict: the id of this resolution was used before for something else.
    """
    return _resolve(session, resolution, TransferKind.POST_PENDING, now)


def void(session: Session, resolution: Resolution, *, now: datetime.datetime) -> Receipt:
    """Give a reservation up: nothing is booked. Raises as :func:`post_pending` does."""
    return _resolve(session, resolution, TransferKind.VOID, now)


def reverse(session: Session, resolution: Resolution, *, now: datetime.datetime) -> Receipt:
    """Book a posted transfer back, by a new transfer that names it; the first one stays.

    Raises:
        UnknownTransfer: there is no such transfer in this timebank.
        NotPosted: nothing was posted by that transfer, or it is itself a reversal.
        AlreadyResolved: it was reversed before.
        KeyConflict: the id of this reversal was used before for something else.
    """
    return _resolve(session, resolution, TransferKind.REVERSE, now)


def _record_order(
    session: Session, order: Order, kind: TransferKind, now: datetime.datetime
) -> Receipt:
    check_order(order)
    row = {
        "timebank_id": order.timebank_id,
        "id": order.transfer_id,
        "kind": kind,
        "debit_account_id": order.debit_account_id,
        "credit_account_id": order.credit_account_id,
        "minutes": order.minutes,
        "refers_to": None,
        "effective_on": order.effective_on,
        "recorded_by": order.recorded_by,
    }
    return _record(session, row, now)


def _resolve(
    session: Session, resolution: Resolution, kind: TransferKind, now: datetime.datetime
) -> Receipt:
    first = _transfer(session, resolution.timebank_id, resolution.refers_to)
    if first is None:
        raise UnknownTransfer(resolution.timebank_id, resolution.refers_to)
    _check_resolvable(first, kind)
    backwards = kind is TransferKind.REVERSE
    row = {
        "timebank_id": resolution.timebank_id,
        "id": resolution.transfer_id,
        "kind": kind,
        "debit_account_id": first.credit_account_id if backwards else first.debit_account_id,
        "credit_account_id": first.debit_account_id if backwards else first.credit_account_id,
        "minutes": first.minutes,
        "refers_to": first.id,
        "effective_on": first.effective_on,
        "recorded_by": resolution.recorded_by,
    }
    return _record(session, row, now)


def _check_resolvable(first: Row[Any], kind: TransferKind) -> None:
    if kind is TransferKind.REVERSE:
        if first.kind not in (TransferKind.POST, TransferKind.POST_PENDING):
            raise NotPosted(first.id, first.kind)
    elif first.kind is not TransferKind.RESERVE:
        raise NotPending(first.id, first.kind)


def _record(session: Session, row: dict[str, Any], now: datetime.datetime) -> Receipt:
    """Write the journal row, move the accounts, write the entries: all or nothing."""
    row = {**row, "recorded_at": now, "fingerprint": _fingerprint(row)}
    if not _insert_once(session, row):
        return _stored_answer(session, row)
    accounts = _move_accounts(session, row)
    if row["kind"] in POSTING_KINDS:
        _write_entries(session, row, accounts)
    return Receipt(row["id"], row["kind"], row["minutes"], now, replayed=False)


def _fingerprint(row: Mapping[str, Any]) -> bytes:
    """Digest what the caller asked for, so that a repeated key can be told from a reused one."""
    content = "|".join(
        str(row[name])
        for name in (
            "kind",
            "debit_account_id",
            "credit_account_id",
            "minutes",
            "refers_to",
            "effective_on",
        )
    )
    return hashlib.blake2b(content.encode(), digest_size=16).digest()


def _insert_once(session: Session, row: Mapping[str, Any]) -> bool:
    """Insert the journal row unless its id, or a resolution of the same transfer, stands there."""
    statement = insert_or_conflict(session, _TRANSFER).values(row).on_conflict_do_nothing()
    return session.execute(statement.returning(_TRANSFER.c.id)).first() is not None


def _stored_answer(session: Session, row: Mapping[str, Any]) -> Receipt:
    """Answer a repeated key as the first time, or say who was first."""
    stored = _transfer(session, row["timebank_id"], row["id"])
    if stored is None:
        winner = session.execute(
            select(_TRANSFER.c.kind, _TRANSFER.c.recorded_at).where(
                _TRANSFER.c.timebank_id == row["timebank_id"],
                _TRANSFER.c.refers_to == row["refers_to"],
            )
        ).one()
        raise AlreadyResolved(row["refers_to"], winner.kind, winner.recorded_at)
    if stored.fingerprint != row["fingerprint"]:
        raise KeyConflict(row["id"])
    return Receipt(stored.id, stored.kind, stored.minutes, stored.recorded_at, replayed=True)


def _transfer(session: Session, timebank_id: int, transfer_id: uuid.UUID) -> Row[Any] | None:
    return session.execute(
        select(_TRANSFER).where(
            _TRANSFER.c.timebank_id == timebank_id, _TRANSFER.c.id == transfer_id
        )
    ).first()


def _changes(row: Mapping[str, Any]) -> dict[int, _Change]:
    """Say how each account moves for each kind: the whole arithmetic of the ledger."""
    minutes, kind = row["minutes"], row["kind"]
    debit, credit = row["debit_account_id"], row["credit_account_id"]
    if kind is TransferKind.REVERSE:
        # The first transfer ran the other way: take back what it credited and debited.
        return {debit: _Change(credited=-minutes), credit: _Change(debited=-minutes)}
    pending = {
        TransferKind.RESERVE: minutes,
        TransferKind.POST: 0,
        TransferKind.POST_PENDING: -minutes,
        TransferKind.VOID: -minutes,
    }[kind]
    posted = minutes if kind in POSTING_KINDS else 0
    return {
        debit: _Change(debited=posted, pending_out=pending),
        credit: _Change(credited=posted, pending_in=pending),
    }


def _move_accounts(session: Session, row: Mapping[str, Any]) -> dict[int, Row[Any]]:
    """Change both account rows, lowest number first, and return what they hold now."""
    changes = _changes(row)
    timebank_id, posting = row["timebank_id"], row["kind"] in POSTING_KINDS
    return {
        account_id: _move_one(session, timebank_id, account_id, changes[account_id], int(posting))
        for account_id in sorted(changes)
    }


def _move_one(
    session: Session, timebank_id: int, account_id: int, change: _Change, step: int
) -> Row[Any]:
    moved = session.execute(
        update(_ACCOUNT)
        .where(
            _ACCOUNT.c.timebank_id == timebank_id,
            _ACCOUNT.c.id == account_id,
            _ACCOUNT.c.status == AccountStatus.OPEN,
        )
        .values(
            credited_minutes=_ACCOUNT.c.credited_minutes + change.credited,
            debited_minutes=_ACCOUNT.c.debited_minutes + change.debited,
            pending_in_minutes=_ACCOUNT.c.pending_in_minutes + change.pending_in,
            pending_out_minutes=_ACCOUNT.c.pending_out_minutes + change.pending_out,
            last_seq=_ACCOUNT.c.last_seq + step,
        )
        .returning(
            _ACCOUNT.c.last_seq,
            (_ACCOUNT.c.credited_minutes - _ACCOUNT.c.debited_minutes).label("balance_minutes"),
            _ACCOUNT.c.neighbourhood_code,
        )
    ).first()
    if moved is None:
        raise _why_not(session, timebank_id, account_id)
    return moved


def _why_not(session: Session, timebank_id: int, account_id: int) -> UnknownAccount | AccountClosed:
    found = session.execute(
        select(_ACCOUNT.c.id).where(
            _ACCOUNT.c.timebank_id == timebank_id, _ACCOUNT.c.id == account_id
        )
    ).first()
    return UnknownAccount(timebank_id, account_id) if found is None else AccountClosed(account_id)


def _write_entries(
    session: Session, row: Mapping[str, Any], accounts: Mapping[int, Row[Any]]
) -> None:
    signed = {row["debit_account_id"]: -row["minutes"], row["credit_account_id"]: row["minutes"]}
    session.execute(
        insert(_ENTRY).values(
            [
                {
                    "timebank_id": row["timebank_id"],
                    "account_id": account_id,
                    "seq": account.last_seq,
                    "transfer_id": row["id"],
                    "minutes": signed[account_id],
                    "balance_minutes": account.balance_minutes,
                    "neighbourhood_code": account.neighbourhood_code,
                    "recorded_at": row["recorded_at"],
                }
                for account_id, account in accounts.items()
            ]
        )
    )
