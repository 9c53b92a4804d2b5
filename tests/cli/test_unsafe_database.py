# SPDX-License-Identifier: EUPL-1.2
"""A process that would serve from a database which can lose or bend the books does not start."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy.orm import Session

from tests.conftest import ROOT
from tests.ledger.tampering import drop_guard

ON_POSTGRESQL = pytest.mark.parametrize("templates", ["postgresql"], indirect=True)


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
