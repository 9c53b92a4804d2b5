# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

import ledger
from ledger import seals, verification
from tests.ledger import tampering
from tests.ledger.conftest import BANK, NOW, SLAAGHWIJK, TABLES, Books

ACCOUNT, TRANSFER, ENTRY, SEAL = (sa.inspect(model).local_table for model in TABLES)
NEXT_DAY = NOW + datetime.timedelta(days=1)
FIRST_DAY, SECOND_DAY = "2026-03-10", "2026-03-11"
ON_SQLITE = pytest.mark.parametrize("templates", ["sqlite"], indirect=True)
PLACES = {
    ("ledger_transfer", "timebank_id"),
    ("ledger_transfer", "debit_account_id"),
    ("ledger_transfer", "number"),
    ("ledger_entry", "timebank_id"),
    ("ledger_entry", "account_id"),
    ("ledger_entry", "seq"),
}
"""The columns that say where a row stands; who changes one takes the row away from its place."""


@pytest.fixture
def sealed(books: Books) -> Books:
    """Two blocks of two days; both accounts debit and credit, and every column holds something."""
    clerk = uuid.uuid4()
    back = {"debit_account_id": books.helper, "credit_account_id": books.helped}
    reservation = books.reserved(
        30, recorded_by=clerk, expires_at=NOW + datetime.timedelta(hours=9)
    )
    books.posted(5, recorded_by=clerk, **back)
    books.resolved("post_pending", reservation)
    books.seal(NOW)
    books.posted(15, now=NEXT_DAY, **back)
    books.posted(20, now=NEXT_DAY)
    books.seal(NEXT_DAY)
    return books


def _verify(books: Books, **options: Any) -> ledger.Verification:
    found = ledger.verify(books.session, timebank_id=BANK, **options)
    books.session.rollback()
    return found


def _found(books: Books, **options: Any) -> list[tuple[str, str]]:
    return [(finding.day, finding.subject) for finding in _verify(books, **options).findings]


def _other(column: sa.Column[Any], value: Any) -> Any:
    """Return a value that differs by as little as the column knows."""
    if column.name == "kind":
        return ledger.TransferKind.VOID
    differ: dict[type, Callable[[Any], Any]] = {
        bytes: lambda given: bytes([given[0] ^ 1]) + given[1:],
        uuid.UUID: lambda given: uuid.UUID(int=given.int ^ 1),
        datetime.datetime: lambda given: given + datetime.timedelta(microseconds=1),
        datetime.date: lambda given: given + datetime.timedelta(days=1),
        str: lambda given: f"{given[:-1]}9",
        int: lambda given: given + 1000,
    }
    return differ[type(value)](value)


def _rows(books: Books, table: sa.Table) -> list[dict[str, Any]]:
    rows = books.session.execute(sa.select(table)).mappings().all()
    books.session.rollback()
    return [dict(row) for row in rows]


def _name(table: sa.Table, row: dict[str, Any]) -> str:
    if table is TRANSFER:
        return f"account {row['debit_account_id']} transfer {row['number']}"
    return f"account {row['account_id']} entry {row['seq']}"


def _here(table: sa.Table, row: dict[str, Any]) -> sa.ColumnElement[bool]:
    return sa.and_(*(column == row[column.name] for column in table.primary_key))


def test_what_was_sealed_and_not_changed_gives_no_finding(sealed: Books) -> None:
    sealed.posted(7, now=NEXT_DAY)

    found = _verify(sealed)

    last = ledger.last_seal(sealed.session, timebank_id=BANK)
    assert last is not None
    assert found == ledger.Verification(2, 5 + 8, 1, last.digest, ())


def test_books_without_a_seal_give_no_finding(books: Books) -> None:
    books.posted()

    assert _verify(books) == ledger.Verification(0, 0, 1, bytes(32), ())


def test_an_account_that_was_only_credited_is_verified_too(books: Books) -> None:
    books.posted(30)
    books.seal()

    found = _verify(books)

    assert (found.blocks, found.rows, found.unsealed, found.findings) == (1, 3, 0, ())


def _columns(*tables: sa.Table) -> Any:
    columns = [column for table in tables for column in table.columns]
    return pytest.mark.parametrize("column", columns, ids=str)


