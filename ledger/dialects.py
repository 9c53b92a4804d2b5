# SPDX-License-Identifier: EUPL-1.2
"""The one statement that the two databases spell alike but SQLAlchemy builds apart."""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session


def insert_or_conflict(session: Session, table: Any) -> postgresql.Insert | sqlite.Insert:  # noqa: ANN401 - a table or a mapped class, as SQLAlchemy takes it
    """Return an INSERT that can say what to do on a conflict, for this session's database.

    On PostgreSQL such an INSERT waits for a rival that has the same key in hand, so that the
    outcome is final; on SQLite there is one writer at a time.
    """
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)
