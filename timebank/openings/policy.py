# SPDX-License-Identifier: EUPL-1.2
"""How a file of opening balances is read. Pure."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterator

from timebank.imports.errors import EmptyCell, LineRefused, NotUnderstood
from timebank.imports.policy import Outcome, Verdict
from timebank.openings.errors import BalanceTooLarge, NotZero
from timebank.sheets.bounds import Cause, UnreadableFile
from timebank.sheets.cells import NotReadable, signed_minutes_of, signed_minutes_of_hours
from timebank.sheets.reading import rows_of

_OPENING = uuid.UUID("c1a4b8de-3f0b-5a0f-9a55-6e2b1f0d7c42")
"""Namespace of the ids of opening transfers: one for each member, so that it happens once."""
_NAMES = {
    "person": ("person", "member", "deelnemer", "persoon", "naam", "name"),
    "minutes": ("minutes", "minuten", "balance_minutes"),
    "hours": ("hours", "uren", "balance"),
}


MOST_MINUTES = 2000 * 60
"""What one person can come in with, given or received (inclusive): a full year of working days."""


@dataclasses.dataclass(frozen=True)
class Line:
    """One line: whose, and minutes above zero for who gave more than they received.

    Attributes:
        unit: the column in which they stand, ``minutes`` or ``hours``.
    """

    number: int
    person: str
    minutes: int
    unit: str = "minutes"


def opening_key(timebank_id: int, member_id: uuid.UUID) -> uuid.UUID:
    """Return the id of the transfer with which this member came in."""
    return uuid.uuid5(_OPENING, f"{timebank_id}:{member_id}")


def read_balances(content: bytes) -> tuple[list[Line], list[Verdict]]:
    """Return the lines that can be read, and the verdicts on the others.

    Raises:
        UnreadableFile: the file as a whole cannot be read; a column is missing, for one.
    """
    lines, bad = list[Line](), list[Verdict]()
    for number, cells in _cells(content):
        try:
            lines.append(_line(number, cells))
        except LineRefused as refusal:
            bad.append(Verdict(number, Outcome.BAD, refusal))
    return lines, bad


def check_size(line: Line) -> None:
    """Refuse what one person cannot have; the line of the community account has no bound.

    Raises:
        BalanceTooLarge: more than ``MOST_MINUTES``, above or below zero.
    """
    if abs(line.minutes) > MOST_MINUTES:
        raise BalanceTooLarge(line.unit, MOST_MINUTES)


def check_sum(lines: list[Line]) -> None:
    """Refuse balances that do not sum to zero: hours would come from nowhere.

    Raises:
        NotZero: naming the difference in minutes.
    """
    difference = sum(line.minutes for line in lines)
    if difference:
        raise NotZero(difference)


def _cells(content: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    rows = rows_of(content)
    header = [cell.lower() for cell in next(rows, (1, [""]))[1]]
    places = {
        field: next(header.index(name) for name in names if name in header)
        for field, names in _NAMES.items()
        if any(name in header for name in names)
    }
    if "person" not in places or not {"minutes", "hours"} & set(places):
        raise UnreadableFile(Cause.MISSING_COLUMNS, "person, minutes or hours")
    for number, row in rows:
        cells = {field: row[at] if at < len(row) else "" for field, at in places.items()}
        if any(cells.values()):
            yield number, cells


def _line(number: int, cells: dict[str, str]) -> Line:
    unit = "minutes" if "minutes" in cells else "hours"
    for field in ("person", unit):
        if not cells[field]:
            raise EmptyCell(field)
    read = signed_minutes_of if unit == "minutes" else signed_minutes_of_hours
    try:
        return Line(number, cells["person"], read(cells[unit]), unit)
    except NotReadable as refusal:
        raise NotUnderstood(unit, str(refusal)) from refusal
