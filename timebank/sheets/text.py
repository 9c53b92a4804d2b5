# SPDX-License-Identifier: EUPL-1.2
"""Text as office programs save it: which letters, which separator, line by line. Pure."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator

from timebank.sheets.bounds import (
    MOST_COLUMNS,
    MOST_LINES,
    Cause,
    UnreadableFile,
)

Row = tuple[int, list[str]]
"""The number of a line, counting from 1, and its cells without the spaces around them."""
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHUNK = 64 * 1024


def encoding_of(content: bytes) -> str:
    """Say how the letters of a text are written: UTF-8 or UTF-16, else Windows-1252.

    UTF-16 without its mark is known by the zero bytes that each plain letter has beside it.
    """
    for mark, name in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return name
    start = content[:400]
    half = len(start) // 2
    if half and start[1::2].count(0) > half * 0.6:
        return "utf-16-le"
    if half and start[0::2].count(0) > half * 0.6:
        return "utf-16-be"
    return "utf-8" if _is_utf8(content) else "cp1252"


def rows_of_text(content: bytes) -> Iterator[Row]:
    """Return the lines of a CSV in their order; its separator is ; or a tab or a comma.

    A first line that says ``sep=;``, as Excel writes it on top, is passed over.

    Raises:
        UnreadableFile: a quote that is never closed, too many lines or columns.
    """
    lines = io.TextIOWrapper(
        io.BytesIO(content), encoding=encoding_of(content), errors="replace", newline=""
    )
    first = lines.readline()
    passed_over = first.lower().startswith("sep=")
    header = lines.readline() if passed_over else first
    separator = next((sign for sign in ";\t" if sign in header), ",")
    lines.seek(0)
    if passed_over:
        lines.readline()
    reader = csv.reader(lines, delimiter=separator, strict=True)
    return _rows(reader, 1 if passed_over else 0)


def _rows(reader: Iterator[list[str]], passed_over: int) -> Iterator[Row]:
    try:
        for cells in reader:
            number = reader.line_num + passed_over  # type: ignore[attr-defined]
            check_row(number, cells)
            yield number, [cell.strip() for cell in cells]
    except csv.Error as refusal:
        number = reader.line_num + passed_over  # type: ignore[attr-defined]
        raise UnreadableFile(Cause.BROKEN, f"{number}: {refusal}") from refusal


def check_row(number: int, cells: list[str] | tuple[object, ...]) -> None:
    """Refuse a line beyond the bounds.

    Raises:
        UnreadableFile
    """
    if number > MOST_LINES:
        raise UnreadableFile(Cause.TOO_MANY_LINES)
    if len(cells) > MOST_COLUMNS:
        raise UnreadableFile(Cause.TOO_MANY_COLUMNS, str(number))


def _is_utf8(content: bytes) -> bool:
    """Decode piece by piece, so that a large file is not held as text too."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(content), _CHUNK):
            decoder.decode(content[start : start + _CHUNK])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
