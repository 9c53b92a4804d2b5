# SPDX-License-Identifier: EUPL-1.2
"""The table of jobs: what, when, and the few lines that do it. Every job may run twice unharmed.

Times are in UTC, because a job at half past two in Amsterdam runs twice one night a year.
"""

from __future__ import annotations

import dataclasses
import datetime
import pathlib
from collections import Counter
from collections.abc import Callable, Iterator

from flask import current_app
from sqlalchemy.exc import ProgrammingError

import ledger
from timebank import clock
from timebank.access.operations import forget_requests
from timebank.areas.queries import all_timebanks
from timebank.drafts.operations import DRAFT_LIFETIME, forget_drafts
from timebank.erasure.operations import add_to_list
from timebank.erasure.queries import digests_at, erased_people
from timebank.extensions import db
from timebank.jobs.desk import carry_out_decisions, mail_the_morning
from timebank.jobs.figures import add_days_up, close_due_months
from timebank.jobs.mailer import Deliver, mailer
from timebank.jobs.planning import plan_the_night
from timebank.jobs.reminders import remind_people
from timebank.joining.operations import APPLICATION_LIFETIME, forget_applications
from timebank.needs.operations import expire_needs
from timebank.notices.operations import queue_mail, record_attempt
from timebank.notices.queries import WaitingMail, waiting_mail
from timebank.personal.operations import forget_due
from timebank.proofs.operations import prove_books, record_proof, seal_books
from timebank.rates.operations import KEPT as COUNTS_KEPT
from timebank.rates.operations import forget_counts
from timebank.sessions.operations import forget_sessions

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
    """Deliver the messages that wait, each in a transaction of its own.

    No transaction is open while a mail server takes its time: on SQLite it would keep everyone from
    writing. A message may leave twice when the machine dies in between; it is never lost.
    """
    deliver, delivered, tried = mailer(current_app.config), 0, 0
    for timebank_id, _slug in _each_timebank():
        waiting = waiting_mail(db.session, timebank_id=timebank_id, now=clock.now())
        db.session.rollback()
        tried += len(waiting)
        delivered += sum(_deliver_one(deliver, mail) for mail in waiting)
    return f"{delivered} delivered, {tried - delivered} failed"


def _deliver_one(deliver: Deliver, mail: WaitingMail) -> bool:
    sent = _try_to_deliver(deliver, mail)
    record_attempt(
        db.session,
        timebank_id=mail.timebank_id,
        mail_id=mail.mail_id,
        sent=sent,
        now=clock.now(),
    )
    db.session.commit()
    return sent


def _try_to_deliver(deliver: Deliver, mail: WaitingMail) -> bool:
    try:
        deliver(mail)
    except Exception as error:
        # The type only: a message may quote an address.
        current_app.logger.warning("a mail could not be delivered: %s", type(error).__name__)
        return False
    return True


def forget_old() -> str:
    """Delete what is past its term: forms, applications, keys, then all that the register names.

    The list of erasures gets the lines that a crash between commit and file kept from it.
    """
    now = clock.now()
    gone: Counter[str] = Counter()
    for timebank_id, _slug in _each_timebank():
        gone.update(_forget_in(timebank_id, now))
        db.session.commit()
        _complete_erasure_list(timebank_id, clock.day_of(now))
    return (
        ", ".join(f"{count} of {what}" for what, count in sorted(gone.items()) if count)
        or "nothing was past its term"
    )


def _forget_in(timebank_id: int, now: datetime.datetime) -> dict[str, int]:
    """Delete what is past its term in one timebank, and return how much of each went."""
    in_time = {
        "drafts": (forget_drafts, now - DRAFT_LIFETIME),
        "links and codes": (forget_requests, now - LINK_KEPT),
        "sessions": (forget_sessions, now),
        "counts": (forget_counts, now - COUNTS_KEPT),
        "applications": (forget_applications, now - APPLICATION_LIFETIME),
    }
    gone = {
        what: forget(db.session, timebank_id=timebank_id, before=before)
        for what, (forget, before) in in_time.items()
    }
    return gone | forget_due(db.session, timebank_id=timebank_id, now=now)


def _complete_erasure_list(timebank_id: int, day: datetime.date) -> None:
    path = pathlib.Path(current_app.config["TIMEBANK_ERASURE_LIST"])
    erased = erased_people(db.session, timebank_id=timebank_id)
    db.session.rollback()
    add_to_list(path, sorted(set(erased) - digests_at(path)), day=day)


def let_needs_expire() -> str:
    """Look no more for what is past its last day; whoever asked can ask again."""
    expired = 0
    for timebank_id, _slug in _each_timebank():
        now = clock.now()
        today = clock.day_of(now)
        expired += expire_needs(db.session, timebank_id=timebank_id, today=today, now=now)
        db.session.commit()
    return f"{expired} expired"


