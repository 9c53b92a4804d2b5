# SPDX-License-Identifier: EUPL-1.2
"""The fonts: only the letters that we need, in files that are small on an old phone."""

from __future__ import annotations

import io
import os
from typing import Any

from fontTools import subset
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

# Fonts carry a "modified" date; a fixed one keeps the output reproducible.
os.environ.setdefault("SOURCE_DATE_EPOCH", "1577836800")

Operation = tuple[str, tuple[Any, ...]]

PUNCTUATION = {0x2013, 0x2018, 0x2019, 0x201C, 0x201D, 0x201E, 0x2026, 0x2212}
ROMANIAN = {0x218, 0x219, 0x21A, 0x21B}
LATIN = set(range(0x20, 0x7F)) | set(range(0xA0, 0x100)) | PUNCTUATION
LATIN_EXTENDED = set(range(0x100, 0x180)) | ROMANIAN


def topmost_contour(glyphs: Any, name: str) -> tuple[list[Operation], float, float]:  # noqa: ANN401
    """Return the highest contour of a glyph, with its left and right edge."""
    recorder = DecomposingRecordingPen(glyphs)
    glyphs[name].draw(recorder)
    contours: list[list[Operation]] = [[]]
    for operation in recorder.value:
        contours[-1].append(operation)
        if operation[0] == "closePath":
            contours.append([])

    def points(contour: list[Operation]) -> list[tuple[float, float]]:
        return [point for _, args in contour for point in args if point is not None]

    top = max((c for c in contours if c), key=lambda c: min(y for _, y in points(c)))
    across = [x for x, _ in points(top)]
    return top, min(across), max(across)


def add_dotted_capital_i(font: TTFont) -> None:
    """Give the font an İ: without it İbrahim and İlknur fall apart in print.

    The upright is that of Į, the dot that of Ż; this half of the font has no
    I of its own. The licence allows changes and reserves no name.
    """
    cmap = font.getBestCmap()
    if ord("İ") in cmap:
        return
    glyphs = font.getGlyphSet()
    upright, _, _ = topmost_contour(glyphs, cmap[ord("Į")])
    dot, left, right = topmost_contour(glyphs, cmap[ord("Ż")])
    advance = font["hmtx"][cmap[ord("Į")]][0]
    pen = TTGlyphPen(glyphs)
    for contour, move in ((upright, 0.0), (dot, advance / 2 - (left + right) / 2)):
        for step, args in contour:
            getattr(pen, step)(*[p and (round(p[0] + move), round(p[1])) for p in args])
    name = "Idotaccent"
    font.setGlyphOrder([*font.getGlyphOrder(), name])
    font["glyf"][name] = pen.glyph()
    font["hmtx"][name] = (advance, 0)
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap[ord("İ")] = name


def subset_font(data: bytes, wanted: set[int], features: list[str], extended: bool) -> bytes:
    """Keep the characters we need; drop hinting, other features and names."""
    font = TTFont(io.BytesIO(data), recalcTimestamp=False)
    if extended:
        add_dotted_capital_i(font)
    options = subset.Options()
    options.hinting = False
    options.layout_features = features
    options.name_IDs = [0, 1, 2, 13, 14]
    options.notdef_outline = True
    options.glyph_names = False
    options.drop_tables += ["gasp", "STAT"]
    worker = subset.Subsetter(options)
    worker.populate(unicodes=sorted(wanted & set(font.getBestCmap())))
    worker.subset(font)
    font.flavor = "woff2"
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


def build_fonts(files: dict[str, bytes]) -> dict[str, bytes]:
    """Four files: a page without Ş or Ł never fetches the two small ones."""
    made = {}
    for weight in ("400", "700"):
        # Kerning is worth its bytes in large headings only.
        features = ["tnum", "kern"] if weight == "700" else ["tnum"]
        for part, wanted in (("latin", LATIN), ("latin-ext", LATIN_EXTENDED)):
            source = files[f"files/atkinson-hyperlegible-{part}-{weight}-normal.woff2"]
            extended = part == "latin-ext"
            made[f"atkinson-{part}-{weight}.woff2"] = subset_font(
                source, wanted, [] if extended else features, extended
            )
    return made
