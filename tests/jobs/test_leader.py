# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from timebank.jobs.leader import Leadership


def test_who_asks_first_leads_and_keeps_leading(engine: sa.Engine) -> None:
    with Leadership(engine) as leadership:
        assert leadership.is_held()
        assert leadership.is_held()


def test_a_second_one_is_refused_while_the_first_leads(engine: sa.Engine) -> None:
    with Leadership(engine) as first, Leadership(engine) as second:
        assert first.is_held()

        assert not second.is_held()
        assert not second.is_held()
        assert first.is_held()


def test_the_second_one_takes_over_once_the_first_let_go(engine: sa.Engine) -> None:
    with Leadership(engine) as second:
        with Leadership(engine) as first:
            assert first.is_held()
            assert not second.is_held()

        engine.dispose()

        assert second.is_held()


def test_who_never_asked_holds_nothing(engine: sa.Engine) -> None:
    with Leadership(engine), Leadership(engine) as other:
        assert other.is_held()


def test_letting_go_of_what_was_never_held_is_fine(engine: sa.Engine) -> None:
    with Leadership(engine) as first, Leadership(engine) as second:
        assert first.is_held()
        assert not second.is_held()

    with Leadership(engine) as third:
        engine.dispose()
        assert third.is_held()


@pytest.mark.parametrize("templates", ["postgresql"], indirect=True)
def test_a_leader_whose_connection_died_leads_again_the_next_time(
    engine: sa.Engine,
) -> None:
    with Leadership(engine) as leadership:
        assert leadership.is_held()
        with engine.connect() as other:
            other.execute(
                sa.text(
                    "SELECT pg_terminate_backend(pid) FROM pg_locks"
                    " WHERE locktype = 'advisory' AND database ="
                    " (SELECT oid FROM pg_database WHERE datname = current_database())"
                )
            )
        with pytest.raises(SQLAlchemyError):
            leadership.is_held()

        assert leadership.is_held()
