# SPDX-License-Identifier: EUPL-1.2
"""What the ledger refuses, one class per cause, with the data as attributes.

A refusal is raised before or instead of a commit: whoever catches one must roll back.
"""

from __future__ import annotations

import datetime
import uuid


class LedgerError(Exception):
    """Anything the ledger refuses."""


class InvalidMinutes(LedgerError):
    """The minutes are not a whole number of at least one."""

    def __init__(self, minutes: object) -> None:
        self.minutes = minutes
        super().__init__(f"minutes must be a whole number from 1 up, not {minutes!r:.40}")


class InvalidDay(LedgerError):
    """The day on which it happened is not a plain day."""

    def __init__(self, effective_on: object) -> None:
        self.effective_on = effective_on
        super().__init__(f"the day must be a date, not {effective_on!r:.60}")


class SameAccountTwice(LedgerError):
    """A transfer would move hours from an account to itself."""

    def __init__(self, account_id: int) -> None:
        self.account_id = account_id
        super().__init__(f"account {account_id} stands on both sides")


class UnknownAccount(LedgerError):
    """The account does not exist in this timebank."""

    def __init__(self, timebank_id: int, account_id: int) -> None:
        self.timebank_id = timebank_id
        self.account_id = account_id
        super().__init__(f"timebank {timebank_id} has no account {account_id}")


class AccountClosed(LedgerError):
    """The account is closed: nothing is booked on it any more."""

    def __init__(self, account_id: int) -> None:
        self.account_id = account_id
        super().__init__(f"account {account_id} is closed")


class UnknownTransfer(LedgerError):
    """The transfer that is referred to does not exist in this timebank."""

    def __init__(self, timebank_id: int, transfer_id: uuid.UUID) -> None:
        self.timebank_id = timebank_id
        self.transfer_id = transfer_id
        super().__init__(f"timebank {timebank_id} has no transfer {transfer_id}")


class KeyConflict(LedgerError):
    """The key was used before for something else; the first use stands."""

    def __init__(self, transfer_id: uuid.UUID) -> None:
        self.transfer_id = transfer_id
        super().__init__(f"transfer {transfer_id} exists with other content")


class NotPending(LedgerError):
    """Only a reservation can be posted or voided; this transfer is of another kind."""

    def __init__(self, transfer_id: uuid.UUID, kind: str) -> None:
        self.transfer_id = transfer_id
        self.kind = kind
        super().__init__(f"transfer {transfer_id} is a {kind}, not a reservation")


class NotPosted(LedgerError):
    """Only a posted transfer can be reversed; this one is of another kind."""

    def __init__(self, transfer_id: uuid.UUID, kind: str) -> None:
        self.transfer_id = transfer_id
        self.kind = kind
        super().__init__(f"transfer {transfer_id} is a {kind}: nothing was posted by it")


class AlreadyResolved(LedgerError):
    """Somebody else was first: the transfer was posted, voided or reversed before."""

    def __init__(
        self, transfer_id: uuid.UUID, resolved_as: str, resolved_at: datetime.datetime
    ) -> None:
        self.transfer_id = transfer_id
        self.resolved_as = resolved_as
        self.resolved_at = resolved_at
        super().__init__(f"transfer {transfer_id} was resolved before, by a {resolved_as}")