def seal_ledger() -> str:
    """Expire the reservations that are due and seal the day; the digest is mailed where wanted."""
    expired, sealed = 0, 0
    for timebank_id, slug in _each_timebank():
        now = clock.now()
        expired += len(ledger.expire_due(db.session, timebank_id=timebank_id, now=now))
        db.session.commit()
        block = seal_books(db.session, db.engine, timebank_id=timebank_id, now=now)
        if block is not None:
            sealed += 1
            _mail_digest(block, slug)
        db.session.commit()
    return f"{expired} reservations expired, {sealed} timebanks sealed"


def _mail_digest(block: ledger.Block, slug: str) -> None:
    """Send the digest out of the house, where nobody who changes the books can change it too."""
    address = current_app.config["TIMEBANK_DIGEST_TO"]
    if address:
        queue_mail(
            db.session,
            timebank_id=block.timebank_id,
            to_address=address,
            subject=f"Zegel van de boeken / seal of the books: {slug} {block.number}",
            body=ledger.digest_slip(block, name=slug) + "\n",
            now=clock.now(),
        )


def check_ledger() -> str:
    """Prove the books of every timebank, and write down what came of it, with the day.

    What is wrong goes to the log as an error; coordinators read on their desk that it is.
    """
    found = 0
    for timebank_id, slug in _each_timebank():
        violations = prove_books(db.engine, timebank_id=timebank_id)
        for violation in violations:
            current_app.logger.error("books of %s: %s", slug, violation)
        now = clock.now()
        record_proof(
            db.session,
            timebank_id=timebank_id,
            violations=len(violations),
            day=clock.day_of(now),
            now=now,
        )
        db.session.commit()
        found += len(violations)
    return f"{found} violations"


def pack_ledger() -> str:
    """Build the keys of the books anew, where this role may and nobody waits for it.

    SQLite writes its whole file anew while writers wait: there a person chooses the moment.
    """
    if db.engine.dialect.name == "sqlite":
        return "left to a person: writers would wait for it"
    try:
        before, after = ledger.pack(db.engine)
    except ProgrammingError:
        return "left to the owner of the tables: this role may not"
    return f"{before / 2**20:,.1f} MB before, {after / 2**20:,.1f} MB now"


def carry_out() -> str:
    """Carry out the decisions of the desk that nobody undid in time."""
    return f"{sum(carry_out_decisions(timebank_id) for timebank_id, _ in _each_timebank())} done"


def morning_mail() -> str:
    """Mail each coordinator, once a day, what waits long."""
    return f"{sum(mail_the_morning(timebank_id) for timebank_id, _ in _each_timebank())} queued"


def remind() -> str:
    """Remind people of their appointments of tomorrow."""
    return f"{sum(remind_people(timebank_id) for timebank_id, _ in _each_timebank())} reminded"


def plan_suggestions() -> str:
    """Plan who could do what for whom, once a day and timebank."""
    counts = [plan_the_night(timebank_id, slug) for timebank_id, slug in _each_timebank()]
    made = [count for count in counts if count is not None]
    return f"{len(made)} plans, {sum(made)} suggestions"


def count_figures() -> str:
    """Add the closed days up for the figures, and hold them against the journal."""
    differing = sum(add_days_up(timebank_id, slug) for timebank_id, slug in _each_timebank())
    return f"{differing} rows differed"


def close_months() -> str:
    """Close the months that are due: what they said then, they say for ever."""
    return f"{sum(close_due_months(timebank_id) for timebank_id, _ in _each_timebank())} closed"


def _each_timebank() -> Iterator[tuple[int, str]]:
    """Enter one timebank after another, each with no transaction open."""
    timebanks = [(timebank.id, timebank.slug) for timebank in all_timebanks(db.session)]
    db.session.rollback()
    for timebank_id, slug in timebanks:
        ledger.enter_timebank(db.session, timebank_id)
        yield timebank_id, slug


JOBS: tuple[Job, ...] = (
    Job("deliver-mail", "interval", {"seconds": 10}, deliver_mail),
    Job("carry-out", "interval", {"seconds": 20}, carry_out),
    # Every hour, because eight o'clock in the Netherlands is not one hour in UTC.
    Job("morning-mail", "cron", {"minute": 0}, morning_mail),
    Job("remind", "cron", {"minute": 0}, remind),
    # Every hour too: at three in the Netherlands, or as soon after it as a machine is up again.
    Job("plan-suggestions", "cron", {"minute": 5}, plan_suggestions),
    # At night in the Netherlands, summer and winter: the last day of a need is over.
    Job("expire-needs", "cron", {"hour": 2, "minute": 0}, let_needs_expire),
    Job("forget-old", "cron", {"hour": 2, "minute": 10}, forget_old),
    Job("seal-ledger", "cron", {"hour": 2, "minute": 20}, seal_ledger),
    Job("check-ledger", "cron", {"hour": 2, "minute": 30}, check_ledger),
    Job("count-figures", "cron", {"hour": 2, "minute": 40}, count_figures),
    Job("pack-ledger", "cron", {"day": 1, "hour": 2, "minute": 50}, pack_ledger),
    # After the night's sums, every day: a machine that was off on the fifth closes on the sixth.
    Job("close-months", "cron", {"hour": 3, "minute": 30}, close_months),
)
