# SPDX-License-Identifier: EUPL-1.2
"""Many transfers at once, all or none: a group exchange, an import, opening balances.

The accounts are locked in the order of their numbers, everything is counted through in memory, the
first offender is named, and the rows are written in one go. The database keeps the same walls as
for a single transfer; what is counted here only gives a refusal its name and its place.
"""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import Column, Row, select
from sqlalchemy.exc import DBAPIError

from ledger.dialects import ACCOUNT, TRANSFER, Books, among, commits_by_itself, insert_many
from ledger.errors import (
    AccountClosed,
    AlreadyResolved,
    BatchRefused,
    ClockWentBack,
    LedgerError,
    MixedTimebanks,
    NoTransaction,
    UnknownAccount,
)
from ledger.journal import CLOCK_TOLERANCE, check_term, order_row, resolution_row, same_answer
from ledger.models import AccountStatus, TransferKind
from ledger.orders import (
    MAX_TIMEBANK,
    Order,
    Receipt,
    Step,
    check_moment,
    check_resolution,
    check_step,
)
from ledger.refusals import limit_reached, refusal_of

CHUNK = 1000
"""How many keys one question asks for."""
_T = TypeVar("_T")
_Line = dict[str, Any]


@dataclasses.dataclass
class _Known:
    """What stands in the journal already: by key, and by the transfer that was resolved."""

    transfers: dict[uuid.UUID, Any]
    resolutions: dict[uuid.UUID, Any]


def book_all(books: Books, steps: Sequence[Step], *, now: datetime.datetime) -> list[Receipt]:
    """Write all steps in their order, or none; repeated ones are answered as the first time.

    A step may not name a transfer of the same batch. All get the same moment.

    Args:
        steps: of one timebank; a few for a group exchange, thousands for an import.

    Raises:
        BatchRefused: the position, the id and the cause of the first offender; a cause is what
            the single functions of ``ledger.journal`` raise.
        MixedTimebanks: they belong to more than one timebank.
        InvalidMoment: ``now`` has no time zone.
        NoTransaction: the connection commits each statement by itself.
    """
    check_moment(now)
    if commits_by_itself(books):
        raise NoTransaction
    if not steps:
        return []
    timebank_ids = frozenset(step.wish.timebank_id for step in steps)
    if len(timebank_ids) > 1:
        raise MixedTimebanks(timebank_ids)
    lines = _lines(books, steps, now)
    accounts = _lock(books, lines)
    fresh, receipts = _count_through(lines, accounts, _known(books, lines))
    _insert(books, lines, fresh)
    return receipts


def _lines(books: Books, steps: Sequence[Step], now: datetime.datetime) -> list[_Line]:
    """Turn the wishes into rows; their accounts are not looked at yet."""
    firsts = _firsts(books, steps)
    lines = []
    for position, step in enumerate(steps):
        try:
            lines.append(_line(step, firsts, now))
        except LedgerError as cause:
            raise BatchRefused(position, step.wish.transfer_id, cause) from cause
    return lines


def _line(step: Step, firsts: dict[uuid.UUID, Any], now: datetime.datetime) -> _Line:
    check_step(step)
    if isinstance(step.wish, Order):
        return order_row(step.wish, step.kind, now)
    check_resolution(step.wish, step.kind)
    return resolution_row(step.wish, step.kind, firsts.get(step.wish.refers_to), now)


def _firsts(books: Books, steps: Sequence[Step]) -> dict[uuid.UUID, Any]:
    """Read the transfers that the resolutions among the steps name."""
    wanted = {
        step.wish.refers_to
        for step in steps
        if not isinstance(step.wish, Order) and isinstance(step.wish.refers_to, uuid.UUID)
    }
    timebank_id = steps[0].wish.timebank_id
    if type(timebank_id) is not int or not 0 <= timebank_id <= MAX_TIMEBANK:
        return {}
    return {row.id: row for row in _find(books, timebank_id, TRANSFER.c.id, wanted)}


def _known(books: Books, lines: Sequence[_Line]) -> _Known:
    """Read what stands already; after the accounts are locked, so that no rival comes between."""
    timebank_id = lines[0]["timebank_id"]
    ids = {line["id"] for line in lines}
    named = {line["refers_to"] for line in lines} - {None}
    return _Known(
        {row.id: row for row in _find(books, timebank_id, TRANSFER.c.id, ids)},
        {row.refers_to: row for row in _find(books, timebank_id, TRANSFER.c.refers_to, named)},
    )


def _find(
    books: Books, timebank_id: int, column: Column[Any], values: Iterable[uuid.UUID]
) -> Iterator[Row[Any]]:
    # In no order: nothing is locked here, and sorting keys takes as long as reading them.
    for chunk in _chunks(list(values)):
        yield from books.execute(
            select(TRANSFER).where(
                TRANSFER.c.timebank_id == timebank_id, among(books, column, chunk)
            )
        )


