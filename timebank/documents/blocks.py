# SPDX-License-Identifier: EUPL-1.2
"""What a document is made of. A page and a PDF draw the same blocks, so they say the same."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Sequence

Cells = Sequence[str | None]
"""The first is the name of a row; None is a number that is withheld."""


@dataclasses.dataclass(frozen=True)
class Heading:
    """A heading within the document; level 3 belongs to the last one of level 2."""

    text: str
    level: int = 2
    kind: str = "heading"


@dataclasses.dataclass(frozen=True)
class Paragraph:
    """Some sentences."""

    text: str
    kind: str = "paragraph"


@dataclasses.dataclass(frozen=True)
class Facts:
    """Numbers, each with its name and with one sentence that says what it means."""

    rows: Sequence[tuple[str, str, str]]
    kind: str = "facts"


@dataclasses.dataclass(frozen=True)
class Picture:
    """Bars one below the other: name, number (None: withheld) and the number in words."""

    key: str
    title: str
    about: str
    rows: Sequence[tuple[str, float | None, str]]
    kind: str = "picture"


@dataclasses.dataclass(frozen=True)
class Grid:
    """A table; a row of which all numbers are withheld says so once."""

    title: str
    head: Sequence[str]
    rows: Sequence[Cells]
    foot: Cells | None = None
    kind: str = "grid"


Block = Heading | Paragraph | Facts | Picture | Grid


@dataclasses.dataclass(frozen=True)
class Document:
    """A whole document.

    Attributes:
        language: such as ``nl``; a reader that speaks pronounces it so.
        made_at: stands in the file. With the same moment the same blocks give the same bytes.
        withheld: the words for a number that is withheld.
        foot: stands on every page, before the number of the page.
    """

    title: str
    subtitle: str
    language: str
    author: str
    made_at: datetime.datetime
    withheld: str
    foot: str
    blocks: Sequence[Block]
