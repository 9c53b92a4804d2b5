# SPDX-License-Identifier: EUPL-1.2
"""Reading the rules of neighbourhoods. Nothing here writes."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

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
