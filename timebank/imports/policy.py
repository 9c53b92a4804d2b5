# SPDX-License-Identifier: EUPL-1.2
"""How the columns of a file become lines, whatever system it came from. Pure.

The layouts and their sources stand in docs/imports.md. In each of them the hours go from the helped
one to the helper: who "received" the hours in the other system gave the help.
"""

from __future__ import annotations

import dataclasses
import datetime
import enum
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from typing import TypeVar

from timebank.exchanges.workflow import ExchangeState
from timebank.imports.errors import EmptyCell, NotCounting, NotLegible, NotUnderstood
from timebank.sheets.bounds import Cause, UnreadableFile
from timebank.sheets.cells import NotReadable, day_of, minutes_of, minutes_of_hours
from timebank.sheets.packed import ZIP_SIGN, tables_in
from timebank.sheets.reading import check_size, rows_of
from timebank.sheets.text import Row
from timebank.sheets.workbook import is_workbook

_NAMESPACE = uuid.UUID("b7b7a2f5-5c44-5f0b-9d3e-0a6f8f1f5a77")
"""Of the keys of lines. It is the one of the paper slips, which are known for ever by it."""


@dataclasses.dataclass(frozen=True)
class Layout:
    """The columns of one kind of file.

    Attributes:
        columns: for each field the names that its column may have, in small letters.
        needed: fields without which a file is none of this kind; of a tuple one is enough.
        history: the file tells of help that was checked elsewhere, so that neither the smallest
            step nor the day on which somebody joined here counts.
        day_leads: the first column is the day, whatever it is called.
    """

    code: str
    columns: dict[str, tuple[str, ...]]
    needed: tuple[tuple[str, ...], ...]
    history: bool = True
    day_leads: bool = False


SLIPS = Layout(
    "slips",
    {
        "day": ("day", "dag", "datum", "date"),
        "helper": ("helper", "wie hielp"),
        "helped": ("helped", "wie kreeg hulp"),
        "minutes": ("minutes", "minuten"),
        "hours": ("hours", "uren"),
        "category": ("category", "soort hulp", "categorie"),
        "note": ("note", "notitie"),
        "number": ("number", "nummer"),
        "state": ("state",),
    },
    (("day",), ("helper",), ("helped",), ("minutes", "hours"), ("category",)),
    history=False,
)
LETS = Layout(
    "lets",
    {
        "day": ("date", "datum", "day", "dag"),
        "helped": ("from", "van"),
        "helper": ("to", "naar", "aan"),
        "hours": ("hours", "uren", "uur", "amount", "aantal"),
        "minutes": ("minutes", "minuten"),
        "category": ("category", "categorie", "soort hulp"),
        "note": ("description", "omschrijving", "beschrijving"),
        "number": ("number", "nummer", "nr", "id"),
    },
    (("day",), ("helped",), ("helper",), ("hours", "minutes")),
)
CYCLOS = Layout(
    "cyclos",
    {
        "day": ("date", "datum", "transfer date"),
        "helped": ("from", "van", "from account"),
        "helper": ("to", "naar", "aan", "to account"),
        "hours": ("amount", "bedrag"),
        "note": ("description", "omschrijving", "beschrijving"),
        "number": ("transaction number", "transactienummer", "number", "nummer"),
    },
    (("day",), ("helped",), ("helper",), ("hours",)),
)
TIMEOVERFLOW = Layout(
    "timeoverflow",
    {
        "helped": ("from id",),
        "helper": ("to id",),
        "hours": ("quantity",),
        "note": ("reason", "motivo", "motiu", "post"),
    },
    (("helped",), ("helper",), ("hours",)),
    day_leads=True,
)
LAYOUTS = {layout.code: layout for layout in (SLIPS, LETS, CYCLOS, TIMEOVERFLOW)}


@dataclasses.dataclass(frozen=True)
class Slip:
    """One line of a file, its text taken apart and nobody looked up yet.

    Attributes:
        number: the line of the file, counting the header as 1.
        helper: a name, number or address as written; ``helped`` likewise.
        category: a code or a label in either language; empty where the file has no such column.
        own_number: the number that the other system gave to this line; empty when it has none.
    """

    number: int
    day: datetime.date
    helper: str
    helped: str
    minutes: int
    category: str
    note: str
    own_number: str = ""


class Outcome(enum.StrEnum):
    """What became of a line, or would."""

    READY = "ready"
    ADDED = "added"
    KNOWN = "known"
    LEFT_OUT = "left out"
    """It did not count where it came from."""
    BAD = "bad"


@dataclasses.dataclass(frozen=True)
class Verdict:
    """What became of one line of the file, and why it was refused."""

    number: int
    outcome: Outcome
    refusal: Exception | None = None

    @property
    def why(self) -> str:
        """Return the column and what is wrong in it; empty when nothing is."""
        if self.refusal is None:
            return ""
        field = getattr(self.refusal, "field", None) or "line"
        return f"{field}: {self.refusal}"

    def __str__(self) -> str:
        """Say it on one line, as the command prints it."""
        return f"line {self.number}: {self.outcome}{': ' if self.refusal else ''}{self.why}"


@dataclasses.dataclass(frozen=True)
class Ready:
    """A line that can be booked: everybody looked up, every answer checked.

    Attributes:
        may_approve: the actor took no part in it, and may decide about it.
    """

    number: int
    form_key: uuid.UUID
    helper_id: uuid.UUID
    helped_id: uuid.UUID
    helper_account_id: int
    helped_account_id: int
    helper_neighbourhood_code: str
    helped_neighbourhood_code: str
    category_code: str
    minutes: int
    helped_on: datetime.date
    note: str
    may_approve: bool
    own_number: str = ""


