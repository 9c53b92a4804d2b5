# SPDX-License-Identifier: EUPL-1.2
"""The story, told once for all tests that only read it: on SQLite and on PostgreSQL."""

from __future__ import annotations

import datetime
import pathlib
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from tests.conftest import migrate
from tests.databases import BACKENDS
from timebank.demo.story import tell_story

STORY_NOW = datetime.datetime(2026, 11, 22, 11, 0, tzinfo=datetime.UTC)
"""A Sunday in the autumn: half a year of story, and two quarters of figures."""


@pytest.fixture(scope="session", params=BACKENDS)
def told_url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A database in which the story was told up to ``STORY_NOW``; only read it."""
    templates = request.getfixturevalue(f"{request.param}_templates")
    folder = tmp_path_factory.mktemp("story")
    with templates.copy("empty", folder) as url:
        migrate(url, folder)
        tell(url, STORY_NOW)
        yield url


@pytest.fixture
def told(told_url: str) -> Iterator[Session]:
    """A session on the story; whatever a test writes is taken back."""
    engine = ledger.prepare_engine(sa.create_engine(told_url))
    with Session(engine) as session:
        yield session
        session.rollback()
    engine.dispose()


@pytest.fixture
def empty_sqlite(tmp_path: pathlib.Path) -> str:
    """A migrated database on SQLite in which nobody lives yet."""
    url = f"sqlite:///{tmp_path / 'story.db'}"
    migrate(url, tmp_path)
    return url


def tell(url: str, now: datetime.datetime) -> int:
    """Tell the story and return how often progress was made."""
    steps: list[None] = []
    engine = ledger.prepare_engine(sa.create_engine(url))
    with Session(engine) as session:
        tell_story(session, now=now, progress=lambda: steps.append(None))
        session.commit()
    engine.dispose()
    return len(steps)
