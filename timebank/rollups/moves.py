# SPDX-License-Identifier: EUPL-1.2
"""The one place that says what a booking was: who gave, who received, of which kind, when.

Roll-ups, pages that add the open days, and the proof all select from here, so that they cannot
count differently.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    Interval,
    Select,
    Subquery,
    and_,
    case,
    cast,
    func,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import Session, aliased

import ledger
from timebank.activities.models import ActivityPart, GroupActivity
from timebank.amendments.models import Correction
from timebank.exchanges.models import Exchange
from timebank.rollups.policy import clock_changes

DAY_SUMS = (
    "exchanges",
    "minutes",
    "reversed_exchanges",
    "reversed_minutes",
    "assisted_exchanges",
)
"""The sums of a day row, in the order of :func:`summed`."""
_POSTED = aliased(ledger.Transfer)


def moves(
    timebank_id: int,
    since: datetime.datetime,
    until: datetime.datetime,
    codes: Collection[str] | None,
) -> Subquery:
    """Select each booking of a period once, with the stamps that its two entries bear.

    Args:
        since: the first moment (inclusive), by when it was booked.
        until: the end of the period (exclusive).
        codes: every code that an entry may bear, so that SQLite finds the period by its key; None
            reads all entries of the timebank.

    Returns:
        The columns recorded_at, giver_code, receiver_code, giver_account_id, receiver_account_id,
        category_code (empty for what is no help), minutes, is_reversal, is_assisted, and what
        stands behind it: transfer_id, exchange_id, activity_id.

    A reversal, and a transfer against the community pot that undoes the half of who left, has the
    giver and receiver of what it takes back.
    """
    sides = _sides(timebank_id, since, until, codes)
    transfer = ledger.Transfer
    reverses = transfer.kind == ledger.TransferKind.REVERSE
    undoes = or_(reverses, Correction.exchange_id.is_not(None))
    return _with_facts(
        select(
            sides.c.recorded_at,
            case((undoes, sides.c.debit_code), else_=sides.c.credit_code).label("giver_code"),
            case((undoes, sides.c.credit_code), else_=sides.c.debit_code).label("receiver_code"),
            case((undoes, transfer.debit_account_id), else_=transfer.credit_account_id).label(
                "giver_account_id"
            ),
            case((undoes, transfer.credit_account_id), else_=transfer.debit_account_id).label(
                "receiver_account_id"
            ),
            func.coalesce(Exchange.category_code, GroupActivity.category_code, "").label(
                "category_code"
            ),
            transfer.minutes.label("minutes"),
            case((undoes, 1), else_=0).label("is_reversal"),
            case((_typed_by_another(), 1), else_=0).label("is_assisted"),
            Exchange.id.label("exchange_id"),
            GroupActivity.id.label("activity_id"),
            transfer.id.label("transfer_id"),
        ),
        sides,
        timebank_id,
    ).subquery()


def help_moves(
    timebank_id: int,
    since: datetime.datetime,
    until: datetime.datetime,
    codes: Collection[str] | None,
) -> Subquery:
    """Select the bookings that are help, with ``net_minutes``: below zero for a reversal."""
    moved = moves(timebank_id, since, until, codes)
    net = case((moved.c.is_reversal == 1, -moved.c.minutes), else_=moved.c.minutes)
    return select(moved, net.label("net_minutes")).where(moved.c.category_code != "").subquery()


def summed(moved: FromClause) -> list[ColumnElement[int]]:
    """Return the sums of ``DAY_SUMS`` over bookings."""
    posted = moved.c.is_reversal == 0
    taken_back = moved.c.is_reversal == 1
    return [
        _sum(case((posted, 1), else_=0), "exchanges"),
        _sum(case((posted, moved.c.minutes), else_=0), "minutes"),
        _sum(case((taken_back, 1), else_=0), "reversed_exchanges"),
        _sum(case((taken_back, moved.c.minutes), else_=0), "reversed_minutes"),
        _sum(case((and_(posted, moved.c.is_assisted == 1), 1), else_=0), "assisted_exchanges"),
    ]


def dutch_day(
    session: Session,
    moment: ColumnElement[Any],
    since: datetime.datetime,
    until: datetime.datetime,
) -> ColumnElement[Any]:
    """Return the day on the Dutch calendar of a moment between two moments.

    Both databases are told when clocks change: their own tables of time zones may be of another
    year than ours.
    """
    stretches, last = clock_changes(since, until)
    hours: Any = f"+{last} hours"
    if stretches:
        whens = [(moment < end, f"+{before} hours") for end, before in stretches]
        hours = case(*whens, else_=hours)
    if session.get_bind().dialect.name == "postgresql":
        return cast(func.timezone("UTC", moment) + cast(hours, Interval), Date)
    return type_coerce(func.date(moment, hours), Date)


def _sum(value: ColumnElement[int], name: str) -> ColumnElement[int]:
    return func.coalesce(func.sum(value), 0).label(name)


def _sides(
    timebank_id: int,
    since: datetime.datetime,
    until: datetime.datetime,
    codes: Collection[str] | None,
) -> Subquery:
    """Select each transfer with both its stamps, from one reading of the entries."""
    entry = ledger.Entry
    query = select(
        entry.transfer_id,
        entry.recorded_at,
        func.max(case((entry.minutes > 0, entry.neighbourhood_code))).label("credit_code"),
        func.max(case((entry.minutes < 0, entry.neighbourhood_code))).label("debit_code"),
    ).where(entry.timebank_id == timebank_id, entry.recorded_at >= since, entry.recorded_at < until)
    if codes is not None:
        query = query.where(entry.neighbourhood_code.in_(codes))
    return query.group_by(entry.transfer_id, entry.recorded_at).subquery()


def _typed_by_another() -> ColumnElement[bool]:
    return and_(
        Exchange.id.is_not(None),
        or_(
            Exchange.logged_by.is_(None),
            Exchange.logged_by.not_in((Exchange.helper_id, Exchange.helped_id)),
        ),
    )


def _with_facts(query: Select[Any], sides: Subquery, timebank_id: int) -> Select[Any]:
    """Join what a transfer stands for: its exchange or its activity, itself or what it undoes."""
    transfer, kind = ledger.Transfer, ledger.TransferKind
    reversed_key = func.coalesce(_POSTED.refers_to, _POSTED.id)
    exchange_key = case(
        (transfer.kind == kind.POST_PENDING, transfer.refers_to),
        (transfer.kind == kind.REVERSE, reversed_key),
        else_=func.coalesce(Correction.exchange_id, transfer.id),
    )
    part_key = case((transfer.kind == kind.REVERSE, transfer.refers_to), else_=transfer.id)
    return (
        query.select_from(sides)
        .join(
            transfer,
            and_(transfer.timebank_id == timebank_id, transfer.id == sides.c.transfer_id),
        )
        .outerjoin(
            _POSTED,
            and_(
                _POSTED.timebank_id == timebank_id,
                _POSTED.id == transfer.refers_to,
                transfer.kind == kind.REVERSE,
            ),
        )
        .outerjoin(
            Correction,
            and_(
                Correction.timebank_id == timebank_id,
                Correction.undone_by == transfer.id,
                transfer.kind == kind.POST,
            ),
        )
        .outerjoin(Exchange, and_(Exchange.timebank_id == timebank_id, Exchange.id == exchange_key))
        .outerjoin(
            ActivityPart,
            and_(ActivityPart.timebank_id == timebank_id, ActivityPart.transfer_id == part_key),
        )
        .outerjoin(
            GroupActivity,
            and_(
                GroupActivity.timebank_id == timebank_id,
                GroupActivity.id == ActivityPart.activity_id,
            ),
        )
    )
