# SPDX-License-Identifier: EUPL-1.2
"""Reading the books: balances, statements, sums per neighbourhood. Nothing here writes.

A balance is one row read. A statement goes by the number of an entry, never by an offset. A period
reads the entries of that period by index. Nothing here costs more because the books are older.
"""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import aliased

from ledger.dialects import Books
from ledger.errors import UnknownAccount
from ledger.models import Account, Entry, Transfer, TransferKind

_SIDES = (
    func.coalesce(func.sum(Account.credited_minutes), 0),
    func.coalesce(func.sum(Account.debited_minutes), 0),
    func.count(),
)


@dataclasses.dataclass(frozen=True)
class Balance:
    """Minutes on one account: ``posted`` counts, ``pending`` waits for a decision.

    Attributes:
        credited_minutes: posted credits (help given), less what was reversed.
        debited_minutes: posted debits (help received), less what was reversed.
        pending_in_minutes: reserved to be credited (help given, not yet approved).
        pending_out_minutes: reserved to be debited (help received, not yet approved).
        last_seq: the number of the last entry; zero when nothing was posted yet.
    """

    credited_minutes: int
    debited_minutes: int
    pending_in_minutes: int
    pending_out_minutes: int
    last_seq: int

    @property
    def posted_minutes(self) -> int:
        """Credits minus debits; negative when more help was received than given."""
        return self.credited_minutes - self.debited_minutes


@dataclasses.dataclass(frozen=True)
class StatementLine:
    """One entry with its running balance; ``reversed_by`` names the transfer that undid it."""

    seq: int
    transfer_id: uuid.UUID
    kind: TransferKind
    refers_to: uuid.UUID | None
    reversed_by: uuid.UUID | None
    minutes: int
    balance_minutes: int
    effective_on: datetime.date
    recorded_at: datetime.datetime


@dataclasses.dataclass(frozen=True)
class AccountFlow:
    """What one account gave and received in a period, under one neighbourhood's stamp.

    Attributes:
        given_minutes: credits of the period.
        received_minutes: debits of the period, as a positive number.

    A reversal counts on the side of the transfer that it undoes: the helper's debit lowers
    ``given``, the helped one's credit lowers ``received``. A reversal of an earlier period's
    transfer can therefore make a side negative.
    """

    neighbourhood_code: str
    account_id: int
    given_minutes: int
    received_minutes: int


@dataclasses.dataclass(frozen=True)
class TrialBalance:
    """Both sides of several accounts together; over a whole timebank they are equal."""

    credit_minutes: int
    debit_minutes: int
    accounts: int

    @property
    def balance_minutes(self) -> int:
        """Credits minus debits: what these accounts together gave more than they received."""
        return self.credit_minutes - self.debit_minutes


def balance_of(books: Books, *, timebank_id: int, account_id: int) -> Balance:
    """Read the balance of one account.

    Raises:
        UnknownAccount: the timebank has no such account.
    """
    found = balances_of(books, timebank_id=timebank_id, account_ids=[account_id])
    if account_id not in found:
        raise UnknownAccount(timebank_id, account_id)
    return found[account_id]


def balances_of(
    books: Books, *, timebank_id: int, account_ids: Collection[int]
) -> dict[int, Balance]:
    """Read the balances of several accounts in one statement; unknown ones are left out."""
    rows = books.execute(
        select(
            Account.id,
            Account.credited_minutes,
            Account.debited_minutes,
            Account.pending_in_minutes,
            Account.pending_out_minutes,
            Account.last_seq,
        ).where(Account.timebank_id == timebank_id, Account.id.in_(account_ids))
    )
    return {row.id: Balance(*row[1:]) for row in rows}


