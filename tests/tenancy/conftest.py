# SPDX-License-Identifier: EUPL-1.2
"""Two timebanks that are the same in everything but their number, and the roles that look at them.

``owner_engine`` is everything's owner and sees all; ``clerk`` is the role of the application.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from tests import builders
from tests.access.asking import ask
from tests.databases import APP_ROLE, READER_ROLE, PostgresqlTemplates
from timebank.access.operations import issue_code
from timebank.audit.operations import write_down
from timebank.clock import day_of
from timebank.drafts.operations import save_draft
from timebank.factors.operations import begin_factor
from timebank.proofs.operations import record_proof

HERE, TWIN = 1, 77
"""The number of timebank leiden, and of its twin."""


@dataclasses.dataclass(frozen=True)
class Twins:
    """A database in which two timebanks hold the same rows."""

    url: str
    owner: sa.Engine

    def engine_of(self, role: str, **options: object) -> sa.Engine:
        url = sa.make_url(self.url).set(username=role)
        return sa.create_engine(url, **options)


@pytest.fixture(scope="module")
def twins(
    postgresql_templates: PostgresqlTemplates, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Twins]:
    with postgresql_templates.copy("town", tmp_path_factory.mktemp("twins")) as url:
        owner = sa.create_engine(url)
        with Session(owner) as session:
            assert builders.timebank_of(session).id == HERE
            _live_a_little(session)
            session.commit()
        with owner.begin() as connection:
            _bear_a_twin(connection)
        yield Twins(url, owner)
        owner.dispose()


@pytest.fixture
def clerk(twins: Twins) -> Iterator[sa.Engine]:
    """The database as the application sees it, over one pooled connection."""
    engine = twins.engine_of(APP_ROLE, pool_size=1, max_overflow=0)
    yield engine
    engine.dispose()


@pytest.fixture
def reader(twins: Twins) -> Iterator[sa.Engine]:
    engine = twins.engine_of(READER_ROLE)
    yield engine
    engine.dispose()


def _live_a_little(session: Session) -> None:
    """Leave at least a row in each table of timebank leiden."""
    jan, now = builders.actor_of(session, "Jan"), builders.NOW
    builders.logged(session, note="Het was gezellig.")
    builders.approved(session)
    save_draft(session, by=jan, form_key=uuid.uuid4(), answers={"side": "gave"}, now=now)
    member = builders.member_of(session, "Jan")
    ask(session)
    issue_code(
        session,
        timebank_id=HERE,
        member_id=member.id,
        by=builders.actor_of(session, "Nadia"),
        now=now,
    )
    begin_factor(session, timebank_id=HERE, member_id=member.id)
    builders.a_key(session, member)
    block = ledger.next_block(session, timebank_id=HERE, now=now)
    assert block is not None
    ledger.add_seal(session, block)
    record_proof(session, timebank_id=HERE, violations=0, day=day_of(now), now=now)
    write_down(session, "member:open", timebank_id=HERE, by=jan.member_id, now=now)


def _bear_a_twin(connection: sa.Connection) -> None:
    """Copy every row of leiden, past all triggers, as only a superuser can."""
    connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
    for name in sorted(ledger.tenant_tables()):
        table = ledger.Base.metadata.tables[name]
        others = [column for column in table.columns if column.name != "timebank_id"]
        rows = sa.select(sa.literal(TWIN), *others).where(table.c.timebank_id == HERE)
        names = ["timebank_id", *(column.name for column in others)]
        connection.execute(sa.insert(table).from_select(names, rows))
    timebank = ledger.Base.metadata.tables["timebank"]
    row = connection.execute(sa.select(timebank).where(timebank.c.id == HERE)).mappings().one()
    connection.execute(sa.insert(timebank).values(dict(row) | {"id": TWIN, "slug": "twin"}))
