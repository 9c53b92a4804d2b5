# SPDX-License-Identifier: EUPL-1.2
"""What a role of PostgreSQL may do with the books: write transfers and seals, and read.

The triggers run with the rights of the owner of the tables, so that the application needs no right
to write an entry, to move minutes on an account, or to change or delete anything that was written.
"""

from __future__ import annotations

from ledger.guards import APPEND_ONLY, GUARDED

_CHANGEABLE = (
    "status",
    "neighbourhood_code",
    "floor_minutes",
    "ceiling_minutes",
    "limited_at",
    "closed_at",
)


def grant_statements(role: str) -> list[str]:
    """Return the statements that give a role what the application needs of the books.

    Args:
        role: the name of an existing role, a plain identifier.

    Raises:
        ValueError: the name is no plain identifier.
    """
    if not role.isidentifier():
        raise ValueError(role)
    return [
        *(f"REVOKE ALL ON {table} FROM {role}" for table in GUARDED),
        *(f"GRANT SELECT ON {table} TO {role}" for table in GUARDED),
        *(f"GRANT INSERT ON {table} TO {role}" for table in APPEND_ONLY if table != "ledger_entry"),
        f"GRANT INSERT, UPDATE ({', '.join(_CHANGEABLE)}) ON ledger_account TO {role}",
    ]
