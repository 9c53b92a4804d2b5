# SPDX-License-Identifier: EUPL-1.2
"""What waits for a coordinator beside the help to check: worries, referrals and more."""

from __future__ import annotations

import datetime

from flask import url_for
from flask_babel import gettext, ngettext

from timebank import clock
from timebank.appointments.queries import count_unanswered
from timebank.concerns.queries import count_open_concerns
from timebank.extensions import db
from timebank.members.policy import Actor, Permission
from timebank.referrals.queries import count_due_referrals
from timebank.web.boundary_words import age

Wait = tuple[str, str, str]


def waits_elsewhere(actor: Actor) -> list[Wait]:
    """Return address, words and age of what waits elsewhere, for ``elsewhere`` of the components.

    Three statements. A line without anything waiting stays: it is the way to the page.
    """
    now = clock.now()
    waits: list[Wait] = []
    if actor.can(Permission.HANDLE_CONCERNS):
        count, oldest = count_open_concerns(db.session, by=actor)
        words = ngettext("One worry", "%(num)s worries", count) if count else gettext("Worries")
        waits.append((url_for("concerns.waiting"), words, _age(oldest, now)))
    if actor.can(Permission.HANDLE_REFERRALS):
        count, oldest = count_due_referrals(db.session, by=actor, now=now)
        words = gettext("To a professional")
        if count:
            words = ngettext(
                "One person to bring to a professional, or to ask how it went",
                "%(num)s people to bring to a professional, or to ask how it went",
                count,
            )
        waits.append((url_for("referrals.waiting"), words, _age(oldest, now)))
    if actor.can(Permission.ALLOW_OVERRIDES):
        waits.append((url_for("overrides.show"), gettext("Exceptions"), ""))
    if actor.can(Permission.DECIDE_EXCHANGES):
        count = count_unanswered(db.session, by=actor, today=clock.day_of(now))
        words = gettext("Appointments")
        if count:
            words = ngettext(
                "One appointment of which nobody said how it went",
                "%(num)s appointments of which nobody said how they went",
                count,
            )
        waits.append((url_for("appointments.counts"), words, ""))
    return waits


def _age(oldest: datetime.datetime | None, now: datetime.datetime) -> str:
    return age((clock.day_of(now) - clock.day_of(oldest)).days) if oldest else ""