@_columns(TRANSFER, ENTRY)
def test_every_changed_column_of_a_row_is_found_with_its_day_and_row(
    sealed: Books, column: sa.Column[Any]
) -> None:
    table = column.table
    assert isinstance(table, sa.Table)
    row = next(
        row
        for row in _rows(sealed, table)
        if row["timebank_id"] == BANK and row[column.name] is not None
    )

    tampering.force(
        sealed.session,
        sa.update(table)
        .where(_here(table, row))
        .values({column.name: _other(column, row[column.name])}),
    )

    day = FIRST_DAY if row["recorded_at"] == NOW else SECOND_DAY
    seal = "seal 1" if day == FIRST_DAY else "seal 2"
    assert _found(sealed) == [(day, _name(table, row)), (day, seal)]
    detail = _verify(sealed).findings[0].detail
    if (table.name, column.name) in PLACES:
        assert detail == "was sealed and is not there"
    else:
        named = "id" if table is TRANSFER else "transfer_id"
        transfer = _other(column, row[named]) if column.name == named else row[named]
        assert detail.startswith("is not what was sealed (transfer ")
        assert f"transfer {transfer.hex}, recorded " in detail.replace("-", "", 4)


@_columns(TRANSFER)
def test_a_value_that_was_taken_away_is_found(sealed: Books, column: sa.Column[Any]) -> None:
    if not column.nullable:
        assert column.name not in {"refers_to", "recorded_by", "expires_at"}
        return
    row = next(row for row in _rows(sealed, TRANSFER) if row[column.name] is not None)

    tampering.force(
        sealed.session, sa.update(TRANSFER).where(_here(TRANSFER, row)).values({column.name: None})
    )

    assert _found(sealed) == [(FIRST_DAY, _name(TRANSFER, row)), (FIRST_DAY, "seal 1")]


@pytest.mark.parametrize("block", [1, 2])
@_columns(SEAL)
def test_every_changed_column_of_a_seal_is_found(
    sealed: Books, column: sa.Column[Any], block: int
) -> None:
    if (column.name, block) in {("timebank_id", 2), ("digest", 2)}:
        return  # The end of the chain; the tests below say what finds it.
    row = next(row for row in _rows(sealed, SEAL) if row["number"] == block)

    tampering.force(
        sealed.session,
        tampering.change_seal(block, **{column.name: _other(column, row[column.name])}),
    )

    found = _found(sealed)
    day = FIRST_DAY if block == 1 else SECOND_DAY
    subjects = {subject for _day, subject in found}
    if column.name == "timebank_id":
        assert ("2026-03-11", "seal 2") in found
    elif column.name == "number":
        assert (day, f"seal {1000 + block}") in found
    elif column.name == "row_digests":
        (changed, of_seal) = found
        assert of_seal == (day, f"seal {block}")
        assert changed[1].startswith("account ")
        assert changed[0] == day
    else:
        assert (day, f"seal {block}") in found
    if column.name == "digest":
        assert subjects == {"seal 1", "seal 2"}
        details = [finding.detail for finding in _verify(sealed).findings]
        assert details == [
            "its digest is not that of what is there now",
            "does not continue the seal before",
        ]


def test_a_changed_digest_of_the_last_seal_is_found(sealed: Books) -> None:
    row = _rows(sealed, SEAL)[-1]

    tampering.tamper(
        sealed.session, tampering.change_seal(2, digest=_other(SEAL.c.digest, row["digest"]))
    )

    (finding,) = _verify(sealed).findings
    assert str(finding) == "2026-03-11: seal 2: its digest is not that of what is there now"


@pytest.mark.parametrize("table", [TRANSFER, ENTRY], ids=str)
@pytest.mark.parametrize("place", range(4))
def test_every_deleted_row_is_found_with_its_day(
    sealed: Books, table: sa.Table, place: int
) -> None:
    row = _rows(sealed, table)[place]

    tampering.force(sealed.session, sa.delete(table).where(_here(table, row)))

    day = FIRST_DAY if row["recorded_at"] == NOW else SECOND_DAY
    seal = "seal 1" if day == FIRST_DAY else "seal 2"
    assert _found(sealed) == [(day, _name(table, row)), (day, seal)]


def test_all_rows_of_an_account_that_are_gone_are_found(sealed: Books) -> None:
    tampering.force(sealed.session, sa.delete(ENTRY).where(ENTRY.c.account_id == sealed.helper))

    assert _found(sealed) == [
        (FIRST_DAY, f"account {sealed.helper} entry 1"),
        (FIRST_DAY, f"account {sealed.helper} entry 2"),
        (SECOND_DAY, f"account {sealed.helper} entry 3"),
        (SECOND_DAY, f"account {sealed.helper} entry 4"),
        (FIRST_DAY, "seal 1"),
        (SECOND_DAY, "seal 2"),
    ]


def test_two_rows_that_changed_places_are_found(sealed: Books) -> None:
    first, second = (
        row for row in _rows(sealed, ENTRY) if row["account_id"] == sealed.helper and row["seq"] < 3
    )
    moved = {"seq": 99}

    for row, values in ((first, moved), (second, {"seq": 1}), (first | moved, {"seq": 2})):
        tampering.force(sealed.session, sa.update(ENTRY).where(_here(ENTRY, row)).values(values))

    assert _found(sealed) == [
        (FIRST_DAY, f"account {sealed.helper} entry 1"),
        (FIRST_DAY, f"account {sealed.helper} entry 2"),
        (FIRST_DAY, "seal 1"),
    ]


