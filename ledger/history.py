# SPDX-License-Identifier: EUPL-1.2
"""Balances at a past moment, without an index on time and without reading the history.

The entries of an account are numbered without a gap, and their moments never run back. The last
entry at or before a moment is therefore found by halving the numbers: some twenty looks by key for
a million entries (docs/adr/0016).
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection

from sqlalchemy import TextClause, bindparam, text

from ledger.base import UtcDateTime
from ledger.dialects import Books, connection_of
from ledger.errors import UnknownAccount
from ledger.orders import check_moment
from ledger.writing import as_text

# Narrow low and high until they meet at the last entry at or before the moment; 0 is none. It is
# text, because building it anew would take longer than the search.
_SEARCH = """
    WITH RECURSIVE search (account_id, low, high, minutes) AS (
        SELECT id, 0, last_seq, CAST(0 AS bigint) FROM ledger_account
            WHERE timebank_id = :timebank_id{chosen}
        UNION ALL
        SELECT s.account_id,
            CASE WHEN e.recorded_at <= :moment THEN e.seq ELSE s.low END,
            CASE WHEN e.recorded_at <= :moment THEN s.high ELSE e.seq - 1 END,
            CASE WHEN e.recorded_at <= :moment THEN e.balance_minutes ELSE s.minutes END
        FROM search s JOIN ledger_entry e ON e.timebank_id = :timebank_id
            AND e.account_id = s.account_id AND e.seq = (s.low + s.high + 1) / 2
        WHERE s.low < s.high
    )
    SELECT account_id, minutes FROM search WHERE low = high
"""


def _search(chosen: str) -> TextClause:
    return text(_SEARCH.format(chosen=chosen)).bindparams(bindparam("moment", type_=UtcDateTime()))


_OF_ALL = _search("")
_OF_SOME = _search(" AND id IN :account_ids").bindparams(bindparam("account_ids", expanding=True))
# One account is asked for on pages: this text goes to the driver as it is.
_OF_ONE = _SEARCH.format(chosen=" AND id = :account_id")
_OF_ONE_ON_POSTGRESQL = re.sub(r":(\w+)", r"%(\1)s", _OF_ONE)


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
    connection = connection_of(books)
    if connection.dialect.name == "sqlite":
        found = connection.exec_driver_sql(_OF_ONE, values | {"moment": as_text(moment)}).first()
    else:
        found = connection.exec_driver_sql(_OF_ONE_ON_POSTGRESQL, values).first()
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
