# SPDX-License-Identifier: EUPL-1.2
"""The tables of the books: account, transfer, entry, seal.

What lives here: rows, and every rule that a row can hold as a constraint.
What does not: who the holder of an account is. The ledger knows numbers, never people.

Every key leads with ``timebank_id``, so that no statement can cross two timebanks by accident and
a timebank can be moved to a database of its own (docs/adr/0003).
"""

from __future__ import annotations

import datetime
import enum
import uuid

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from ledger.base import Base, value_enum


class AccountStatus(enum.StrEnum):
    """Whether an account takes part."""

    OPEN = "open"
    CLOSED = "closed"


class TransferKind(enum.StrEnum):
    """What a row of the journal did."""

    POST = "post"
    RESERVE = "reserve"
    POST_PENDING = "post_pending"
    VOID = "void"
    EXPIRE = "expire"
    REVERSE = "reverse"


POSTING_KINDS = (TransferKind.POST, TransferKind.POST_PENDING, TransferKind.REVERSE)
"""The kinds that write two entries; the others only change what is pending."""
ORDER_KINDS = (TransferKind.POST, TransferKind.RESERVE)
"""The kinds that begin something; the others name an earlier transfer."""


ACCOUNT_RULES = {
    "status_known": "NEW.status IN ('open', 'closed')",
    "credited_not_negative": "NEW.credited_minutes >= 0",
    "debited_not_negative": "NEW.debited_minutes >= 0",
    "pending_in_not_negative": "NEW.pending_in_minutes >= 0",
    "pending_out_not_negative": "NEW.pending_out_minutes >= 0",
    "last_seq_not_negative": "NEW.last_seq >= 0",
    "last_number_not_negative": "NEW.last_number >= 0",
    "floor_below_ceiling": (
        "(NEW.floor_minutes IS NULL OR NEW.ceiling_minutes IS NULL"
        " OR NEW.floor_minutes <= NEW.ceiling_minutes)"
    ),
    "empty_when_closed": (
        "(NEW.status = 'open' OR (NEW.credited_minutes = NEW.debited_minutes"
        " AND NEW.pending_in_minutes = 0 AND NEW.pending_out_minutes = 0))"
    ),
    "closed_at_known": "(NEW.status = 'closed') = (NEW.closed_at IS NOT NULL)",
}
"""What holds for every account row, by the name of the rule."""
TRANSFER_RULES = {
    "kind_known": ("NEW.kind IN ('post', 'reserve', 'post_pending', 'void', 'expire', 'reverse')"),
    "minutes_positive": "NEW.minutes > 0",
    "number_positive": "NEW.number > 0",
    "two_accounts": "NEW.debit_account_id <> NEW.credit_account_id",
    "refers_when_it_resolves": ("(NEW.refers_to IS NULL) = (NEW.kind IN ('post', 'reserve'))"),
    "expires_when_it_reserves": "(NEW.expires_at IS NULL OR NEW.kind = 'reserve')",
}
"""What holds for every transfer, by the name of the rule."""


def checks(rules: dict[str, str]) -> list[CheckConstraint]:
    """Return the rules as CHECK constraints for SQLite.

    PostgreSQL keeps the same text in its trigger functions: it reads a CHECK anew for each
    statement, which takes longer than booking a transfer (docs/adr/0014).
    """
    constraints = []
    for name, rule in rules.items():
        constraint = CheckConstraint(rule.replace("NEW.", ""), name=name)
        constraint.ddl_if(dialect="sqlite")
        constraints.append(constraint)
    return constraints


def reference(columns: list[str], table: str) -> ForeignKeyConstraint:
    """Return a foreign key to the id of another table of the books, for SQLite.

    On PostgreSQL the trigger that books a transfer finds both accounts and what it refers to, and
    nothing is ever deleted: a foreign key would only lock both accounts a second time, while
    everybody else waits for them (docs/adr/0018).
    """
    there = [f"{table}.timebank_id", f"{table}.id"]
    # Alembic does not ask ddl_if: migrations/env.py reads the mark instead.
    key = ForeignKeyConstraint(columns, there, info={"only_on": "sqlite"})
    key.ddl_if(dialect="sqlite")
    return key


class Account(Base):
    """What was credited and debited in minutes, and what is pending; balance = credits - debits."""

    __tablename__ = "ledger_account"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "id"),
        *checks(ACCOUNT_RULES),
        Index(None, "timebank_id", "neighbourhood_code"),
        # Room on each page for the next versions of its rows: an account changes with every
        # transfer, and its indexes need not.
        {"postgresql_with": {"fillfactor": 40}},
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    id: Mapped[int]
    status: Mapped[AccountStatus] = mapped_column(
        value_enum(AccountStatus, "status_known", constrained=False)
    )
    neighbourhood_code: Mapped[str] = mapped_column(String(12))
    """Where the holder belongs now; an entry copies it, and keeps it for ever."""
    credited_minutes: Mapped[int] = mapped_column(default=0)
    """Posted to the credit of this account (help given), less what was reversed."""
    debited_minutes: Mapped[int] = mapped_column(default=0)
    """Posted to its debit (help received), less what was reversed."""
    pending_in_minutes: Mapped[int] = mapped_column(default=0)
    pending_out_minutes: Mapped[int] = mapped_column(default=0)
    floor_minutes: Mapped[int | None]
    """How low balance less ``pending_out`` may go; None: as low as it likes (docs/adr/0015)."""
    ceiling_minutes: Mapped[int | None]
    """How high balance plus ``pending_in`` may go; None: as high as it likes."""
    limited_at: Mapped[datetime.datetime | None]
    """Since when floor and ceiling are what they are; a proof looks no further back."""
    last_seq: Mapped[int] = mapped_column(Integer, default=0)
    """The number of its last entry."""
    last_number: Mapped[int] = mapped_column(Integer, default=0)
    """The number of the last transfer that names it as the debit account."""
    last_recorded_at: Mapped[datetime.datetime]
    """The moment of the last transfer on either side; what follows is never earlier."""
    opened_at: Mapped[datetime.datetime]
    closed_at: Mapped[datetime.datetime | None]


