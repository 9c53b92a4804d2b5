# SPDX-License-Identifier: EUPL-1.2
"""The rows of notes: what was written about a member, and why somebody from afar read it."""

from __future__ import annotations

import datetime
import uuid

from sqlalchemy import (
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column

from ledger import Base, value_enum
from timebank.notes.policy import LONGEST_REASON, MemberNoteKind


class MemberNote(Base):
    """What a coordinator wrote about a member. The member reads it, unless it is a concern."""

    __tablename__ = "member_note"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "id"),
        ForeignKeyConstraint(["timebank_id", "about_id"], ["member.timebank_id", "member.id"]),
        ForeignKeyConstraint(["timebank_id", "author_id"], ["member.timebank_id", "member.id"]),
        Index(None, "timebank_id", "about_id", "id"),
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    id: Mapped[uuid.UUID]
    """Grows with time, so that the order of the ids is the order of the notes."""
    about_id: Mapped[uuid.UUID]
    author_id: Mapped[uuid.UUID]
    kind: Mapped[MemberNoteKind] = mapped_column(value_enum(MemberNoteKind, "kind_known"))
    words: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime.datetime]


class NoteReading(Base):
    """An administrator read the notes about a member, for this reason; the member can see it."""

    __tablename__ = "note_reading"
    __table_args__ = (
        PrimaryKeyConstraint("timebank_id", "id"),
        ForeignKeyConstraint(["timebank_id", "about_id"], ["member.timebank_id", "member.id"]),
        ForeignKeyConstraint(["timebank_id", "reader_id"], ["member.timebank_id", "member.id"]),
        Index(None, "timebank_id", "about_id", "id"),
    )

    timebank_id: Mapped[int] = mapped_column(Integer)
    id: Mapped[uuid.UUID]
    about_id: Mapped[uuid.UUID]
    reader_id: Mapped[uuid.UUID]
    reason: Mapped[str] = mapped_column(String(LONGEST_REASON))
    read_at: Mapped[datetime.datetime]
