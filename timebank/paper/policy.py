# SPDX-License-Identifier: EUPL-1.2
"""How what stands on paper is read: numbers with their check sign, durations and days. Pure.

People write in many ways. Whatever can be read in one way only is accepted; whatever can be read in
two is refused, because hours that were guessed are hours that are wrong.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable

from timebank.paper.errors import DayUnclear, DurationUnclear, NumberWrong

FIRST_SLIP = 1000
"""Numbers of slips begin here, so that they have four figures and look alike on a sheet."""
SLIPS_ON_A_SHEET = 4
MOST_SHEETS = 25
"""So many sheets at most in one print run (inclusive)."""
LEAST_LETTERS = 3
"""So many letters of a name at least; fewer fit too many people."""

_SIGNS = "TRWAGMYFPDXBNJZSQVHLCKE"
"""Twenty-three signs, a prime: one wrong figure or two that changed places never fit. None of them
looks like a figure, as I and O do."""
_SHIFT_OF_MEMBERS = 7
"""A member's number has another sign than a slip of the same number: the one never passes for the
other."""
_NUMBER = re.compile(r"(\d{1,9})[\s-]?([A-Za-z])", re.ASCII)
_MORE_THAN_A_LETTER = re.compile(r"\d+[\s-]?[A-Za-z]?", re.ASCII)

_UNITS = (
    (re.compile(r"(\d{1,4})\s*(?:m|min|minuten|minutes|minuut|minute)\.?", re.ASCII), "minutes"),
    (re.compile(r"(\d{1,2}):([0-5]\d)", re.ASCII), "clock"),
    (re.compile(r"(\d{1,2})\s*(?:u|uur|h|hours?)\s*([0-5]\d)\s*(?:m|min)?\.?", re.ASCII), "clock"),
    (re.compile(r"(\d{1,2})\s*(?:u|uur|h|hours?)\.?", re.ASCII), "clock"),
    (re.compile(r"(\d{0,2})[.,](5|25|50|75)\s*(?:u|uur|h|hours?)?\.?", re.ASCII), "decimal"),
    (re.compile(r"(\d{1,2})[.,]0\s*(?:u|uur|h|hours?)?\.?", re.ASCII), "clock"),
)
_QUARTERS = {"¼": 15, "½": 30, "¾": 45}
_BARE = re.compile(r"\d{1,4}", re.ASCII)
_MOST_BARE_HOURS = 8
"""A bare figure up to here (inclusive) is read as hours, where it cannot be minutes."""

_TODAY = frozenset({"vandaag", "v", "today", "t"})
_YESTERDAY = frozenset({"gisteren", "g", "yesterday", "y"})
_DAY_BEFORE = frozenset({"eergisteren", "e"})
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_PARTS = re.compile(r"(\d{1,2})(?:[-/. ](\d{1,2})(?:[-/. ](\d{2}|\d{4}))?)?", re.ASCII)
_MONTHS = 12
_CENTURY = 100


def slip_number(number: int) -> str:
    """Write the number of a slip as it stands on it: ``1042H``."""
    return f"{number}{_sign(number)}"


def member_number(number: int) -> str:
    """Write the number of a member as it stands on letters: ``37K``."""
    return f"{number}{_sign(number + _SHIFT_OF_MEMBERS)}"


def read_slip_number(text: str) -> int:
    """Read the number of a slip; spaces and small letters do not matter.

    Raises:
        NumberWrong: it is no number with its own sign.
    """
    return _read(text, slip_number)


def read_member_number(text: str) -> int:
    """Read the number of a member; spaces and small letters do not matter.

    Raises:
        NumberWrong: it is no number with its own sign.
    """
    return _read(text, member_number)


def looks_like_a_number(text: str) -> bool:
    """Say whether somebody meant a number of a member rather than letters of a name."""
    return _MORE_THAN_A_LETTER.fullmatch(text.strip()) is not None


def duration_of(text: str, *, step_minutes: int) -> int:
    """Read a duration as people write it, in whole minutes.

    ``1.5``, ``1,5``, ``1½`` and ``1:30`` are 90, as are ``90``, ``90m`` and ``1u30``. A bare figure
    is minutes from one step of the timebank on; below it, up to eight, it is hours. Whether the
    minutes fit the timebank is a rule of the room ``exchanges``.

    Args:
        step_minutes: the smallest step of the timebank.

    Raises:
        DurationUnclear: nobody can say how long it is, or it can be read in two ways.
    """
    plain = text.strip().casefold()
    if _BARE.fullmatch(plain):
        return _bare(int(plain), step_minutes)
    if plain[-1:] in _QUARTERS and re.fullmatch(r"\d{0,2}", plain[:-1].strip(), re.ASCII):
        return 60 * int(plain[:-1].strip() or "0") + _QUARTERS[plain[-1]]
    for pattern, kind in _UNITS:
        found = pattern.fullmatch(plain)
        if found:
            return _minutes(kind, *found.groups())
    raise DurationUnclear


def day_of(text: str, *, today: datetime.date) -> datetime.date:
    """Read a day as people write it.

    ``24`` and ``24-11`` are the last such day, today at the latest; ``gisteren`` is yesterday. A
    year of two figures is of this century.

    Args:
        today: the day in the Netherlands.

    Raises:
        DayUnclear: it is no day on the calendar.
    """
    plain = text.strip().casefold()
    for words, back in ((_TODAY, 0), (_YESTERDAY, 1), (_DAY_BEFORE, 2)):
        if plain in words:
            return today - datetime.timedelta(days=back)
    iso = _ISO.fullmatch(plain)
    if iso:
        year, month, day = (int(part) for part in iso.groups())
        return _on_the_calendar(year, month, day)
    parts = _PARTS.fullmatch(plain)
    if not parts:
        raise DayUnclear
    day, *rest = (int(part) for part in parts.groups() if part is not None)
    if not rest:
        return _last_of_month(day, today)
    if len(rest) == 1:
        return _last_of_year(day, rest[0], today)
    return _on_the_calendar(rest[1] if rest[1] >= _CENTURY else 2000 + rest[1], rest[0], day)


def written_day(day: datetime.date) -> str:
    """Write a day so that :func:`day_of` reads it again on any later day: ``24-11-2026``."""
    return f"{day.day}-{day.month}-{day.year:04}"


def _sign(number: int) -> str:
    return _SIGNS[number % len(_SIGNS)]


def _read(text: str, write: Callable[[int], str]) -> int:
    found = _NUMBER.fullmatch(text.strip())
    if found is None or write(int(found[1]))[-1] != found[2].upper():
        raise NumberWrong
    return int(found[1])


def _bare(number: int, step_minutes: int) -> int:
    may_be_hours = 1 <= number <= _MOST_BARE_HOURS
    may_be_minutes = number >= step_minutes
    if may_be_hours == may_be_minutes:
        raise DurationUnclear
    return 60 * number if may_be_hours else number


def _minutes(kind: str, whole: str, rest: str | None = None) -> int:
    if kind == "minutes":
        return int(whole)
    if kind == "clock":
        return 60 * int(whole) + int(rest or "0")
    quarters = {"25": 15, "5": 30, "50": 30, "75": 45}
    return 60 * int(whole or "0") + quarters[rest or ""]


def _on_the_calendar(year: int, month: int, day: int) -> datetime.date:
    try:
        return datetime.date(year, month, day)
    except ValueError as refusal:
        raise DayUnclear from refusal


def _last_of_month(day: int, today: datetime.date) -> datetime.date:
    """Return this day of this month, or of the month before when it has not come yet."""
    if day <= today.day:
        return _on_the_calendar(today.year, today.month, day)
    before = today.replace(day=1) - datetime.timedelta(days=1)
    return _on_the_calendar(before.year, before.month, day)


def _last_of_year(day: int, month: int, today: datetime.date) -> datetime.date:
    """Return this day of this year, or of the year before when it has not come yet."""
    if month > _MONTHS or (month, day) <= (today.month, today.day):
        return _on_the_calendar(today.year, month, day)
    return _on_the_calendar(today.year - 1, month, day)
