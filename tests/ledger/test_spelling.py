# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime
import hashlib
import uuid

import pytest
import sqlalchemy as sa

import ledger
from ledger.models import Account
from ledger.spelling import ENTRY, JOURNALS, SPELLED, digest_of, read_rows, spell, unread
from tests.ledger.conftest import BANK, NOW, Books

CLERK = uuid.UUID("0195a8f0-0000-7000-8000-00000000000c")
FIRST = uuid.UUID("0195a8f0-0000-7000-8000-000000000001")
SECOND = uuid.UUID("0195a8f0-0000-7000-8000-000000000002")
TERM = NOW + datetime.timedelta(hours=1, microseconds=42)
GOLDEN = [
    b'[900,11,1,"0195a8f0000070008000000000000001","reserve",22,90,null,"2026-03-09",'
    b'"2026-03-10 09:00:00.000000","0195a8f000007000800000000000000c",'
    b'"2026-03-10 10:00:00.000042"]\n',
    b'[900,11,2,"0195a8f0000070008000000000000002","post_pending",22,90,'
    b'"0195a8f0000070008000000000000001","2026-03-09","2026-03-10 09:00:00.123456",null,null]\n',
    b'[900,11,1,"0195a8f0000070008000000000000002",-90,-90,"BU05460801",'
    b'"2026-03-10 09:00:00.123456"]\n',
    b'[900,22,1,"0195a8f0000070008000000000000002",90,90,"BU0\\u00eb",'
    b'"2026-03-10 09:00:00.123456"]\n',
]


@pytest.fixture
def numbered(books: Books) -> Books:
    """A reservation and its posting, with numbers that are the same each time."""
    account = sa.inspect(Account).local_table
    rows = [
        dict(row)
        for row in books.session.execute(
            sa.select(account).where(account.c.id.in_([books.helped, books.helper]))
        ).mappings()
    ]
    for number, code in ((11, "BU05460801"), (22, "BU0ë")):
        books.session.execute(
            sa.insert(account).values(rows[0] | {"id": number, "neighbourhood_code": code})
        )
    books.session.commit()
    books.reserved(
        90,
        transfer_id=FIRST,
        debit_account_id=11,
        credit_account_id=22,
        effective_on=datetime.date(2026, 3, 9),
        recorded_by=CLERK,
        expires_at=TERM.astimezone(datetime.timezone(datetime.timedelta(hours=-5))),
    )
    posting = ledger.Resolution(BANK, SECOND, FIRST)
    ledger.post_pending(books.session, posting, now=NOW + datetime.timedelta(microseconds=123456))
    books.session.commit()
    return books


def test_rows_are_spelled_alike_on_both_databases(numbered: Books) -> None:
    spelled = [
        spell(row) for table in JOURNALS for row in read_rows(numbered.session, unread(table, BANK))
    ]

    assert spelled == GOLDEN


def test_the_digest_of_a_row_is_that_of_its_line() -> None:
    assert digest_of(spell([1, None, "ë"])) == hashlib.sha256(b'[1,null,"\\u00eb"]\n').digest()


def test_what_has_no_spelling_is_spelled_as_python_shows_it() -> None:
    assert spell([b"\x00", 1.5]) == b"[\"b'\\\\x00'\",1.5]\n"


def test_rows_of_other_timebanks_are_not_read(numbered: Books) -> None:
    assert list(read_rows(numbered.session, unread(ENTRY, BANK + 1))) == []


@pytest.mark.parametrize("table", JOURNALS, ids=lambda table: table.name)
def test_every_column_of_the_journal_is_spelled(table: sa.Table) -> None:
    assert sorted(SPELLED[table.name]) == sorted(table.c.keys())
