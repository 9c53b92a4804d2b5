# SPDX-License-Identifier: EUPL-1.2
"""The rows of suggestions, of the nights that made them, and of who wants no invitation."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from ledger import Base, value_enum
from timebank.suggestions.workflow import DeclineCode, Invitation, SuggestionState

_TAKEN = text("state IN ('asked', 'accepted', 'agreed')")


class MatchRun(Base):
    """The plan of a night was made: this row is why it is made once, whoever else begins it."""

    __tablename__ = "match_run"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "id"),
        UniqueConstraint("timebank_id", "day", "engine_version"),
    )

    timebank_id: Mapped[int] = mapped_column(Integer, ForeignKey("timebank.id"))
    id: Mapped[uuid.UUID]
    day: Mapped[datetime.date]
    engine_version: Mapped[str] = mapped_column(String(20))
    parameters: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The points that were used, and the days of the window."""
    metrics: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Numbers about the town and its neighbourhoods, never about one person."""
    made_at: Mapped[datetime.datetime]


class Suggestion(Base):
    """Somebody could do this for somebody. Advice: people decide on both sides."""

    __tablename__ = "suggestion"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "id"),
        UniqueConstraint("timebank_id", "giver_id", "need_id"),
        ForeignKeyConstraint(["timebank_id", "giver_id"], ["member.timebank_id", "member.id"]),
        ForeignKeyConstraint(
            ["timebank_id", "need_id"], ["need.timebank_id", "need.id"], ondelete="CASCADE"
        ),
        CheckConstraint(
            "(appointment_id IS NULL) = (state <> 'agreed')", name="agreed_on_an_appointment"
        ),
        CheckConstraint("decline_code IS NULL OR state = 'declined'", name="code_of_a_no"),
        Index(None, "timebank_id", "need_id", "state"),
        Index(None, "timebank_id", "state", "changed_at"),
        Index(
            "ix_suggestion_taken",
            "timebank_id",
            "need_id",
            unique=True,
            sqlite_where=_TAKEN,
            postgresql_where=_TAKEN,
        ),
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    id: Mapped[uuid.UUID]
    run_id: Mapped[uuid.UUID | None]
    """The night whose plan it stands in; None: it was found later, or asked in person."""
    giver_id: Mapped[uuid.UUID]
    need_id: Mapped[uuid.UUID]
    points: Mapped[int] = mapped_column(Integer)
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """Code, points and perhaps a value of each reason, in the order in which they are said."""
    rank: Mapped[int] = mapped_column(Integer)
    state: Mapped[SuggestionState] = mapped_column(value_enum(SuggestionState, "state_known"))
    asked_by: Mapped[uuid.UUID | None]
    """The coordinator who asks in person."""
    shown_at: Mapped[datetime.datetime | None]
    answered_at: Mapped[datetime.datetime | None]
    decline_code: Mapped[DeclineCode | None] = mapped_column(
        value_enum(DeclineCode, "decline_code_known")
    )
    appointment_id: Mapped[uuid.UUID | None]
    expires_on: Mapped[datetime.date]
    """The last day on which it counts as it stands (inclusive); of "later": on which it rests."""
    changed_at: Mapped[datetime.datetime]


class SuggestionRest(Base):
    """Somebody wants no invitation for a while. A no costs nothing (policy row D1)."""

    __tablename__ = "suggestion_rest"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "member_id", "kind"),
        ForeignKeyConstraint(["timebank_id", "member_id"], ["member.timebank_id", "member.id"]),
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    member_id: Mapped[uuid.UUID]
    kind: Mapped[Invitation] = mapped_column(value_enum(Invitation, "kind_known"))
    until: Mapped[datetime.date]
    """The last day of rest (inclusive)."""
