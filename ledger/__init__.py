# SPDX-License-Identifier: EUPL-1.2
"""A double-entry ledger of whole minutes. This is its front door: import from here only.

The contract stands in ``ledger/README.md``.
"""

from ledger.accounts import close_account, limit_account, move_account, open_account
from ledger.balances import (
    AccountFlow,
    Balance,
    StatementLine,
    TrialBalance,
    account_flows,
    account_statement,
    balance_of,
    balances_of,
    count_transfers,
    pending_by_neighbourhood,
    trial_balance,
    trial_balance_by_neighbourhood,
)
from ledger.base import Base, NaiveDateTime, UtcDateTime, value_enum
from ledger.batches import book_all
from ledger.checks import CHECKS, violations
from ledger.delivery import exactly_once
from ledger.dialects import Books, insert_or_conflict
from ledger.engine import AUTOCOMMIT, READ_ONLY, prepare_engine, snapshot
from ledger.errors import (
    AccountClosed,
    AccountNotEmpty,
    AlreadyResolved,
    BatchRefused,
    ClockWentBack,
    InvalidDay,
    InvalidKey,
    InvalidLimits,
    InvalidMinutes,
    InvalidMoment,
    InvalidNumber,
    InvalidStep,
    KeyConflict,
    LedgerError,
    LimitReached,
    MixedTimebanks,
    MoreThanPosted,
    NotExpired,
    NotPending,
    NotPosted,
    NoTransaction,
    OutcomeUnknown,
    ReservationExpired,
    SameAccountTwice,
    UnknownAccount,
    UnknownTransfer,
    UnsafeDatabase,
)
from ledger.expiry import expire_due, expiry_key
from ledger.export import FORMS, export
from ledger.grants import grant_statements
from ledger.guards import guard_statements, missing_guards
from ledger.history import balance_at, balances_at
from ledger.ids import new_id
from ledger.journal import expire, post, post_pending, reserve, reverse, void
from ledger.models import Account, AccountStatus, Entry, Seal, Transfer, TransferKind
from ledger.orders import Order, Receipt, Resolution, Step
from ledger.packing import pack
from ledger.safety import dangers, refuse_unsafe, role_dangers
from ledger.seals import Block, add_seal, digest_slip, last_seal, next_block
from ledger.tenant import enter_timebank, open_tables, tenant_tables
from ledger.verification import Finding, Verification, verify
from ledger.violation import Violation

__all__ = [
    "AUTOCOMMIT",
    "CHECKS",
    "FORMS",
    "READ_ONLY",
    "Account",
    "AccountClosed",
    "AccountFlow",
    "AccountNotEmpty",
    "AccountStatus",
    "AlreadyResolved",
    "Balance",
    "Base",
    "BatchRefused",
    "Block",
    "Books",
    "ClockWentBack",
    "Entry",
    "Finding",
    "InvalidDay",
    "InvalidKey",
    "InvalidLimits",
    "InvalidMinutes",
    "InvalidMoment",
    "InvalidNumber",
    "InvalidStep",
    "KeyConflict",
    "LedgerError",
    "LimitReached",
    "MixedTimebanks",
    "MoreThanPosted",
    "NaiveDateTime",
    "NoTransaction",
    "NotExpired",
    "NotPending",
    "NotPosted",
    "Order",
    "OutcomeUnknown",
    "Receipt",
    "ReservationExpired",
    "Resolution",
    "SameAccountTwice",
    "Seal",
    "StatementLine",
    "Step",
    "Transfer",
    "TransferKind",
    "TrialBalance",
    "UnknownAccount",
    "UnknownTransfer",
    "UnsafeDatabase",
    "UtcDateTime",
    "Verification",
    "Violation",
    "account_flows",
    "account_statement",
    "add_seal",
    "balance_at",
    "balance_of",
    "balances_at",
    "balances_of",
    "book_all",
    "close_account",
    "count_transfers",
    "dangers",
    "digest_slip",
    "enter_timebank",
    "exactly_once",
    "expire",
    "expire_due",
    "expiry_key",
    "export",
    "grant_statements",
    "guard_statements",
    "insert_or_conflict",
    "last_seal",
    "limit_account",
    "missing_guards",
    "move_account",
    "new_id",
    "next_block",
    "open_account",
    "open_tables",
    "pack",
    "pending_by_neighbourhood",
    "post",
    "post_pending",
    "prepare_engine",
    "refuse_unsafe",
    "reserve",
    "reverse",
    "role_dangers",
    "snapshot",
    "tenant_tables",
    "trial_balance",
    "trial_balance_by_neighbourhood",
    "value_enum",
    "verify",
    "violations",
    "void",
]
