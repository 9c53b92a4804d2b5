# SPDX-License-Identifier: EUPL-1.2
"""Who reads a worry, and what it must hold. Pure."""

from __future__ import annotations

import enum
from collections.abc import Collection

from timebank.concerns.errors import ConcernEmpty, ConcernTooLong
from timebank.lettering import readable
from timebank.members.policy import Role

LONGEST_CONCERN = 1000


class Audience(enum.StrEnum):
    """Who reads a worry. What is about staff is not read by their colleagues of the desk."""

    COORDINATORS = "coordinators"
    ADMINISTRATORS = "administrators"


class Outcome(enum.StrEnum):
    """What was done with a worry. No words: those belong in a talk, not in a database."""

    TALKED = "talked"
    REFERRED = "referred"
    REPORTED = "reported"
    NOTHING_NEEDED = "nothing_needed"


def audience_of(*, says_about_staff: bool, roles_of_other: Collection[Role]) -> Audience:
    """Return who reads a worry.

    Args:
        says_about_staff: who is worried ticked that it is about somebody of the organisation.
        roles_of_other: what the other one of the exchange is today; empty when there is none.
    """
    staff = {Role.COORDINATOR, Role.ADMINISTRATOR}
    if says_about_staff or staff & set(roles_of_other):
        return Audience.ADMINISTRATORS
    return Audience.COORDINATORS


def checked_words(words: str) -> str:
    """Return the words as they are kept, without signs that no person typed.

    Raises:
        ConcernEmpty, ConcernTooLong
    """
    kept = readable(words)
    if not kept:
        raise ConcernEmpty
    if len(kept) > LONGEST_CONCERN:
        raise ConcernTooLong(len(kept), LONGEST_CONCERN)
    return kept
