# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
from typing import Any

import pytest
import sqlalchemy as sa

import ledger
from ledger import seals
from tests.ledger.conftest import BANK, LATER, NOW, Books


def _next(books: Books, now: datetime.datetime = NOW) -> ledger.Block | None:
    return ledger.next_block(books.session, timebank_id=BANK, now=now)


def test_a_first_block_holds_everything_that_was_written(full_books: Books) -> None:
    block = full_books.seal()

    assert block is not None
    assert (block.timebank_id, block.number, block.sealed_at) == (BANK, 1, NOW)
    assert (block.transfers, block.posted_minutes) == (10, 30 + 60 + 60 + 30 + 75 + 90)
    assert block.previous_digest == bytes(32)
    marks = list(seals.unpack_marks(block.marks))
    accounts = sorted((full_books.helper, full_books.helped))
    assert [mark.account_id for mark in marks] == accounts
    numbers = {mark.account_id: (mark.number, mark.seq) for mark in marks}
    assert numbers == {full_books.helper: (3, 6), full_books.helped: (7, 6)}
    assert len(block.row_digests) == 4 * (10 + 12)


def test_what_is_written_while_a_block_is_digested_waits_for_the_next(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    books.posted(30)
    digest_block = seals._digest_block

    def digest_late(*arguments: Any) -> ledger.Block:
        ledger.post(books.session, books.order(15), now=NOW)
        return digest_block(*arguments)

    monkeypatch.setattr(seals, "_digest_block", digest_late)
    first = books.seal()
    monkeypatch.undo()
    second = books.seal()

    assert first is not None
    assert second is not None
    assert (first.transfers, first.posted_minutes) == (1, 30)
    assert (second.transfers, second.posted_minutes) == (1, 15)
    assert ledger.verify(books.session, timebank_id=BANK).findings == ()


def test_a_block_is_digested_as_the_module_says(books: Books) -> None:
    books.posted(30)
    books.reserved(15)

    block = _next(books)

    assert block is not None
    rows: list[list[list[object]]] = [[], []]
    for place, (model, names) in enumerate(
        [
            (ledger.Transfer, seals.SPELLED["ledger_transfer"]),
            (ledger.Entry, seals.SPELLED["ledger_entry"]),
        ]
    ):
        for row in books.session.scalars(sa.select(model)):
            values = [getattr(row, name) for name in names]
            rows[place].append(
                [
                    v.hex
                    if hasattr(v, "hex") and not isinstance(v, float)
                    else f"{v:%Y-%m-%d %H:%M:%S.%f}"
                    if isinstance(v, datetime.datetime)
                    else str(v)
                    if isinstance(v, datetime.date)
                    else v
                    for v in values
                ]
            )
        rows[place].sort(key=lambda row: (row[1], row[2]))

    def line(values: object) -> bytes:
        return json.dumps(values, separators=(",", ":")).encode() + b"\n"

    whole = hashlib.sha256(line([1, BANK, 1, "2026-03-10 09:00:00.000000", 2, 30, "00" * 32]))
    whole.update(block.marks)
    whole.update(
        b"".join(hashlib.sha256(line(row)).digest()[:4] for table in rows for row in table)
    )
    for table in rows:
        whole.update(hashlib.sha256(b"".join(line(row) for row in table)).digest())
    assert block.digest == whole.digest()


def test_nothing_written_is_no_block(books: Books) -> None:
    assert _next(books) is None


def test_nothing_new_is_no_block(full_books: Books) -> None:
    full_books.seal()

    assert _next(full_books) is None


def test_a_block_that_was_not_written_down_is_read_again(books: Books) -> None:
    books.posted()

    assert _next(books) == _next(books)


def test_a_second_block_continues_the_first_and_holds_what_is_new(full_books: Books) -> None:
    first = full_books.seal()
    third = full_books.open_account()
    full_books.posted(5, credit_account_id=third, now=LATER)

    second = full_books.seal(LATER)

    assert first is not None
    assert second is not None
    assert (second.number, second.previous_digest) == (2, first.digest)
    assert (second.transfers, second.posted_minutes) == (1, 5)
    marks = {mark.account_id: (mark.number, mark.seq) for mark in seals.unpack_marks(second.marks)}
    assert marks == {full_books.helped: (8, 7), third: (0, 1)}
    assert len(second.row_digests) == 4 * 3


def test_a_reservation_alone_makes_a_block_without_entries(books: Books) -> None:
    books.reserved(90)

    block = books.seal()

    assert block is not None
    assert (block.transfers, block.posted_minutes, len(block.row_digests)) == (1, 0, 4)


def test_a_block_leaves_other_timebanks_out(books: Books) -> None:
    helper, helped = (books.open_account(timebank_id=BANK + 1) for _ in "ab")
    books.posted(timebank_id=BANK + 1, debit_account_id=helped, credit_account_id=helper)
    other = ledger.next_block(books.session, timebank_id=BANK + 1, now=NOW)
    assert other is not None
    assert ledger.add_seal(books.session, other)
    books.session.commit()
    assert _next(books) is None
    books.posted(30)

    block = books.seal()

    assert block is not None
    assert (block.number, block.transfers, block.posted_minutes) == (1, 1, 30)
    assert ledger.verify(books.session, timebank_id=BANK).findings == ()
    assert ledger.verify(books.session, timebank_id=BANK + 1).findings == ()


def test_what_is_sealed_in_many_portions_is_sealed_the_same(
    full_books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        full_books.posted(credit_account_id=full_books.open_account())
    whole = _next(full_books)

    monkeypatch.setattr(seals, "_ACCOUNTS_AT_ONCE", 2)

    assert _next(full_books) == whole


def test_a_rival_who_seals_first_leaves_the_other_without_a_seal(books: Books) -> None:
    books.posted()
    block = _next(books)
    assert block is not None
    rival = dataclasses.replace(block, sealed_at=LATER)
    assert ledger.add_seal(books.session, rival)
    books.session.commit()

    added = ledger.add_seal(books.session, block)
    books.session.rollback()

    assert not added
    assert ledger.last_seal(books.session, timebank_id=BANK) == rival


def test_whoever_sealed_too_late_can_go_on_in_the_same_transaction(books: Books) -> None:
    books.posted()
    block = books.seal()
    assert block is not None
    order = books.order(5)
    ledger.post(books.session, order, now=NOW)

    assert not ledger.add_seal(books.session, block)
    books.session.commit()

    assert books.transfer(order.transfer_id).minutes == 5


def test_the_last_seal_is_read_as_it_was_written(full_books: Books) -> None:
    assert ledger.last_seal(full_books.session, timebank_id=BANK) is None
    full_books.seal()
    full_books.posted()

    second = full_books.seal(LATER)

    assert ledger.last_seal(full_books.session, timebank_id=BANK) == second
    assert ledger.last_seal(full_books.session, timebank_id=BANK + 1) is None


def test_a_block_is_closed_at_a_moment_with_a_zone(books: Books) -> None:
    with pytest.raises(ledger.InvalidMoment):
        _next(books, NOW.replace(tzinfo=None))


def test_marks_are_read_as_they_were_written() -> None:
    marks = [seals.Mark(2**62 - 1, 2**31 - 1, 0), seals.Mark(1, 0, 7)]

    packed = seals.pack_marks(marks)

    assert packed.hex() == "3fffffffffffffff7fffffff0000000000000000000000010000000000000007"
    assert list(seals.unpack_marks(packed)) == marks
    assert list(seals.unpack_marks(packed[:-1])) == marks[:1]
    assert list(seals.unpack_marks(b"")) == []


def test_a_slip_says_what_one_needs_to_check_the_seal() -> None:
    block = ledger.Block(BANK, 7, NOW, 12, 345, b"", b"", bytes(32), bytes(range(32)))

    assert ledger.digest_slip(block, name="Urenruil Leiden").splitlines() == [
        "Urenruil Leiden: seal 7",
        "closed 2026-03-10 09:00 UTC",
        "12 transfers, 345 minutes posted",
        "0001 0203 0405 0607 0809 0a0b 0c0d 0e0f",
        "1011 1213 1415 1617 1819 1a1b 1c1d 1e1f",
        "check: timebank ledger verify --expect 7:0001020304050607",
    ]


def test_a_slip_says_the_moment_in_utc() -> None:
    summer = NOW.astimezone(datetime.timezone(datetime.timedelta(hours=2)))
    block = ledger.Block(BANK, 7, summer, 12, 345, b"", b"", bytes(32), bytes(32))

    assert "closed 2026-03-10 09:00 UTC" in ledger.digest_slip(block, name="Leiden")
