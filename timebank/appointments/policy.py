# SPDX-License-Identifier: EUPL-1.2
"""What may be agreed on, and when people are reminded and asked. Pure."""

from __future__ import annotations

import datetime
import uuid

from timebank.appointments.errors import DayFarAhead, DayPassed, WordsNotReadable, WordsTooLong
from timebank.lettering import holds_controls

LONGEST_PLACE, LONGEST_TASKS = 120, 300
"""In characters. Short words: an appointment is no file about somebody."""
MOST_DAYS_AHEAD = 366
"""So far ahead (inclusive) people agree on help."""
REMIND_HOUR = 10
"""From this hour on, on the Dutch clock, people are reminded of tomorrow (policy row L9)."""
ASKED_AFTER_DAYS = 7
"""So many days after the day (inclusive), an appointment without an answer is shown to the
coordinator (policy row L9)."""
COUNTED_DAYS = 90
"""The coordinator sees the counts of so many days, today included (policy row L9)."""
MOST_FORMS = 20
"""So often the hours of one appointment can be written down anew."""
DAY = datetime.timedelta(days=1)
_LOG = uuid.UUID("c2b1c4de-43a5-5a4e-8f0b-6a8e7d1f90b7")
"""Namespace of the keys of forms that begin with an appointment: one for each."""


def check_day(day: datetime.date, *, today: datetime.date) -> None:
    """Refuse a day that is over or more than ``MOST_DAYS_AHEAD`` away.

    Raises:
        DayPassed, DayFarAhead
    """
    if day < today:
        raise DayPassed(day)
    if (day - today).days > MOST_DAYS_AHEAD:
        raise DayFarAhead(day)


def check_words(field: str, words: str, longest: int) -> None:
    """Refuse words that are too long or that no person can read.

    Raises:
        WordsTooLong, WordsNotReadable
    """
    if len(words) > longest:
        raise WordsTooLong(field, len(words), longest)
    if holds_controls(words):
        raise WordsNotReadable(field)


def reminded_on(happens_on: datetime.date) -> datetime.date:
    """Return the day on which people are reminded: the day before.

    Who agreed on that day or later is not reminded: they have not forgotten yet.
    """
    return happens_on - DAY


def counted_from(today: datetime.date) -> datetime.date:
    """Return the first day (inclusive) that the counts of the coordinator cover."""
    return today - (COUNTED_DAYS - 1) * DAY


def unanswered_until(today: datetime.date) -> datetime.date:
    """Return the last day (inclusive) whose appointments should have an answer by now."""
    return today - ASKED_AFTER_DAYS * DAY


def key_of_form(appointment_id: uuid.UUID, times: int = 0) -> uuid.UUID:
    """Return the key of the form that writes down the hours: one for each appointment.

    Args:
        times: how often what was written with it was taken back or not approved; then the hours
            are written down anew with a key of their own. Below ``MOST_FORMS``.
    """
    return uuid.uuid5(_LOG, f"{appointment_id}:{times}" if times else str(appointment_id))
