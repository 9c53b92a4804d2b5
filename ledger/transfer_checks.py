# SPDX-License-Identifier: EUPL-1.2
"""The invariants of the journal: what holds for each transfer and for what names it.

Each function reads the whole history of one timebank and returns what violates it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import CTE, ColumnElement, and_, case, exists, false, func, or_, select, true
from sqlalchemy.orm import aliased

from ledger.dialects import Books
from ledger.models import POSTING_KINDS, Account, Entry, Transfer, TransferKind
from ledger.violation import Violation

ENTRIES_OF_A_POSTING = 2


def transfers_have_their_entries(books: Books, timebank_id: int) -> Sequence[Violation]:
    """Find posted transfers without exactly one debit and one credit entry of their minutes.

    This includes entries that do not sum to zero, entries of another moment than their transfer,
    and entries of a transfer that posts nothing.
    """
    entry = _entries_by_transfer(timebank_id)
    then = entry.c.recorded_at == Transfer.recorded_at
    debit = and_(
        then, entry.c.account_id == Transfer.debit_account_id, entry.c.minutes == -Transfer.minutes
    )
    credit = and_(
        then, entry.c.account_id == Transfer.credit_account_id, entry.c.minutes == Transfer.minutes
    )
    total = func.coalesce(func.sum(entry.c.minutes), 0)
    entries = func.count(entry.c.seq)
    posts = Transfer.kind.in_(POSTING_KINDS)
    sound = or_(
        and_(posts, entries == ENTRIES_OF_A_POSTING, _count(debit) == 1, _count(credit) == 1),
        and_(~posts, entries == 0),
    )
    rows = books.execute(
        select(Transfer.id, Transfer.kind, Transfer.minutes, entries, total)
        .outerjoin(entry, entry.c.transfer_id == Transfer.id)
        .where(Transfer.timebank_id == timebank_id)
        .group_by(
            Transfer.timebank_id,
            Transfer.id,
            Transfer.kind,
            Transfer.minutes,
        )
        .having(~sound)
        .order_by(Transfer.id)
    )
    return [
        Violation(
            "entries of a transfer",
            f"transfer {row.id}",
            f"a {row.kind} of {row.minutes} minutes has {row[3]} entries that sum to {row[4]}",
        )
        for row in rows
    ]


def _entries_by_transfer(timebank_id: int) -> CTE:
    """Return the entries of a timebank, to be joined by their transfer.

    There is no index by transfer. Of the table itself SQLite takes the key, which begins with the
    timebank, and reads all entries for each transfer; of rows that were set apart first it makes
    an index for the occasion. PostgreSQL hashes them either way.
    """
    columns = (Entry.transfer_id, Entry.account_id, Entry.seq, Entry.minutes, Entry.recorded_at)
    query = select(*columns).where(Entry.timebank_id == timebank_id)
    return query.cte("entry_of_transfer").prefix_with("MATERIALIZED")


def resolutions_fit_their_transfers(books: Books, timebank_id: int) -> Sequence[Violation]:
    """Find a posting, void, expiry or reversal that does not fit the transfer it names."""
    first = aliased(Transfer)
    same_way = and_(
        Transfer.debit_account_id == first.debit_account_id,
        Transfer.credit_account_id == first.credit_account_id,
        first.kind == TransferKind.RESERVE,
        Transfer.minutes == first.minutes,
        # Posted before its term, expired after it, voided whenever.
        case(
            (
                Transfer.kind == TransferKind.POST_PENDING,
                or_(first.expires_at.is_(None), first.expires_at > Transfer.recorded_at),
            ),
            (
                Transfer.kind == TransferKind.EXPIRE,
                func.coalesce(first.expires_at <= Transfer.recorded_at, false()),
            ),
            else_=true(),
        ),
    )
    other_way = and_(
        Transfer.debit_account_id == first.credit_account_id,
        Transfer.credit_account_id == first.debit_account_id,
        first.kind.in_((TransferKind.POST, TransferKind.POST_PENDING)),
        Transfer.minutes <= first.minutes,
    )
    fits = and_(
        Transfer.effective_on == first.effective_on,
        or_(
            and_(Transfer.kind != TransferKind.REVERSE, same_way),
            and_(Transfer.kind == TransferKind.REVERSE, other_way),
        ),
    )
    rows = books.execute(
        select(Transfer.id, Transfer.kind, Transfer.minutes, first.id, first.kind, first.minutes)
        .join(
            first,
            and_(first.timebank_id == Transfer.timebank_id, first.id == Transfer.refers_to),
        )
        .where(Transfer.timebank_id == timebank_id, ~fits)
        .order_by(Transfer.id)
    )
    return [
        Violation(
            "resolution of a transfer",
            f"transfer {row[0]}",
            f"a {row[1]} of {row[2]} minutes names {row[3]}, a {row[4]} of {row[5]} minutes",
        )
        for row in rows
    ]


def nothing_is_resolved_twice(books: Books, timebank_id: int) -> Sequence[Violation]:
    """Find transfers that two later ones post, void, expire or reverse."""
    rows = books.execute(
        select(Transfer.refers_to, func.count())
        .where(Transfer.timebank_id == timebank_id, Transfer.refers_to.is_not(None))
        .group_by(Transfer.refers_to)
        .having(func.count() > 1)
        .order_by(Transfer.refers_to)
    )
    return [
        Violation("one resolution", f"transfer {row[0]}", f"{row[1]} transfers resolve it")
        for row in rows
    ]


def transfers_run_without_gap(books: Books, timebank_id: int) -> Sequence[Violation]:
    """Find transfers whose number on their debit account skips, and accounts that count wrong."""
    count, last = func.count(Transfer.id), func.coalesce(func.max(Transfer.number), 0)
    rows = books.execute(
        select(Account.id, Account.last_number, count, last)
        .outerjoin(
            Transfer,
            and_(
                Transfer.timebank_id == Account.timebank_id,
                Transfer.debit_account_id == Account.id,
            ),
        )
        .where(Account.timebank_id == timebank_id)
        .group_by(Account.timebank_id, Account.id, Account.last_number)
        .having(or_(count != last, last != Account.last_number))
        .order_by(Account.id)
    )
    return [
        Violation(
            "transfers run without a gap",
            f"account {row[0]}",
            f"stores number {row[1]}; {row[2]} transfers are there, the last is number {row[3]}",
        )
        for row in rows
    ]


def what_is_named_is_there(books: Books, timebank_id: int) -> Sequence[Violation]:
    """Find transfers and entries that name an account or a transfer that does not exist."""
    first = aliased(Transfer)
    places: Sequence[_Place] = (
        (Transfer.id, Transfer.debit_account_id, Account),
        (Transfer.id, Transfer.credit_account_id, Account),
        (Transfer.id, Transfer.refers_to, first),
        (Entry.seq, Entry.account_id, Account),
        (Entry.seq, Entry.transfer_id, Transfer),
    )
    return [found for place in places for found in _names_nothing(books, timebank_id, place)]


_Place = tuple[Any, Any, Any]
"""The column that identifies a row, the column by which it names another, the table of that."""


def _names_nothing(books: Books, timebank_id: int, place: _Place) -> Sequence[Violation]:
    row, name, target = place
    holder, same = row.class_, (target.timebank_id == timebank_id) & (target.id == name)
    rows = books.execute(
        select(row, name)
        .where(holder.timebank_id == timebank_id, name.is_not(None), ~exists().where(same))
        .order_by(row, name)
    )
    return [
        Violation(
            "what is named is there",
            f"{holder.__tablename__.removeprefix('ledger_')} {found[0]}",
            f"names {name.key} {found[1]}, which is not there",
        )
        for found in rows
    ]


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