def _lock(books: Books, lines: Sequence[_Line]) -> dict[int, _Line]:
    """Lock every account of the batch, lowest number first, and return what they hold."""
    sides = {line[side] for line in lines for side in ("debit_account_id", "credit_account_id")}
    timebank_id, accounts = lines[0]["timebank_id"], dict[int, _Line]()
    for chunk in _chunks(sorted(sides)):
        rows = books.execute(
            select(ACCOUNT)
            .where(ACCOUNT.c.timebank_id == timebank_id, among(books, ACCOUNT.c.id, chunk))
            .order_by(ACCOUNT.c.id)
            .with_for_update(key_share=True)
        )
        names = tuple(rows.keys())
        for row in rows.all():
            account = dict(zip(names, row, strict=True))
            accounts[account["id"]] = account
    return accounts


def _count_through(
    lines: Sequence[_Line], accounts: dict[int, _Line], known: _Known
) -> tuple[list[_Line], list[Receipt]]:
    """Go through the batch as the database will; return the rows to write, and all answers."""
    moment = _moment(lines[0]["recorded_at"], accounts)
    fresh, receipts = [], []
    for position, line in enumerate(lines):
        try:
            receipt = _answer(line, known)
            if receipt is None:
                _apply(line, accounts, moment)
                receipt = Receipt(line["id"], line["kind"], line["minutes"], moment, replayed=False)
                fresh.append(line)
                _remember(line, known)
        except LedgerError as cause:
            raise BatchRefused(position, line["id"], cause) from cause
        receipts.append(receipt)
    return fresh, receipts


def _answer(line: _Line, known: _Known) -> Receipt | None:
    stored = known.transfers.get(line["id"])
    if stored is not None:
        return same_answer(stored, line)
    winner = known.resolutions.get(line["refers_to"])
    if winner is not None:
        raise AlreadyResolved(line["refers_to"], winner.kind, winner.recorded_at)
    return None


def _remember(line: _Line, known: _Known) -> None:
    """Let a later step of the batch meet this one as if it stood in the journal."""
    known.transfers[line["id"]] = _Stored(line)
    if line["refers_to"] is not None:
        known.resolutions[line["refers_to"]] = known.transfers[line["id"]]


class _Stored:
    """A row of the batch, read as a row of the journal is."""

    def __init__(self, line: _Line) -> None:
        self.__dict__.update(line)


def _moment(now: datetime.datetime, accounts: dict[int, _Line]) -> datetime.datetime:
    """Return the moment of the batch: now, or the latest of what the clock may be behind."""
    latest: list[datetime.datetime] = [one["last_recorded_at"] for one in accounts.values()]
    return max([now, *(moment for moment in latest if moment <= now + CLOCK_TOLERANCE)])


def _apply(line: _Line, accounts: dict[int, _Line], moment: datetime.datetime) -> None:
    """Check one row against its accounts, number it, and change them in memory."""
    debit, credit = (
        _open(accounts, line, line[side]) for side in ("debit_account_id", "credit_account_id")
    )
    for account in (debit, credit):
        if account["last_recorded_at"] > moment:
            raise ClockWentBack(line["recorded_at"], account["last_recorded_at"])
    line["recorded_at"] = moment
    check_term(line)
    minutes, kind = line["minutes"], line["kind"]
    if kind in (TransferKind.POST, TransferKind.RESERVE):
        _check_limits(debit, credit, line)
    debit["last_number"] += 1
    line["number"] = debit["last_number"]
    posted, pending, taken_back = _moves(kind, minutes)
    debit["debited_minutes"] += posted
    debit["credited_minutes"] -= taken_back
    debit["pending_out_minutes"] += pending
    credit["credited_minutes"] += posted
    credit["debited_minutes"] -= taken_back
    credit["pending_in_minutes"] += pending


def _moves(kind: TransferKind, minutes: int) -> tuple[int, int, int]:
    """Return by how much a row moves what is posted, what is pending, and what is taken back."""
    if kind is TransferKind.POST:
        return minutes, 0, 0
    if kind is TransferKind.RESERVE:
        return 0, minutes, 0
    if kind is TransferKind.REVERSE:
        return 0, 0, minutes
    return (minutes if kind is TransferKind.POST_PENDING else 0), -minutes, 0


def _open(accounts: dict[int, _Line], line: _Line, account_id: int) -> _Line:
    account = accounts.get(account_id)
    if account is None:
        raise UnknownAccount(line["timebank_id"], account_id)
    if account["status"] is AccountStatus.CLOSED:
        raise AccountClosed(account_id)
    return account


def _check_limits(debit: _Line, credit: _Line, line: _Line) -> None:
    if debit["floor_minutes"] is not None:
        refusal = limit_reached(debit, line, "floor")
        if refusal.reached_minutes < refusal.limit_minutes:
            raise refusal
    if credit["ceiling_minutes"] is not None:
        refusal = limit_reached(credit, line, "ceiling")
        if refusal.reached_minutes > refusal.limit_minutes:
            raise refusal


def _insert(books: Books, lines: Sequence[_Line], fresh: Sequence[_Line]) -> None:
    if not fresh:
        return
    try:
        insert_many(books, fresh)
    except DBAPIError as error:
        refusal = refusal_of(books, error, fresh[0])
        if refusal is None:
            raise
        keys = [line["id"] for line in lines]
        taken = getattr(refusal, "transfer_id", None)
        position = keys.index(taken) if taken in keys else 0
        raise BatchRefused(position, keys[position], refusal) from error


def _chunks(values: Sequence[_T]) -> Iterator[Sequence[_T]]:
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]
