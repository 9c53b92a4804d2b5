# SPDX-License-Identifier: EUPL-1.2
"""The table of jobs: what, when, and the few lines that do it. Every job may run twice unharmed.

Times are in UTC, because a job at half past two in Amsterdam runs twice one night a year.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable

from flask import current_app

import ledger
from timebank import clock
from timebank.access.operations import forget_links
from timebank.areas.queries import all_timebanks
from timebank.drafts.operations import DRAFT_LIFETIME, forget_drafts
from timebank.extensions import db
from timebank.jobs.mailer import mailer
from timebank.notices.operations import deliver_waiting

LINK_KEPT = datetime.timedelta(days=1)
"""A used link is kept a day, so that "used before" can be told from "never was" in a question."""


@dataclasses.dataclass(frozen=True)
class Job:
    """A job: its name, when it runs (arguments of APScheduler's trigger), and what it does.

    ``work`` runs within an application context, commits, and returns one line for the log.
    """

    name: str
    trigger: str
    when: dict[str, int]
    work: Callable[[], str]


def deliver_mail() -> str:
    """Deliver the messages that wait."""
    count = deliver_waiting(db.session, mailer(current_app.config), now=clock.now())
    db.session.commit()
    return f"{count} delivered"


def forget_old() -> str:
    """Delete unfinished forms and sign-in links past their term."""
    now = clock.now()
    drafts = forget_drafts(db.session, before=now - DRAFT_LIFETIME)
    links = forget_links(db.session, before=now - LINK_KEPT)
    db.session.commit()
    return f"{drafts} drafts and {links} links deleted"


def check_ledger() -> str:
    """Prove the books of every timebank; what is wrong goes to the log as an error."""
    found = 0
    for timebank in all_timebanks(db.session):
        for violation in ledger.violations(db.session, timebank_id=timebank.id):
            current_app.logger.error("books of %s: %s", timebank.slug, violation)
            found += 1
    return f"{found} violations"


JOBS: tuple[Job, ...] = (
    Job("deliver-mail", "interval", {"seconds": 10}, deliver_mail),
    Job("forget-old", "cron", {"hour": 2, "minute": 10}, forget_old),
    Job("check-ledger", "cron", {"hour": 2, "minute": 30}, check_ledger),
)
