# SPDX-License-Identifier: EUPL-1.2
"""The proof of the books: each invariant is a function that returns what violates it.

An empty list from :func:`violations` means: the books are sound, in both directions, from the
journal to the stored balances and back. Every function reads the whole history of one timebank, so
this is for the command line and for the night, never for a page.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

from sqlalchemy import ColumnElement, Subquery, and_, case, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from ledger.balances import given_minutes
from ledger.guards import missing_guards
from ledger.models import POSTING_KINDS, Account, Entry, Transfer, TransferKind

ENTRIES_OF_A_POSTING = 2


@dataclasses.dataclass(frozen=True)
class Violation:
    """One broken rule: which, where, and the figures that show it."""

    rule: str
    subject: str
    detail: str

    def __str__(self) -> str:
        """Say it on one line, as the command prints it."""
        return f"{self.rule}: {self.subject}: {self.detail}"


def violations(session: Session, *, timebank_id: int) -> list[Violation]:
    """Run every check on one timebank, in the order of ``CHECKS``."""
    return [found for check in CHECKS for found in check(session, timebank_id)]


def transfers_have_their_entries(session: Session, timebank_id: int) -> Sequence[Violation]:
    """Find posted transfers without exactly one debit and one credit entry of their minutes.

    This includes entries that do not sum to zero, entries of another moment than their transfer,
    and entries of a transfer that posts nothing.
    """
    then = Entry.recorded_at == Transfer.recorded_at
    debit = and_(
        then, Entry.account_id == Transfer.debit_account_id, Entry.minutes == -Transfer.minutes
    )
    credit = and_(
        then, Entry.account_id == Transfer.credit_account_id, Entry.minutes == Transfer.minutes
    )
    total = func.coalesce(func.sum(Entry.minutes), 0)
    entries = func.count(Entry.seq)
    posts = Transfer.kind.in_(POSTING_KINDS)
    sound = or_(
        and_(posts, entries == ENTRIES_OF_A_POSTING, _count(debit) == 1, _count(credit) == 1),
        and_(~posts, entries == 0),
    )
    rows = session.execute(
        select(Transfer.id, Transfer.kind, Transfer.minutes, entries, total)
        .outerjoin(
            Entry,
            and_(Entry.timebank_id == Transfer.timebank_id, Entry.transfer_id == Transfer.id),
        )
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


def entries_run_without_gap(session: Session, timebank_id: int) -> Sequence[Violation]:
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
    rows = session.execute(
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


def accounts_equal_their_entries(session: Session, timebank_id: int) -> Sequence[Violation]:
    """Find accounts whose stored sides or entry count differ from the entries themselves."""
    total = func.coalesce(func.sum(Entry.minutes), 0)
    credited = given_minutes()
    debited = credited - total
    last = func.coalesce(func.max(Entry.seq), 0)
    stored = (Account.credited_minutes, Account.debited_minutes, Account.last_seq)
    rows = session.execute(
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


def pending_equals_open_reservations(session: Session, timebank_id: int) -> Sequence[Violation]:
    """Find accounts whose pending minutes differ from the reservations that are still open."""
    coming = _open_reservations(timebank_id, Transfer.credit_account_id)
    going = _open_reservations(timebank_id, Transfer.debit_account_id)
    pending_in = func.coalesce(coming.c.minutes, 0)
    pending_out = func.coalesce(going.c.minutes, 0)
    rows = session.execute(
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


def resolutions_fit_their_transfers(session: Session, timebank_id: int) -> Sequence[Violation]:
    """Find a posting, void or reversal that differs from the transfer it names."""
    first = aliased(Transfer)
    same_way = and_(
        Transfer.debit_account_id == first.debit_account_id,
        Transfer.credit_account_id == first.credit_account_id,
        first.kind == TransferKind.RESERVE,
    )
    other_way = and_(
        Transfer.debit_account_id == first.credit_account_id,
        Transfer.credit_account_id == first.debit_account_id,
        first.kind.in_((TransferKind.POST, TransferKind.POST_PENDING)),
    )
    fits = and_(
        Transfer.minutes == first.minutes,
        Transfer.effective_on == first.effective_on,
        or_(
            and_(Transfer.kind != TransferKind.REVERSE, same_way),
            and_(Transfer.kind == TransferKind.REVERSE, other_way),
        ),
    )
    rows = session.execute(
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


def timebank_sums_to_zero(session: Session, timebank_id: int) -> Sequence[Violation]:
    """Find out whether all stored balances of the timebank together are zero."""
    total = session.execute(
        select(
            func.coalesce(func.sum(Account.credited_minutes - Account.debited_minutes), 0)
        ).where(Account.timebank_id == timebank_id)
    ).scalar_one()
    if total == 0:
        return []
    return [Violation("sum of a timebank", f"timebank {timebank_id}", f"{total} minutes, not 0")]


def guards_stand(session: Session, timebank_id: int) -> Sequence[Violation]:
    """Find triggers that should keep the journal append-only and are not there."""
    return [
        Violation("guards of the journal", name, "the trigger is missing or switched off")
        for name in sorted(missing_guards(session.connection()))
    ]


Check = Callable[[Session, int], Sequence[Violation]]

CHECKS: tuple[Check, ...] = (
    transfers_have_their_entries,
    entries_run_without_gap,
    accounts_equal_their_entries,
    pending_equals_open_reservations,
    resolutions_fit_their_transfers,
    timebank_sums_to_zero,
    guards_stand,
)


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


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
