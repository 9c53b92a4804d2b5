# SPDX-License-Identifier: EUPL-1.2
"""Accounts: open, move, limit, close. What an account holds is changed by transfers only."""

from __future__ import annotations

import datetime

from sqlalchemy import Row, case, insert, select, update

from ledger.dialects import ACCOUNT, Books, commits_by_itself
from ledger.errors import (
    AccountClosed,
    AccountNotEmpty,
    InvalidLimits,
    LedgerError,
    NoTransaction,
    UnknownAccount,
)
from ledger.ids import new_account_number
from ledger.models import AccountStatus
from ledger.orders import MAX_ACCOUNT, check_moment


def open_account(
    books: Books,
    *,
    timebank_id: int,
    neighbourhood_code: str,
    now: datetime.datetime,
    floor_minutes: int | None = None,
    ceiling_minutes: int | None = None,
) -> int:
    """Open an account at zero and return its random number.

    Args:
        floor_minutes: how low balance less pending out may go (inclusive); None: no floor.
        ceiling_minutes: how high balance plus pending in may go (inclusive); None: no ceiling.

    Raises:
        InvalidLimits: a limit is no whole number, or the floor is above the ceiling.
        InvalidMoment: ``now`` has no time zone.
    """
    check_moment(now)
    _check_limits(floor_minutes, ceiling_minutes)
    account_id = new_account_number()
    books.execute(
        insert(ACCOUNT).values(
            timebank_id=timebank_id,
            id=account_id,
            status=AccountStatus.OPEN,
            neighbourhood_code=neighbourhood_code,
            credited_minutes=0,
            debited_minutes=0,
            pending_in_minutes=0,
            pending_out_minutes=0,
            floor_minutes=floor_minutes,
            ceiling_minutes=ceiling_minutes,
            limited_at=now,
            last_seq=0,
            last_number=0,
            last_recorded_at=now,
            opened_at=now,
        )
    )
    return account_id


def move_account(
    books: Books, *, timebank_id: int, account_id: int, neighbourhood_code: str
) -> None:
    """Stamp the entries to come with another neighbourhood; the entries before keep theirs.

    Raises:
        UnknownAccount: the timebank has no such account.
        AccountClosed: nothing is to come on it.
    """
    _change(books, timebank_id, account_id, {"neighbourhood_code": neighbourhood_code})


def limit_account(
    books: Books,
    *,
    timebank_id: int,
    account_id: int,
    floor_minutes: int | None,
    ceiling_minutes: int | None,
    now: datetime.datetime,
) -> None:
    """Set both limits, None for none. What is beyond them already may only improve.

    Raises:
        InvalidMoment: ``now`` has no time zone.
        InvalidLimits: a limit is no whole number, or the floor is above the ceiling.
        UnknownAccount, AccountClosed: there is nothing to limit.
    """
    check_moment(now)
    _check_limits(floor_minutes, ceiling_minutes)
    limits = {"floor_minutes": floor_minutes, "ceiling_minutes": ceiling_minutes}
    latest = case((ACCOUNT.c.last_recorded_at > now, ACCOUNT.c.last_recorded_at), else_=now)
    _change(books, timebank_id, account_id, limits | {"limited_at": latest})


def close_account(
    books: Books, *, timebank_id: int, account_id: int, now: datetime.datetime
) -> None:
    """Close an account that stands at zero with nothing pending. It is never opened again.

    Raises:
        UnknownAccount: the timebank has no such account.
        AccountClosed: it was closed before.
        AccountNotEmpty: it holds minutes, or something is pending; move them first.
        InvalidMoment: ``now`` has no time zone.
        NoTransaction: the connection commits each statement by itself.
    """
    check_moment(now)
    if commits_by_itself(books):
        raise NoTransaction
    # The row is locked before it is judged, so that no transfer comes between.
    found = _locked(books, timebank_id, account_id)
    posted = found.credited_minutes - found.debited_minutes
    if posted or found.pending_in_minutes or found.pending_out_minutes:
        raise AccountNotEmpty(
            account_id, posted, found.pending_in_minutes, found.pending_out_minutes
        )
    _change(books, timebank_id, account_id, {"status": AccountStatus.CLOSED, "closed_at": now})


def _change(books: Books, timebank_id: int, account_id: int, values: dict[str, object]) -> None:
    changed = books.execute(
        update(ACCOUNT)
        .where(
            ACCOUNT.c.timebank_id == timebank_id,
            ACCOUNT.c.id == account_id,
            ACCOUNT.c.status == AccountStatus.OPEN,
        )
        .values(values)
        .returning(ACCOUNT.c.id)
    ).first()
    if changed is None:
        raise _why_not(books, timebank_id, account_id)


def _locked(books: Books, timebank_id: int, account_id: int) -> Row[tuple[object, ...]]:
    found = books.execute(
        select(ACCOUNT)
        .where(
            ACCOUNT.c.timebank_id == timebank_id,
            ACCOUNT.c.id == account_id,
            ACCOUNT.c.status == AccountStatus.OPEN,
        )
        .with_for_update(key_share=True)
    ).first()
    if found is None:
        raise _why_not(books, timebank_id, account_id)
    return found


def _why_not(books: Books, timebank_id: int, account_id: int) -> LedgerError:
    found = books.execute(
        select(ACCOUNT.c.id).where(ACCOUNT.c.timebank_id == timebank_id, ACCOUNT.c.id == account_id)
    ).first()
    return UnknownAccount(timebank_id, account_id) if found is None else AccountClosed(account_id)


def _check_limits(floor_minutes: int | None, ceiling_minutes: int | None) -> None:
    given = [limit for limit in (floor_minutes, ceiling_minutes) if limit is not None]
    whole = all(type(limit) is int and abs(limit) <= MAX_ACCOUNT for limit in given)
    if not whole or given != sorted(given):
        raise InvalidLimits(floor_minutes, ceiling_minutes)
