# SPDX-License-Identifier: EUPL-1.2
"""How a file of slips is read: columns, days and durations as people type them. Pure."""

from __future__ import annotations

import csv
import dataclasses
import datetime
import io
import re
from collections.abc import Iterator

COLUMNS = ("day", "helper", "helped", "minutes", "category", "note")
NEEDED = COLUMNS[:-1]
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DUTCH = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_CLOCK = re.compile(r"(\d{1,2}):([0-5]\d)")
_WHOLE = re.compile(r"\d{1,4}")


class UnreadableFile(Exception):
    """The file as a whole is not a file of slips; nothing of it was read."""


class UnreadableLine(ValueError):
    """One line is not a slip; the message says which column and what to write instead."""


@dataclasses.dataclass(frozen=True)
class Slip:
    """One line of the file, its text taken apart and not yet looked up.

    Attributes:
        number: the line of the file, counting the header as 1.
        helper: the full name as written; ``helped`` likewise.
        category: a code or a label, in either language.
    """

    number: int
    day: datetime.date
    helper: str
    helped: str
    minutes: int
    category: str
    note: str


def read_lines(content: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    """Return each line with its number and its columns by name.

    Raises:
        UnreadableFile: not UTF-8, or the header lacks a column.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as refusal:
        raise UnreadableFile("the file is not in UTF-8: save it as CSV UTF-8") from refusal
    header = text.partition("\n")[0]
    lines = io.StringIO(text, newline="")
    reader = csv.DictReader(lines, delimiter=";" if ";" in header else ",", strict=True)
    names = [(name or "").strip().lower() for name in reader.fieldnames or []]
    reader.fieldnames = names
    missing = [name for name in NEEDED if name not in names]
    if missing:
        raise UnreadableFile(f"the first line lacks the columns: {', '.join(missing)}")
    return _numbered(reader)


def slip_of(number: int, columns: dict[str, str]) -> Slip:
    """Read the columns of one line.

    Raises:
        UnreadableLine: a column is empty or is not what it should be.
    """
    for name in NEEDED:
        if not columns.get(name):
            raise UnreadableLine(f"{name}: this is empty")
        if "\0" in columns[name]:
            raise UnreadableLine(f"{name}: this holds signs that nobody can read")
    return Slip(
        number=number,
        day=day_of(columns["day"]),
        helper=columns["helper"],
        helped=columns["helped"],
        minutes=minutes_of(columns["minutes"]),
        category=columns["category"],
        note=columns.get("note", ""),
    )


def day_of(text: str) -> datetime.date:
    """Read a day such as 2026-03-09 or 9-3-2026.

    Raises:
        UnreadableLine: it is no day on the calendar.
    """
    iso, dutch = _ISO.fullmatch(text), _DUTCH.fullmatch(text)
    parts = iso.groups() if iso else dutch.groups()[::-1] if dutch else None
    try:
        year, month, day = (int(part) for part in parts or ())
        return datetime.date(year, month, day)
    except ValueError as refusal:
        raise UnreadableLine(f"day: {text!r:.20} is no day, write 2026-03-09") from refusal


def minutes_of(text: str) -> int:
    """Read minutes such as 45, or hours and minutes such as 1:30.

    Raises:
        UnreadableLine: it is neither.
    """
    clock = _CLOCK.fullmatch(text)
    if clock:
        return 60 * int(clock.group(1)) + int(clock.group(2))
    if _WHOLE.fullmatch(text):
        return int(text)
    raise UnreadableLine(f"minutes: {text!r:.20} is no duration, write 45 or 0:45")


def _numbered(reader: csv.DictReader[str]) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        for row in reader:
            columns = {name: (row.get(name) or "").strip() for name in COLUMNS}
            if any(columns.values()):
                yield reader.line_num, columns
    except csv.Error as refusal:
        raise UnreadableFile(f"line {reader.line_num}: {refusal}") from refusal
