# SPDX-License-Identifier: EUPL-1.2
"""How somebody with the keys of the database would get round the guards."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from tests.ledger.conftest import TABLES

_ACCOUNT, _TRANSFER, _ENTRY, _SEAL = (sa.inspect(model).local_table for model in TABLES)


def table_of(trigger: str) -> str:
    """Return the table on which a trigger stands, which its name begins with."""
    return "_".join(trigger.split("_")[:2])


def drop_guard(session: Session, trigger: str) -> None:
    on = f" ON {table_of(trigger)}" if session.get_bind().dialect.name == "postgresql" else ""
    session.execute(sa.text(f"DROP TRIGGER {trigger}{on}"))
    session.commit()


def tamper(session: Session, change: sa.Executable) -> None:
    """Change the books past their guards, and leave no trace in the guards."""
    connection = session.connection()
    sqlite = connection.dialect.name == "sqlite"
    guards = [s for s in ledger.guard_statements(connection.dialect.name) if "TRIGGER" in s[:15]]
    names = [guard.split()[2] for guard in guards]
    for name in names:
        on = "" if sqlite else f" ON {table_of(name)}"
        connection.exec_driver_sql(f"DROP TRIGGER {name}{on}")
    if sqlite:
        connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
    connection.execute(change)
    if sqlite:
        connection.exec_driver_sql("PRAGMA ignore_check_constraints = OFF")
    for guard in guards:
        connection.exec_driver_sql(guard)
    session.commit()
    session.expire_all()


def force(session: Session, change: sa.Executable) -> None:
    """Change the books past their guards, their checks and their foreign keys."""
    session.commit()
    engine = session.get_bind()
    assert isinstance(engine, sa.Engine)
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            # A foreign key is switched off outside a transaction only.
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        with Session(connection) as inner:
            tamper(inner, change)
        connection.commit()
        connection.detach()
    session.expire_all()


def change_account(account_id: int, **values: object) -> sa.Executable:
    return sa.update(_ACCOUNT).where(_ACCOUNT.c.id == account_id).values(values)


def change_transfer(transfer_id: object, **values: object) -> sa.Executable:
    return sa.update(_TRANSFER).where(_TRANSFER.c.id == transfer_id).values(values)


def delete_transfer(transfer_id: object) -> sa.Executable:
    return sa.delete(_TRANSFER).where(_TRANSFER.c.id == transfer_id)


def change_entry(of_account: int, number: int, **values: object) -> sa.Executable:
    here = (_ENTRY.c.account_id == of_account) & (_ENTRY.c.seq == number)
    return sa.update(_ENTRY).where(here).values(values)


def delete_entry(account_id: int, seq: int) -> sa.Executable:
    return sa.delete(_ENTRY).where((_ENTRY.c.account_id == account_id) & (_ENTRY.c.seq == seq))


def add_entry(entry: ledger.Entry, **changes: object) -> sa.Executable:
    """Write one entry more, like this one but for the changes."""
    row = {column.name: getattr(entry, column.name) for column in _ENTRY.columns}
    return sa.insert(_ENTRY).values(row | changes)


def delete_seal(number: int) -> sa.Executable:
    return sa.delete(_SEAL).where(_SEAL.c.number == number)


def change_seal(block: int, **values: object) -> sa.Executable:
    return sa.update(_SEAL).where(_SEAL.c.number == block).values(values)
