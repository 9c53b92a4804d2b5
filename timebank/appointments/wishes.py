# SPDX-License-Identifier: EUPL-1.2
"""What people wish to agree on, and what is done when the commit stands. Pure."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Collection

from timebank.lettering import readable
from timebank.preferences.policy import DayPart


@dataclasses.dataclass(frozen=True)
class MakeAppointment:
    """A wish to write down what two people agreed.

    Attributes:
        key: made with the form; sent twice, it is one appointment.
        happens_on: today at the earliest, ``MOST_DAYS_AHEAD`` days ahead at the latest.
        at_time: on the Dutch clock; it takes the place of ``part``.
        minutes: how long it may take, in whole steps of the timebank; None when nobody knows.
        acting_for_id: the one of the two for whom the actor writes; None for oneself.
    """

    key: uuid.UUID
    helper_id: uuid.UUID
    helped_id: uuid.UUID
    category_code: str
    happens_on: datetime.date
    part: DayPart | None = None
    at_time: datetime.time | None = None
    place: str = ""
    tasks: str = ""
    minutes: int | None = None
    acting_for_id: uuid.UUID | None = None


@dataclasses.dataclass(frozen=True)
class MoveAppointment:
    """A wish to agree on another day. The key was made with the form, as that of a new one."""

    key: uuid.UUID
    happens_on: datetime.date
    part: DayPart | None = None
    at_time: datetime.time | None = None


@dataclasses.dataclass(frozen=True)
class Done:
    """The appointment that stands after the commit; ``replayed`` when it stood so before.

    ``others``: who of the two did not do this themselves, and should hear of it.
    """

    appointment_id: uuid.UUID
    replayed: bool
    others: frozenset[uuid.UUID] = frozenset()


WHEN = ("happens_on", "part", "at_time")
ANSWERS = (
    *("helper_id", "helped_id", "category_code", "place", "tasks", "minutes", "acting_for_id"),
    *WHEN,
)
"""What must be the same for a form to be the same form; else a change would be lost unsaid."""
_WORDS = ("place", "tasks")


def is_same(
    stored: object, command: MakeAppointment | MoveAppointment, names: Collection[str]
) -> bool:
    """Say whether the appointment that stands has these same answers, as they are kept."""
    for name in names:
        answer = getattr(command, name)
        if name == "part" and command.at_time is not None:
            answer = None
        if getattr(stored, name) != (readable(answer) if name in _WORDS else answer):
            return False
    return True
