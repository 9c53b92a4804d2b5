# SPDX-License-Identifier: EUPL-1.2
"""An application that knows the provider of the tests. Both tell the time of this machine."""

from __future__ import annotations

import datetime
import pathlib
from collections.abc import Iterator

import pytest
from flask import Flask

from tests.conftest import Clock, dispose, make_app
from tests.databases import SqliteTemplates
from tests.oidc.there import There, lacking, running


@pytest.fixture(scope="session")
def a_provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[There]:
    why = lacking()
    if why is not None:
        pytest.skip(why)
    with running(tmp_path_factory.mktemp("provider")) as there:
        yield there


@pytest.fixture
def there(a_provider: There, clock: Clock) -> There:
    """The provider, telling the truth."""
    clock.moment = datetime.datetime.now(datetime.UTC)
    a_provider.lie()
    return a_provider


@pytest.fixture
def app(database_url: str, tmp_path: pathlib.Path, there: There) -> Iterator[Flask]:
    app = make_app(database_url, tmp_path, **there.settings())
    yield app
    dispose(app)


@pytest.fixture
def sqlite_app(
    sqlite_templates: SqliteTemplates, tmp_path: pathlib.Path, there: There
) -> Iterator[Flask]:
    """An application on SQLite only, for what does not depend on the database."""
    with sqlite_templates.copy("town", tmp_path) as url:
        app = make_app(url, tmp_path, **there.settings())
        yield app
        dispose(app)
