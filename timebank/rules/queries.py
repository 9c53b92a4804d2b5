# SPDX-License-Identifier: EUPL-1.2
"""Reading the rules of neighbourhoods. Nothing here writes."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

import ledger
from timebank.rules.models import NeighbourhoodRule
from timebank.rules.policy import Rules, between

_NAMES = [field.name for field in dataclasses.fields(Rules)]


def rules_by_place(session: Session, *, timebank_id: int) -> dict[str, Rules]:
    """Return the rules of every neighbourhood that has its own, by code."""
    rows = session.execute(
        select(
            NeighbourhoodRule.neighbourhood_code,
            *(getattr(NeighbourhoodRule, name) for name in _NAMES),
        ).where(NeighbourhoodRule.timebank_id == timebank_id)
    )
    return {code: Rules(*values) for code, *values in rows}


def rules_between(session: Session, *, timebank_id: int, codes: Collection[str | None]) -> Rules:
    """Return what counts for help between people of these neighbourhoods."""
    return between(rules_by_place(session, timebank_id=timebank_id), codes)


Side = tuple[int | None, str | None]
"""Somebody's account and the code of their neighbourhood."""


def stops_at_a_limit(
    session: Session,
    rules: Mapping[str, Rules],
    timebank_id: int,
    minutes: int,
    helper_and_helped: tuple[Side, Side],
) -> bool:
    """Say whether so many minutes would pass a limit where a neighbourhood chose to stop there.

    What waits counts along. By default nothing stops: help is not refused because of hours.

    Source: policy row D2.
    """
    for (account_id, code), way in zip(helper_and_helped, (1, -1), strict=True):
        chosen = rules.get(code or "", Rules())
        most = chosen.most_given_minutes if way > 0 else chosen.most_received_minutes
        if account_id is None or not chosen.limits_block or not most:
            continue
        balance = ledger.balance_of(session, timebank_id=timebank_id, account_id=account_id)
        waits = balance.pending_in_minutes if way > 0 else -balance.pending_out_minutes
        if way * (balance.posted_minutes + waits) + minutes > most:
            return True
    return False
