# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from apscheduler.schedulers.blocking import BlockingScheduler
from flask import Flask

from timebank.extensions import db
from timebank.jobs import runner
from timebank.jobs.leader import Leadership
from timebank.jobs.runner import guarded, run_beside, run_forever
from timebank.jobs.schedule import JOBS, Job


def a_job(work: Callable[[], str]) -> Job:
    return Job("do-something", "interval", {"seconds": 10}, work)


def refuse() -> str:
    raise RuntimeError("jan@example.org said: secret")


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, logger="timebank.jobs.runner")
    return caplog


def test_the_leader_works_and_logs_one_line(
    app: Flask, engine: sa.Engine, log: pytest.LogCaptureFixture
) -> None:
    with Leadership(engine) as leadership:
        guarded(app, leadership, a_job(lambda: "3 delivered"))()

    assert log.messages == ["do-something: 3 delivered"]


def test_who_does_not_lead_does_nothing(
    app: Flask, engine: sa.Engine, log: pytest.LogCaptureFixture
) -> None:
    with Leadership(engine) as first, Leadership(engine) as second:
        assert first.is_held()

        guarded(app, second, a_job(refuse))()

    assert log.messages == []


def test_a_job_that_fails_raises_nothing_and_logs_no_words_of_the_error(
    app: Flask, engine: sa.Engine, log: pytest.LogCaptureFixture
) -> None:
    with Leadership(engine) as leadership:
        guarded(app, leadership, a_job(refuse))()

    assert log.messages == ["do-something failed: RuntimeError"]
    assert "secret" not in log.text
    assert "jan@" not in log.text


def test_what_a_failed_job_wrote_is_taken_back(app: Flask, engine: sa.Engine) -> None:
    def half() -> str:
        db.session.execute(sa.text("UPDATE timebank SET name = 'half'"))
        return refuse()

    with Leadership(engine) as leadership:
        guarded(app, leadership, a_job(half))()

    with engine.connect() as connection:
        names = set(connection.execute(sa.text("SELECT name FROM timebank")).scalars())
    assert "half" not in names


@pytest.fixture
def leaderships(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Leadership]]:
    """Keep the leaderships that the runner makes, and let them go before the application goes."""
    assert app
    made: list[Leadership] = []

    def make(engine: sa.Engine) -> Leadership:
        made.append(Leadership(engine))
        return made[-1]

    monkeypatch.setattr(runner, "Leadership", make)
    yield made
    for leadership in made:
        leadership.__exit__(None, None, None)


@pytest.mark.usefixtures("leaderships")
def test_beside_the_web_every_job_of_the_table_is_scheduled_and_stops(app: Flask) -> None:
    scheduler = run_beside(app)
    running, names = scheduler.running, {job.id for job in scheduler.get_jobs()}
    scheduler.shutdown()

    assert running
    assert names == {job.name for job in JOBS}
    assert not scheduler.running


@pytest.mark.usefixtures("leaderships")
def test_beside_the_web_a_job_that_is_due_runs_in_a_thread_of_its_own(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran, threads = threading.Event(), []

    def work() -> str:
        threads.append(threading.current_thread())
        ran.set()
        return "done"

    monkeypatch.setattr(runner, "JOBS", [Job("now", "interval", {"seconds": 1}, work)])

    scheduler = run_beside(app)
    came = ran.wait(30)
    scheduler.shutdown()

    assert came
    assert threading.main_thread() not in threads


def test_as_its_own_process_the_jobs_run_until_stopped(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[set[str]] = []

    def start(scheduler: BlockingScheduler) -> None:
        started.append({job.id for job in scheduler.get_jobs()})

    monkeypatch.setattr(BlockingScheduler, "start", start)

    run_forever(app)

    assert started == [{job.name for job in JOBS}]