class Keys:
    """Makes the key of each line: of its own number, or of what stands on it.

    Two equal lines without a number in one file are two; the third field of the key says which.
    """

    def __init__(self, timebank_id: int, layout: Layout) -> None:
        self._timebank_id = timebank_id
        self._layout = layout
        self._seen: Counter[str] = Counter()

    def key_of(self, slip: Slip) -> uuid.UUID:
        """Return the key of a line; ask once for each line, in the order of the file."""
        if slip.own_number:
            kind = f"{self._timebank_id}|{self._layout.code}|number"
            return uuid.uuid5(_NAMESPACE, f"{kind}|{slip.own_number}")
        written = "|".join(
            (
                str(self._timebank_id),
                slip.day.isoformat(),
                slip.helper.casefold(),
                slip.helped.casefold(),
                str(slip.minutes),
                slip.category.casefold(),
            )
        )
        self._seen[written] += 1
        return uuid.uuid5(_NAMESPACE, f"{written}|{self._seen[written]}")


Cells = dict[str, str]
_T = TypeVar("_T")


def read_lines(content: bytes, layout: Layout = SLIPS) -> Iterator[tuple[int, Cells]]:
    """Return each line with its number and its cells by field; empty lines are passed over.

    A ZIP that is no workbook is looked through for the first CSV with these columns.

    Raises:
        UnreadableFile: here or while it is read; the header lacks a column, for one.
    """
    check_size(len(content))
    if content.startswith(ZIP_SIGN) and not is_workbook(content):
        return _lines_in_zip(content, layout)
    return _lines(rows_of(content), layout)


def members_in_zip(content: bytes) -> dict[str, str]:
    """Return the e-mail address of each member number in a ZIP of TimeOverflow, where it has one.

    The list of members is the CSV whose first column is called N; the address is the cell with @.
    """
    found: dict[str, str] = {}
    if not content.startswith(ZIP_SIGN) or is_workbook(content):
        return found
    for _, table in tables_in(content):
        rows = rows_of(table)
        header = next(rows, (0, [""]))[1]
        if header[:1] == ["N"]:
            for _, cells in rows:
                addresses = [cell for cell in cells[1:] if "@" in cell]
                if cells and cells[0] and addresses:
                    found[cells[0]] = addresses[0]
    return found


def check_counts(cells: Cells) -> None:
    """Pass a line that counted where it came from, or of which nobody says so.

    Only our own table of exchanges has such a column; other words in it are passed over.

    Raises:
        NotCounting
    """
    state = cells.get("state", "").strip().casefold()
    if state in set(ExchangeState) - {ExchangeState.APPROVED}:
        raise NotCounting(state)


def slip_of(number: int, cells: Cells, layout: Layout = SLIPS, category: str = "") -> Slip:
    """Read the cells of one line.

    Args:
        category: for a line that names none.

    Raises:
        LineRefused: a cell is empty or is not what it should be.
    """
    duration = "minutes" if cells.get("minutes") or "hours" not in cells else "hours"
    chosen = cells.get("category") or category
    cells = cells | {"category": chosen}
    for field in ("day", "helper", "helped", duration, "category"):
        if not cells.get(field):
            raise EmptyCell(field)
        if "\0" in cells[field]:
            raise NotLegible(field)
    return Slip(
        number=number,
        day=_read("day", day_of, cells),
        helper=cells["helper"],
        helped=cells["helped"],
        minutes=_read(duration, minutes_of if duration == "minutes" else minutes_of_hours, cells),
        category=chosen,
        note=cells.get("note", ""),
        own_number=cells.get("number", "").replace("\0", ""),
    )


def read_mapping(content: bytes) -> dict[str, str]:
    """Return who is who: what the file says in its first column, and a number or address of ours.

    Raises:
        UnreadableFile
    """
    rows = ((cells[0], cells[1]) for _, cells in rows_of(content) if len(cells) > 1 and cells[0])
    return {theirs.casefold(): ours for theirs, ours in rows if ours}


def _read(field: str, reader: Callable[[str], _T], cells: Cells) -> _T:
    try:
        return reader(cells[field])
    except NotReadable as refusal:
        raise NotUnderstood(field, str(refusal)) from refusal


def _lines_in_zip(content: bytes, layout: Layout) -> Iterator[tuple[int, Cells]]:
    for _, table in tables_in(content):
        try:
            return _lines(rows_of(table), layout)
        except UnreadableFile:
            continue
    raise UnreadableFile(Cause.NO_TRANSFERS, _named(layout, layout.needed))


def _lines(rows: Iterator[Row], layout: Layout) -> Iterator[tuple[int, Cells]]:
    header = [cell.strip().lower() for cell in next(rows, (1, [""]))[1]]
    places = _places(header, layout)
    missing = tuple(
        either for either in layout.needed if not any(field in places for field in either)
    )
    if missing:
        raise UnreadableFile(Cause.MISSING_COLUMNS, _named(layout, missing))
    return _numbered(rows, places)


def _places(header: list[str], layout: Layout) -> dict[str, int]:
    """Return where each field stands; of several columns the first name of the layout wins."""
    places = {
        field: next(header.index(name) for name in names if name in header)
        for field, names in layout.columns.items()
        if any(name in header for name in names)
    }
    return places | ({"day": 0} if layout.day_leads else {})


def _named(layout: Layout, missing: tuple[tuple[str, ...], ...]) -> str:
    return ", ".join(
        " or ".join(layout.columns[field][0] for field in either if field in layout.columns)
        for either in missing
    )


def _numbered(rows: Iterator[Row], places: dict[str, int]) -> Iterator[tuple[int, Cells]]:
    for number, row in rows:
        cells = {field: row[at] if at < len(row) else "" for field, at in places.items()}
        if any(cells.values()):
            yield number, cells
