# SPDX-License-Identifier: EUPL-1.2
"""The process that runs the table of jobs; for the one-command start, threads beside the web."""

from __future__ import annotations

import logging
from collections.abc import Callable

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.schedulers.base import BaseScheduler
from apscheduler.schedulers.blocking import BlockingScheduler
from flask import Flask

from timebank.extensions import db
from timebank.jobs.leader import Leadership
from timebank.jobs.schedule import JOBS, Job

_LOG = logging.getLogger(__name__)
GRACE_SECONDS = 3600


def run_forever(app: Flask) -> None:
    """Run the jobs in this process until it is stopped."""
    _filled(BlockingScheduler(timezone="UTC"), app).start()


def run_beside(app: Flask) -> BaseScheduler:
    """Run the jobs in threads of this process, and return the scheduler."""
    scheduler = _filled(BackgroundScheduler(timezone="UTC", daemon=True), app)
    scheduler.start()
    return scheduler


def guarded(app: Flask, leadership: Leadership, job: Job) -> Callable[[], None]:
    """Return the work of a job as a scheduler calls it: only for the leader, never raising."""

    def work() -> None:
        with app.app_context():
            try:
                if leadership.is_held():
                    _LOG.info("%s: %s", job.name, job.work())
            except Exception as error:
                db.session.rollback()
                # The type only: a message may quote an address.
                _LOG.error("%s failed: %s", job.name, type(error).__name__)

    return work


def _filled(scheduler: BaseScheduler, app: Flask) -> BaseScheduler:
    with app.app_context():
        leadership = Leadership(db.engine)
    for job in JOBS:
        scheduler.add_job(
            guarded(app, leadership, job),
            job.trigger,
            id=job.name,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=GRACE_SECONDS,
            **job.when,
        )
    return scheduler
