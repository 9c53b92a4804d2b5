# SPDX-License-Identifier: EUPL-1.2
"""Reading how many notes there are, and what a member may read about themselves."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from timebank.members.models import Person
from timebank.members.policy import Actor
from timebank.notes.models import MemberNote, NoteReading
from timebank.notes.operations import NoteRow, neighbourhood_of, note_rows
from timebank.notes.policy import MemberNoteKind, needs_reason


@dataclasses.dataclass(frozen=True)
class NotesAbout:
    """What a page shows before anybody reads: how many notes there are, and what reading asks."""

    member_id: uuid.UUID
    full_name: str
    count: int
    may_write: bool
    asks_reason: bool


def notes_about(session: Session, member_id: uuid.UUID, *, by: Actor) -> NotesAbout:
    """Return how many notes there are about a member, without their words.

    Raises:
        UnknownPerson: nobody within reach has this number, or it is the actor.
    """
    code = neighbourhood_of(session, timebank_id=by.timebank_id, member_id=member_id)
    asks_reason = needs_reason(by, about=member_id, neighbourhood_code=code)
    person = session.execute(
        select(Person.given_name, Person.family_name).where(
            Person.timebank_id == by.timebank_id, Person.member_id == member_id
        )
    ).one()
    count = session.scalar(
        select(func.count())
        .select_from(MemberNote)
        .where(MemberNote.timebank_id == by.timebank_id, MemberNote.about_id == member_id)
    )
    return NotesAbout(
        member_id=member_id,
        full_name=f"{person.given_name} {person.family_name}",
        count=count or 0,
        may_write=not asks_reason,
        asks_reason=asks_reason,
    )


def notes_for_oneself(session: Session, *, by: Actor) -> Sequence[NoteRow]:
    """Return what coordinators wrote about the actor, except concerns, newest first."""
    return note_rows(
        session,
        MemberNote.timebank_id == by.timebank_id,
        MemberNote.about_id == by.member_id,
        MemberNote.kind == MemberNoteKind.NOTE,
    )


def worries_about_oneself(session: Session, *, by: Actor) -> set[uuid.UUID]:
    """Return the ids of the concerns about the actor, which are not theirs to know of."""
    return set(
        session.scalars(
            select(MemberNote.id).where(
                MemberNote.timebank_id == by.timebank_id,
                MemberNote.about_id == by.member_id,
                MemberNote.kind == MemberNoteKind.CONCERN,
            )
        )
    )


def readings_for_oneself(session: Session, *, by: Actor) -> dict[uuid.UUID, str]:
    """Return why administrators read the notes about the actor, by the id of the reading."""
    rows = session.execute(
        select(NoteReading.id, NoteReading.reason).where(
            NoteReading.timebank_id == by.timebank_id, NoteReading.about_id == by.member_id
        )
    )
    return {row.id: row.reason for row in rows}