class Transfer(Base):
    """One row of the journal: whole minutes from one account to another. Never changed.

    The columns stand widest first: PostgreSQL then loses no bytes between them.
    """

    __tablename__ = "ledger_transfer"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "id"),
        reference(["timebank_id", "debit_account_id"], "ledger_account"),
        reference(["timebank_id", "credit_account_id"], "ledger_account"),
        reference(["timebank_id", "refers_to"], "ledger_transfer"),
        # One winner: a reservation is resolved once, a posted transfer is reversed once.
        Index(
            "ix_ledger_transfer_resolution",
            "timebank_id",
            "refers_to",
            unique=True,
            postgresql_where=text("refers_to IS NOT NULL"),
            sqlite_where=text("refers_to IS NOT NULL"),
        ),
        Index(
            "ix_ledger_transfer_expiry",
            "timebank_id",
            "expires_at",
            postgresql_where=text("expires_at IS NOT NULL"),
            sqlite_where=text("expires_at IS NOT NULL"),
        ),
        # The journal of an account has no gap, so that a seal can say how far it reaches.
        Index(
            "ix_ledger_transfer_number", "timebank_id", "debit_account_id", "number", unique=True
        ),
        *checks(TRANSFER_RULES),
        {"sqlite_with_rowid": False},
    )

    debit_account_id: Mapped[int]
    credit_account_id: Mapped[int]
    recorded_at: Mapped[datetime.datetime]
    """When it was written down; on one account never earlier than the transfer before."""
    timebank_id: Mapped[int] = mapped_column(Integer)
    minutes: Mapped[int] = mapped_column(Integer)
    number: Mapped[int] = mapped_column(Integer)
    """1, 2, 3 … on each debit account, without a gap; the database gives it."""
    effective_on: Mapped[datetime.date]
    """The day on which it happened."""
    id: Mapped[uuid.UUID]
    """Made by the caller; the same id with the same content is the same transfer, for ever."""
    kind: Mapped[TransferKind] = mapped_column(
        value_enum(TransferKind, "kind_known", constrained=False)
    )
    refers_to: Mapped[uuid.UUID | None]
    recorded_by: Mapped[uuid.UUID | None]
    expires_at: Mapped[datetime.datetime | None]
    """A reservation can be posted before this moment (exclusive), and expires from it on."""


class Entry(Base):
    """One side of a posted transfer on one account. Written by the database, never changed."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "account_id", "seq"),
        reference(["timebank_id", "account_id"], "ledger_account"),
        reference(["timebank_id", "transfer_id"], "ledger_transfer"),
        # Entries are written in the order of time, so that PostgreSQL finds a period by its pages
        # and needs no key for each row.
        Index(
            None,
            "timebank_id",
            "neighbourhood_code",
            "recorded_at",
            postgresql_using="brin",
            postgresql_with={"pages_per_range": 16, "autosummarize": "on"},
        ),
        {"sqlite_with_rowid": False},
    )

    account_id: Mapped[int]
    balance_minutes: Mapped[int]
    """The balance of the account after this entry."""
    recorded_at: Mapped[datetime.datetime]
    """The moment of its transfer; never earlier than the entry before on this account."""
    timebank_id: Mapped[int] = mapped_column(Integer)
    seq: Mapped[int] = mapped_column(Integer)
    """1, 2, 3 … on each account, without a gap."""
    minutes: Mapped[int] = mapped_column(Integer)
    """Positive for a credit (help given), negative for a debit (help received)."""
    transfer_id: Mapped[uuid.UUID]
    neighbourhood_code: Mapped[str] = mapped_column(String(12))
    """Where the holder belonged then."""


class Seal(Base):
    """A block of the journal, closed by a digest that continues the one before. Never changed.

    What the bytes hold is said in ``ledger.seals``.
    """

    __tablename__ = "ledger_seal"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "number"),
        CheckConstraint("number > 0", name="number_positive"),
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    number: Mapped[int] = mapped_column(Integer)
    """1, 2, 3 … in each timebank, without a gap."""
    sealed_at: Mapped[datetime.datetime]
    transfers: Mapped[int] = mapped_column(Integer)
    """How many transfers the block holds, of all kinds."""
    posted_minutes: Mapped[int]
    """The minutes that its posting transfers moved, reversals included."""
    marks: Mapped[bytes] = mapped_column(LargeBinary)
    """How far the block reaches on each account that changed."""
    row_digests: Mapped[bytes] = mapped_column(LargeBinary)
    """Four bytes of the digest of each row, so that a changed row can be named."""
    previous_digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
