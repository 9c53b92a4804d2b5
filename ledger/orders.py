# SPDX-License-Identifier: EUPL-1.2
"""What a caller asks of the journal, and what it answers. Plain values; nothing here writes."""

from __future__ import annotations

import dataclasses
import datetime
import uuid

from ledger.errors import InvalidDay, InvalidMinutes, SameAccountTwice
from ledger.models import TransferKind

MAX_MINUTES = 2**31 - 1
"""What the column holds; the rules of a timebank are far below it."""


@dataclasses.dataclass(frozen=True)
class Order:
    """A wish to move minutes: from the helped one's account (debit) to the helper's (credit).

    Attributes:
        timebank_id: the timebank whose books these are.
        transfer_id: made by the caller; repeating it with the same content changes nothing.
        debit_account_id: the account that goes down.
        credit_account_id: the account that goes up.
        minutes: whole minutes, 1 up to and including ``MAX_MINUTES``.
        effective_on: the day on which it happened.
        recorded_by: the pseudonymous id of who wrote it down, if a person did.
    """

    timebank_id: int
    transfer_id: uuid.UUID
    debit_account_id: int
    credit_account_id: int
    minutes: int
    effective_on: datetime.date
    recorded_by: uuid.UUID | None = None


@dataclasses.dataclass(frozen=True)
class Resolution:
    """A wish to post, void or reverse the earlier transfer ``refers_to``."""

    timebank_id: int
    transfer_id: uuid.UUID
    refers_to: uuid.UUID
    recorded_by: uuid.UUID | None = None


@dataclasses.dataclass(frozen=True)
class Receipt:
    """What stands in the journal after the commit; ``replayed`` when it stood there before."""

    transfer_id: uuid.UUID
    kind: TransferKind
    minutes: int
    recorded_at: datetime.datetime
    replayed: bool


def check_order(order: Order) -> None:
    """Refuse an order that is none.

    Raises:
        InvalidMinutes: not a whole number from 1 up to and including ``MAX_MINUTES``.
        InvalidDay: the day is a moment, or no day at all.
        SameAccountTwice: it would move minutes from an account to itself.
    """
    if type(order.minutes) is not int or not 1 <= order.minutes <= MAX_MINUTES:
        raise InvalidMinutes(order.minutes)
    if type(order.effective_on) is not datetime.date:
        raise InvalidDay(order.effective_on)
    if order.debit_account_id == order.credit_account_id:
        raise SameAccountTwice(order.debit_account_id)
