# SPDX-License-Identifier: EUPL-1.2
"""Giving back the room that the keys of the books lose as they grow.

Every account grows at its own end, so that the pages of a key stay half empty: a page is split
where an account ends, and what stays behind is never written again. Building the keys anew halves
them.
"""

from __future__ import annotations

from sqlalchemy import Connection, Engine, text

from ledger.engine import AUTOCOMMIT

_JOURNALS = (
    "FROM pg_class t{joined} WHERE t.relnamespace = to_regnamespace(current_schema())"
    " AND t.relname IN ('ledger_transfer', 'ledger_entry')"
)
_KEYS = (
    "SELECT c.relname "
    + _JOURNALS.format(
        joined=" JOIN pg_index i ON i.indrelid = t.oid JOIN pg_class c ON c.oid = i.indexrelid"
    )
    + " ORDER BY c.relname"
)
_SIZE = "SELECT sum(pg_total_relation_size(t.oid)) " + _JOURNALS.format(joined="")


def pack(engine: Engine) -> tuple[int, int]:
    """Build the keys of the journals anew, and return their bytes on disk before and after.

    On PostgreSQL others go on reading and writing meanwhile; the owner of the tables must call it.
    On SQLite the whole file is written anew and writers wait for it.

    Raises:
        sqlalchemy.exc.DBAPIError: this role may not, or the disk is full; nothing has changed.
    """
    with engine.connect().execution_options(**AUTOCOMMIT) as connection:
        before = _size(connection)
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("VACUUM")
            # The file shrinks when what waits in the write-ahead log goes into it.
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            quote = connection.dialect.identifier_preparer.quote
            for name in connection.scalars(text(_KEYS)).all():
                connection.exec_driver_sql(f"REINDEX INDEX CONCURRENTLY {quote(name)}")
        return before, _size(connection)


def _size(connection: Connection) -> int:
    if connection.dialect.name == "sqlite":
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        return int(pages * connection.exec_driver_sql("PRAGMA page_size").scalar_one())
    return int(connection.scalar(text(_SIZE)) or 0)
