# SPDX-License-Identifier: EUPL-1.2
"""The present moment, and the Dutch calendar day that belongs to a moment.

Only doors call :func:`now`; rooms receive it as an argument, so that a test, a demo or an import
can stand on any day.
"""

from __future__ import annotations

import datetime
import zoneinfo

AMSTERDAM = zoneinfo.ZoneInfo("Europe/Amsterdam")


def now() -> datetime.datetime:
    """Return the present moment in UTC."""
    return datetime.datetime.now(datetime.UTC)


def day_of(moment: datetime.datetime) -> datetime.date:
    """Return the day on the calendar in the Netherlands at this moment."""
    return moment.astimezone(AMSTERDAM).date()


def start_of(day: datetime.date) -> datetime.datetime:
    """Return the moment in UTC at which this day begins in the Netherlands."""
    return datetime.datetime.combine(day, datetime.time(), AMSTERDAM).astimezone(datetime.UTC)
