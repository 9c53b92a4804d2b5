# SPDX-License-Identifier: EUPL-1.2
"""What every test can ask for: a fresh database on both engines, the app, a session, a clock.

``database_url`` runs a test twice, on SQLite and on PostgreSQL; whatever asks for ``app``,
``client`` or ``session`` does too.
"""

from __future__ import annotations

import dataclasses
import datetime
import os
import pathlib
import types
from collections.abc import Callable, Iterator

import flask_migrate
import pytest
import sqlalchemy as sa
from flask import Flask, has_request_context
from flask.testing import FlaskClient, FlaskCliRunner
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy.orm import Session

import ledger
from config import settings_for
from tests import builders
from tests.compiling import compile_statements_once
from tests.databases import (
    APP_ROLE,
    BACKENDS,
    READER_ROLE,
    PostgresqlTemplates,
    SqliteTemplates,
    in_memory,
    postgresql_server,
)
from tests.routing import compile_addresses_once
from timebank import clock as real_clock
from timebank.app import create_app
from timebank.extensions import db

ROOT = pathlib.Path(__file__).parent.parent
Templates = SqliteTemplates | PostgresqlTemplates


def pytest_configure() -> None:
    """Keep the files of the tests in memory where that is possible: thousands of databases.

    Who names a folder (``--basetemp``, ``PYTEST_DEBUG_TEMPROOT``) is obeyed.
    """
    folder = in_memory()
    if folder is not None:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", folder)


