# SPDX-License-Identifier: EUPL-1.2
"""The one statement that writes one transfer, in the words of each database.

It is text, given to the driver as it is: building it anew for each transfer, as is right everywhere
else, takes longer than the database needs to book it (docs/benchmarks.md). The values are bound as
parameters, in the form in which the columns store them.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from ledger.dialects import TRANSFER, Books, connection_of

_COLUMNS = [column.name for column in TRANSFER.c if column.name != "number"]
_NAMES = ", ".join([*_COLUMNS, "number"])
_END = " ON CONFLICT DO NOTHING RETURNING recorded_at"
_HERE = "FROM ledger_account WHERE timebank_id = :timebank_id AND id"
_SQLITE_VALUES = {
    # There is one writer at a time, so that number and moment can be read while writing.
    "number": f"coalesce((SELECT last_number + 1 {_HERE} = :debit_account_id), 1)",
    "recorded_at": (
        "coalesce((SELECT CASE WHEN max(last_recorded_at) > :horizon THEN :recorded_at"
        " ELSE max(max(last_recorded_at), :recorded_at) END"
        f" {_HERE} IN (:debit_account_id, :credit_account_id)), :recorded_at)"
    ),
}
_ON_SQLITE = (
    f"INSERT INTO ledger_transfer ({_NAMES}) VALUES ("
    + ", ".join(_SQLITE_VALUES.get(name, f":{name}") for name in [*_COLUMNS, "number"])
    + f"){_END}"
)
_ON_POSTGRESQL = (
    # A trigger gives the number and the moment, after it has locked the accounts.
    f"INSERT INTO ledger_transfer ({_NAMES}) VALUES ("
    + ", ".join(f"%({name})s" for name in _COLUMNS)
    + f", 0){_END}"
)


def write_transfer(
    books: Books, row: Mapping[str, Any], tolerance: datetime.timedelta
) -> datetime.datetime | None:
    """Write one transfer and return its moment; None when its key or resolution stands already.

    Args:
        row: a value for each column but ``number``, which the database gives.
        tolerance: how far behind the account's last moment the clock may be.

    Raises:
        sqlalchemy.exc.DBAPIError: the database refused, or failed.
    """
    connection = connection_of(books)
    values = {name: row[name] for name in _COLUMNS}
    values["kind"] = row["kind"].value
    if connection.dialect.name == "sqlite":
        values["horizon"] = row["recorded_at"] + tolerance
        _spell_for_sqlite(values)
        found = connection.exec_driver_sql(_ON_SQLITE, values).scalar()
        return None if found is None else datetime.datetime.fromisoformat(f"{found}+00:00")
    found = connection.exec_driver_sql(_ON_POSTGRESQL, values).scalar()
    return None if found is None else found.astimezone(datetime.UTC)


def _spell_for_sqlite(values: dict[str, Any]) -> None:
    """Turn ids, days and moments into the text that SQLite's columns hold."""
    for name in ("id", "refers_to", "recorded_by"):
        if values[name] is not None:
            values[name] = values[name].hex
    for name in ("recorded_at", "horizon", "expires_at"):
        if values[name] is not None:
            values[name] = as_text(values[name])
    values["effective_on"] = values["effective_on"].isoformat()


def as_text(moment: datetime.datetime) -> str:
    """Return a moment as SQLite's columns hold it: in UTC, without saying so."""
    return moment.astimezone(datetime.UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
