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


@dataclasses.dataclass(frozen=True)
class Booked:
    """One booking as the two entries tell it; minutes are below zero for what was undone."""

    day: datetime.date
    giver: str
    receiver: str
    giver_account: int
    receiver_account: int
    minutes: int


def journal(session: Session, timebank_id: int) -> list[Booked]:
    """Read every booking, entry by entry."""
    undone = set(session.scalars(sa.select(Correction.undone_by)))
    kinds = dict(session.execute(sa.select(ledger.Transfer.id, ledger.Transfer.kind)).all())
    entries: dict[uuid.UUID, list[ledger.Entry]] = defaultdict(list)
    for entry in session.scalars(
        sa.select(ledger.Entry).where(ledger.Entry.timebank_id == timebank_id)
    ):
        entries[entry.transfer_id].append(entry)
    found = []
    for key, both in entries.items():
        debit, credit = sorted(both, key=lambda entry: entry.minutes)
        sign = 1
        if kinds[key] is ledger.TransferKind.REVERSE or key in undone:
            debit, credit, sign = credit, debit, -1
        found.append(
            Booked(
                clock.day_of(credit.recorded_at),
                credit.neighbourhood_code,
                debit.neighbourhood_code,
                credit.account_id,
                debit.account_id,
                sign * abs(credit.minutes),
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
