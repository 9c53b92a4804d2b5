# SPDX-License-Identifier: EUPL-1.2
"""A slow count over the journal, written apart from what it is held against."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections import defaultdict

import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from timebank import clock
from timebank.amendments.models import Correction
from timebank.exchanges.models import Exchange


@dataclasses.dataclass(frozen=True)
class Booked:
    """One booking as the two entries tell it; minutes are below zero for what was undone."""

    day: datetime.date
    giver: str
    receiver: str
    giver_account: int
    receiver_account: int
    minutes: int
    kind: str | None


def journal(session: Session, timebank_id: int) -> list[Booked]:
    """Read every booking, entry by entry."""
    undone = {one.undone_by: one.exchange_id for one in session.scalars(sa.select(Correction))}
    transfers = {one.id: one for one in session.scalars(sa.select(ledger.Transfer))}
    kinds = {one.id: one.category_code for one in session.scalars(sa.select(Exchange))}
    entries: dict[uuid.UUID, list[ledger.Entry]] = defaultdict(list)
    for entry in session.scalars(
        sa.select(ledger.Entry).where(ledger.Entry.timebank_id == timebank_id)
    ):
        entries[entry.transfer_id].append(entry)
    found = []
    for key, both in entries.items():
        debit, credit = sorted(both, key=lambda entry: entry.minutes)
        sign, moment = 1, credit.recorded_at
        if transfers[key].kind is ledger.TransferKind.REVERSE or key in undone:
            debit, credit, sign = credit, debit, -1
        found.append(
            Booked(
                clock.day_of(moment),
                credit.neighbourhood_code,
                debit.neighbourhood_code,
                credit.account_id,
                debit.account_id,
                sign * abs(credit.minutes),
                kinds.get(undone.get(key) or _first(transfers, key)),
            )
        )
    return found


def balances(booked: list[Booked], on: datetime.date) -> dict[str, tuple[int, int]]:
    """Add up given and received by code, up to the end of a day; nothing is left out."""
    sides: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for one in booked:
        if one.day <= on:
            sides[one.giver][0] += one.minutes
            sides[one.receiver][1] += one.minutes
    return {code: (given, received) for code, (given, received) in sides.items()}


def ways(booked: list[Booked], first: datetime.date, last: datetime.date) -> dict[object, int]:
    """Add up what went from each code to each other on some days (both inclusive)."""
    sums: dict[object, int] = defaultdict(int)
    for one in booked:
        if first <= one.day <= last:
            sums[one.giver, one.receiver] += one.minutes
    return dict(sums)


def _first(transfers: dict[uuid.UUID, ledger.Transfer], key: uuid.UUID) -> uuid.UUID:
    """Follow what a transfer refers to, up to where it began."""
    while (before := transfers[key].refers_to) is not None:
        key = before
    return key
