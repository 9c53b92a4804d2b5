# SPDX-License-Identifier: EUPL-1.2
"""When a day is closed, and how the Dutch calendar lies over UTC. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from timebank import clock

OPEN_DAYS = 2
"""Today and this many days before it are open: a transfer may carry the moment at which its
transaction began, and be committed later. No transaction lives for a whole day. Source:
docs/adr/0038."""
MADE_AGAIN_DAYS = 7
"""So many closed days are made again each night."""
DAYS_AT_ONCE = 92
"""So many days are added up in one transaction, so that nobody waits long for it."""
_HOUR = datetime.timedelta(hours=1)


def last_closed_day(now: datetime.datetime) -> datetime.date:
    """Return the last day into which nothing can be booked any more."""
    return clock.day_of(now) - datetime.timedelta(days=OPEN_DAYS + 1)


def spans(
    first: datetime.date, last: datetime.date
) -> Iterator[tuple[datetime.date, datetime.date]]:
    """Cut a run of days (both inclusive) in runs of at most ``DAYS_AT_ONCE``."""
    while first <= last:
        end = min(last, first + datetime.timedelta(days=DAYS_AT_ONCE - 1))
        yield first, end
        first = end + datetime.timedelta(days=1)


def clock_changes(
    since: datetime.datetime, until: datetime.datetime
) -> tuple[list[tuple[datetime.datetime, int]], int]:
    """Say how many hours the Dutch clock is before UTC, in stretches.

    Returns:
        The end (exclusive) of each stretch but the last with its hours, then the hours after it.
    """
    stretches = []
    for year in range(since.year, until.year + 1):
        for month in (3, 10):
            moment = _last_sunday(year, month)
            if since < moment < until:
                stretches.append((moment, _hours(moment - _HOUR)))
    return stretches, _hours(until - datetime.timedelta(microseconds=1))


def _hours(moment: datetime.datetime) -> int:
    offset = moment.astimezone(clock.AMSTERDAM).utcoffset() or datetime.timedelta()
    return offset // _HOUR


def _last_sunday(year: int, month: int) -> datetime.datetime:
    """Return the moment at which clocks change in the European Union: 01:00 UTC."""
    last = datetime.datetime(year, month, 31, 1, tzinfo=datetime.UTC)
    return last - datetime.timedelta(days=(last.weekday() + 1) % 7)
