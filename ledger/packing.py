# SPDX-License-Identifier: EUPL-1.2
"""Giving back the room that the keys of the books lose as they grow.

Every account grows at its own end, so that the pages of a key stay half empty: a page is split
where an account ends, and what stays behind is never written again. Building the keys anew halves
them.
"""

from __future__ import annotations

from sqlalchemy import Connection, Engine, text

from ledger.engine import AUTOCOMMIT

_PACK = ("REINDEX TABLE CONCURRENTLY ledger_transfer", "REINDEX TABLE CONCURRENTLY ledger_entry")
_SIZE = """
    SELECT sum(pg_total_relation_size(oid)) FROM pg_class
    WHERE relnamespace = to_regnamespace(current_schema())
    AND relname IN ('ledger_transfer', 'ledger_entry')
"""


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
            for statement in _PACK:
                connection.exec_driver_sql(statement)
        return before, _size(connection)


def _size(connection: Connection) -> int:
    if connection.dialect.name == "sqlite":
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        return int(pages * connection.exec_driver_sql("PRAGMA page_size").scalar_one())
    return int(connection.scalar(text(_SIZE)) or 0)
