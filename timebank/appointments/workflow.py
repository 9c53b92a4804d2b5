# SPDX-License-Identifier: EUPL-1.2
"""The states of an appointment, and on which days somebody may answer what. Pure."""

from __future__ import annotations

import datetime
import enum

from timebank.appointments.errors import NotThatDay


class AppointmentState(enum.StrEnum):
    """Where an appointment stands. Every state but the first is an end."""

    PLANNED = "planned"
    MOVED = "moved"
    """Another appointment stands in its place."""
    KEPT = "kept"
    """The help was given; writing down the hours is the form of the room ``exchanges``."""
    NOT_KEPT = "not_kept"
    """It did not happen. Nothing is booked, and nobody is asked whose doing that was."""
    CALLED_OFF = "called_off"


AFTERWARDS = frozenset({AppointmentState.KEPT, AppointmentState.NOT_KEPT})
"""Answers that can be given from the day itself on (inclusive)."""


def check_fits_day(
    answer: AppointmentState, *, happens_on: datetime.date, today: datetime.date
) -> None:
    """Refuse an answer that cannot be known yet, or a calling off that comes after the day.

    On the day itself every answer fits. Moving fits any day: what did not happen yesterday can be
    agreed on anew.

    Raises:
        NotThatDay
    """
    if answer in AFTERWARDS and today < happens_on:
        raise NotThatDay
    if answer is AppointmentState.CALLED_OFF and today > happens_on:
        raise NotThatDay
