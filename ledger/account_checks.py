# SPDX-License-Identifier: EUPL-1.2
"""The invariants of the accounts: what each row stores equals what the journal says.

Each function reads the whole history of one timebank and returns what violates it.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Subquery, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from ledger.balances import given_minutes
from ledger.dialects import Books
from ledger.models import Account, AccountStatus, Entry, Transfer, TransferKind
from ledger.violation import Violation


def entries_run_without_gap(books: Books, timebank_id: int) -> Sequence[Violation]:
    """Find entries whose number skips, or whose running balance does not follow the one before."""
    line = (
        select(
            Entry.account_id,
            Entry.seq,
            Entry.balance_minutes,
            func.row_number()
            .over(partition_by=Entry.account_id, order_by=Entry.seq)
            .label("expected_seq"),
            func.sum(Entry.minutes)
            .over(partition_by=Entry.account_id, order_by=Entry.seq)
            .label("expected_minutes"),
        )
        .where(Entry.timebank_id == timebank_id)
        .subquery()
    )
    rows = books.execute(
        select(line)
        .where(
            or_(
                line.c.seq != line.c.expected_seq,
                line.c.balance_minutes != line.c.expected_minutes,
            )
        )
        .order_by(line.c.account_id, line.c.seq)
    )
    return [
        Violation(
            "entries run without a gap",
            f"account {row.account_id} entry {row.seq}",
            f"holds balance {row.balance_minutes};"
            f" counting gives entry {row.expected_seq}, balance {row.expected_minutes}",
        )
        for row in rows
    ]


def accounts_equal_their_entries(books: Books, timebank_id: int) -> Sequence[Violation]:
    """Find accounts whose stored sides or entry count differ from the entries themselves."""
    total = func.coalesce(func.sum(Entry.minutes), 0)
    credited = given_minutes()
    debited = credited - total
    last = func.coalesce(func.max(Entry.seq), 0)
    stored = (Account.credited_minutes, Account.debited_minutes, Account.last_seq)
    rows = books.execute(
        select(Account.id, *stored, credited, debited, last)
        .outerjoin(
            Entry,
            and_(Entry.timebank_id == Account.timebank_id, Entry.account_id == Account.id),
        )
        .outerjoin(
            Transfer,
            and_(Transfer.timebank_id == Entry.timebank_id, Transfer.id == Entry.transfer_id),
        )
        .where(Account.timebank_id == timebank_id)
        .group_by(Account.timebank_id, Account.id, *stored)
        .having(
            or_(
                Account.credited_minutes != credited,
                Account.debited_minutes != debited,
                Account.last_seq != last,
            )
        )
        .order_by(Account.id)
    )
    return [
        Violation(
            "balance of an account",
            f"account {row[0]}",
            f"stores {row[1]} credited, {row[2]} debited, last entry {row[3]};"
            f" its entries give {row[4]}, {row[5]} and {row[6]}",
        )
        for row in rows
    ]


def pending_equals_open_reservations(books: Books, timebank_id: int) -> Sequence[Violation]:
    """Find accounts whose pending minutes differ from the reservations that are still open."""
    coming = _open_reservations(timebank_id, Transfer.credit_account_id)
    going = _open_reservations(timebank_id, Transfer.debit_account_id)
    pending_in = func.coalesce(coming.c.minutes, 0)
    pending_out = func.coalesce(going.c.minutes, 0)
    rows = books.execute(
        select(
            Account.id,
            Account.pending_in_minutes,
            Account.pending_out_minutes,
            pending_in,
            pending_out,
        )
        .outerjoin(coming, coming.c.account_id == Account.id)
        .outerjoin(going, going.c.account_id == Account.id)
        .where(
            Account.timebank_id == timebank_id,
            or_(
                Account.pending_in_minutes != pending_in,
                Account.pending_out_minutes != pending_out,
            ),
        )
        .order_by(Account.id)
    )
    return [
        Violation(
            "pending minutes of an account",
            f"account {row.id}",
            f"stores {row.pending_in_minutes} in and {row.pending_out_minutes} out;"
            f" open reservations give {row[3]} in and {row[4]} out",
        )
        for row in rows
    ]


def time_runs_forward(books: Books, timebank_id: int) -> Sequence[Violation]:
    """Find entries that are earlier than the entry before, or later than their account says."""
    line = (
        select(
            Entry.account_id,
            Entry.seq,
            Entry.recorded_at,
            func.lag(Entry.recorded_at)
            .over(partition_by=Entry.account_id, order_by=Entry.seq)
            .label("before"),
        )
        .where(Entry.timebank_id == timebank_id)
        .subquery()
    )
    rows = books.execute(
        select(line.c.account_id, line.c.seq, line.c.recorded_at)
        .join(Account, and_(Account.timebank_id == timebank_id, Account.id == line.c.account_id))
        .where(
            or_(
                line.c.before > line.c.recorded_at,
                line.c.recorded_at > Account.last_recorded_at,
            )
        )
        .order_by(line.c.account_id, line.c.seq)
    )
    return [
        Violation(
            "time runs forward", f"account {row[0]} entry {row[1]}", f"was written at {row[2]}"
        )
        for row in rows
    ]


def limits_hold(books: Books, timebank_id: int) -> Sequence[Violation]:
    """Find postings that went past a floor or a ceiling that was there already.

    A reservation takes its room when it is made, and a reversal takes a mistake back; neither is
    held against a limit here.
    """
    past_floor = and_(Entry.minutes < 0, Entry.balance_minutes < Account.floor_minutes)
    past_ceiling = and_(Entry.minutes > 0, Entry.balance_minutes > Account.ceiling_minutes)
    rows = books.execute(
        select(Entry.account_id, Entry.seq, Entry.balance_minutes)
        .join(Account, and_(Account.timebank_id == timebank_id, Account.id == Entry.account_id))
        .join(Transfer, and_(Transfer.timebank_id == timebank_id, Transfer.id == Entry.transfer_id))
        .where(
            Entry.timebank_id == timebank_id,
            or_(Account.floor_minutes.is_not(None), Account.ceiling_minutes.is_not(None)),
            Transfer.kind == TransferKind.POST,
            Entry.recorded_at > Account.limited_at,
            or_(past_floor, past_ceiling),
        )
        .order_by(Entry.account_id, Entry.seq)
    )
    return [
        Violation(
            "limits hold",
            f"account {row[0]} entry {row[1]}",
            f"left {row[2]} minutes, past a limit",
        )
        for row in rows
    ]


def closed_accounts_are_empty(books: Books, timebank_id: int) -> Sequence[Violation]:
    """Find closed accounts that still hold minutes, or on which something is pending."""
    balance = Account.credited_minutes - Account.debited_minutes
    rows = books.execute(
        select(Account.id, balance, Account.pending_in_minutes, Account.pending_out_minutes)
        .where(
            Account.timebank_id == timebank_id,
            Account.status == AccountStatus.CLOSED,
            or_(balance != 0, Account.pending_in_minutes != 0, Account.pending_out_minutes != 0),
        )
        .order_by(Account.id)
    )
    return [
        Violation(
            "closed accounts", f"account {row[0]}", f"holds {row[1]}, pending {row[2]}, {row[3]}"
        )
        for row in rows
    ]


def timebank_sums_to_zero(books: Books, timebank_id: int) -> Sequence[Violation]:
    """Find out whether all stored balances of the timebank together are zero."""
    total = books.execute(
        select(
            func.coalesce(func.sum(Account.credited_minutes - Account.debited_minutes), 0)
        ).where(Account.timebank_id == timebank_id)
    ).scalar_one()
    if total == 0:
        return []
    return [Violation("sum of a timebank", f"timebank {timebank_id}", f"{total} minutes, not 0")]


def _open_reservations(timebank_id: int, side: InstrumentedAttribute[int]) -> Subquery:
    """Sum what is reserved and not resolved, by the account on one side."""
    resolution = aliased(Transfer)
    resolved = (
        select(resolution.id)
        .where(resolution.timebank_id == Transfer.timebank_id, resolution.refers_to == Transfer.id)
        .exists()
    )
    return (
        select(side.label("account_id"), func.sum(Transfer.minutes).label("minutes"))
        .where(
            Transfer.timebank_id == timebank_id,
            Transfer.kind == TransferKind.RESERVE,
            ~resolved,
        )
        .group_by(side)
        .subquery()
    )
