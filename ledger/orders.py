# SPDX-License-Identifier: EUPL-1.2
"""What a caller asks of the journal, and what it answers. Plain values; nothing here writes."""

from __future__ import annotations

import dataclasses
import datetime
import uuid

from ledger.errors import (
    InvalidDay,
    InvalidKey,
    InvalidMinutes,
    InvalidMoment,
    InvalidNumber,
    InvalidStep,
    SameAccountTwice,
)
from ledger.models import ORDER_KINDS, TransferKind

MAX_MINUTES = 2**31 - 1
"""What the column holds; the rules of a timebank are far below it."""
MAX_TIMEBANK, MAX_ACCOUNT = 2**31 - 1, 2**63 - 1


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
        expires_at: for a reservation, until when it can be posted (exclusive); None: for ever.
    """

    timebank_id: int
    transfer_id: uuid.UUID
    debit_account_id: int
    credit_account_id: int
    minutes: int
    effective_on: datetime.date
    recorded_by: uuid.UUID | None = None
    expires_at: datetime.datetime | None = None


@dataclasses.dataclass(frozen=True)
class Resolution:
    """A wish to post, void, expire or reverse the earlier transfer ``refers_to``.

    Attributes:
        minutes: for a reversal in part, how many minutes to take back; None: all of them.
    """

    timebank_id: int
    transfer_id: uuid.UUID
    refers_to: uuid.UUID
    recorded_by: uuid.UUID | None = None
    minutes: int | None = None


@dataclasses.dataclass(frozen=True)
class Step:
    """One of several wishes that are booked together, with what to do."""

    kind: TransferKind
    wish: Order | Resolution


@dataclasses.dataclass(frozen=True)
class Receipt:
    """What stands in the journal after the commit; ``replayed`` when it stood there before."""

    transfer_id: uuid.UUID
    kind: TransferKind
    minutes: int
    recorded_at: datetime.datetime
    replayed: bool


def check_moment(moment: object) -> None:
    """Refuse a moment that could mean two.

    Raises:
        InvalidMoment: it is not a datetime with a time zone.
    """
    if not isinstance(moment, datetime.datetime) or moment.utcoffset() is None:
        raise InvalidMoment(moment)


def check_minutes(minutes: object) -> None:
    """Refuse minutes that are none.

    Raises:
        InvalidMinutes: not a whole number from 1 up to and including ``MAX_MINUTES``.
    """
    if type(minutes) is not int or not 1 <= minutes <= MAX_MINUTES:
        raise InvalidMinutes(minutes)


def check_step(step: Step) -> None:
    """Refuse a kind that does not go with its wish.

    Raises:
        InvalidStep: an order can be posted or reserved, a resolution anything else.
    """
    if (step.kind in ORDER_KINDS) != isinstance(step.wish, Order):
        raise InvalidStep(step.kind)


def check_order(order: Order, kind: TransferKind) -> None:
    """Refuse an order that is none.

    Raises:
        InvalidKey, InvalidNumber: the id is no UUID, or a number does not fit its column.
        InvalidMinutes: see :func:`check_minutes`.
        InvalidDay: the day is a moment, or no day at all.
        InvalidMoment: it expires at no moment, or at one although it is no reservation.
        SameAccountTwice: it would move minutes from an account to itself.
    """
    _check_keys(order.timebank_id, order.transfer_id)
    check_minutes(order.minutes)
    if type(order.effective_on) is not datetime.date:
        raise InvalidDay(order.effective_on)
    for account_id in (order.debit_account_id, order.credit_account_id):
        _check_number(account_id, MAX_ACCOUNT)
    if order.debit_account_id == order.credit_account_id:
        raise SameAccountTwice(order.debit_account_id)
    if order.expires_at is not None:
        check_moment(order.expires_at)
        if kind is not TransferKind.RESERVE:
            raise InvalidMoment(order.expires_at)


def check_resolution(resolution: Resolution, kind: TransferKind) -> None:
    """Refuse a resolution that is none.

    Raises:
        InvalidKey, InvalidNumber: an id is no UUID, or the timebank no number.
        InvalidMinutes: a part that is no whole number of minutes, or a part of anything but a
            reversal.
    """
    _check_keys(resolution.timebank_id, resolution.transfer_id, resolution.refers_to)
    if resolution.minutes is not None:
        check_minutes(resolution.minutes)
        if kind is not TransferKind.REVERSE:
            raise InvalidMinutes(resolution.minutes)


def _check_keys(timebank_id: object, *keys: object) -> None:
    _check_number(timebank_id, MAX_TIMEBANK)
    for key in keys:
        if not isinstance(key, uuid.UUID):
            raise InvalidKey(key)


def _check_number(number: object, highest: int) -> None:
    if type(number) is not int or not 0 <= number <= highest:
        raise InvalidNumber(number)
