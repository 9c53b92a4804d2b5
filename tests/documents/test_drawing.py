# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import dataclasses
import datetime

from tests.documents.reading import text_of
from timebank.documents.blocks import Document, Facts, Grid, Heading, Paragraph, Picture
from timebank.documents.drawing import drawn

MADE = datetime.datetime(2026, 3, 31, tzinfo=datetime.UTC)
DOCUMENT = Document(
    title="Resultaten – Tijdbank",
    subtitle="Slaaghwijk",
    language="nl",
    author="Tijdbank Leiden",
    made_at=MADE,
    withheld="te weinig mensen",
    foot="Resultaten",
    blocks=(
        Heading("Uren"),
        Paragraph("Buren hielpen elkaar."),
        Facts([("Uren hulp", "10 u", "Alle uren.")]),
        Picture("hours", "Gegeven", "Uren.", [("Leyhof", 600, "10 u"), ("Winkelhof", None, "")]),
        Grid(
            "Tabel",
            ["Buurt", "Gegeven"],
            [["Leyhof", "10 u"], ["Winkelhof", None]],
            ["Samen", "10 u"],
        ),
    ),
)


def test_a_document_says_all_its_blocks_in_letters_that_can_be_read() -> None:
    text = text_of(drawn(DOCUMENT))

    for words in ("Resultaten - Tijdbank", "Uren hulp: 10 u", "Leyhof", "Alle uren.", "Samen"):
        assert words in text, words
    assert text.count("te weinig mensen") == 2


def test_it_has_a_title_a_language_and_bookmarks() -> None:
    pdf = drawn(DOCUMENT)

    assert pdf.startswith(b"%PDF-")
    assert b"/Lang (nl)" in pdf
    assert b"/Title (Resultaten - Tijdbank)" in pdf
    assert b"/Outlines" in pdf


def test_the_same_document_gives_the_same_bytes() -> None:
    later = dataclasses.replace(DOCUMENT, made_at=MADE + datetime.timedelta(days=1))

    assert drawn(DOCUMENT) == drawn(DOCUMENT)
    assert drawn(DOCUMENT) != drawn(later)


def test_letters_that_the_font_lacks_lose_their_accents_and_long_tables_turn_the_page() -> None:
    rows = [[f"Buurt {number} Łódź 東", str(number)] for number in range(120)]
    long = dataclasses.replace(
        DOCUMENT,
        blocks=(
            Grid("Lang", ["Buurt", "Uren"], rows),
            Picture("p", "Lang", "x", [(f"{'Lange naam ' * 9}{n}", n, "1 u") for n in range(60)]),
        ),
    )

    pdf = drawn(long)

    assert "Buurt 119 ?\\363dz ?" in text_of(pdf) or "Buurt 119 ?ódz ?" in text_of(pdf)
    assert pdf.count(b"/Type /Page\n") > 3
