# SPDX-License-Identifier: EUPL-1.2
"""Writing notes, and reading them: that too is a deed, which is written down. The door commits."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, insert, select
from sqlalchemy.orm import Session

from ledger import new_id
from timebank.audit.operations import write_down_by
from timebank.members.errors import NotPermitted
from timebank.members.holding import all_stay
from timebank.members.models import Member, Person
from timebank.members.policy import Actor, Permission
from timebank.notes.errors import NoteKindMissing, UnknownPerson
from timebank.notes.models import MemberNote, NoteReading
from timebank.notes.policy import (
    MemberNoteKind,
    check_may_write,
    checked_reason,
    checked_words,
    needs_reason,
)


@dataclasses.dataclass(frozen=True)
class NoteRow:
    """A note as a page shows it. ``author_name`` is None when that person was erased."""

    kind: MemberNoteKind
    words: str
    author_name: str | None
    written_at: datetime.datetime


def write_note(
    session: Session,
    *,
    about: uuid.UUID,
    kind: MemberNoteKind | None,
    words: str,
    by: Actor,
    now: datetime.datetime,
) -> uuid.UUID:
    """Keep a note about a member of the actor's neighbourhood, and return its id.

    Raises:
        NotPermitted: the actor coordinates nowhere.
        UnknownPerson: nobody within reach has this number, or it is the actor.
        NoteKindMissing, NoteEmpty, NoteTooLong: it is no note.
    """
    if not all_stay(session, by.timebank_id, about):
        raise UnknownPerson
    code = neighbourhood_of(session, timebank_id=by.timebank_id, member_id=about)
    check_may_write(by, about=about, neighbourhood_code=code)
    if by.member_id is None:
        raise NotPermitted(Permission.WRITE_NOTES)
    if kind is None:
        raise NoteKindMissing
    note_id = new_id(now)
    session.execute(
        insert(MemberNote).values(
            timebank_id=by.timebank_id,
            id=note_id,
            about_id=about,
            author_id=by.member_id,
            kind=kind,
            words=checked_words(words),
            written_at=now,
        )
    )
    write_down_by(session, "note:write", by, about=about, subject=note_id, now=now)
    return note_id


def read_notes(
    session: Session, *, about: uuid.UUID, reason: str, by: Actor, now: datetime.datetime
) -> Sequence[NoteRow]:
    """Write down that the actor reads the notes about a member, and return them, newest first.

    Args:
        reason: asked of an administrator; a coordinator of the neighbourhood needs none.

    Raises:
        UnknownPerson: nobody within reach has this number, or it is the actor.
        ReadingReasonMissing, NoteTooLong: the reason is needed, or no reason.
    """
    code = neighbourhood_of(session, timebank_id=by.timebank_id, member_id=about)
    action, reading_id = "note:read", None
    if needs_reason(by, about=about, neighbourhood_code=code):
        action = "note:read_for_a_reason"
        reading_id = _keep_reason(session, about, checked_reason(reason), by, now)
    write_down_by(session, action, by, about=about, subject=reading_id, now=now)
    return note_rows(
        session, MemberNote.timebank_id == by.timebank_id, MemberNote.about_id == about
    )


def note_rows(session: Session, *conditions: ColumnElement[bool]) -> Sequence[NoteRow]:
    """Return the notes that meet the conditions with the names of who wrote them, newest first."""
    rows = session.execute(
        select(
            MemberNote.kind,
            MemberNote.words,
            Person.given_name,
            Person.family_name,
            MemberNote.written_at,
        )
        .outerjoin(
            Person,
            and_(
                Person.timebank_id == MemberNote.timebank_id,
                Person.member_id == MemberNote.author_id,
            ),
        )
        .where(*conditions)
        .order_by(MemberNote.id.desc())
    )
    return [
        NoteRow(kind, words, given and f"{given} {family}", at)
        for kind, words, given, family, at in rows
    ]


def neighbourhood_of(session: Session, *, timebank_id: int, member_id: uuid.UUID) -> str | None:
    """Return where a member lives; None for who takes no part in exchanges.

    Raises:
        UnknownPerson: there is no such member, or they were erased.
    """
    found = session.execute(
        select(Member.neighbourhood_code)
        .join(Person, and_(Person.timebank_id == Member.timebank_id, Person.member_id == Member.id))
        .where(Member.timebank_id == timebank_id, Member.id == member_id)
    ).first()
    if found is None:
        raise UnknownPerson
    code: str | None = found.neighbourhood_code
    return code


def _keep_reason(
    session: Session, about: uuid.UUID, reason: str, by: Actor, now: datetime.datetime
) -> uuid.UUID:
    if by.member_id is None:
        raise NotPermitted(Permission.READ_NOTES_FOR_A_REASON)
    reading_id = new_id(now)
    session.execute(
        insert(NoteReading).values(
            timebank_id=by.timebank_id,
            id=reading_id,
            about_id=about,
            reader_id=by.member_id,
            reason=reason,
            read_at=now,
        )
    )
    return reading_id
