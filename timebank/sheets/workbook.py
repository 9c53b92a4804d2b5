# SPDX-License-Identifier: EUPL-1.2
"""Workbooks (XLSX): the first sheet, row by row, and never more than the bounds allow. Pure.

openpyxl reads with defusedxml, which refuses entities: that one is installed beside it is checked.
"""

from __future__ import annotations

import datetime
import io
import warnings
from collections.abc import Iterator
from xml.etree.ElementTree import ParseError

import openpyxl
from defusedxml.common import DefusedXmlException
from openpyxl.utils.exceptions import InvalidFileException

from timebank.sheets.bounds import Cause, UnreadableFile
from timebank.sheets.packed import BROKEN_ZIP, open_safely
from timebank.sheets.text import Row, check_row

assert openpyxl.DEFUSEDXML  # noqa: S101 - without it a workbook could unfold entities for ever

_BROKEN = (
    *BROKEN_ZIP,
    InvalidFileException,
    DefusedXmlException,
    ParseError,
    KeyError,
    TypeError,
    IndexError,
    AttributeError,
)
"""What openpyxl raises at a file that only looks like a workbook."""


def is_workbook(content: bytes) -> bool:
    """Say whether this ZIP is a workbook.

    Raises:
        UnreadableFile: it is a bomb, or no ZIP.
    """
    with open_safely(content, Cause.NOT_A_ZIP) as packed:
        return "[Content_Types].xml" in packed.namelist()


def rows_of_workbook(content: bytes) -> Iterator[Row]:
    """Return the rows of the first sheet, with what a formula came to when it was saved.

    Raises:
        UnreadableFile
    """
    open_safely(content, Cause.NOT_A_WORKBOOK).close()
    try:
        with warnings.catch_warnings():
            # It warns of styles and extensions that it passes over; the cells are all there.
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            sheet = book.worksheets[0]
            # The size that a sheet says it has may be anything.
            sheet.reset_dimensions()
            for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
                check_row(number, cells)
                yield number, [_written(cell) for cell in cells]
    except _BROKEN as refusal:
        raise UnreadableFile(Cause.NOT_A_WORKBOOK) from refusal


def _written(cell: object) -> str:
    """Return a cell as somebody would have typed it in a CSV."""
    if cell is None:
        return ""
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat()
    if isinstance(cell, datetime.timedelta):
        minutes = round(cell.total_seconds() / 60)
        return f"{minutes // 60}:{minutes % 60:02}"
    if isinstance(cell, datetime.time):
        return f"{cell.hour}:{cell.minute:02}"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
