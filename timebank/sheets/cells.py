# SPDX-License-Identifier: EUPL-1.2
"""What one cell says: a day, a duration, minutes with a sign, as people write them. Pure."""

from __future__ import annotations

import datetime
import decimal
import re

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]\d{1,2}:\d\d.*)?")
_DUTCH = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?: \d{1,2}:\d\d.*)?")
_CLOCK = re.compile(r"(\d{1,4}):([0-5]\d)(?::[0-5]\d)?")
_WHOLE = re.compile(r"\d{1,4}")
_DECIMAL = re.compile(r"(\d{1,4}(?:[.,]\d{1,6})?) ?(?:uur|uren|u|h|hr|hrs|hours?)?", re.IGNORECASE)
_SIGNED = re.compile(r"[+-]?\d{1,9}")


class NotReadable(ValueError):
    """A cell that says something else than it should."""


def day_of(text: str) -> datetime.date:
    """Read a day such as 2026-03-09 or 9-3-2026; a time of day behind it is passed over.

    Raises:
        NotReadable: it is no day on the calendar.
    """
    iso, dutch = _ISO.fullmatch(text), _DUTCH.fullmatch(text)
    parts = iso.groups() if iso else dutch.groups()[::-1] if dutch else None
    try:
        year, month, day = (int(part) for part in parts or ())
        return datetime.date(year, month, day)
    except ValueError as refusal:
        raise NotReadable(f"{text!r:.20} is no day, write 2026-03-09") from refusal


def minutes_of(text: str) -> int:
    """Read minutes such as 45, or hours and minutes such as 1:30.

    Raises:
        NotReadable: it is neither.
    """
    clock = _clock(text)
    if clock is not None:
        return clock
    if _WHOLE.fullmatch(text):
        return int(text)
    raise NotReadable(f"{text!r:.20} is no duration, write 45 or 0:45")


def minutes_of_hours(text: str) -> int:
    """Read hours such as 1,5 or 1.5 or 1:30; rounded to whole minutes, half a minute up.

    Raises:
        NotReadable: it is neither.
    """
    clock = _clock(text)
    if clock is not None:
        return clock
    number = _DECIMAL.fullmatch(text)
    if number is None:
        raise NotReadable(f"{text!r:.20} is no number of hours, write 1,5 or 1:30")
    return _rounded(number.group(1))


def signed_minutes_of(text: str) -> int:
    """Read whole minutes with their sign, such as -90.

    Raises:
        NotReadable
    """
    if not _SIGNED.fullmatch(text.replace("\N{MINUS SIGN}", "-")):
        raise NotReadable(f"{text!r:.20} is no number of minutes, write 90 or -90")
    return int(text.replace("\N{MINUS SIGN}", "-"))


def signed_minutes_of_hours(text: str) -> int:
    """Read hours with their sign, such as -1,5.

    Raises:
        NotReadable
    """
    text = text.replace("\N{MINUS SIGN}", "-")
    minutes = minutes_of_hours(text.lstrip("+-"))
    return -minutes if text.startswith("-") else minutes


def _clock(text: str) -> int | None:
    match = _CLOCK.fullmatch(text)
    return 60 * int(match.group(1)) + int(match.group(2)) if match else None


def _rounded(hours: str) -> int:
    minutes = decimal.Decimal(hours.replace(",", ".")) * 60
    return int(minutes.quantize(decimal.Decimal(1), rounding=decimal.ROUND_HALF_UP))
