# SPDX-License-Identifier: EUPL-1.2
"""Reading kinds of help. Nothing here writes."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank.categories.models import HelpCategory


def open_categories(session: Session, *, timebank_id: int) -> Sequence[HelpCategory]:
    """Return the kinds of help on offer, in the order in which residents read them."""
    return session.scalars(
        select(HelpCategory)
        .where(HelpCategory.timebank_id == timebank_id, HelpCategory.is_open)
        .order_by(HelpCategory.position)
    ).all()


def all_categories(session: Session, *, timebank_id: int) -> dict[str, HelpCategory]:
    """Return every kind of help by code, closed ones too: old exchanges keep their words."""
    rows = session.scalars(select(HelpCategory).where(HelpCategory.timebank_id == timebank_id))
    return {row.code: row for row in rows}
