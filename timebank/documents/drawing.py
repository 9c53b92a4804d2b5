# SPDX-License-Identifier: EUPL-1.2
"""Drawing a document as PDF, on A4: a tagged file that a screen reader can read (PDF/UA-1).

``document.typ`` says how it looks; what it says goes there as data, so that no word of it is taken
for an instruction. The letters are in the file, and Typst refuses to write one that it cannot show,
as PDF/UA asks (docs/adr/0040).
"""

from __future__ import annotations

import dataclasses
import functools
import json
import pathlib
import unicodedata

import typst

from timebank.documents.blocks import Document

_HERE = pathlib.Path(__file__).parent
_TEMPLATE = _HERE / "document.typ"
SHOWN = (
    range(0x20, 0x7F),
    range(0xA0, 0x250),
    range(0x370, 0x400),
    range(0x400, 0x460),
    range(0x1E00, 0x1F00),
    range(0x2010, 0x2028),
    range(0x20A0, 0x20C0),
    range(0x2190, 0x2194),
    range(0x2212, 0x2213),
)
"""The letters that a document can show: European ones, punctuation, money, arrows, minus."""


def drawn(document: Document) -> bytes:
    """Return a document as PDF. The same document gives the same bytes.

    A letter that it cannot show becomes a question mark, a line end or a tab a space; marks that
    have no width, such as those that turn the direction of writing, are left out.
    """
    said = dataclasses.asdict(document) | {"made_at": None}
    return typst.compile(
        _TEMPLATE,
        font_paths=_letters(),
        sys_inputs={"document": json.dumps(_shown(said))},
        pdf_standards=["ua-1"],
        timestamp=int(document.made_at.timestamp()),
    )


@functools.cache
def _letters() -> typst.Fonts:
    """Read the letters of our own and those that Typst brings along, once for each process."""
    return typst.Fonts(include_system_fonts=False, font_paths=[_HERE / "letters"])


def _shown(said: object) -> object:
    """Return the same values with their texts in letters that can be shown.

    Each text by itself: in JSON a control character looks like plain letters, and an accent that
    follows a line end would become one with the letter that stands for it.
    """
    if isinstance(said, str):
        return "".join(map(_letter, unicodedata.normalize("NFC", said)))
    if isinstance(said, dict):
        return {key: _shown(value) for key, value in said.items()}
    if isinstance(said, list | tuple):
        return [_shown(value) for value in said]
    return said


def _letter(letter: str) -> str:
    if letter.isspace():
        return " "
    if unicodedata.category(letter) == "Cf":
        return ""
    known = unicodedata.name(letter, "") and any(ord(letter) in shown for shown in SHOWN)
    return letter if known else "?"
