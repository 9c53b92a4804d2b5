# SPDX-License-Identifier: EUPL-1.2
"""Writing by the register: delete what is past its term, delete what concerns one member."""

from __future__ import annotations

import datetime
import uuid

from sqlalchemy import ColumnElement, Table, and_, delete, exists, or_
from sqlalchemy.orm import Session

from ledger import Base, UtcDateTime
from timebank.personal.policy import LATEST_EVENT, REGISTER, Kept, OnErasure


def forget_due(session: Session, *, timebank_id: int, now: datetime.datetime) -> dict[str, int]:
    """Delete every row of a timebank past its term in the register.

    Returns:
        How many rows went, by table; tables that lost none are left out.
    """
    gone: dict[str, int] = {}
    for kept in REGISTER:
        if kept.days is None:
            continue
        before = now - datetime.timedelta(days=kept.days)
        table = _table(kept)
        here = table.c.timebank_id == timebank_id
        count = _delete(session, table, and_(here, _past_term(kept, before)))
        if count:
            gone[kept.table] = count
    return gone


def delete_rows_about(session: Session, *, timebank_id: int, member_id: uuid.UUID) -> None:
    """Delete every row that concerns this member in a table whose rows go on erasure."""
    for kept in REGISTER:
        if kept.on_erasure is OnErasure.DELETED:
            table = _table(kept)
            concerns = or_(*(table.c[column] == member_id for column in kept.whose))
            _delete(session, table, and_(table.c.timebank_id == timebank_id, concerns))


def _table(kept: Kept) -> Table:
    return Base.metadata.tables[kept.table]


def _past_term(kept: Kept, before: datetime.datetime) -> ColumnElement[bool]:
    table, since = _table(kept), kept.since
    assert since is not None  # noqa: S101 - a test holds the register to it
    if since == LATEST_EVENT:
        event = Base.metadata.tables["exchange_event"]
        return ~exists().where(
            event.c.timebank_id == table.c.timebank_id,
            event.c.exchange_id == table.c.exchange_id,
            event.c.happened_at >= before,
        )
    column = table.c[since]
    limit = before if isinstance(column.type, UtcDateTime) else before.date()
    if kept.only_without is not None:
        return and_(column < limit, table.c[kept.only_without].is_(None))
    return column < limit


def _delete(session: Session, table: Table, condition: ColumnElement[bool]) -> int:
    gone = session.execute(
        delete(table).where(condition).returning(*table.primary_key.columns),
        execution_options={"synchronize_session": False},
    )
    return len(gone.all())
