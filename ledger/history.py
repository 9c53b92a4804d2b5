# SPDX-License-Identifier: EUPL-1.2
"""Balances at a past moment, without an index on time and without reading the history.

The entries of an account are numbered without a gap, and their moments never run back. The last
entry at or before a moment is therefore found by halving the numbers: some twenty looks by key for
a million entries (docs/adr/0016).
"""

from __future__ import annotations

import datetime
from collections.abc import Collection

from sqlalchemy import TextClause, bindparam, text

from ledger.base import UtcDateTime
from ledger.dialects import Books
from ledger.errors import UnknownAccount
from ledger.orders import check_moment

# Narrow low and high until they meet at the last entry at or before the moment; 0 is none. It is
# text, because building it anew would take longer than the search.
_SEARCH = """
    WITH RECURSIVE search (account_id, low, high) AS (
        SELECT id, 0, last_seq FROM ledger_account WHERE timebank_id = :timebank_id{chosen}
        UNION ALL
        SELECT s.account_id,
            CASE WHEN e.recorded_at <= :moment THEN e.seq ELSE s.low END,
            CASE WHEN e.recorded_at <= :moment THEN s.high ELSE e.seq - 1 END
        FROM search s JOIN ledger_entry e ON e.timebank_id = :timebank_id
            AND e.account_id = s.account_id AND e.seq = (s.low + s.high + 1) / 2
        WHERE s.low < s.high
    )
    SELECT s.account_id, coalesce(e.balance_minutes, 0) FROM search s
    LEFT JOIN ledger_entry e ON e.timebank_id = :timebank_id
        AND e.account_id = s.account_id AND e.seq = s.low
    WHERE s.low = s.high
"""


def _search(chosen: str) -> TextClause:
    return text(_SEARCH.format(chosen=chosen)).bindparams(bindparam("moment", type_=UtcDateTime()))


_OF_ALL = _search("")
_OF_ONE = _search(" AND id = :account_id")
_OF_SOME = _search(" AND id IN :account_ids").bindparams(bindparam("account_ids", expanding=True))


def balance_at(
    books: Books, *, timebank_id: int, account_id: int, moment: datetime.datetime
) -> int:
    """Return the posted minutes of one account just after ``moment`` (inclusive).

    Raises:
        UnknownAccount: the timebank has no such account.
        InvalidMoment: the moment has no time zone.
    """
    check_moment(moment)
    values = {"timebank_id": timebank_id, "moment": moment, "account_id": account_id}
    found = books.execute(_OF_ONE, values).first()
    if found is None:
        raise UnknownAccount(timebank_id, account_id)
    minutes: int = found[1]
    return minutes


def balances_at(
    books: Books,
    *,
    timebank_id: int,
    moment: datetime.datetime,
    account_ids: Collection[int] | None = None,
) -> dict[int, int]:
    """Return the posted minutes of several accounts just after ``moment`` (inclusive).

    Args:
        account_ids: None means every account of the timebank; unknown ones are left out.

    Raises:
        InvalidMoment: the moment has no time zone.
    """
    check_moment(moment)
    values: dict[str, object] = {"timebank_id": timebank_id, "moment": moment}
    if account_ids is None:
        rows = books.execute(_OF_ALL, values)
    else:
        rows = books.execute(_OF_SOME, values | {"account_ids": list(account_ids)})
    return {row[0]: row[1] for row in rows}
