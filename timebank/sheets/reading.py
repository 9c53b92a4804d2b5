# SPDX-License-Identifier: EUPL-1.2
"""Reading a table from a file, whatever it is: CSV or XLSX. Pure."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from timebank.sheets.bounds import MOST_BYTES, Cause, UnreadableFile
from timebank.sheets.packed import ZIP_SIGN
from timebank.sheets.text import Row, rows_of_text
from timebank.sheets.workbook import is_workbook, rows_of_workbook


def rows_of(content: bytes) -> Iterator[Row]:
    """Return the number and the cells of each line of a CSV or an XLSX, the header too.

    Raises:
        UnreadableFile: here or while it is read.
    """
    check_size(len(content))
    return rows_of_workbook(content) if content.startswith(ZIP_SIGN) else rows_of_text(content)


def is_longer(content: bytes, most: int) -> bool:
    """Say whether a table has more lines than this, the header and empty ones too; stops there.

    A ZIP of tables is not looked into.

    Raises:
        UnreadableFile
    """
    check_size(len(content))
    if content.startswith(ZIP_SIGN) and not is_workbook(content):
        return False
    return next(itertools.islice(rows_of(content), most, None), None) is not None


def check_size(size: int) -> None:
    """Refuse a file of too many bytes.

    Raises:
        UnreadableFile
    """
    if size > MOST_BYTES:
        raise UnreadableFile(Cause.TOO_LARGE)
