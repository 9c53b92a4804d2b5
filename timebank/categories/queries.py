# SPDX-License-Identifier: EUPL-1.2
"""Reading kinds of help. Nothing here writes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from timebank.categories.models import Boundary, HelpCategory


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


def goals_of_kinds(session: Session, *, timebank_id: int) -> dict[str, str]:
    """Return which goal of policy each kind of help serves, by code; none in particular: no key."""
    kinds = all_categories(session, timebank_id=timebank_id)
    return {code: kind.goal for code, kind in kinds.items() if kind.goal}


def open_kind(session: Session, code: str, *, timebank_id: int) -> HelpCategory | None:
    """Return a kind of help that is on offer, work for a professional too; None when it is not."""
    kind = session.get(HelpCategory, (timebank_id, code))
    return kind if kind is not None and kind.is_open else None


def is_offered(kind: HelpCategory | None) -> bool:
    """Say whether neighbours can be asked for this (policy row L5)."""
    return kind is not None and kind.is_open and kind.boundary is not Boundary.PROFESSIONAL_ONLY


def of_open_kind(rows: Any) -> ColumnElement[bool]:  # noqa: ANN401 - a mapped class of any room
    """Return the condition that the kind of a row is on offer.

    Args:
        rows: a mapped class with ``timebank_id`` and ``category_code``.
    """
    return exists().where(
        HelpCategory.timebank_id == rows.timebank_id,
        HelpCategory.code == rows.category_code,
        HelpCategory.is_open,
    )
