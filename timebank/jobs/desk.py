# SPDX-License-Identifier: EUPL-1.2
"""The jobs of the desk: carry out what nobody undid, and the mail of the morning."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from flask import current_app
from flask_babel import force_locale, gettext, ngettext

import ledger
from timebank import clock
from timebank.desk.operations import carry_out_held
from timebank.desk.queries import Decider, deciders, due_decisions, waiting_since_long
from timebank.exchanges.errors import ExchangeError
from timebank.extensions import db
from timebank.notices.operations import queue_mail
from timebank.notices.queries import was_queued_since

MORNING_HOUR = 8
"""The mail of the morning leaves from eight o'clock on, on the Dutch clock (policy row D10)."""
MOST_LINES = 10
"""A mail names so many; the rest stands on the desk."""


def carry_out_decisions(timebank_id: int) -> int:
    """Carry out what was decided and not undone, each in a transaction of its own."""
    now, done = clock.now(), 0
    due = due_decisions(db.session, timebank_id=timebank_id, now=now)
    db.session.rollback()
    for exchange_id in due:
        try:
            done += carry_out_held(db.session, exchange_id, timebank_id=timebank_id, now=now)
            db.session.commit()
        except (ExchangeError, ledger.LedgerError) as refusal:
            db.session.rollback()
            current_app.logger.error("a decision was not carried out: %s", type(refusal).__name__)
    return done


def mail_the_morning(timebank_id: int) -> int:
    """Queue one mail a day to each coordinator for whom something waits long.

    Run at any hour: before eight it does nothing, and whoever got one today gets no second.
    """
    now = clock.now()
    here = now.astimezone(clock.AMSTERDAM)
    if here.hour < MORNING_HOUR:
        return 0
    midnight = here.replace(hour=0, minute=0, second=0, microsecond=0)
    mailed = 0
    for decider in deciders(db.session, timebank_id=timebank_id, today=clock.day_of(now)):
        waiting = waiting_since_long(db.session, by=decider.actor, now=now)
        if waiting:
            mailed += _mail(decider, [days for _, days in waiting], _links(waiting), now, midnight)
    db.session.commit()
    return mailed


def _mail(
    decider: Decider,
    days: Sequence[int],
    links: Sequence[str],
    now: datetime.datetime,
    midnight: datetime.datetime,
) -> bool:
    """Queue the mail: how many days, and where. No name, no kind of help, no words of anybody."""
    with force_locale(decider.language):
        subject = gettext("Help waits to be checked")
        lines = [
            ngettext(
                "- waits one day: %(link)s", "- waits %(num)s days: %(link)s", count, link=link
            )
            for count, link in zip(days[:MOST_LINES], links, strict=False)
        ]
        body = gettext(
            "Good morning,\n\n"
            "This waits for you the longest, the oldest first:\n\n"
            "%(lines)s\n\n"
            "Everything together: %(link)s\n",
            lines="\n".join(lines),
            link=f"{base_address()}/desk",
        )
    timebank_id = decider.actor.timebank_id
    if was_queued_since(
        db.session,
        timebank_id=timebank_id,
        to_address=decider.email,
        subject=subject,
        since=midnight,
    ):
        return False
    queue_mail(
        db.session,
        timebank_id=timebank_id,
        to_address=decider.email,
        subject=subject,
        body=body,
        now=now,
    )
    return True


def _links(waiting: Sequence[tuple[object, int]]) -> list[str]:
    return [f"{base_address()}/desk/{exchange_id}" for exchange_id, _ in waiting[:MOST_LINES]]


def base_address() -> str:
    """Return the address at which people reach this installation, as it stands in a mail."""
    config = current_app.config
    own = f"http://{config['TIMEBANK_HOST']}:{config['TIMEBANK_PORT']}"
    return str(config["TIMEBANK_PUBLIC_URL"] or own)
