# SPDX-License-Identifier: EUPL-1.2
"""Drawing a document as PDF, on A4, in the letters that every reader has.

Those letters know the Latin alphabet of western Europe; another letter becomes a question mark.
Headings are bookmarks, pictures carry their words beside the bars, and language and title are set.
"""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Sequence

from fpdf import FPDF, FontFace
from fpdf.enums import MethodReturnValue

from timebank.documents.blocks import Block, Document, Facts, Grid, Heading, Paragraph, Picture

MARGIN = 20
_FONT = "Helvetica"
_TITLE, _HEADING, _SUBHEADING, _TEXT, _SMALL = 22, 15, 12, 10.5, 9
_GIVEN = (15, 76, 92)
"""The colour of what was given; it is 8 to 1 on white, and grey enough in a copy."""
_LINE = (90, 90, 90)
_NAME_PART, _BAR_PART = 0.34, 0.42
_BAR_HEIGHT = 4.2
_SPELLED = str.maketrans({"–": "-", "—": "-", "−": "-", "‘": "'", "’": "'", "“": '"', "”": '"'})


def drawn(document: Document) -> bytes:
    """Return a document as PDF. The same document gives the same bytes."""
    page = _Pages(document)
    page.add_page()
    page.say(document.title, _TITLE, bold=True)
    page.say(document.subtitle, _HEADING - 2)
    for block, following in itertools.zip_longest(document.blocks, document.blocks[1:]):
        if isinstance(block, Heading):
            page.head(block, following)
        elif block is not None:
            page.draw(block)
    return bytes(page.output())


class _Pages(FPDF):
    """Draws blocks below each other; what belongs together stays on one page."""

    def __init__(self, document: Document) -> None:
        super().__init__(format="A4")
        self._foot, self._withheld = _plain(document.foot), _plain(document.withheld)
        self.set_margin(MARGIN)
        self.set_auto_page_break(auto=True, margin=MARGIN)
        self.set_title(_plain(document.title))
        self.set_author(_plain(document.author))
        self.set_lang(document.language)
        self.set_creation_date(document.made_at)
        self.set_display_mode("fullwidth")
        self.set_font(_FONT, size=_TEXT)

    def footer(self) -> None:
        self.set_y(-MARGIN + 4)
        self.set_font(_FONT, size=_SMALL)
        self.cell(0, 5, f"{self._foot} - {self.page_no()}", align="C")

    def say(self, text: str, size: float = _TEXT, *, bold: bool = False) -> None:
        """Write some sentences over the whole width."""
        self.set_font(_FONT, style="B" if bold else "", size=size)
        self.multi_cell(0, size * 0.5, _plain(text), new_x="LMARGIN", new_y="NEXT", align="L")
        self.ln(1.5)

    def head(self, block: Heading, following: Block | None) -> None:
        """Write a heading, a bookmark too, on the page of what follows it."""
        more = _picture_height(following) if isinstance(following, Picture) else 15
        self._keep_together(15 + more)
        self.ln(3)
        size = _HEADING if block.level == 2 else _SUBHEADING  # noqa: PLR2004 - of two levels
        self.set_font(_FONT, style="B", size=size)
        self.start_section(_plain(block.text), level=block.level - 2)
        self.say(block.text, size, bold=True)

    def draw(self, block: Facts | Paragraph | Picture | Grid) -> None:
        """Draw one block."""
        match block:
            case Paragraph():
                self.say(block.text)
            case Facts():
                self._facts(block)
            case Picture():
                self._picture(block)
            case Grid():
                self._grid(block)

    def _facts(self, block: Facts) -> None:
        for name, value, meaning in block.rows:
            self._keep_together(18)
            self.say(f"{name}: {value}", bold=True)
            self.say(meaning, _SMALL)

    def _picture(self, block: Picture) -> None:
        self._keep_together(_picture_height(block))
        self.say(block.title, bold=True)
        self.say(block.about, _SMALL)
        most = max((number for _, number, _ in block.rows if number is not None), default=0)
        wide = self.epw
        self.set_font(_FONT, size=_SMALL)
        for name, number, words in block.rows:
            self._bar(name, None if number is None else number / (most or 1), words, wide)
        self.ln(2)

    def _bar(self, name: str, part: float | None, words: str, wide: float) -> None:
        """Draw one bar between its name and its number, so that nothing is in colour only."""
        name_wide, bar_wide = wide * _NAME_PART, wide * _BAR_PART
        self.set_font(_FONT, size=_SMALL)
        told = self.multi_cell(
            name_wide, 4.5, _plain(name), dry_run=True, output=MethodReturnValue.HEIGHT
        )
        assert isinstance(told, float | int)  # noqa: S101 - a height was asked for
        high = max(6.0, told + 1.5)
        self._keep_together(high)
        left, top = self.l_margin, self.get_y()
        self.multi_cell(name_wide, 4.5, _plain(name), align="L")
        self.set_fill_color(*_GIVEN)
        if part:
            self.rect(left + name_wide + 2, top, max(0.6, bar_wide * part), _BAR_HEIGHT, style="F")
        self.set_xy(left + name_wide + bar_wide + 4, top)
        said = self._withheld if part is None else _plain(words)
        self.cell(wide - name_wide - bar_wide - 4, _BAR_HEIGHT, said)
        self.set_xy(left, top + high)

    def _grid(self, block: Grid) -> None:
        self._keep_together(24)
        self.say(block.title, bold=True)
        self.set_font(_FONT, size=_SMALL)
        self.set_draw_color(*_LINE)
        self.set_fill_color(255)
        aligned = ("LEFT", *("RIGHT",) * (len(block.head) - 1))
        with self.table(
            borders_layout="HORIZONTAL_LINES",
            headings_style=FontFace(emphasis="BOLD"),
            text_align=aligned,
            line_height=5,
            col_widths=(2, *(1,) * (len(block.head) - 1)),
        ) as table:
            for cells in (block.head, *block.rows, *([block.foot] if block.foot else [])):
                row = table.row()
                for cell in self._told(cells):
                    row.cell(_plain(cell))
        self.ln(3)

    def _told(self, cells: Sequence[str | None]) -> list[str]:
        return [self._withheld if cell is None else cell for cell in cells]

    def _keep_together(self, high: float) -> None:
        """Begin a new page when so many millimetres do not fit on this one."""
        if self.will_page_break(high):
            self.add_page()


def _picture_height(block: Picture) -> float:
    """Return how many millimetres a picture asks for; a long one may go on on the next page."""
    return 14 + 7 * min(len(block.rows), 10)


def _plain(text: str) -> str:
    """Return a text in letters that the font has; accents that it lacks are left off."""
    said = text.translate(_SPELLED)
    if said.isascii():
        return said
    return "".join(_letter(letter) for letter in unicodedata.normalize("NFC", said))


def _letter(letter: str) -> str:
    if ord(letter) <= 0xFF:  # noqa: PLR2004 - the last letter of Latin-1
        return letter
    return unicodedata.normalize("NFD", letter)[0].encode("latin-1", "replace").decode("latin-1")
