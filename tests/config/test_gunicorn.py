# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import importlib
import types

import pytest

import config.gunicorn


def with_environment(monkeypatch: pytest.MonkeyPatch, **variables: str) -> types.ModuleType:
    for name in ("TIMEBANK_HOST", "PORT", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return importlib.reload(config.gunicorn)


def test_by_itself_it_serves_this_machine_from_one_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gunicorn = with_environment(monkeypatch)

    assert (gunicorn.bind, gunicorn.workers) == ("127.0.0.1:8000", 1)


@pytest.mark.parametrize(
    ("database_url", "workers"), [("sqlite:////srv/bank.db", 1), ("postgres://db/bank", 2)]
)
def test_one_process_writes_a_file_and_two_share_a_server(
    monkeypatch: pytest.MonkeyPatch, database_url: str, workers: int
) -> None:
    gunicorn = with_environment(
        monkeypatch, DATABASE_URL=database_url, PORT="8001", TIMEBANK_HOST="10.0.0.5"
    )

    assert gunicorn.bind == "10.0.0.5:8001"
    assert gunicorn.workers == workers


def test_the_jobs_start_in_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    gunicorn, started = with_environment(monkeypatch), []
    application = types.SimpleNamespace(extensions={"start_jobs": lambda: started.append(True)})

    gunicorn.post_worker_init(types.SimpleNamespace(wsgi=application))

    assert started == [True]
