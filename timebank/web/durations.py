# SPDX-License-Identifier: EUPL-1.2
"""How long and at what time, as people write it: "3", "1,5", "1:30", "90m", "2 uur",
"2 u 30 min".
"""

from __future__ import annotations

import datetime
import re

_CLOCK = re.compile(r"(\d{1,2}):([0-5]\d)")
_BOTH = re.compile(r"(\d{1,2}) ?(?:u|h|uur|hours?) ?([0-5]?\d) ?(?:m|min|minuten|minutes)?")
_MINUTES = re.compile(r"(\d{1,4}) ?(?:m|min|minuten|minutes)")
_HOURS = re.compile(r"(\d{1,2})(?:[.,](\d{1,2}))? ?(?:u|h|uur|uren|hour|hours)?")
_TIME = re.compile(r"([01]?\d|2[0-3])(?: ?(?:[:.u]|uur) ?([0-5]\d)?)?")
_HOUR, _HUNDRED = 60, 100


def read_minutes(text: str) -> int | None:
    """Return whole minutes; None when it is no duration, or no whole number of minutes."""
    text = text.strip().casefold()
    if not text.isascii():
        return None
    if found := _CLOCK.fullmatch(text) or _BOTH.fullmatch(text):
        return _HOUR * int(found[1]) + int(found[2])
    if found := _MINUTES.fullmatch(text):
        return int(found[1])
    if found := _HOURS.fullmatch(text):
        hundredths = _HUNDRED * int(found[1]) + int((found[2] or "0").ljust(2, "0"))
        minutes, rest = divmod(hundredths * _HOUR, _HUNDRED)
        return None if rest else minutes
    return None


def write_minutes(minutes: int) -> str:
    """Write minutes so that :func:`read_minutes` reads them again: "1:30"."""
    return f"{minutes // _HOUR}:{minutes % _HOUR:02}"


def read_time(text: str) -> datetime.time | None:
    """Return a time of the day: "14:30", "14.30", "9 uur", "9"; None when it is none."""
    text = text.strip().casefold()
    found = _TIME.fullmatch(text) if text.isascii() else None
    if found is None:
        return None
    return datetime.time.fromisoformat(f"{int(found[1]):02}:{found[2] or '00'}")


def name_and_minutes(line: str) -> tuple[str, int | None]:
    """Return the name and the minutes of a line such as "Fatima El Amrani 3 uur".

    The minutes are None when the line does not end in a duration.
    """
    words = line.replace("\t", " ").split()
    for length in (2, 1):
        minutes = read_minutes(" ".join(words[-length:]))
        if len(words) > length and minutes is not None and words[-length][0].isdigit():
            return " ".join(words[:-length]).rstrip(" ,;:-"), minutes
    return " ".join(words), None
