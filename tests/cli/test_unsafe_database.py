# SPDX-License-Identifier: EUPL-1.2
"""A process that would serve from a database which can lose or bend the books does not start."""

from __future__ import annotations

import logging
import os
import pathlib
import subprocess
import sys

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy.orm import Session

import ledger
from ledger import safety
from tests.conftest import ROOT, dispose, make_app
from tests.databases import APP_ROLE
from tests.ledger.tampering import drop_guard
from timebank.extensions import refuse_unsafe_database

ON_POSTGRESQL = pytest.mark.parametrize("templates", ["postgresql"], indirect=True)
ON_SQLITE = pytest.mark.parametrize("templates", ["sqlite"], indirect=True)


@pytest.fixture
def insisting(app: Flask) -> Flask:
    """The application as it is outside tests: it looks at its database before it serves."""
    app.config["TIMEBANK_UNSAFE_DATABASE"] = False
    return app


@ON_POSTGRESQL
def test_the_scheduler_does_not_start_on_a_server_that_forgets(
    insisting: Flask, runner: FlaskCliRunner
) -> None:
    """The server of the tests runs with fsync off, as it happens."""
    result = runner.invoke(args=["scheduler", "run"])

    assert result.exit_code == 1
    assert "fsync=off" in result.output
    assert "synchronous_commit=off" in result.output


def test_the_scheduler_does_not_start_without_the_triggers(
    insisting: Flask, runner: FlaskCliRunner, session: Session
) -> None:
    drop_guard(session, "ledger_entry_no_update")

    result = runner.invoke(args=["scheduler", "run"])

    assert result.exit_code == 1
    assert "ledger_entry_no_update" in result.output


def _import_wsgi(database_url: str, unsafe: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "DATABASE_URL": database_url,
        "TIMEBANK_UNSAFE_DATABASE": unsafe,
        "TIMEBANK_SCHEDULER_IN_PROCESS": "off",
    }
    return subprocess.run(
        [sys.executable, "-c", "import wsgi"],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@ON_POSTGRESQL
def test_a_web_server_does_not_start_on_a_server_that_forgets(database_url: str) -> None:
    refused = _import_wsgi(database_url, "off")
    accepted = _import_wsgi(database_url, "on")

    assert refused.returncode != 0
    assert "UnsafeDatabase" in refused.stderr
    assert "fsync=off" in refused.stderr
    assert accepted.returncode == 0, accepted.stderr[-300:]


def test_a_web_server_does_not_start_before_the_migrations(empty_database_url: str) -> None:
    refused = _import_wsgi(empty_database_url, "off")

    assert refused.returncode != 0
    assert "run its migrations" in refused.stderr


@pytest.fixture
def durable(insisting: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """Leave out what the server of the tests has switched off for all its databases."""
    monkeypatch.setattr(safety, "_POSTGRESQL_SETTINGS", {})
    return insisting


def _looked_at(app: Flask, caplog: pytest.LogCaptureFixture) -> list[str]:
    with app.app_context(), caplog.at_level(logging.WARNING):
        refuse_unsafe_database()
    return [record.getMessage() for record in caplog.records]


@ON_POSTGRESQL
def test_a_role_that_is_too_strong_is_said_in_the_log_and_may_start(
    durable: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    """The role of the tests is a superuser, as that of many a small foundation."""
    (line,) = _looked_at(durable, caplog)

    assert line == (
        "the role of DATABASE_URL is a superuser: no wall of the database holds it;"
        " see `timebank database roles`"
    )


@ON_POSTGRESQL
def test_a_role_that_is_too_strong_may_not_start_where_roles_must_be_separate(
    durable: Flask,
) -> None:
    durable.config["TIMEBANK_SEPARATE_ROLES"] = True

    with durable.app_context(), pytest.raises(ledger.UnsafeDatabase, match="is a superuser"):
        refuse_unsafe_database()


@ON_POSTGRESQL
def test_the_role_of_the_application_starts_without_a_word(
    durable: Flask,
    tmp_path: pathlib.Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    url = sa.make_url(durable.config["SQLALCHEMY_DATABASE_URI"]).set(username=APP_ROLE)
    app = make_app(
        url.render_as_string(hide_password=False),
        tmp_path,
        unsafe_database=False,
        separate_roles=True,
    )

    assert _looked_at(app, caplog) == []
    dispose(app)


@ON_POSTGRESQL
def test_a_process_does_not_start_where_a_wall_between_timebanks_is_open(
    durable: Flask, session: Session
) -> None:
    session.execute(sa.text("ALTER TABLE person NO FORCE ROW LEVEL SECURITY"))
    session.commit()

    with (
        durable.app_context(),
        pytest.raises(ledger.UnsafeDatabase, match=r"walls the timebanks apart in person$"),
    ):
        refuse_unsafe_database()


@ON_SQLITE
def test_on_sqlite_nothing_is_said_of_roles(
    durable: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    assert _looked_at(durable, caplog) == []