def test_a_row_behind_the_last_sealed_one_waits_for_the_next_seal(sealed: Books) -> None:
    sealed.posted(7, now=NEXT_DAY)
    entry = sealed.entries(sealed.helper)[-1]
    tampering.force(sealed.session, tampering.add_entry(entry, seq=entry.seq + 1))

    assert (_verify(sealed).findings, _verify(sealed).unsealed) == ((), 1)


def test_a_deleted_seal_is_found_by_the_next_one(sealed: Books) -> None:
    tampering.tamper(sealed.session, tampering.delete_seal(1))

    details = [str(finding) for finding in _verify(sealed).findings]
    assert "2026-03-11: seal 2: is seal 1 of its chain" in details
    assert "2026-03-11: seal 2: does not continue the seal before" in details


def test_a_deleted_last_seal_is_found_only_by_who_kept_its_digest(sealed: Books) -> None:
    kept = ledger.last_seal(sealed.session, timebank_id=BANK)
    assert kept is not None

    tampering.tamper(sealed.session, tampering.delete_seal(2))

    assert _found(sealed) == []
    assert _verify(sealed).unsealed == 2
    (finding,) = _verify(sealed, expected={2: kept.digest.hex()[:16]}).findings
    assert str(finding) == "?: seal 2: is not there"


def test_what_was_sealed_anew_is_found_only_by_who_kept_its_digest(sealed: Books) -> None:
    kept = {row["number"]: row["digest"].hex()[:16] for row in _rows(sealed, SEAL)}
    sealed.session.rollback()
    for number in (2, 1):
        tampering.tamper(sealed.session, tampering.delete_seal(number))
    entry = sealed.entries(sealed.helped)[0]
    tampering.force(
        sealed.session,
        tampering.change_entry(entry.account_id, entry.seq, neighbourhood_code=SLAAGHWIJK),
    )
    sealed.seal(NOW)

    assert _found(sealed) == []
    assert _found(sealed, expected=kept) == [(FIRST_DAY, "seal 1"), ("?", "seal 2")]


def test_an_entry_before_the_first_hides_no_other(sealed: Books) -> None:
    first = sealed.entries(sealed.helper)[0]
    tampering.force(sealed.session, tampering.add_entry(first, seq=0))
    wrong = tampering.change_entry(sealed.helper, 1, minutes=1)

    tampering.force(sealed.session, wrong)

    assert (FIRST_DAY, f"account {sealed.helper} entry 1") in _found(sealed)


@pytest.mark.parametrize("place", [0, -1])
def test_an_entry_before_the_first_is_found_though_no_seal_reaches_it(
    sealed: Books, place: int
) -> None:
    first = sealed.entries(sealed.helper)[0]

    tampering.force(sealed.session, tampering.add_entry(first, seq=place))

    (finding,) = _verify(sealed).findings
    named = f"?: account {sealed.helper} entry {place}: stands where nothing is written"
    assert str(finding) == named


def test_a_transfer_before_the_first_is_called_a_transfer(sealed: Books) -> None:
    first = next(row for row in _rows(sealed, TRANSFER) if row["number"] == 1)

    forged = first | {"id": uuid.uuid4(), "number": 0, "refers_to": None}
    tampering.force(sealed.session, sa.insert(TRANSFER).values(forged))

    named = (verification.NO_DAY, f"account {first['debit_account_id']} transfer 0")
    assert _found(sealed) == [named]


@pytest.mark.parametrize("table", [TRANSFER, ENTRY, SEAL], ids=str)
def test_the_order_in_which_rows_lie_on_the_disk_says_nothing(
    sealed: Books, table: sa.Table
) -> None:
    rows = _rows(sealed, table)

    for row in reversed(rows):
        tampering.force(sealed.session, sa.delete(table).where(_here(table, row)))
        tampering.force(sealed.session, sa.insert(table).values(row))

    assert _found(sealed) == []
    sealed.posted(7, now=NEXT_DAY)
    block, last = sealed.seal(NEXT_DAY), _rows(sealed, SEAL)
    assert block is not None
    assert (block.number, block.transfers) == (3, 1)
    (second,) = [one["digest"] for one in last if one["number"] == 2]
    assert block.previous_digest == second
    assert ledger.last_seal(sealed.session, timebank_id=BANK) == block
    assert _found(sealed) == []


