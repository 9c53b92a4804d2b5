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
        super().__init__(f"minutes must be a whole number from 1 up, not {_short(minutes)}")


class InvalidDay(LedgerError):
    """The day on which it happened is not a plain day."""

    def __init__(self, effective_on: object) -> None:
        self.effective_on = effective_on
        super().__init__(f"the day must be a date, not {_short(effective_on)}")


class InvalidMoment(LedgerError):
    """A moment is not an aware datetime, so that it could mean two different moments."""

    def __init__(self, moment: object) -> None:
        self.moment = moment
        super().__init__(f"a moment must be a datetime with a time zone, not {_short(moment)}")


class InvalidKey(LedgerError):
    """The id of a transfer is not a UUID."""

    def __init__(self, key: object) -> None:
        self.key = key
        super().__init__(f"the id of a transfer must be a UUID, not {_short(key)}")


class InvalidNumber(LedgerError):
    """The number of an account or of a timebank is not a number that the column holds."""

    def __init__(self, number: object) -> None:
        self.number = number
        super().__init__(f"an account or timebank has a whole number, not {_short(number)}")


class InvalidLimits(LedgerError):
    """A floor or ceiling is not a whole number of minutes, or the floor is above the ceiling."""

    def __init__(self, floor_minutes: object, ceiling_minutes: object) -> None:
        self.floor_minutes = floor_minutes
        self.ceiling_minutes = ceiling_minutes
        super().__init__(
            f"no account has floor {_short(floor_minutes)} and ceiling {_short(ceiling_minutes)}"
        )


class InvalidStep(LedgerError):
    """An order can be posted or reserved; a resolution can be anything else."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        super().__init__(f"a {kind} is not what was asked for")


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


class AccountNotEmpty(LedgerError):
    """An account is closed only at zero, with nothing pending."""

    def __init__(
        self,
        account_id: int,
        posted_minutes: int,
        pending_in_minutes: int,
        pending_out_minutes: int,
    ) -> None:
        self.account_id = account_id
        self.posted_minutes = posted_minutes
        self.pending_in_minutes = pending_in_minutes
        self.pending_out_minutes = pending_out_minutes
        super().__init__(
            f"account {account_id} holds {posted_minutes} minutes,"
            f" {pending_in_minutes} and {pending_out_minutes} pending"
        )


class LimitReached(LedgerError):
    """The account would go below its floor or above its ceiling, what is pending counted.

    Attributes:
        limit: ``floor`` or ``ceiling``.
        limit_minutes: where it lies.
        reached_minutes: where the account would have come.
    """

    def __init__(
        self, account_id: int, limit: str, limit_minutes: int, reached_minutes: int
    ) -> None:
        self.account_id = account_id
        self.limit = limit
        self.limit_minutes = limit_minutes
        self.reached_minutes = reached_minutes
        super().__init__(
            f"account {account_id} would come to {reached_minutes} minutes,"
            f" past its {limit} of {limit_minutes}"
        )


class ClockWentBack(LedgerError):
    """The clock shows a moment long before what was written down last."""

    def __init__(self, now: datetime.datetime, last_recorded_at: datetime.datetime) -> None:
        self.now = now
        self.last_recorded_at = last_recorded_at
        super().__init__(
            f"it cannot be {now} when something was written down at {last_recorded_at}"
        )


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
    """Only a reservation can be posted, voided or expired; this transfer is of another kind."""

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


class MoreThanPosted(LedgerError):
    """A reversal would take back more than the transfer moved."""

    def __init__(self, transfer_id: uuid.UUID, minutes: int, posted_minutes: int) -> None:
        self.transfer_id = transfer_id
        self.minutes = minutes
        self.posted_minutes = posted_minutes
        super().__init__(f"transfer {transfer_id} moved {posted_minutes} minutes, not {minutes}")


class ReservationExpired(LedgerError):
    """The reservation could be posted until a moment that is over."""

    def __init__(self, transfer_id: uuid.UUID, expires_at: datetime.datetime) -> None:
        self.transfer_id = transfer_id
        self.expires_at = expires_at
        super().__init__(f"reservation {transfer_id} expired at {expires_at}")


class NotExpired(LedgerError):
    """The reservation does not expire, or not yet."""

    def __init__(self, transfer_id: uuid.UUID, expires_at: datetime.datetime | None) -> None:
        self.transfer_id = transfer_id
        self.expires_at = expires_at
        when = f"at {expires_at}" if expires_at else "never"
        super().__init__(f"reservation {transfer_id} expires {when}")


class AlreadyResolved(LedgerError):
    """Somebody else was first: it was posted, voided, expired or reversed before."""

    def __init__(
        self, transfer_id: uuid.UUID, resolved_as: str, resolved_at: datetime.datetime
    ) -> None:
        self.transfer_id = transfer_id
        self.resolved_as = resolved_as
        self.resolved_at = resolved_at
        super().__init__(f"transfer {transfer_id} was resolved before, by a {resolved_as}")


class NoTransaction(LedgerError):
    """What is written together needs a transaction, and this connection commits each statement."""

    def __init__(self) -> None:
        super().__init__("several transfers need a transaction; this connection commits each one")


class MixedTimebanks(LedgerError):
    """What is booked together belongs to one timebank."""

    def __init__(self, timebank_ids: frozenset[int]) -> None:
        self.timebank_ids = timebank_ids
        super().__init__(f"{len(timebank_ids)} timebanks cannot be booked together")


class BatchRefused(LedgerError):
    """Nothing of a batch was booked; this is its first offender.

    Attributes:
        position: its place in the batch, counted from 0.
        transfer_id: its id.
        cause: why it is refused.
    """

    def __init__(self, position: int, transfer_id: uuid.UUID, cause: LedgerError) -> None:
        self.position = position
        self.transfer_id = transfer_id
        self.cause = cause
        super().__init__(f"number {position + 1} of the batch, transfer {transfer_id}: {cause}")


class OutcomeUnknown(LedgerError):
    """The connection broke before the answer; repeating the same keys is safe, and tells.

    Attributes:
        attempts: how often it was tried.
    """

    def __init__(self, attempts: int) -> None:
        self.attempts = attempts
        super().__init__(f"no answer after {attempts} attempts; repeat it with the same keys")


class UnsafeDatabase(LedgerError):
    """The database would lose what it has acknowledged, or lets the books be bent.

    Attributes:
        dangers: one sentence for each.
    """

    def __init__(self, dangers: tuple[str, ...]) -> None:
        self.dangers = dangers
        super().__init__("; ".join(dangers))


def _short(value: object) -> str:
    """Show no more of what was given than a log line bears."""
    if isinstance(value, str):
        value = value[:40]
    shown = repr(value) if not isinstance(value, int) or abs(value) < 2**70 else "a huge number"
    return shown[:60]