class CompiledPages(BytecodeCache):
    """Keeps compiled templates for the run: each test has an application of its own."""

    def __init__(self) -> None:
        self.pages: dict[tuple[str, str], types.CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.pages.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        assert bucket.code is not None
        self.pages[bucket.key, bucket.checksum] = bucket.code


COMPILED_PAGES = CompiledPages()
compile_addresses_once()
compile_statements_once()


@pytest.fixture(scope="session")
def sqlite_templates(tmp_path_factory: pytest.TempPathFactory) -> SqliteTemplates:
    templates = SqliteTemplates(tmp_path_factory.mktemp("sqlite-templates"))
    _prepare(templates)
    return templates


@pytest.fixture(scope="session")
def postgresql_templates() -> Iterator[PostgresqlTemplates]:
    with postgresql_server() as url:
        templates = PostgresqlTemplates(url)
        _prepare(templates)
        yield templates
        templates.close()


@pytest.fixture(params=BACKENDS)
def templates(request: pytest.FixtureRequest) -> Templates:
    chosen: Templates = request.getfixturevalue(f"{request.param}_templates")
    return chosen


@pytest.fixture
def database_url(templates: Templates, tmp_path: pathlib.Path) -> Iterator[str]:
    """A fresh database in which the town of ``tests.builders`` stands."""
    with templates.copy("town", tmp_path) as url:
        yield url


@pytest.fixture
def empty_database_url(templates: Templates, tmp_path: pathlib.Path) -> Iterator[str]:
    """A fresh database without any table."""
    with templates.copy("empty", tmp_path) as url:
        yield url


@pytest.fixture
def app(database_url: str, tmp_path: pathlib.Path) -> Iterator[Flask]:
    app = make_app(database_url, tmp_path)
    yield app
    dispose(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without CSRF tokens; the tests of forms and tokens use ``strict_app``."""
    return app.test_client()


@pytest.fixture
def runner(app: Flask) -> FlaskCliRunner:
    return app.test_cli_runner()


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    engine = ledger.prepare_engine(sa.create_engine(database_url))
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: sa.Engine) -> Iterator[Session]:
    with Session(engine) as session:
        yield session


@pytest.fixture
def on_postgresql(
    postgresql_templates: PostgresqlTemplates, tmp_path: pathlib.Path
) -> Iterator[sa.Engine]:
    """The town where two may write at once; on SQLite the second begins after the first."""
    with postgresql_templates.copy("town", tmp_path) as url:
        engine = ledger.prepare_engine(sa.create_engine(url))
        yield engine
        engine.dispose()


@dataclasses.dataclass
class Clock:
    """The clock of the test; doors read it as if it were the real one."""

    moment: datetime.datetime = builders.NOW

    def now(self) -> datetime.datetime:
        return self.moment

    def advance(self, **duration: float) -> None:
        self.moment += datetime.timedelta(**duration)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    fixed = Clock()
    monkeypatch.setattr(real_clock, "now", fixed.now)
    return fixed


@pytest.fixture
def sign_in_as(app: Flask) -> Callable[[str], FlaskClient]:
    """Return a browser in which the person with this given name is signed in."""

    def sign_in(given_name: str) -> FlaskClient:
        with app.app_context():
            member = builders.member_of(db.session, given_name)  # type: ignore[arg-type]
            timebank_id = member.timebank_id
            key = builders.a_key(db.session, member, now=real_clock.now())  # type: ignore[arg-type]
        browser = app.test_client()
        with browser.session_transaction() as cookie:
            cookie["timebank_id"], cookie["key"] = timebank_id, key
            cookie["seen"] = int(real_clock.now().timestamp())
        return browser

    return sign_in


def make_app(database_url: str, folder: pathlib.Path, **changes: object) -> Flask:
    """Make an application on this database, without CSRF tokens unless said otherwise."""
    csrf = bool(changes.pop("csrf", False))
    settings = dataclasses.replace(
        settings_for("testing"),
        database_url=database_url,
        mail_folder=str(folder / "mail"),
        erasure_list=str(folder / "erased.txt"),
        **changes,  # type: ignore[arg-type]
    )
    app = create_app(settings)
    app.testing = True
    app.jinja_env.bytecode_cache = COMPILED_PAGES
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.config["WTF_CSRF_ENABLED"] = csrf
    with app.app_context():
        if db.engine.dialect.name == "postgresql":
            sa.event.listen(db.engine, "begin", answer_as_the_app_role)
    return app


def answer_as_the_app_role(connection: sa.Connection) -> None:
    """Answer requests with the rights of the application; what a test does around them has all."""
    driver = connection.connection.dbapi_connection
    if has_request_context() and driver is not None:
        driver.execute(f"SET LOCAL ROLE {APP_ROLE}")  # type: ignore[attr-defined]


def dispose(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def migrate(database_url: str, folder: pathlib.Path, revision: str = "head") -> None:
    """Bring a database to a revision by the real migrations."""
    app = make_app(database_url, folder)
    with app.app_context():
        flask_migrate.upgrade(directory=str(ROOT / "migrations"), revision=revision)
    dispose(app)


def make_roles(database_url: str, folder: pathlib.Path) -> None:
    """Set up the roles of this run by the real command, where there are roles."""
    if database_url.startswith("sqlite"):
        return
    app = make_app(database_url, folder)
    args = ["database", "roles", "--app", APP_ROLE, "--reader", READER_ROLE]
    result = app.test_cli_runner().invoke(args=args)
    assert result.exit_code == 0, result.output
    dispose(app)


def _prepare(templates: Templates) -> None:
    """Make the two templates: one empty, one with the town founded through the operations."""
    templates.prepare("empty", _touch)
    templates.prepare("town", _found_town)


def _touch(url: str) -> None:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("SELECT 1"))
    engine.dispose()
    if engine.dialect.name == "sqlite":
        pathlib.Path(str(engine.url.database)).touch()


def _found_town(url: str) -> None:
    folder = ROOT / "build"
    migrate(url, folder)
    make_roles(url, folder)
    engine = ledger.prepare_engine(sa.create_engine(url))
    with Session(engine) as session:
        builders.found_town(session)
        session.commit()
    if engine.dialect.name == "sqlite":
        # The copies take one file only: what the write-ahead log holds goes into it first.
        with engine.connect() as connection:
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.exec_driver_sql("BEGIN")
    engine.dispose()
