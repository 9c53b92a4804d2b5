# SPDX-License-Identifier: EUPL-1.2
"""The tables of the books: account, transfer, entry.

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
    UniqueConstraint,
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
    REVERSE = "reverse"


POSTING_KINDS = (TransferKind.POST, TransferKind.POST_PENDING, TransferKind.REVERSE)
"""The kinds that write two entries; the others only change what is pending."""


class Account(Base):
    """What was credited and debited in minutes, and what is pending; balance = credits - debits."""

    __tablename__ = "ledger_account"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "id"),
        CheckConstraint("credited_minutes >= 0", name="credited_not_negative"),
        CheckConstraint("debited_minutes >= 0", name="debited_not_negative"),
        CheckConstraint("pending_in_minutes >= 0", name="pending_in_not_negative"),
        CheckConstraint("pending_out_minutes >= 0", name="pending_out_not_negative"),
        CheckConstraint("last_seq >= 0", name="last_seq_not_negative"),
        Index(None, "timebank_id", "neighbourhood_code"),
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    id: Mapped[int]
    status: Mapped[AccountStatus] = mapped_column(value_enum(AccountStatus, "status_known"))
    neighbourhood_code: Mapped[str] = mapped_column(String(12))
    """Where the holder belongs now; an entry copies it, and keeps it for ever."""
    credited_minutes: Mapped[int] = mapped_column(default=0)
    """Posted to the credit of this account (help given), less what was reversed."""
    debited_minutes: Mapped[int] = mapped_column(default=0)
    """Posted to its debit (help received), less what was reversed."""
    pending_in_minutes: Mapped[int] = mapped_column(default=0)
    pending_out_minutes: Mapped[int] = mapped_column(default=0)
    last_seq: Mapped[int] = mapped_column(Integer, default=0)
    opened_at: Mapped[datetime.datetime]


class Transfer(Base):
    """One row of the journal: whole minutes from one account to another. Never changed."""

    __tablename__ = "ledger_transfer"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "id"),
        ForeignKeyConstraint(
            ["timebank_id", "debit_account_id"],
            ["ledger_account.timebank_id", "ledger_account.id"],
            deferrable=True,
            initially="DEFERRED",
        ),
        ForeignKeyConstraint(
            ["timebank_id", "credit_account_id"],
            ["ledger_account.timebank_id", "ledger_account.id"],
            deferrable=True,
            initially="DEFERRED",
        ),
        ForeignKeyConstraint(
            ["timebank_id", "refers_to"], ["ledger_transfer.timebank_id", "ledger_transfer.id"]
        ),
        # One winner: a reservation is resolved once, a posted transfer is reversed once.
        UniqueConstraint("timebank_id", "refers_to"),
        CheckConstraint("minutes > 0", name="minutes_positive"),
        CheckConstraint("debit_account_id <> credit_account_id", name="two_accounts"),
        CheckConstraint(
            "(refers_to IS NULL) = (kind IN ('post', 'reserve'))", name="refers_when_it_resolves"
        ),
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    id: Mapped[uuid.UUID]
    """Made by the caller; the same id with the same content is the same transfer, for ever."""
    kind: Mapped[TransferKind] = mapped_column(value_enum(TransferKind, "kind_known"))
    debit_account_id: Mapped[int]
    credit_account_id: Mapped[int]
    minutes: Mapped[int] = mapped_column(Integer)
    refers_to: Mapped[uuid.UUID | None]
    effective_on: Mapped[datetime.date]
    """The day on which it happened; ``recorded_at`` is when it was written down."""
    recorded_at: Mapped[datetime.datetime]
    recorded_by: Mapped[uuid.UUID | None]
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary(16))


class Entry(Base):
    """One side of a posted transfer on one account. Never changed."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "account_id", "seq"),
        ForeignKeyConstraint(
            ["timebank_id", "account_id"], ["ledger_account.timebank_id", "ledger_account.id"]
        ),
        ForeignKeyConstraint(
            ["timebank_id", "transfer_id"], ["ledger_transfer.timebank_id", "ledger_transfer.id"]
        ),
        CheckConstraint("minutes <> 0", name="minutes_not_zero"),
        CheckConstraint("seq > 0", name="seq_positive"),
        Index(None, "timebank_id", "neighbourhood_code", "recorded_at"),
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    account_id: Mapped[int]
    seq: Mapped[int] = mapped_column(Integer)
    """1, 2, 3 … on each account, without a gap."""
    transfer_id: Mapped[uuid.UUID]
    minutes: Mapped[int] = mapped_column(Integer)
    """Positive for a credit (help given), negative for a debit (help received)."""
    balance_minutes: Mapped[int]
    """The balance of the account after this entry."""
    neighbourhood_code: Mapped[str] = mapped_column(String(12))
    recorded_at: Mapped[datetime.datetime]
