# SPDX-License-Identifier: EUPL-1.2
"""Tables as they go: no cell that an office program would run, and read again they say the same."""

from __future__ import annotations

import csv
import datetime
import io

import openpyxl
import pytest

from timebank.sheets.reading import rows_of
from timebank.sheets.writing import MEDIA, Cell, harmless, written

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1+1")


def table(form: str, *rows: list[Cell]) -> bytes:
    return b"".join(written(form, ["who", "minutes", "day"], rows))


@pytest.mark.parametrize("text", FORMULAS)
def test_text_that_could_be_a_formula_gets_an_apostrophe(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["Jan", "", "  Jan", "a=b", "1-1", "'t Hart"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


@pytest.mark.parametrize("form", sorted(MEDIA))
def test_what_is_written_is_read_again(form: str) -> None:
    day = datetime.date(2026, 3, 9)
    content = table(form, ['Gökçe; "Yıldız"', -90, day], ["=cmd|' /C calc'!A0", 15, None])

    assert [cells for _, cells in rows_of(content)] == [
        ["who", "minutes", "day"],
        ['Gökçe; "Yıldız"', "-90", "2026-03-09"],
        ["'=cmd|' /C calc'!A0", "15", *([""] if form == "csv" else [])],
    ]


def test_csv_is_what_excel_expects() -> None:
    content = table("csv", ["Jan", -90, None])

    assert content.startswith(b"\xef\xbb\xbfwho;minutes;day\r\n")
    assert list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))[1] == [
        *("Jan", "-90", ""),
    ]


def test_in_a_workbook_a_number_is_a_number_and_a_formula_is_text() -> None:
    content = table("xlsx", ["=1+1", -90, datetime.date(2026, 3, 9)], ["a\x07b", 1, None])
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None

    first, second = list(sheet.iter_rows(min_row=2))
    assert [cell.value for cell in first][:2] == ["'=1+1", -90]
    assert [cell.data_type for cell in first] == ["s", "n", "d"]
    assert second[0].value == "ab"


def test_a_long_table_comes_in_pieces() -> None:
    pieces = list(written("csv", ["n"], ([number] for number in range(2000))))

    assert len(pieces) > 3
    assert max(map(len, pieces)) < 10_000
