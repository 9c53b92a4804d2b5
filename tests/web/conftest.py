# SPDX-License-Identifier: EUPL-1.2
"""Applications for tests of the screens: with tokens, on one database only, for real people."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator

import pytest
from flask import Flask

from tests.conftest import dispose, make_app
from tests.databases import PostgresqlTemplates, SqliteTemplates


@pytest.fixture
def strict_app(database_url: str, tmp_path: pathlib.Path) -> Iterator[Flask]:
    """An application that asks every form for its token."""
    app = make_app(database_url, tmp_path, csrf=True)
    yield app
    dispose(app)


@pytest.fixture
def sqlite_app(sqlite_templates: SqliteTemplates, tmp_path: pathlib.Path) -> Iterator[Flask]:
    """An application on SQLite only, for what does not depend on the database."""
    with sqlite_templates.copy("town", tmp_path) as url:
        app = make_app(url, tmp_path)
        yield app
        dispose(app)


@pytest.fixture
def postgresql_app(
    postgresql_templates: PostgresqlTemplates, tmp_path: pathlib.Path
) -> Iterator[Flask]:
    """An application on PostgreSQL only, for what SQLite cannot show."""
    with postgresql_templates.copy("town", tmp_path) as url:
        app = make_app(url, tmp_path)
        yield app
        dispose(app)


@pytest.fixture
def real_app(sqlite_templates: SqliteTemplates, tmp_path: pathlib.Path) -> Iterator[Flask]:
    """An application as it stands before real people: no demo, cookies over HTTPS only."""
    with sqlite_templates.copy("town", tmp_path) as url:
        app = make_app(url, tmp_path, demo_mode=False, secure_cookies=True)
        yield app
        dispose(app)
