# SPDX-License-Identifier: EUPL-1.2
"""Seals: a chain of digests over everything that was written, so that no change stays hidden.

A block reaches, on each account, from where the block before stopped to what the account row said
at one moment. Rows are never sealed by "everything newer than": a transfer with an older moment may
be committed later and would be skipped for ever. Writers never wait: what is sealed is read without
a lock, and a seal is one row (docs/adr/0017).

The digest of a block is the SHA-256 of these lines and bytes, in this order: a JSON line with the
format, timebank, number, moment, counts and previous digest; the marks; the row digests; the digest
of all spelled transfers; the digest of all spelled entries.
"""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import struct
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, cast

from sqlalchemy import Select, Table, and_, or_, select
from sqlalchemy.exc import IntegrityError

from ledger.dialects import ACCOUNT, TRANSFER, Books, insert_or_conflict
from ledger.models import POSTING_KINDS, Seal
from ledger.orders import check_moment
from ledger.spelling import ENTRY, SPELLED, digest_of, read_rows, spell, unread

FORMAT = 1
NO_DIGEST = bytes(32)
"""What the first block continues."""
ROW_DIGEST_BYTES = 4
"""Enough to name a changed row; that nothing changed is proven by the digest of the block."""
SEAL = cast(Table, Seal.__table__)
_MARK = struct.Struct(">qii")
_ACCOUNTS_AT_ONCE = 200


@dataclasses.dataclass(frozen=True)
class Mark:
    """How far a block reaches on one account: its last transfer and its last entry (inclusive)."""

    account_id: int
    number: int
    seq: int


@dataclasses.dataclass(frozen=True)
class Block:
    """What a seal holds; see ``ledger.models.Seal``."""

    timebank_id: int
    number: int
    sealed_at: datetime.datetime
    transfers: int
    posted_minutes: int
    marks: bytes
    row_digests: bytes
    previous_digest: bytes
    digest: bytes


def next_block(books: Books, *, timebank_id: int, now: datetime.datetime) -> Block | None:
    """Read what was written since the last seal and digest it; None when nothing was.

    Reads only. The cost is that of the new rows and of one look at each account and seal.

    Raises:
        InvalidMoment: ``now`` has no time zone.
    """
    check_moment(now)
    # The account rows are read in one statement: what they say is committed and belongs together.
    accounts = books.execute(
        select(ACCOUNT.c.id, ACCOUNT.c.last_number, ACCOUNT.c.last_seq)
        .where(ACCOUNT.c.timebank_id == timebank_id)
        .order_by(ACCOUNT.c.id)
    ).all()
    seals = books.execute(
        select(SEAL.c.number, SEAL.c.digest, SEAL.c.marks)
        .where(SEAL.c.timebank_id == timebank_id)
        .order_by(SEAL.c.number)
    ).all()
    sealed = {mark.account_id: mark for seal in seals for mark in unpack_marks(seal.marks)}
    reach = [Mark(*row) for row in accounts if _grew(Mark(*row), sealed.get(row.id))]
    if not reach:
        return None
    number, previous = (seals[-1].number + 1, seals[-1].digest) if seals else (1, NO_DIGEST)
    return _digest_block(books, (timebank_id, number, now, previous), reach, sealed)


def add_seal(books: Books, block: Block) -> bool:
    """Write the seal; False when a rival closed a block of that number first."""
    statement = insert_or_conflict(books, SEAL).values(dataclasses.asdict(block))
    written = statement.on_conflict_do_nothing().returning(SEAL.c.number)
    try:
        return books.execute(written).first() is not None
    except IntegrityError:  # SQLite's wall against REPLACE speaks before the conflict is seen.
        return False


def last_seal(books: Books, *, timebank_id: int) -> Block | None:
    """Read the newest seal, if there is one."""
    row = (
        books.execute(
            select(SEAL)
            .where(SEAL.c.timebank_id == timebank_id)
            .order_by(SEAL.c.number.desc())
            .limit(1)
        )
        .mappings()
        .first()
    )
    return Block(**row) if row else None


