# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime

import pytest

from timebank.imports.errors import EmptyCell
from timebank.imports.policy import Slip, read_lines, slip_of
from timebank.sheets.bounds import UnreadableFile
from timebank.sheets.cells import NotReadable, day_of, minutes_of

HEADER = "day;helper;helped;minutes;category;note\n"
LINE = "2026-03-09;Fatima El Amrani;Jan van den Berg;90;groceries;Tassen\n"
COLUMNS = {
    "day": "2026-03-09",
    "helper": "Fatima El Amrani",
    "helped": "Jan van den Berg",
    "minutes": "90",
    "category": "groceries",
    "note": "Tassen",
}


def lines(text: str) -> list[tuple[int, dict[str, str]]]:
    return list(read_lines(text.encode()))


@pytest.mark.parametrize(
    "text",
    [
        HEADER + LINE,
        (HEADER + LINE).replace(";", ","),
        "\N{ZERO WIDTH NO-BREAK SPACE}" + HEADER + LINE,
        (HEADER + LINE).replace("\n", "\r\n"),
        HEADER.upper() + LINE,
        HEADER.replace(";", " ; ") + LINE.replace(";", " ; "),
        (HEADER + LINE).rstrip("\n"),
        HEADER.replace("note", "note;archive") + LINE.replace("Tassen", "Tassen;box 7"),
    ],
    ids=["semicolon", "comma", "bom", "crlf", "capitals", "spaces", "no-end", "extra-column"],
)
def test_a_file_as_people_save_it_is_read(text: str) -> None:
    assert lines(text) == [(2, COLUMNS)]


def test_columns_may_come_in_any_order_and_the_note_may_be_absent() -> None:
    text = "category;minutes;helped;helper;day\ngroceries;90;Jan;Fatima;2026-03-09\n"

    ((number, columns),) = lines(text)

    assert number == 2
    assert slip_of(number, columns).note == ""


def test_quotes_keep_a_separator_and_a_line_end_together() -> None:
    text = HEADER + '2026-03-09;Fatima;Jan;90;"Wassen; drogen";"Zei ""dank""\nen nog iets"\n' + LINE

    (_, first), (number, _) = lines(text)

    assert first["category"] == "Wassen; drogen"
    assert first["note"] == 'Zei "dank"\nen nog iets'
    assert number == 4


def test_empty_lines_are_passed_over_and_still_counted() -> None:
    assert lines(HEADER + "\n;;;;;\n  ; ;;;;\n" + LINE) == [(5, COLUMNS)]


def test_a_line_that_is_too_short_is_read_with_empty_columns() -> None:
    ((_, columns),) = lines(HEADER + "2026-03-09;Fatima\n")

    assert columns["helper"] == "Fatima"
    assert columns["minutes"] == ""


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("", "day, helper, helped, minutes or hours, category"),
        ("wanneer;helper;helped;minutes;category;note\n" + LINE, "day"),
        ("day;helper;helped;note\n", "minutes or hours, category"),
        (LINE, "day, helper, helped, minutes or hours, category"),
    ],
)
def test_a_header_that_lacks_a_column_is_refused_by_name(text: str, missing: str) -> None:
    with pytest.raises(UnreadableFile) as refusal:
        lines(text)

    assert str(refusal.value) == f"the first line lacks the columns: {missing}"


def test_a_quote_that_is_never_closed_is_refused() -> None:
    with pytest.raises(UnreadableFile, match=r"^line \d+: unexpected end of data"):
        lines(HEADER + LINE.replace("Tassen", '"Tassen'))


@pytest.mark.parametrize("letter", ["\x0b", "\x0c", "\x85", "\N{LINE SEPARATOR}"])
def test_only_the_line_ends_of_csv_end_a_line(letter: str) -> None:
    ((_, columns),) = lines(HEADER + LINE.replace("Tassen", f"Zware{letter}tassen"))

    assert columns["note"] == f"Zware{letter}tassen"


@pytest.mark.parametrize(
    "text", ["2026-03-09", "2026-3-9", "9-3-2026", "09-03-2026", "9/3/2026", "9.3.2026"]
)
def test_a_day_is_read_as_people_write_it(text: str) -> None:
    assert day_of(text) == datetime.date(2026, 3, 9)


@pytest.mark.parametrize(
    "text",
    ["", "2026-02-30", "31-4-2026", "9 maart", "9-3-26", "20260309", "2026-13-01", "0-0-0000"],
)
def test_what_is_no_day_says_what_to_write(text: str) -> None:
    with pytest.raises(NotReadable, match=r"^.* is no day, write 2026-03-09"):
        day_of(text)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("90", 90), ("1:30", 90), ("0:45", 45), ("24:00", 1440), ("7", 7), ("0", 0)],
)
def test_a_duration_is_minutes_or_hours_and_minutes(text: str, minutes: int) -> None:
    assert minutes_of(text) == minutes


@pytest.mark.parametrize("text", ["", "1:60", "1:5", "1.5", "1,5", "-15", "een uur", "10000", "1h"])
def test_what_is_no_duration_says_what_to_write(text: str) -> None:
    with pytest.raises(NotReadable, match=r"^.* is no duration, write 45 or 0:45"):
        minutes_of(text)


def test_a_line_becomes_a_slip() -> None:
    assert slip_of(7, COLUMNS) == Slip(
        number=7,
        day=datetime.date(2026, 3, 9),
        helper="Fatima El Amrani",
        helped="Jan van den Berg",
        minutes=90,
        category="groceries",
        note="Tassen",
    )


@pytest.mark.parametrize("column", ["day", "helper", "helped", "minutes", "category"])
def test_an_empty_column_is_named(column: str) -> None:
    with pytest.raises(EmptyCell) as refusal:
        slip_of(2, COLUMNS | {column: ""})

    assert refusal.value.field == column


def test_what_is_quoted_back_is_cut_short() -> None:
    with pytest.raises(NotReadable) as refusal:
        day_of("x" * 10_000)

    assert len(str(refusal.value)) < 80
