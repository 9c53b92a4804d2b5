# SPDX-License-Identifier: EUPL-1.2
"""How large a file may be, and the one refusal of a file as a whole. Pure."""

from __future__ import annotations

import enum

MOST_BYTES = 20 * 1024 * 1024
"""Of the file as it comes (inclusive)."""
MOST_UNPACKED_BYTES = 100 * 1024 * 1024
"""Of everything in a ZIP or an XLSX together, unpacked (inclusive)."""
MOST_TIMES_PACKED = 200
"""A table packs to a tenth or a thirtieth; what packs to less than this is a bomb."""
SMALL_BYTES = 1024 * 1024
"""What unpacks to less than this harms nobody, however well it packs."""
MOST_PARTS = 500
"""Files in a ZIP or an XLSX (inclusive)."""
MOST_LINES = 200_000
"""Lines of one table, the header too (inclusive)."""
MOST_COLUMNS = 40
"""Of one line (inclusive)."""


class Cause(enum.StrEnum):
    """Why a file as a whole was refused."""

    TOO_LARGE = "too_large"
    BOMB = "bomb"
    TOO_MANY_LINES = "too_many_lines"
    TOO_MANY_COLUMNS = "too_many_columns"
    NOT_A_WORKBOOK = "not_a_workbook"
    NOT_A_ZIP = "not_a_zip"
    BROKEN = "broken"
    MISSING_COLUMNS = "missing_columns"
    NO_TRANSFERS = "no_transfers"


_ENGLISH = {
    Cause.TOO_LARGE: "the file is larger than 20 MB: split it",
    Cause.BOMB: "the file unpacks to far more than it holds: it is not opened",
    Cause.TOO_MANY_LINES: f"the file has more than {MOST_LINES} lines: split it",
    Cause.TOO_MANY_COLUMNS: f"line {{detail}}: there are more than {MOST_COLUMNS} columns",
    Cause.NOT_A_WORKBOOK: "the file is no workbook (XLSX) that can be read",
    Cause.NOT_A_ZIP: "the file is no ZIP that can be read",
    Cause.BROKEN: "line {detail}",
    Cause.MISSING_COLUMNS: "the first line lacks the columns: {detail}",
    Cause.NO_TRANSFERS: "none of the files in the ZIP has the columns: {detail}",
}


class UnreadableFile(Exception):
    """The file as a whole cannot be read; nothing of it was used.

    Attributes:
        cause: why, for a door that has words of its own.
        detail: names of columns, or the number of a line with what is wrong there.
    """

    def __init__(self, cause: Cause, detail: str = "") -> None:
        self.cause = cause
        self.detail = detail
        super().__init__(_ENGLISH[cause].format(detail=detail))
