# SPDX-License-Identifier: EUPL-1.2
"""Reading everything again and holding it against the seals: which day, which row was changed."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Table, select, type_coerce
from sqlalchemy.types import NullType

from ledger.balances import count_transfers
from ledger.dialects import TRANSFER, Books
from ledger.seals import (
    FORMAT,
    NO_DIGEST,
    ROW_DIGEST_BYTES,
    SEAL,
    block_digest,
    unpack_marks,
)
from ledger.spelling import ENTRY, JOURNALS, SPELLED, digest_of, read_rows, spell, unread

NO_DAY = "?"
Progress = Callable[[int], None]
"""Called now and then with the number of rows read so far."""
_REPORT_EVERY = 5000


@dataclasses.dataclass(frozen=True)
class Finding:
    """One thing that is not what was sealed.

    Attributes:
        day: when its block was sealed, as the seal says; ``?`` when the seal does not say.
        subject: the row: a transfer or an entry with its account and number, or a seal.
    """

    day: str
    subject: str
    detail: str

    def __str__(self) -> str:
        """Say it on one line, as the command prints it."""
        return f"{self.day}: {self.subject}: {self.detail}"


@dataclasses.dataclass(frozen=True)
class Verification:
    """What came of it.

    Attributes:
        blocks: how many seals there are.
        rows: how many rows were held against the seals.
        unsealed: how many transfers wait for the next seal.
        digest: the newest digest; all zeros without a seal.
    """

    blocks: int
    rows: int
    unsealed: int
    digest: bytes
    findings: tuple[Finding, ...]


@dataclasses.dataclass
class _Seal:
    """A seal as it is stored, and the digests of what is there now."""

    values: dict[str, Any]
    expected_number: int
    contents: dict[str, Any]

    @property
    def day(self) -> str:
        return str(self.values["sealed_at"])[:10] if self.values["sealed_at"] else NO_DAY

    @property
    def subject(self) -> str:
        return f"seal {self.values['number']}"


@dataclasses.dataclass(frozen=True)
class _Stretch:
    """The rows of one account in one block: from after ``start`` up to and including ``end``."""

    seal: _Seal
    start: int
    end: int
    offset: int
    """Where the digest of its first row stands among the row digests of the block."""


def verify(
    books: Books,
    *,
    timebank_id: int,
    expected: Mapping[int, str] | None = None,
    progress: Progress | None = None,
) -> Verification:
    """Hold every sealed row and every seal of a timebank against the digests.

    Args:
        expected: beginnings of digests in hexadecimal digits, by the number of their seal, as they
            were printed or mailed; they find what somebody sealed anew.
        progress: told how many rows were read.
    """
    seals = _read_seals(books, timebank_id)
    stretches = _lay_out(seals)
    findings: list[Finding] = []
    rows = 0
    for table in JOURNALS:
        for found in _compare(books, timebank_id, table, stretches[table.name]):
            rows += 1
            if found is not None:
                findings.append(found)
            if progress and rows % _REPORT_EVERY == 0:
                progress(rows)
    for seal, before in zip(seals, [None, *seals], strict=False):
        findings += _judge(seal, before)
    findings += _not_as_expected(seals, expected or {})
    return Verification(
        len(seals),
        rows,
        _unsealed(books, timebank_id, stretches[TRANSFER.name]),
        _bytes(seals[-1].values["digest"]) if seals else NO_DIGEST,
        tuple(findings),
    )


def _read_seals(books: Books, timebank_id: int) -> list[_Seal]:
    names = SEAL.c.keys()
    rows = books.execute(
        select(*(type_coerce(SEAL.c[name], NullType()) for name in names))
        .where(SEAL.c.timebank_id == timebank_id)
        .order_by(SEAL.c.number)
    )
    return [
        _Seal(
            dict(zip(names, row, strict=True)),
            place,
            {TRANSFER.name: hashlib.sha256(), ENTRY.name: hashlib.sha256()},
        )
        for place, row in enumerate(rows, start=1)
    ]


def _lay_out(seals: Sequence[_Seal]) -> dict[str, dict[Any, list[_Stretch]]]:
    """Say, for each table and account, which rows belong to which block."""
    stretches: dict[str, dict[Any, list[_Stretch]]] = {TRANSFER.name: {}, ENTRY.name: {}}
    for seal in seals:
        marks = list(unpack_marks(_bytes(seal.values["marks"])))
        left = len(_bytes(seal.values["row_digests"])) // ROW_DIGEST_BYTES
        offset = 0
        for table in JOURNALS:
            for mark in marks:
                of_account = stretches[table.name].setdefault(mark.account_id, [])
                start = of_account[-1].end if of_account else 0
                end = mark.number if table is TRANSFER else mark.seq
                # A forged mark must not promise more rows than the seal has digests for.
                end = min(end, start + left - offset)
                if end > start:
                    of_account.append(_Stretch(seal, start, end, offset))
                    offset += end - start
    return stretches


def _compare(
    books: Books, timebank_id: int, table: Table, stretches: Mapping[Any, list[_Stretch]]
) -> Iterator[Finding | None]:
    """Go through all rows in their order; yield None for each sealed row, or what is wrong.

    An account counts its rows from 1: no seal reaches a row before that, or one without a number.
    """
    pending = {account: _places(of_account) for account, of_account in stretches.items()}
    ahead = {account: next(places, None) for account, places in pending.items()}
    for row in read_rows(books, unread(table, timebank_id)):
        account, place = row[1], row[2]
        expected = ahead.get(account)
        if not isinstance(place, int) or place < 1:
            yield Finding(NO_DAY, _name(table, account, place), "stands where nothing is written")
            continue
        while expected is not None and expected[0] < place:
            yield _missing(table, account, expected)
            expected = next(pending[account], None)
        ahead[account] = expected
        if expected is None or expected[0] != place:
            continue
        seal, position = expected[1:]
        ahead[account] = next(pending[account], None)
        line = spell(row)
        seal.contents[table.name].update(line)
        if digest_of(line)[:ROW_DIGEST_BYTES] == _kept_digest(seal, position):
            yield None
        else:
            yield _changed(table, row, seal)
    for account, expected in ahead.items():
        for place in (expected, *pending[account]) if expected else ():
            yield _missing(table, account, place)


_Place = tuple[int, _Seal, int]
"""The number of a row on its account, its seal, and where the seal keeps its digest."""


def _places(of_account: Sequence[_Stretch]) -> Iterator[_Place]:
    for stretch in of_account:
        for place in range(stretch.start + 1, stretch.end + 1):
            yield place, stretch.seal, stretch.offset + place - stretch.start - 1


def _missing(table: Table, account: object, place: _Place) -> Finding:
    return Finding(place[1].day, _name(table, account, place[0]), "was sealed and is not there")


def _kept_digest(seal: _Seal, position: int) -> bytes:
    start = position * ROW_DIGEST_BYTES
    return _bytes(seal.values["row_digests"])[start : start + ROW_DIGEST_BYTES]


def _changed(table: Table, row: Sequence[Any], seal: _Seal) -> Finding:
    named = dict(zip(SPELLED[table.name], row, strict=True))
    transfer = named.get("id", named.get("transfer_id"))
    detail = f"is not what was sealed (transfer {transfer}, recorded {named['recorded_at']})"
    return Finding(seal.day, _name(table, row[1], row[2]), detail)


def _judge(seal: _Seal, before: _Seal | None) -> Iterator[Finding]:
    """Say what is wrong with a seal itself: its number, its link, its digest."""
    values = seal.values
    if values["number"] != seal.expected_number:
        yield Finding(seal.day, seal.subject, f"is seal {seal.expected_number} of its chain")
    previous = before.values["digest"] if before else NO_DIGEST
    if values["previous_digest"] != previous:
        yield Finding(seal.day, seal.subject, "does not continue the seal before")
    header = (
        FORMAT,
        values["timebank_id"],
        values["number"],
        values["sealed_at"],
        values["transfers"],
        values["posted_minutes"],
        _bytes(values["previous_digest"]).hex(),
    )
    contents = [content.digest() for content in seal.contents.values()]
    marks, row_digests = _bytes(values["marks"]), _bytes(values["row_digests"])
    if block_digest(header, marks, row_digests, contents) != values["digest"]:
        yield Finding(seal.day, seal.subject, "its digest is not that of what is there now")


def _not_as_expected(seals: Sequence[_Seal], expected: Mapping[int, str]) -> Iterator[Finding]:
    digests = {seal.values["number"]: seal for seal in seals}
    for number, beginning in expected.items():
        seal = digests.get(number)
        if seal is None:
            yield Finding(NO_DAY, f"seal {number}", "is not there")
        elif not _bytes(seal.values["digest"]).hex().startswith(beginning.lower()):
            yield Finding(seal.day, seal.subject, "is another one than was printed or mailed")


def _unsealed(books: Books, timebank_id: int, stretches: Mapping[Any, Sequence[_Stretch]]) -> int:
    sealed = sum(of_account[-1].end for of_account in stretches.values() if of_account)
    return count_transfers(books, timebank_id=timebank_id) - sealed


def _name(table: Table, account: object, place: object) -> str:
    kind = "transfer" if table is TRANSFER else "entry"
    return f"account {account} {kind} {place}"


def _bytes(value: object) -> bytes:
    """Return bytes as they are; what is no bytes any more is none, and fails its digest."""
    return bytes(value) if isinstance(value, bytes | memoryview) else b""
