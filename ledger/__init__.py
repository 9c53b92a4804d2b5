# SPDX-License-Identifier: EUPL-1.2
"""A double-entry ledger of whole minutes. This is its front door: import from here only.

The contract stands in ``ledger/README.md``.
"""

from ledger.balances import (
    AccountFlow,
    Balance,
    StatementLine,
    TrialBalance,
    account_flows,
    account_statement,
    balance_of,
    balances_of,
    pending_by_neighbourhood,
    trial_balance,
)
from ledger.base import Base, NaiveDateTime, UtcDateTime, value_enum
from ledger.checks import CHECKS, Violation, violations
from ledger.dialects import insert_or_conflict
from ledger.engine import READ_ONLY, prepare_engine
from ledger.errors import (
    AccountClosed,
    AlreadyResolved,
    InvalidDay,
    InvalidMinutes,
    KeyConflict,
    LedgerError,
    NotPending,
    NotPosted,
    SameAccountTwice,
    UnknownAccount,
    UnknownTransfer,
)
from ledger.guards import guard_statements, missing_guards
from ledger.ids import new_id
from ledger.journal import (
    move_account,
    open_account,
    post,
    post_pending,
    reserve,
    reverse,
    void,
)
from ledger.models import Account, AccountStatus, Entry, Transfer, TransferKind
from ledger.orders import Order, Receipt, Resolution

__all__ = [
    "CHECKS",
    "READ_ONLY",
    "Account",
    "AccountClosed",
    "AccountFlow",
    "AccountStatus",
    "AlreadyResolved",
    "Balance",
    "Base",
    "Entry",
    "InvalidDay",
    "InvalidMinutes",
    "KeyConflict",
    "LedgerError",
    "NaiveDateTime",
    "NotPending",
    "NotPosted",
    "Order",
    "Receipt",
    "Resolution",
    "SameAccountTwice",
    "StatementLine",
    "Transfer",
    "TransferKind",
    "TrialBalance",
    "UnknownAccount",
    "UnknownTransfer",
    "UtcDateTime",
    "Violation",
    "account_flows",
    "account_statement",
    "balance_of",
    "balances_of",
    "guard_statements",
    "insert_or_conflict",
    "missing_guards",
    "move_account",
    "new_id",
    "open_account",
    "pending_by_neighbourhood",
    "post",
    "post_pending",
    "prepare_engine",
    "reserve",
    "reverse",
    "trial_balance",
    "value_enum",
    "violations",
    "void",
]
