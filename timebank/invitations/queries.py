# SPDX-License-Identifier: EUPL-1.2
"""Reading what is kept about one's own suggestions and rests. Nothing here writes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from timebank.members.policy import Actor
from timebank.needs.models import Need
from timebank.suggestions.models import Suggestion, SuggestionRest


def suggestions_for_oneself(session: Session, *, by: Actor) -> list[dict[str, Any]]:
    """Return what was suggested to the actor and what they said, newest first; then their rests."""
    rows = session.execute(
        select(Suggestion, Need.category_code)
        .join(Need, and_(Need.timebank_id == Suggestion.timebank_id, Need.id == Suggestion.need_id))
        .where(Suggestion.timebank_id == by.timebank_id, Suggestion.giver_id == by.member_id)
        .order_by(Suggestion.changed_at.desc(), Suggestion.id)
    )
    kept: list[dict[str, Any]] = [
        {
            "suggested": code,
            "points": row.points,
            "reasons": row.reasons,
            "state": row.state,
            "shown_at": row.shown_at,
            "answered_at": row.answered_at,
            "why_not": row.decline_code,
            "counts_until": row.expires_on,
            "asked_in_person": row.asked_by is not None,
        }
        for row, code in rows
    ]
    rests = session.scalars(
        select(SuggestionRest).where(
            SuggestionRest.timebank_id == by.timebank_id, SuggestionRest.member_id == by.member_id
        )
    )
    return kept + [{"no_invitation_to": row.kind, "rests_until": row.until} for row in rests]
