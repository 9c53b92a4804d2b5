# SPDX-License-Identifier: EUPL-1.2
"""A plain connection that enters a timebank: told to PostgreSQL, and to SQLite not a word."""

from __future__ import annotations

import sqlalchemy as sa

import ledger
from tests.ledger.conftest import BANK


def test_a_plain_connection_tells_its_timebank_only_where_walls_stand(engine: sa.Engine) -> None:
    said: list[str] = []
    with engine.connect() as connection:
        sa.event.listen(connection, "before_cursor_execute", lambda *call: said.append(call[2]))
        ledger.enter_timebank(connection, BANK)

        told = list(said)
        if engine.dialect.name == "postgresql":
            entered = connection.scalar(sa.text("SELECT current_setting('timebank.id')"))
            assert (len(told), entered) == (1, str(BANK))
        else:
            assert told == []