def account_statement(
    books: Books,
    *,
    timebank_id: int,
    account_id: int,
    before_seq: int | None = None,
    limit: int = 50,
) -> Sequence[StatementLine]:
    """Read a page of entries, newest first.

    Args:
        before_seq: entries with a lower number only (exclusive); None starts at the newest.
        limit: at most this many lines.
    """
    reversal = aliased(Transfer)
    query = (
        select(
            Entry.seq,
            Entry.transfer_id,
            Transfer.kind,
            Transfer.refers_to,
            reversal.id,
            Entry.minutes,
            Entry.balance_minutes,
            Transfer.effective_on,
            Entry.recorded_at,
        )
        .join(
            Transfer,
            (Transfer.timebank_id == Entry.timebank_id) & (Transfer.id == Entry.transfer_id),
        )
        .outerjoin(
            reversal,
            (reversal.timebank_id == Entry.timebank_id)
            & (reversal.refers_to == Entry.transfer_id)
            & (reversal.kind == TransferKind.REVERSE),
        )
        .where(Entry.timebank_id == timebank_id, Entry.account_id == account_id)
        .order_by(Entry.seq.desc())
        .limit(limit)
    )
    if before_seq is not None:
        query = query.where(Entry.seq < before_seq)
    return [StatementLine(*row) for row in books.execute(query)]


def given_minutes() -> ColumnElement[int]:
    """Return the sum of the credits, less the debits by which a reversal takes them back.

    For a statement over entries joined to their transfers.
    """
    return func.coalesce(
        func.sum(
            case(
                ((Entry.minutes > 0) & (Transfer.kind != TransferKind.REVERSE), Entry.minutes),
                ((Entry.minutes < 0) & (Transfer.kind == TransferKind.REVERSE), Entry.minutes),
                else_=0,
            )
        ),
        0,
    )


def account_flows(
    books: Books,
    *,
    timebank_id: int,
    neighbourhood_codes: Collection[str],
    since: datetime.datetime,
    until: datetime.datetime,
) -> Sequence[AccountFlow]:
    """Sum the entries of a period per account, ordered by neighbourhood and account.

    Args:
        neighbourhood_codes: the stamps to count; others are left out.
        since: the first moment that counts (inclusive), by when the entry was recorded.
        until: the end of the period (exclusive).
    """
    given = given_minutes()
    rows = books.execute(
        select(Entry.neighbourhood_code, Entry.account_id, given, given - func.sum(Entry.minutes))
        .join(
            Transfer,
            (Transfer.timebank_id == Entry.timebank_id) & (Transfer.id == Entry.transfer_id),
        )
        .where(
            Entry.timebank_id == timebank_id,
            Entry.neighbourhood_code.in_(neighbourhood_codes),
            Entry.recorded_at >= since,
            Entry.recorded_at < until,
        )
        .group_by(Entry.neighbourhood_code, Entry.account_id)
        .order_by(Entry.neighbourhood_code, Entry.account_id)
    )
    return [AccountFlow(code, account, int(g), int(r)) for code, account, g, r in rows]


def pending_by_neighbourhood(
    books: Books, *, timebank_id: int, neighbourhood_codes: Collection[str]
) -> dict[str, tuple[int, int]]:
    """Sum what is pending per neighbourhood: minutes to be credited, minutes to be debited."""
    rows = books.execute(
        select(
            Account.neighbourhood_code,
            func.sum(Account.pending_in_minutes),
            func.sum(Account.pending_out_minutes),
        )
        .where(
            Account.timebank_id == timebank_id, Account.neighbourhood_code.in_(neighbourhood_codes)
        )
        .group_by(Account.neighbourhood_code)
    )
    return {code: (int(coming), int(going)) for code, coming, going in rows}


def trial_balance(books: Books, *, timebank_id: int) -> TrialBalance:
    """Add up both sides of all accounts. Reads every account: for proofs, not for pages."""
    row = books.execute(select(*_SIDES).where(Account.timebank_id == timebank_id)).one()
    return TrialBalance(int(row[0]), int(row[1]), row[2])


def trial_balance_by_neighbourhood(books: Books, *, timebank_id: int) -> dict[str, TrialBalance]:
    """Add up both sides of the accounts that belong to each neighbourhood now.

    Reads every account, however long their histories are. The balances sum to zero.
    """
    rows = books.execute(
        select(Account.neighbourhood_code, *_SIDES)
        .where(Account.timebank_id == timebank_id)
        .group_by(Account.neighbourhood_code)
        .order_by(Account.neighbourhood_code)
    )
    return {
        code: TrialBalance(int(credit), int(debit), accounts)
        for code, credit, debit, accounts in rows
    }


def count_transfers(books: Books, *, timebank_id: int) -> int:
    """Return how many transfers a timebank has, of all kinds, without counting them one by one."""
    written = select(func.coalesce(func.sum(Account.last_number), 0))
    return int(books.execute(written.where(Account.timebank_id == timebank_id)).scalar_one())