def block_digest(
    header: Sequence[object], marks: bytes, row_digests: bytes, contents: Iterable[bytes]
) -> bytes:
    """Return the digest of a block.

    Args:
        header: format, timebank, number, moment, transfers, posted minutes, previous digest in
            hexadecimal digits.
        contents: the digest of all its transfers, then that of all its entries.
    """
    whole = hashlib.sha256(spell(header))
    for part in (marks, row_digests, *contents):
        whole.update(part)
    return whole.digest()


def pack_marks(marks: Iterable[Mark]) -> bytes:
    """Write marks as 16 bytes each, big-endian: account (8), number (4), seq (4)."""
    return b"".join(_MARK.pack(mark.account_id, mark.number, mark.seq) for mark in marks)


def unpack_marks(marks: bytes) -> Iterator[Mark]:
    """Read marks; bytes that make no whole mark are left out."""
    whole = len(marks) - len(marks) % _MARK.size
    return (Mark(*values) for values in _MARK.iter_unpack(marks[:whole]))


def digest_slip(block: Block, *, name: str) -> str:
    """Return a seal as one prints or mails it: seven short lines, the digest in groups of four."""
    digits = block.digest.hex()
    groups = [digits[start : start + 4] for start in range(0, len(digits), 4)]
    half = len(groups) // 2
    return "\n".join(
        (
            f"{name}: seal {block.number}",
            f"closed {block.sealed_at.astimezone(datetime.UTC):%Y-%m-%d %H:%M} UTC",
            f"{block.transfers} transfers, {block.posted_minutes} minutes posted",
            " ".join(groups[:half]),
            " ".join(groups[half:]),
            f"check: timebank ledger verify --expect {block.number}:{digits[:16]}",
        )
    )


def _grew(mark: Mark, before: Mark | None) -> bool:
    before = before or Mark(mark.account_id, 0, 0)
    return mark.number > before.number or mark.seq > before.seq


def _digest_block(
    books: Books,
    head: tuple[int, int, datetime.datetime, bytes],
    reach: list[Mark],
    sealed: dict[int, Mark],
) -> Block:
    timebank_id, number, now, previous = head
    row_digests, contents, transfers, minutes = bytearray(), [], 0, 0
    for table in (TRANSFER, ENTRY):
        content = hashlib.sha256()
        for row in _rows_between(books, table, timebank_id, reach, sealed):
            line = spell(row)
            content.update(line)
            row_digests += digest_of(line)[:ROW_DIGEST_BYTES]
            if table is TRANSFER:
                transfers += 1
                minutes += _posted(row)
        contents.append(content.digest())
    marks = pack_marks(reach)
    header = (FORMAT, timebank_id, number, now, transfers, minutes, previous.hex())
    digest = block_digest(header, marks, bytes(row_digests), contents)
    return Block(
        timebank_id, number, now, transfers, minutes, marks, bytes(row_digests), previous, digest
    )


def _posted(row: Sequence[Any]) -> int:
    named = dict(zip(SPELLED[TRANSFER.name], row, strict=True))
    return int(named["minutes"]) if named["kind"] in POSTING_KINDS else 0


def _rows_between(
    books: Books, table: Table, timebank_id: int, reach: list[Mark], sealed: dict[int, Mark]
) -> Iterator[Sequence[Any]]:
    """Read the new rows of each account that grew, account by account, in their order."""
    for start in range(0, len(reach), _ACCOUNTS_AT_ONCE):
        marks = reach[start : start + _ACCOUNTS_AT_ONCE]
        yield from read_rows(books, _between(table, timebank_id, marks, sealed))


def _between(
    table: Table, timebank_id: int, marks: list[Mark], sealed: dict[int, Mark]
) -> Select[Any]:
    account, place = (table.c[name] for name in SPELLED[table.name][1:3])
    side = "number" if table is TRANSFER else "seq"
    return unread(table, timebank_id).where(
        or_(
            *(
                and_(
                    account == mark.account_id,
                    place > getattr(sealed.get(mark.account_id), side, 0),
                    place <= getattr(mark, side),
                )
                for mark in marks
            )
        )
    )
