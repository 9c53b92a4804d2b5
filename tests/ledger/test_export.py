# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import csv
import datetime
import json
import pathlib
import random
import shutil
import subprocess
import sys
import uuid

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from tests.ledger.conftest import BANK, NOW, TABLES, Books

BEAN_CHECK = pathlib.Path(sys.executable).parent / "bean-check"
HLEDGER = shutil.which("hledger")
NO_BEANCOUNT = "beancount is not here: pip install beancount"
NO_HLEDGER = "hledger is not here: apt-get install hledger"
FIRST = uuid.UUID("0195a8f0-0000-7000-8000-000000000001")
SECOND = uuid.UUID("0195a8f0-0000-7000-8000-000000000002")
THIRD = uuid.UUID("0195a8f0-0000-7000-8000-000000000003")
FOURTH = uuid.UUID("0195a8f0-0000-7000-8000-000000000004")
NEXT_DAY = NOW + datetime.timedelta(days=1)
TOOLS = [
    pytest.param(
        "beancount", marks=pytest.mark.skipif(not BEAN_CHECK.exists(), reason=NO_BEANCOUNT)
    ),
    pytest.param("hledger", marks=pytest.mark.skipif(HLEDGER is None, reason=NO_HLEDGER)),
]
HEADING = """\
; The hour ledger of timebank 900, in minutes (MIN).
; Help given is positive, help received negative; all balances sum to zero.
; Every transfer that was posted; what is pending is not here.

"""
BEANCOUNT = (
    HEADING
    + """\
option "operating_currency" "MIN"

2026-03-10 open Equity:Member:A11 MIN
2026-03-10 open Equity:Member:A22 MIN

2026-03-10 * "post"
  transfer: "0195a8f0-0000-7000-8000-000000000001"
  effective: 2026-03-09
  Equity:Member:A11  -90 MIN
  Equity:Member:A22  90 MIN

2026-03-11 * "reverse"
  transfer: "0195a8f0-0000-7000-8000-000000000004"
  effective: 2026-03-09
  refers-to: "0195a8f0-0000-7000-8000-000000000001"
  Equity:Member:A22  -30 MIN
  Equity:Member:A11  30 MIN

2026-03-12 balance Equity:Member:A11  -60 MIN
2026-03-12 balance Equity:Member:A22  60 MIN
"""
)
HLEDGER_FILE = (
    HEADING
    + """\
commodity 1000. MIN

account member:11
account member:22

2026-03-10 * (0195a8f0-0000-7000-8000-000000000001) post  ; effective:2026-03-09
    member:11  -90 MIN
    member:22  90 MIN

2026-03-11 * (0195a8f0-0000-7000-8000-000000000004) reverse  ; effective:2026-03-09, refers-to:\
0195a8f0-0000-7000-8000-000000000001
    member:22  -30 MIN
    member:11  30 MIN

2026-03-12 * closing balances
    member:11  0 MIN = -60 MIN
    member:22  0 MIN = 60 MIN
"""
)
CSV_FILE = """\
debit_account_id,credit_account_id,recorded_at,timebank_id,minutes,number,effective_on,id,kind,\
refers_to,recorded_by,expires_at
11,22,2026-03-10T09:00:00+00:00,900,90,1,2026-03-09,0195a8f0-0000-7000-8000-000000000001,post,,,
11,22,2026-03-10T09:00:00+00:00,900,15,2,2026-03-10,0195a8f0-0000-7000-8000-000000000002,reserve,\
,0195a8f0-0000-7000-8000-000000000003,2026-03-11T09:00:00+00:00
22,11,2026-03-11T09:00:00+00:00,900,30,1,2026-03-09,0195a8f0-0000-7000-8000-000000000004,reverse,\
0195a8f0-0000-7000-8000-000000000001,,
"""


def _text(books: Books, form: str, timebank_id: int = BANK) -> str:
    written = "".join(ledger.export(books.session, timebank_id=timebank_id, form=form))
    books.session.rollback()
    return written


