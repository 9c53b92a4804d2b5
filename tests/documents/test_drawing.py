# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import dataclasses
import datetime
import io
import unicodedata
from typing import Any

import pypdf
import pytest

from tests.documents.reading import tags_of, text_of
from timebank.documents.blocks import Document, Facts, Grid, Heading, Paragraph, Picture
from timebank.documents.drawing import SHOWN, drawn

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
        Heading("Samen", level=3),
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

    for words in (
        "Resultaten \N{EN DASH} Tijdbank",
        "Uren hulp: 10 u",
        "Leyhof",
        "Alle uren.",
        "Samen",
    ):
        assert words in text, words
    assert text.count("te weinig mensen") == 2


def test_who_listens_hears_headings_and_which_cell_is_a_heading() -> None:
    tags = tags_of(drawn(DOCUMENT))

    assert (tags["Title"], tags["H1"], tags["H2"]) == (1, 1, 1)
    assert (tags["Table"], tags["Caption"], tags["TH"]) == (1, 1, 2)
    assert tags["TR"] == 4
    assert tags["Figure"] == 0, "a bar says nothing that the words beside it do not"


def test_it_says_that_it_is_made_for_everyone_its_title_and_its_language() -> None:
    pdf = pypdf.PdfReader(io.BytesIO(drawn(DOCUMENT)))

    about: Any = pdf.root_object
    assert pdf.metadata is not None
    assert pdf.metadata.title == "Resultaten \N{EN DASH} Tijdbank"
    assert pdf.metadata.author == "Tijdbank Leiden"
    assert about["/Lang"] == "nl"
    assert about["/MarkInfo"]["/Marked"]
    assert b"<pdfuaid:part>1</pdfuaid:part>" in about["/Metadata"].get_data()
    assert [str(one["/Title"]) for one in pdf.outline if not isinstance(one, list)] == ["Uren"]


def test_what_looks_like_an_instruction_is_only_said() -> None:
    sly = '#panic("x") *a* $b$ \\ "quoted" </script> @preview/x:0.1.0'

    said = text_of(drawn(dataclasses.replace(DOCUMENT, foot=sly, blocks=(Paragraph(sly),))))

    assert said.count(sly) == 2


def test_the_same_document_gives_the_same_bytes() -> None:
    later = dataclasses.replace(DOCUMENT, made_at=MADE + datetime.timedelta(days=1))

    assert drawn(DOCUMENT) == drawn(DOCUMENT)
    assert drawn(DOCUMENT) != drawn(later)


def test_every_letter_that_is_said_to_be_shown_is_shown() -> None:
    letters = [chr(code) for shown in SHOWN for code in shown if unicodedata.name(chr(code), "")]

    said = text_of(drawn(dataclasses.replace(DOCUMENT, blocks=(Paragraph(" ".join(letters)),))))

    assert len(letters) > 1000
    assert {"Ł", "ğ", "Ж", "€"} <= set(said)


def test_another_letter_becomes_a_question_mark_and_long_tables_turn_the_page() -> None:
    rows = [
        [f"Buurt {number} Łódź 東\N{GRINNING FACE}\u200d\u0378", str(number)]
        for number in range(120)
    ]
    long = dataclasses.replace(
        DOCUMENT,
        blocks=(
            Grid("Lang", ["Buurt", "Uren"], rows),
            Picture("p", "Lang", "x", [(f"{'Lange naam ' * 9}{n}", n, "1 u") for n in range(60)]),
        ),
    )

    pdf = drawn(long)

    assert "Buurt 119 Łódź ???" in text_of(pdf)
    assert len(pypdf.PdfReader(io.BytesIO(pdf)).pages) > 3


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("a\x00b\x07c\x1bd", "a?b?c?d"),
        ("a\nb\tc\u00a0d\u2028e", "a b c d e"),
        ("a\n\u0303b", "a ?b"),
        ("ab\u200b\u202ecd\ufeff", "abcd"),
    ],
    ids=["controls", "spaces", "an accent after a line", "without width"],
)
def test_signs_that_nobody_sees_break_no_document(words: str, said: str) -> None:
    sly = dataclasses.replace(
        DOCUMENT,
        title=words,
        subtitle=words,
        author=words,
        foot=words,
        withheld=words,
        blocks=(
            Heading(words),
            Facts([(words, words, words)]),
            Picture("p", words, words, [(words, 1, words), (words, None, "")]),
            Grid(words, [words, words], [[words, None]], [words, words]),
            Paragraph(f"[{words}]"),
        ),
    )

    assert f"[{said}]" in text_of(drawn(sly))


def test_a_word_without_an_end_stays_within_its_column_and_a_fingerprint_whole() -> None:
    word, fingerprint = "x" * 80, "0f" * 32
    blocks = (
        Picture("p", "Lang", "x", [(word, 600, "10 u")]),
        Grid("Lang", ["Buurt", "Uren"], [[word, "1 u"]]),
        Facts([("Vingerafdruk", fingerprint, "x")]),
    )

    page = pypdf.PdfReader(io.BytesIO(drawn(dataclasses.replace(DOCUMENT, blocks=blocks)))).pages[0]

    assert word not in page.extract_text()
    assert fingerprint in page.extract_text()


def test_a_picture_of_which_everything_is_withheld_says_so_once() -> None:
    rows = [("Leyhof", None, ""), ("Winkelhof", None, "")]
    withheld = dataclasses.replace(DOCUMENT, blocks=(Picture("p", "Gegeven", "x", rows),))

    assert text_of(drawn(withheld)).count("te weinig mensen") == 1


def test_a_document_without_a_block_is_still_one() -> None:
    empty = dataclasses.replace(DOCUMENT, blocks=(Picture("p", "Leeg", "x", []),))

    said = text_of(drawn(empty))

    assert "Leeg" in said
    assert "te weinig mensen" not in said


def test_a_row_of_which_every_number_is_withheld_says_so_once_the_last_one_too() -> None:
    rows = [["Leyhof", "1 u", None], ["Winkelhof", None, None]]
    grid = Grid("Tabel", ["Buurt", "Gegeven", "Gekregen"], rows, ["Samen", None, None])

    pdf = drawn(dataclasses.replace(DOCUMENT, blocks=(grid,)))

    assert text_of(pdf).count("te weinig mensen") == 3
    assert (tags_of(pdf)["TR"], tags_of(pdf)["TD"]) == (4, 7)
