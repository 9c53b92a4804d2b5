# SPDX-License-Identifier: EUPL-1.2
"""Who may write and read notes about whom. Pure."""

from __future__ import annotations

import enum
import uuid

from timebank.lettering import readable
from timebank.members.policy import Actor, Permission
from timebank.notes.errors import (
    NoteEmpty,
    NoteTooLong,
    ReadingReasonMissing,
    UnknownPerson,
)

LONGEST_NOTE = 1000
LONGEST_REASON = 200


class MemberNoteKind(enum.StrEnum):
    """What a note is. The member reads it, unless it is a concern (policy row D13)."""

    NOTE = "note"
    CONCERN = "concern"


def check_may_write(actor: Actor, *, about: uuid.UUID, neighbourhood_code: str | None) -> None:
    """Refuse who coordinates elsewhere, and everyone about themselves.

    Raises:
        NotPermitted: the actor coordinates nowhere.
        UnknownPerson: not in a neighbourhood of theirs, or it is the actor.
    """
    actor.require(Permission.WRITE_NOTES)
    reach = actor.reach(Permission.WRITE_NOTES)
    if actor.member_id == about or not reach.covers(neighbourhood_code):
        raise UnknownPerson


def needs_reason(actor: Actor, *, about: uuid.UUID, neighbourhood_code: str | None) -> bool:
    """Say whether this actor must give a reason before reading; coordinators nearby need none.

    Raises:
        UnknownPerson: the actor may not read these notes at all.
    """
    if actor.member_id == about:
        raise UnknownPerson
    if actor.reach(Permission.WRITE_NOTES).covers(neighbourhood_code):
        return False
    if actor.can(Permission.READ_NOTES_FOR_A_REASON):
        return True
    raise UnknownPerson


def checked_words(words: str) -> str:
    """Return the words of a note as they are kept.

    Raises:
        NoteEmpty, NoteTooLong
    """
    kept = readable(words)
    if not kept:
        raise NoteEmpty
    if len(kept) > LONGEST_NOTE:
        raise NoteTooLong(len(kept), LONGEST_NOTE)
    return kept


def checked_reason(reason: str) -> str:
    """Return the reason for reading as it is kept.

    Raises:
        ReadingReasonMissing, NoteTooLong
    """
    kept = readable(reason)
    if not kept:
        raise ReadingReasonMissing
    if len(kept) > LONGEST_REASON:
        raise NoteTooLong(len(kept), LONGEST_REASON)
    return kept
