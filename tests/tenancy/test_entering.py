# SPDX-License-Identifier: EUPL-1.2
"""Entering a timebank: told with BEGIN, gone with the transaction, nothing left on a connection."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from tests.databases import APP_ROLE
from tests.tenancy.conftest import HERE, TWIN, Twins
from timebank.members.models import Person

BACKEND = sa.text("SELECT pg_backend_pid()")


@pytest.fixture
def session(clerk: sa.Engine) -> Iterator[Session]:
    with Session(clerk) as session:
        yield session


def _seen(session: Session) -> set[int]:
    """Return the timebanks of which this session sees people."""
    return set(session.scalars(sa.select(Person.timebank_id)))


def test_a_connection_that_comes_back_from_the_pool_carries_nothing_over(clerk: sa.Engine) -> None:
    with Session(clerk) as first:
        ledger.enter_timebank(first, HERE)
        assert _seen(first) == {HERE}
        backend = first.scalar(BACKEND)
        first.commit()
    with Session(clerk) as nobody:
        assert _seen(nobody) == set()
        assert nobody.scalar(BACKEND) == backend
    with Session(clerk) as second:
        ledger.enter_timebank(second, TWIN)
        assert _seen(second) == {TWIN}
        assert second.scalar(BACKEND) == backend


@pytest.mark.parametrize("end", ["commit", "rollback"])
def test_the_next_transaction_of_a_session_is_about_the_same_timebank(
    session: Session, end: str
) -> None:
    ledger.enter_timebank(session, HERE)
    assert _seen(session) == {HERE}

    getattr(session, end)()

    assert _seen(session) == {HERE}


def test_a_session_goes_on_in_its_timebank_after_an_error(session: Session) -> None:
    ledger.enter_timebank(session, HERE)
    with pytest.raises(sa.exc.DBAPIError):
        session.execute(sa.text("SELECT nonsense"))
    session.rollback()

    assert _seen(session) == {HERE}


def test_a_session_may_go_from_one_timebank_to_another_half_way(session: Session) -> None:
    ledger.enter_timebank(session, HERE)
    before = _seen(session)

    ledger.enter_timebank(session, TWIN)

    assert (before, _seen(session)) == ({HERE}, {TWIN})


def test_leaving_a_timebank_shows_nothing_more(session: Session) -> None:
    ledger.enter_timebank(session, HERE)
    before = _seen(session)

    ledger.enter_timebank(session, None)

    assert (before, _seen(session)) == ({HERE}, set())
    session.commit()
    assert _seen(session) == set()


def test_what_was_changed_is_written_before_another_timebank_is_entered(session: Session) -> None:
    ledger.enter_timebank(session, HERE)
    person = session.scalars(sa.select(Person).limit(1)).one()
    person.language = "en"

    ledger.enter_timebank(session, TWIN)
    ledger.enter_timebank(session, HERE)
    session.expire_all()

    assert person.language == "en"


def test_a_savepoint_that_is_taken_back_leaves_the_timebank_as_it_was(session: Session) -> None:
    ledger.enter_timebank(session, HERE)
    with pytest.raises(sa.exc.DBAPIError), session.begin_nested():
        session.execute(sa.text("SELECT nonsense"))

    assert _seen(session) == {HERE}


def test_a_savepoint_may_be_the_first_word_of_a_transaction(session: Session) -> None:
    ledger.enter_timebank(session, HERE)

    with session.begin_nested():
        assert _seen(session) == {HERE}
    assert _seen(session) == {HERE}


def test_a_plain_connection_is_in_a_timebank_until_its_transaction_ends(clerk: sa.Engine) -> None:
    count = sa.select(sa.func.count()).select_from(Person)
    with clerk.connect() as connection:
        ledger.enter_timebank(connection, HERE)
        within = connection.scalar(count)
        connection.rollback()

        assert within
        assert connection.scalar(count) == 0


def test_a_snapshot_sees_the_timebank_that_it_is_given_and_no_other(twins: Twins) -> None:
    engine = twins.engine_of(APP_ROLE)
    with ledger.snapshot(engine, timebank_id=HERE) as reading:
        assert _seen(reading) == {HERE}
        assert ledger.violations(reading, timebank_id=HERE) == []
    with ledger.snapshot(engine) as reading:
        assert _seen(reading) == set()
    engine.dispose()


def test_the_timebank_is_told_without_a_statement_of_its_own(clerk: sa.Engine) -> None:
    statements: list[str] = []
    sa.event.listen(
        clerk, "before_cursor_execute", lambda _c, _k, statement, *_: statements.append(statement)
    )
    with Session(clerk) as session:
        ledger.enter_timebank(session, HERE)
        session.execute(sa.text("SELECT 1"))

    assert statements == ["SELECT 1"]


def test_a_connection_that_died_is_reported_as_any_other_loss(twins: Twins) -> None:
    engine = twins.engine_of(APP_ROLE, pool_size=1)
    with Session(engine) as session:
        backend = session.scalar(BACKEND)
    with twins.owner.connect() as connection:
        connection.execute(sa.text("SELECT pg_terminate_backend(:pid)"), {"pid": backend})
    with Session(engine) as session:
        ledger.enter_timebank(session, HERE)
        with pytest.raises(sa.exc.OperationalError):
            _seen(session)
        session.rollback()
        assert _seen(session) == {HERE}
    engine.dispose()


def test_sqlite_is_told_nothing() -> None:
    engine = sa.create_engine("sqlite://")
    with Session(engine) as session:
        ledger.enter_timebank(session, HERE)
        assert session.scalar(sa.text("SELECT 1")) == 1
        ledger.enter_timebank(session, TWIN)
        assert ledger.open_tables(session.connection()) == frozenset()
        assert ledger.role_dangers(session.connection()) == []
    engine.dispose()
