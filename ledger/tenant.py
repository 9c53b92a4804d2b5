# SPDX-License-Identifier: EUPL-1.2
"""Which timebank a transaction is about, told to PostgreSQL, whose policies show no other one.

What lives here: entering a timebank, and seeing whether every table of one is walled in.
What does not: the walls themselves; a migration builds them (docs/adr/0024). SQLite has none.

The setting is local to the transaction: a connection that goes back to its pool carries nothing
over. Until a timebank is entered no row of any timebank is there, and none can be written.
"""

from __future__ import annotations

from sqlalchemy import Connection, event, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, SessionTransaction

from ledger.base import Base
from ledger.dialects import Books

SETTING = "timebank.id"
POLICY = "own_timebank"
"""The name of the one policy of each table that has rows of timebanks."""
_RULE = "(timebank_id = (NULLIF(current_setting('timebank.id'::text, true), ''::text))::integer)"
"""What the policy asks, as PostgreSQL spells it back."""
_TELL = "SELECT set_config('timebank.id', %s, true)"
_ENTERED = "timebank entered"
_BEGUN = "connections begun"
_WALLED = text(
    "SELECT c.relname FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid"
    " WHERE c.relnamespace = current_schema()::regnamespace"
    " AND c.relrowsecurity AND c.relforcerowsecurity"
    " GROUP BY c.relname HAVING count(*) = 1 AND bool_and(p.polname = :policy AND p.polcmd = '*'"
    " AND p.polroles = '{0}' AND pg_get_expr(p.polqual, p.polrelid) = :rule"
    " AND pg_get_expr(coalesce(p.polwithcheck, p.polqual), p.polrelid) = :rule)"
)


def enter_timebank(books: Books, timebank_id: int | None) -> None:
    """Let this and each later transaction of a session be about one timebank, and no other.

    On a plain connection it holds until the transaction ends, and not at all where each statement
    is a transaction of its own. Not to be called between a savepoint and its end.

    Args:
        books: what was changed in a session before is written first, still in the other timebank.
        timebank_id: None leaves the timebank without entering another.
    """
    if isinstance(books, Connection):
        _tell(books, timebank_id)
        return
    if books.info.get(_ENTERED) == timebank_id:
        return
    begun = books.info.get(_BEGUN, ())
    if begun:
        books.flush()
    books.info[_ENTERED] = timebank_id
    for connection in begun:
        _tell(connection, timebank_id)


def tenant_tables() -> frozenset[str]:
    """Return the names of all tables whose rows belong to a timebank."""
    tables = Base.metadata.tables
    return frozenset(name for name, table in tables.items() if "timebank_id" in table.columns)


def open_tables(connection: Connection) -> frozenset[str]:
    """Return the tables of timebanks that show rows of other ones; on SQLite nothing is said."""
    if connection.dialect.name != "postgresql":
        return frozenset()
    walled = connection.scalars(_WALLED, {"policy": POLICY, "rule": _RULE})
    return tenant_tables() - set(walled)


def _tell(connection: Connection, timebank_id: int | None) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(_TELL, (_spelled(timebank_id),))


def _spelled(timebank_id: int | None) -> str:
    return "" if timebank_id is None else str(timebank_id)


@event.listens_for(Session, "after_begin")
def _tell_at_begin(
    session: Session, transaction: SessionTransaction, connection: Connection
) -> None:
    """Say it together with BEGIN, in one round trip."""
    if transaction.nested or connection.dialect.name != "postgresql":
        return
    session.info.setdefault(_BEGUN, []).append(connection)
    timebank_id = session.info.get(_ENTERED)
    if timebank_id is None:
        return
    driver = connection.connection.dbapi_connection
    assert driver is not None  # noqa: S101 - the transaction has just begun on it
    try:
        with driver.pipeline():
            driver.execute(_TELL, (_spelled(timebank_id),))
    except connection.dialect.loaded_dbapi.Error as error:
        # Nothing can be wrong with the words: the connection is lost.
        connection.invalidate(error)
        raise OperationalError(_TELL, None, error, connection_invalidated=True) from error


@event.listens_for(Session, "after_transaction_end")
def _forget_at_end(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(_BEGUN, None)
