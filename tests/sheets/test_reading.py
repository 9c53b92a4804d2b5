# SPDX-License-Identifier: EUPL-1.2
"""Files as they come: any letters, any separator, workbooks, and what is made to do harm."""

from __future__ import annotations

import datetime
import io
import zipfile

import openpyxl
import pytest

from timebank.sheets import bounds, text
from timebank.sheets.bounds import Cause, UnreadableFile
from timebank.sheets.cells import (
    NotReadable,
    day_of,
    minutes_of_hours,
    signed_minutes_of,
    signed_minutes_of_hours,
)
from timebank.sheets.packed import tables_in
from timebank.sheets.reading import rows_of
from timebank.sheets.text import encoding_of

NOON = datetime.datetime(2026, 3, 9, 12)  # noqa: DTZ001 - a workbook knows no time zones
WORDS = "dag;wie\n2026-03-09;Gökçe Yıldız\n"
ROWS = [(1, ["dag", "wie"]), (2, ["2026-03-09", "Gökçe Yıldız"])]


def workbook(*rows: list[object]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def packed(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return file.getvalue()


def cause_of(content: bytes) -> Cause:
    with pytest.raises(UnreadableFile) as refusal:
        list(rows_of(content))
    return refusal.value.cause


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_way_in_which_office_programs_save_is_read(
    encoding: str, separator: str, end: str
) -> None:
    content = WORDS.replace(";", separator).replace("\n", end).encode(encoding)

    assert list(rows_of(content)) == ROWS


def test_what_is_no_utf8_is_windows_1252() -> None:
    content = "wie;wat\nRené;€ – één\n".encode("cp1252")

    assert encoding_of(content) == "cp1252"
    assert list(rows_of(content))[1] == (2, ["René", "€ – één"])


def test_the_line_with_which_excel_names_the_separator_is_passed_over_and_counted() -> None:
    assert list(rows_of(b"sep=;\ndag;wie\n1;2\n")) == [(2, ["dag", "wie"]), (3, ["1", "2"])]


def test_a_workbook_is_read_as_somebody_would_have_typed_it() -> None:
    content = workbook(
        ["dag", "uren", "duur", "wie"],
        [NOON, 1.5, datetime.time(1, 30), " Jan "],
        [None, 2.0, datetime.timedelta(hours=25), None],
    )

    assert list(rows_of(content)) == [
        (1, ["dag", "uren", "duur", "wie"]),
        (2, ["2026-03-09", "1.5", "1:30", "Jan"]),
        (3, ["", "2", "25:00"]),
    ]


@pytest.mark.parametrize(
    "content", [b"PK", b"PK\x03\x04nothing", workbook(["a"])[:-40], workbook(["a"])[:200]]
)
def test_a_broken_workbook_is_named_as_one(content: bytes) -> None:
    assert cause_of(content) is Cause.NOT_A_WORKBOOK


def test_a_zip_with_a_name_in_no_encoding_or_oddly_packed_is_named_as_broken() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_LZMA) as made:
        made.writestr("transfers.csv", b"a;b\n" * 1000)
    content = file.getvalue()
    at = content.index(b"transfers.csv") + len(b"transfers.csv") + 12
    spoilt = content[:at] + b"\xff" * 6 + content[at + 6 :]
    nameless = packed(**{"transf€.csv": b"a;b"}).replace("€".encode(), b"\xff\xff\xff")

    for broken in (spoilt, nameless):
        with pytest.raises(UnreadableFile) as refusal:
            list(tables_in(broken))
        assert refusal.value.cause is Cause.NOT_A_ZIP


def test_a_zip_that_is_no_workbook_is_none() -> None:
    assert cause_of(packed(**{"a.csv": b"a;b"})) is Cause.NOT_A_WORKBOOK


def test_a_bomb_is_not_unpacked() -> None:
    """A gigabyte of zeros would look like this; here it is 2 MB, and as suspicious."""
    bomb = packed(**{"xl/worksheets/sheet1.xml": b"0" * 2 * bounds.SMALL_BYTES})

    assert len(bomb) < 10_000
    assert cause_of(bomb) is Cause.BOMB


def test_many_parts_that_are_too_much_together_are_a_bomb(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("timebank.sheets.packed.MOST_UNPACKED_BYTES", 100)

    with pytest.raises(UnreadableFile) as refusal:
        list(tables_in(packed(**{f"{name}.csv": b"0123456789" * 4 for name in "abc"})))

    assert refusal.value.cause is Cause.BOMB


def test_a_zip_that_lies_about_its_size_breaks_and_unpacks_nothing() -> None:
    content = packed(**{"a.csv": b"0" * 5_000_000})
    size = (5_000_000).to_bytes(4, "little")

    with pytest.raises(UnreadableFile) as refusal:
        list(tables_in(content.replace(size, (1000).to_bytes(4, "little"))))

    assert refusal.value.cause is Cause.NOT_A_ZIP


def test_entities_in_a_workbook_are_not_unfolded() -> None:
    sheet = "xl/worksheets/sheet1.xml"
    lol = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
    with zipfile.ZipFile(io.BytesIO(workbook(["a"]))) as whole:
        parts = {name: whole.read(name) for name in whole.namelist()}
    parts[sheet] = lol + parts[sheet].replace(b"<sheetData>", b"<sheetData>&b;")

    assert cause_of(packed(**parts)) is Cause.NOT_A_WORKBOOK


def test_a_sheet_that_says_it_is_endless_is_not_believed() -> None:
    with zipfile.ZipFile(io.BytesIO(workbook(["a", "b"]))) as whole:
        parts = {name: whole.read(name) for name in whole.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = parts[sheet].replace(b'ref="A1:B1"', b'ref="A1:XFD1048576"')
    assert b"XFD1048576" in parts[sheet]

    assert list(rows_of(packed(**parts))) == [(1, ["a", "b"])]


def test_too_many_lines_or_columns_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "MOST_LINES", 2)
    monkeypatch.setattr(text, "MOST_COLUMNS", 3)

    assert cause_of(b"a\nb\nc\n") is Cause.TOO_MANY_LINES
    assert cause_of(b"a;b;c;d\n") is Cause.TOO_MANY_COLUMNS
    assert cause_of(workbook(["a"], ["b"], ["c"])) is Cause.TOO_MANY_LINES


def test_a_line_of_ten_thousand_signs_is_read() -> None:
    assert next(rows_of(b"a;" + b"x" * 10_000))[1][1] == "x" * 10_000


@pytest.mark.parametrize(
    ("written", "minutes"),
    [
        ("1,5", 90),
        ("1.5", 90),
        ("1:30", 90),
        ("2", 120),
        ("0,33", 20),
        ("0,008", 0),
        ("1,5 uur", 90),
        ("25", 1500),
    ],
)
def test_hours_are_read_as_people_write_them(written: str, minutes: int) -> None:
    assert minutes_of_hours(written) == minutes


@pytest.mark.parametrize("written", ["", "-1", "1,5,0", "een", "1e9", "99999", "1:75"])
def test_what_is_no_number_of_hours_is_said(written: str) -> None:
    with pytest.raises(NotReadable):
        minutes_of_hours(written)


@pytest.mark.parametrize(
    "written", ["2026-03-09 14:05:00 +0100", "9-3-2026 14:05", "2026-03-09T14:05"]
)
def test_a_time_of_day_behind_a_day_is_passed_over(written: str) -> None:
    assert day_of(written) == datetime.date(2026, 3, 9)


def test_minutes_and_hours_may_have_a_sign() -> None:
    assert [signed_minutes_of(word) for word in ("-90", "+15", "0", "\N{MINUS SIGN}5")] == [
        *(-90, 15, 0, -5),
    ]
    assert [signed_minutes_of_hours(word) for word in ("-1,5", "2")] == [-90, 120]
    with pytest.raises(NotReadable):
        signed_minutes_of("1.5")
