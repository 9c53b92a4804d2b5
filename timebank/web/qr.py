# SPDX-License-Identifier: EUPL-1.2
"""QR codes as one path of an SVG, so that no picture has to be loaded and no style is inline."""

from __future__ import annotations

import dataclasses

import segno

QUIET = 4
"""White modules around it; without them a telephone does not see it."""


@dataclasses.dataclass(frozen=True)
class QrCode:
    """A square of ``size`` modules with its quiet zone, and its dark modules as a path."""

    size: int
    path: str


def qr_code(text: str) -> QrCode:
    """Return the QR code of a text, readable when a tenth of it is dirty."""
    code = segno.make_qr(text, error="m")
    runs = []
    for y, row in enumerate(code.matrix):
        for x, dark in enumerate(row):
            if dark:
                runs.append(f"M{x + QUIET} {y + QUIET}h1v1h-1z")
    return QrCode(int(code.symbol_size(border=QUIET)[0]), "".join(runs))