def _accepts(tool: str, text: str, folder: pathlib.Path) -> bool:
    """Let another program add everything up and hold it against the balances of the file."""
    path = folder / f"books.{tool}"
    path.write_text(text, encoding="utf-8")
    if tool == "beancount":
        command = [str(BEAN_CHECK), "--no-cache", str(path)]
    else:
        command = [str(HLEDGER), "--strict", "-f", f"journal:{path}", "check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode == 0


@pytest.fixture
def golden(session: Session, monkeypatch: pytest.MonkeyPatch) -> Books:
    """Two accounts with numbers that are the same each time, a posting, a reversal and a wait."""
    numbers = iter((11, 22))
    monkeypatch.setattr("ledger.accounts.new_account_number", lambda: next(numbers))
    for _ in "ab":
        ledger.open_account(session, timebank_id=BANK, neighbourhood_code="BU0", now=NOW)
    session.commit()
    books = Books(session, 22, 11)
    books.posted(90, transfer_id=FIRST, effective_on=datetime.date(2026, 3, 9))
    books.reserved(15, transfer_id=SECOND, recorded_by=THIRD, expires_at=NEXT_DAY)
    ledger.reverse(session, ledger.Resolution(BANK, FOURTH, FIRST, minutes=30), now=NEXT_DAY)
    session.commit()
    return books


@pytest.fixture
def busy(books: Books) -> Books:
    """Ten thousand transfers of every kind between forty accounts."""
    chance = random.Random(11)  # noqa: S311 - the same history each time.
    accounts = [books.open_account() for _ in range(40)]
    posted: list[uuid.UUID] = []
    made = 0
    for day in range(20):
        now = NOW + datetime.timedelta(days=day)
        steps = []
        for _ in range(500 - min(len(posted), 60)):
            debit, credit = chance.sample(accounts, 2)
            kind = ledger.TransferKind.RESERVE
            if chance.random() < 0.9:
                kind = ledger.TransferKind.POST
            order = books.order(
                chance.randint(1, 480), debit_account_id=debit, credit_account_id=credit
            )
            steps.append(ledger.Step(kind, order))
        for first in [posted.pop(chance.randrange(len(posted))) for _ in range(500 - len(steps))]:
            wish = books.resolution(first, minutes=1 if chance.random() < 0.5 else None)
            steps.append(ledger.Step(ledger.TransferKind.REVERSE, wish))
        receipts = ledger.book_all(books.session, steps, now=now)
        books.session.commit()
        posted += [r.transfer_id for r in receipts if r.kind is ledger.TransferKind.POST]
        made += len(receipts)
    assert made == 10_000
    return books


@pytest.mark.parametrize(
    ("form", "expected"), [("beancount", BEANCOUNT), ("hledger", HLEDGER_FILE), ("csv", CSV_FILE)]
)
def test_a_small_ledger_is_written_like_this(golden: Books, form: str, expected: str) -> None:
    assert _text(golden, form) == expected


@pytest.mark.parametrize("tool", TOOLS)
def test_other_programs_accept_a_small_ledger(
    golden: Books, tool: str, tmp_path: pathlib.Path
) -> None:
    assert _accepts(tool, _text(golden, tool), tmp_path)


@pytest.mark.parametrize("tool", TOOLS)
def test_other_programs_accept_one_of_everything(
    full_books: Books, tool: str, tmp_path: pathlib.Path
) -> None:
    full_books.empty(full_books.helper)
    full_books.session.commit()

    assert _accepts(tool, _text(full_books, tool), tmp_path)


@pytest.mark.parametrize("tool", TOOLS)
def test_other_programs_accept_a_timebank_without_a_word(
    books: Books, tool: str, tmp_path: pathlib.Path
) -> None:
    assert _accepts(tool, _text(books, tool), tmp_path)
    assert _accepts(tool, _text(books, tool, BANK + 1), tmp_path)


@pytest.mark.parametrize("tool", TOOLS)
def test_other_programs_confirm_ten_thousand_transfers_and_find_one_changed_minute(
    busy: Books, tool: str, tmp_path: pathlib.Path
) -> None:
    text = _text(busy, tool)
    (line, *_rest) = [line for line in text.splitlines() if line.endswith(" 240 MIN")]
    minute = text.replace(f"{line}\n", line.replace("240", "241") + "\n", 1)
    both = minute.replace(" -240 MIN", " -241 MIN")
    balance = text.rstrip("\n").removesuffix("MIN").rstrip() + "1 MIN\n"

    assert _accepts(tool, text, tmp_path)
    for tampered in (minute, both, balance):
        assert tampered != text
        assert not _accepts(tool, tampered, tmp_path)


def test_both_sides_of_a_changed_transfer_are_found_by_its_balances(
    golden: Books, tmp_path: pathlib.Path
) -> None:
    for tool in ("beancount", "hledger"):
        if tool == "beancount" and not BEAN_CHECK.exists():
            pytest.skip(NO_BEANCOUNT)
        if tool == "hledger" and HLEDGER is None:
            pytest.skip(NO_HLEDGER)
        text = _text(golden, tool)
        assert not _accepts(
            tool, text.replace("  -90 ", "  -91 ").replace("  90 ", "  91 "), tmp_path
        )


def test_a_transfer_stands_on_its_day_in_utc(books: Books) -> None:
    late = datetime.datetime(
        2026, 7, 1, 1, 0, tzinfo=datetime.timezone(datetime.timedelta(hours=2))
    )
    books.posted(now=late)

    assert '\n2026-06-30 * "post"\n' in _text(books, "beancount")
    assert "\n2026-07-01 balance " in _text(books, "beancount")
    assert "\n2026-06-30 * (" in _text(books, "hledger")


def test_an_account_is_open_before_the_first_transfer(books: Books) -> None:
    books.open_account()
    early = NOW - datetime.timedelta(minutes=30)
    ledger.open_account(books.session, timebank_id=BANK, neighbourhood_code="BU0", now=early)

    assert "\n2026-03-10 open " in _text(books, "beancount")


def test_another_timebank_does_not_say_when_an_account_opens(books: Books) -> None:
    long_ago = NOW - datetime.timedelta(days=30)
    elsewhere = BANK + 1
    sides = [
        ledger.open_account(
            books.session, timebank_id=elsewhere, neighbourhood_code="BU0", now=long_ago
        )
        for _side in range(2)
    ]
    books.session.commit()
    books.posted(
        timebank_id=elsewhere, debit_account_id=sides[0], credit_account_id=sides[1], now=long_ago
    )

    books.posted()

    assert "\n2026-03-10 open " in _text(books, "beancount")
    assert "\n2026-02-08 open " in _text(books, "beancount", elsewhere)


def test_an_empty_timebank_is_written_without_rows(books: Books) -> None:
    elsewhere = BANK + 1

    assert _text(books, "jsonl", elsewhere) == ""
    assert _text(books, "csv", elsewhere) == CSV_FILE.splitlines(keepends=True)[0]
    assert "Member" not in _text(books, "beancount", elsewhere)
    assert "member" not in _text(books, "hledger", elsewhere)


def test_csv_holds_every_transfer_in_the_order_of_time(full_books: Books) -> None:
    rows = list(csv.DictReader(_text(full_books, "csv").splitlines()))

    transfers = full_books.session.scalars(
        sa.select(ledger.Transfer).where(ledger.Transfer.timebank_id == BANK)
    ).all()
    assert {row["id"] for row in rows} == {str(transfer.id) for transfer in transfers}
    places = [(row["recorded_at"], row["id"]) for row in rows]
    assert places == sorted(places)


def test_what_was_written_first_stands_first_whatever_its_id(books: Books) -> None:
    ids = [uuid.UUID(int=number) for number in (5, 3, 4, 1, 2)]
    for place, transfer_id in enumerate(ids):
        moment = NOW + datetime.timedelta(minutes=place)
        books.posted(1, transfer_id=transfer_id, now=moment)

    rows = csv.DictReader(_text(books, "csv").splitlines())

    assert [row["id"] for row in rows] == [str(one) for one in ids]


def test_json_lines_hold_every_row_of_every_table(full_books: Books) -> None:
    full_books.seal()
    helpers = [full_books.open_account(timebank_id=BANK + 1) for _ in "ab"]
    full_books.posted(
        timebank_id=BANK + 1, debit_account_id=helpers[0], credit_account_id=helpers[1]
    )

    lines = [json.loads(line) for line in _text(full_books, "jsonl").splitlines()]
    assert ": " not in _text(full_books, "jsonl")

    for model in TABLES:
        table = sa.inspect(model).local_table
        columns = table.columns
        written = {
            tuple(line[c.name] for c in columns) for line in lines if line["table"] == table.name
        }
        stored = {
            tuple(
                value.hex()
                if isinstance(value, bytes)
                else value.isoformat()
                if isinstance(value, datetime.date)
                else value
                if value is None or isinstance(value, int)
                else str(value)
                for value in row
            )
            for row in full_books.session.execute(
                sa.select(table).where(table.c.timebank_id == BANK)
            )
        }
        assert written == stored
        assert written
    assert {line["timebank_id"] for line in lines} == {BANK}
    assert all(set(line) > {"table", "timebank_id"} for line in lines)


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ("beancount", [3, 6]),
        ("hledger", [3, 6]),
        ("csv", [3, 6, 9]),
        ("jsonl", [3, 6, 9, 12, 15, 18, 21, 24]),
    ],
)
def test_who_waits_is_told_how_many_rows_were_written(
    full_books: Books, monkeypatch: pytest.MonkeyPatch, form: str, told: list[int]
) -> None:
    monkeypatch.setattr(sys.modules["ledger.export"], "_REPORT_EVERY", 3)
    heard: list[int] = []

    list(ledger.export(full_books.session, timebank_id=BANK, form=form, progress=heard.append))

    assert heard == told


def test_the_first_row_is_row_one(full_books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["ledger.export"], "_REPORT_EVERY", 1)
    heard: list[int] = []

    lines = ledger.export(full_books.session, timebank_id=BANK, form="csv", progress=heard.append)

    assert heard == list(range(1, len(list(lines))))


def test_an_unknown_form_is_refused_at_once(books: Books) -> None:
    with pytest.raises(KeyError, match="xlsx"):
        ledger.export(books.session, timebank_id=BANK, form="xlsx")


def test_there_are_four_forms() -> None:
    assert list(ledger.FORMS) == ["beancount", "hledger", "csv", "jsonl"]
