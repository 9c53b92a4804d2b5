# SPDX-License-Identifier: EUPL-1.2
"""Files in files, ZIP or XLSX: looked at from the outside before anything is unpacked. Pure."""

from __future__ import annotations

import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator

from timebank.sheets.bounds import (
    MOST_PARTS,
    MOST_TIMES_PACKED,
    MOST_UNPACKED_BYTES,
    SMALL_BYTES,
    Cause,
    UnreadableFile,
)

ZIP_SIGN = b"PK"
BROKEN_ZIP = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError),
    *(NotImplementedError, RuntimeError, OSError, ValueError),
)
"""What reading a broken, encrypted or odd ZIP may raise; a name in no encoding is a ValueError."""


def open_safely(content: bytes, cause: Cause) -> zipfile.ZipFile:
    """Open a ZIP of which all parts together stay within the bounds.

    The sizes are those that the ZIP names; unpacking stops at them whatever comes, so that a ZIP
    that lies breaks and does no harm.

    Args:
        cause: what to say when it is no ZIP at all.

    Raises:
        UnreadableFile
    """
    try:
        packed = zipfile.ZipFile(io.BytesIO(content))
    except BROKEN_ZIP as refusal:
        raise UnreadableFile(cause) from refusal
    parts = packed.infolist()
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED_BYTES:
        raise UnreadableFile(Cause.BOMB)
    for part in parts:
        if part.file_size > max(SMALL_BYTES, MOST_TIMES_PACKED * part.compress_size):
            raise UnreadableFile(Cause.BOMB)
    return packed


def tables_in(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Return the name and the content of each CSV in a ZIP, in the order of their names.

    Raises:
        UnreadableFile
    """
    with open_safely(content, Cause.NOT_A_ZIP) as packed:
        for name in sorted(packed.namelist()):
            if name.lower().endswith(".csv") and not name.startswith("__MACOSX"):
                try:
                    yield name, packed.read(name)
                except BROKEN_ZIP as refusal:
                    raise UnreadableFile(Cause.NOT_A_ZIP) from refusal
