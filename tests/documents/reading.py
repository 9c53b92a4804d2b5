# SPDX-License-Identifier: EUPL-1.2
"""What stands in a PDF of ours: the texts that it writes, in their order."""

from __future__ import annotations

import re
import zlib

_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_SAID = re.compile(rb"\(((?:[^()\\]|\\.)*)\) ?T[jJ]")


def text_of(pdf: bytes) -> str:
    """Return every text of a PDF, one a line; a line that was broken is two."""
    lines = []
    for found in _STREAM.finditer(pdf):
        try:
            page = zlib.decompress(found[1])
        except zlib.error:
            continue
        lines += [line.decode("latin-1") for line in _SAID.findall(page)]
    return "\n".join(lines)