def test_a_kept_digest_may_be_short_and_in_capitals(sealed: Books) -> None:
    kept = {row["number"]: row["digest"].hex()[:5].upper() for row in _rows(sealed, SEAL)}

    assert _found(sealed, expected=kept) == []
    (finding,) = _verify(sealed, expected={1: kept[2], 2: kept[2]}).findings
    assert (finding.day, finding.subject) == (FIRST_DAY, "seal 1")
    assert finding.detail == "is another one than was printed or mailed"


def test_a_forged_mark_does_not_make_the_proof_endless(sealed: Books) -> None:
    row = _rows(sealed, SEAL)[-1]
    marks = [
        dataclasses.replace(mark, number=mark.number + 50_000)
        for mark in seals.unpack_marks(row["marks"])
    ]

    tampering.tamper(sealed.session, tampering.change_seal(2, marks=seals.pack_marks(marks)))

    found = _found(sealed)
    assert (SECOND_DAY, "seal 2") in found
    promised = len(row["row_digests"]) // seals.ROW_DIGEST_BYTES
    assert len([day for day, subject in found if not subject.startswith("seal")]) <= promised


@ON_SQLITE
@pytest.mark.parametrize("column", ["ledger_transfer.minutes", "ledger_entry.balance_minutes"])
def test_text_where_a_number_stood_is_found(sealed: Books, column: str) -> None:
    table, name = column.split(".")
    row = next(
        row
        for row in _rows(sealed, ledger.Base.metadata.tables[table])
        if row["recorded_at"] == NOW
    )

    tampering.force(sealed.session, sa.text(f"UPDATE {table} SET {name} = 'x'"))  # noqa: S608

    assert (FIRST_DAY, _name(ledger.Base.metadata.tables[table], row)) in _found(sealed)


@ON_SQLITE
@pytest.mark.parametrize(
    ("column", "place"),
    [
        ("ledger_transfer.number", 1),
        ("ledger_transfer.number", 3),
        ("ledger_entry.seq", 1),
        ("ledger_entry.seq", 4),
    ],
)
def test_text_where_a_place_stood_is_found(sealed: Books, column: str, place: int) -> None:
    table, name = column.split(".")

    tampering.force(
        sealed.session,
        sa.text(f"UPDATE {table} SET {name} = 'x' WHERE {name} = {place}"),  # noqa: S608
    )

    found = _found(sealed)
    assert any(subject.startswith("seal ") for _day, subject in found)
    assert any(subject.endswith((" entry x", " transfer x")) for _day, subject in found)


@ON_SQLITE
@pytest.mark.parametrize("column", ["marks", "row_digests", "previous_digest", "digest"])
def test_text_where_bytes_stood_is_found(sealed: Books, column: str) -> None:
    tampering.tamper(
        sealed.session,
        sa.text(f"UPDATE ledger_seal SET {column} = 'x' WHERE number = 2"),  # noqa: S608
    )

    assert (SECOND_DAY, "seal 2") in _found(sealed)


@ON_SQLITE
def test_a_seal_without_a_moment_is_found_without_a_day(sealed: Books) -> None:
    tampering.tamper(
        sealed.session, sa.text("UPDATE ledger_seal SET sealed_at = '' WHERE number = 2")
    )

    assert _found(sealed) == [("?", "seal 2")]


def test_the_day_of_a_finding_is_the_same_in_every_zone_of_the_connection(sealed: Books) -> None:
    if sealed.session.get_bind().dialect.name == "postgresql":
        sealed.session.execute(sa.text("SET TIME ZONE 'Pacific/Kiritimati'"))
        sealed.session.commit()
    tampering.tamper(sealed.session, tampering.change_seal(2, transfers=99))

    assert _found(sealed) == [(SECOND_DAY, "seal 2")]


def test_what_changed_in_one_timebank_is_not_found_in_another(sealed: Books) -> None:
    tampering.tamper(sealed.session, tampering.change_entry(sealed.helper, 1, minutes=1))

    assert _found(sealed) != []
    assert ledger.verify(sealed.session, timebank_id=BANK + 1).findings == ()


def test_who_waits_is_told_how_many_rows_were_read(
    sealed: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verification, "_REPORT_EVERY", 4)
    told: list[int] = []

    _verify(sealed, progress=told.append)

    assert told == [4, 8, 12]


def test_a_finding_reads_as_one_line() -> None:
    finding = ledger.Finding("2026-03-10", "seal 3", "is not there")

    assert str(finding) == "2026-03-10: seal 3: is not there"


def test_every_table_of_the_journal_is_held_against_its_columns() -> None:
    assert {column.table.name for column in (*TRANSFER.c, *ENTRY.c, *SEAL.c)} == {
        "ledger_transfer",
        "ledger_entry",
        "ledger_seal",
    }
    assert {name for _table, name in PLACES} <= {c.name for c in (*TRANSFER.c, *ENTRY.c)}
