# SPDX-License-Identifier: EUPL-1.2
"""What waits for a coordinator beside the help to check: worries, referrals, needs and more."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable

from flask import url_for
from flask_babel import gettext, ngettext

from timebank import clock
from timebank.appointments.counting import count_unanswered
from timebank.calls.queries import count_waiting_calls
from timebank.concerns.queries import count_open_concerns
from timebank.extensions import db
from timebank.joining.queries import count_applications
from timebank.members.policy import Actor, Permission
from timebank.needs.queries import count_unsorted
from timebank.referrals.queries import count_due_referrals
from timebank.web.boundary_words import age


@dataclasses.dataclass(frozen=True)
class Wait:
    """A line of what waits elsewhere: where it leads, its words, how long, and how much it is.

    Attributes:
        count: 0 when nothing waits; the line is then only the way to the page.
    """

    href: str
    words: str
    age: str = ""
    count: int = 0


def waits_elsewhere(actor: Actor) -> list[Wait]:
    """Return what waits elsewhere, for ``elsewhere`` of the components.

    A statement for each but the worklist and the exceptions. A line without anything waiting
    stays, further down: it is the way to the page. People to call and who wants to take part have a
    page of their own in the menu: their lines stand here only while somebody waits.
    """
    now = clock.now()
    waits = [wait(actor, now) for permission, wait in _WAITS if actor.can(permission)]
    people = [wait(actor, now) for permission, wait in _PEOPLE if actor.can(permission)]
    return [*(wait for wait in people if wait.count), *waits]


def still_waits(actor: Actor) -> list[Wait]:
    """Return only what somebody waits for."""
    return [wait for wait in waits_elsewhere(actor) if wait.count]


def _calls(actor: Actor, now: datetime.datetime) -> Wait:
    count, oldest = count_waiting_calls(db.session, by=actor)
    words = ngettext("One person to call", "%(num)s calls to make", count)
    return Wait(url_for("people.everyone", _anchor="calls"), words, _age(oldest, now), count)


def _applications(actor: Actor, _now: datetime.datetime) -> Wait:
    count = count_applications(db.session, by=actor)
    words = ngettext("One person wants to take part", "%(num)s people want to take part", count)
    return Wait(url_for("people.everyone", _anchor="applications"), words, "", count)


def _worries(actor: Actor, now: datetime.datetime) -> Wait:
    count, oldest = count_open_concerns(db.session, by=actor)
    words = ngettext("One worry", "%(num)s worries", count) if count else gettext("Worries")
    return Wait(url_for("concerns.waiting"), words, _age(oldest, now), count)


def _referrals(actor: Actor, now: datetime.datetime) -> Wait:
    count, oldest = count_due_referrals(db.session, by=actor, now=now)
    words = gettext("To a professional")
    if count:
        words = ngettext(
            "One person to bring to a professional, or to ask how it went",
            "%(num)s people to bring to a professional, or to ask how it went",
            count,
        )
    return Wait(url_for("referrals.waiting"), words, _age(oldest, now), count)


def _needs(actor: Actor, now: datetime.datetime) -> Wait:
    count, oldest = count_unsorted(db.session, by=actor)
    words = gettext("Who looks for help")
    if count:
        words = ngettext(
            "One person looks for help and has no kind of help yet",
            "%(num)s times somebody looks for help without a kind of help",
            count,
        )
    return Wait(url_for("needs.waiting"), words, _age(oldest, now), count)


def _worklist(_actor: Actor, _now: datetime.datetime) -> Wait:
    return Wait(url_for("worklist.show"), gettext("The worklist"))


def _exceptions(_actor: Actor, _now: datetime.datetime) -> Wait:
    return Wait(url_for("overrides.show"), gettext("Exceptions"))


def _appointments(actor: Actor, now: datetime.datetime) -> Wait:
    count = count_unanswered(db.session, by=actor, today=clock.day_of(now))
    words = gettext("Appointments")
    if count:
        words = ngettext(
            "One appointment of which nobody said how it went",
            "%(num)s appointments of which nobody said how they went",
            count,
        )
    return Wait(url_for("appointments.counts"), words, "", count)


def _age(oldest: datetime.datetime | None, now: datetime.datetime) -> str:
    return age((clock.day_of(now) - clock.day_of(oldest)).days) if oldest else ""


_WAITS: tuple[tuple[Permission, Callable[[Actor, datetime.datetime], Wait]], ...] = (
    (Permission.HANDLE_CONCERNS, _worries),
    (Permission.HANDLE_REFERRALS, _referrals),
    (Permission.HELP_WITH_WISHES, _needs),
    (Permission.HELP_WITH_WISHES, _worklist),
    (Permission.ALLOW_OVERRIDES, _exceptions),
    (Permission.DECIDE_EXCHANGES, _appointments),
)
_PEOPLE: tuple[tuple[Permission, Callable[[Actor, datetime.datetime], Wait]], ...] = (
    (Permission.READ_PEOPLE, _calls),
    (Permission.ENROL, _applications),
)
