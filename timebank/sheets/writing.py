# SPDX-License-Identifier: EUPL-1.2
"""Writing a table as CSV or XLSX, piece by piece, so that no office program runs what stands in it.

A cell of text that an office program could take for a formula gets an apostrophe before it; a
number stays a number, a negative one too. Pure.
"""

from __future__ import annotations

import csv
import datetime
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from typing import IO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

Cell = str | int | datetime.date | None
"""A cell: text, a whole number, a day, or nothing."""

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""With one of these a cell can begin a formula, in one office program or another."""
BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""Excel takes a CSV for UTF-8 only with this in front."""
MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""The formats, with what they are called in an answer."""
_LINES_A_PIECE = 500
_BYTES_A_PIECE = 64 * 1024
_LONGEST_CELL = 32_000


def harmless(text: str) -> str:
    """Return a text that is no formula: with an apostrophe before it where it could be one.

    Spaces before the sign do not save it, since some programs take them away.
    """
    begins = text.lstrip(" ")[:1] if text[:1] == " " else text[:1]
    return f"'{text}" if begins in FORMULA_SIGNS and begins else text


def written(form: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """Return a table in one of ``MEDIA``, piece by piece.

    Args:
        form: ``csv`` or ``xlsx``.
    """
    return _csv(header, rows) if form == "csv" else _xlsx(header, rows)


def _csv(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """Return lines that end in CR LF, with ; between the cells, as Dutch Excel expects."""
    page = io.StringIO(newline="")
    page.write(BYTE_ORDER_MARK)
    writer = csv.writer(page, delimiter=";")
    writer.writerow(header)
    for number, row in enumerate(rows, 1):
        writer.writerow([_as_text(cell) for cell in row])
        if number % _LINES_A_PIECE == 0:
            yield page.getvalue().encode()
            page.seek(0)
            page.truncate()
    yield page.getvalue().encode()


def _xlsx(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """Write the rows to a file of the operating system as they come, and return it in pieces."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(list(header))
    for row in rows:
        sheet.append([_as_cell(sheet, cell) for cell in row])
    with tempfile.TemporaryFile() as file:
        book.save(file)
        file.seek(0)
        yield from _pieces(file)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(_BYTES_A_PIECE):
        yield piece


def _as_text(cell: Cell) -> str | int:
    if isinstance(cell, datetime.date):
        return cell.isoformat()
    if isinstance(cell, int):
        return cell
    return harmless((cell or "").replace("\0", ""))


def _as_cell(sheet: object, cell: Cell) -> object:
    if not isinstance(cell, str):
        return cell
    text = harmless(ILLEGAL_CHARACTERS_RE.sub("", cell))[:_LONGEST_CELL]
    written_cell = WriteOnlyCell(sheet, value=text)  # type: ignore[arg-type]
    written_cell.data_type = "s"
    return written_cell
