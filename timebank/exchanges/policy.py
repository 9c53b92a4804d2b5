# SPDX-License-Identifier: EUPL-1.2
"""What may be logged, and who may see it. Pure: plain values in, a refusal or nothing out."""

from __future__ import annotations

import datetime
import uuid

from timebank.exchanges.errors import (
    DayBeforeJoining,
    DayInFuture,
    DayTooLongAgo,
    InvalidDuration,
    NotAWholeStep,
    NoteNotReadable,
    NoteTooLong,
    SamePerson,
    UnknownExchange,
    UnknownOther,
)
from timebank.lettering import holds_controls
from timebank.members.policy import Actor, Permission

MOST_MINUTES = 24 * 60
"""One exchange lies within one day (inclusive)."""
LONGEST_NOTE = 500
"""A note says what was done, in a few sentences; longer ones tend to hold private matters."""


def check_minutes(minutes: int, *, step_minutes: int) -> None:
    """Refuse a duration that is not a whole number of steps between one step and a day.

    Raises:
        InvalidDuration: below one step or above ``MOST_MINUTES``.
        NotAWholeStep: not a multiple of the step.

    Source: policy row L4.
    """
    if minutes < 1 or minutes > MOST_MINUTES:
        raise InvalidDuration(minutes, step_minutes)
    if minutes % step_minutes:
        raise NotAWholeStep(minutes, step_minutes)


def check_day(
    day: datetime.date,
    *,
    today: datetime.date,
    first_day: datetime.date | None,
    days_back: int = 0,
) -> None:
    """Refuse a day after today, too long ago, or before both took part.

    Args:
        first_day: the first day on which both were members (inclusive); None when not known yet.
        days_back: help of so many days ago (inclusive) still counts; 0 means however long ago.

    Raises:
        DayInFuture, DayTooLongAgo, DayBeforeJoining
    """
    if day > today:
        raise DayInFuture(day)
    if days_back and (today - day).days > days_back:
        raise DayTooLongAgo(day, days_back)
    if first_day is not None and day < first_day:
        raise DayBeforeJoining(day, first_day)


def check_note(note: str) -> None:
    """Refuse a note that is too long or that no person can read.

    Raises:
        NoteTooLong, NoteNotReadable
    """
    if len(note) > LONGEST_NOTE:
        raise NoteTooLong(len(note), LONGEST_NOTE)
    if holds_controls(note):
        raise NoteNotReadable


def check_parties(
    actor: Actor, helper_id: uuid.UUID, helped_id: uuid.UUID, acting_for_id: uuid.UUID | None
) -> None:
    """Refuse what is not between two people, one of whom is the actor or whom the actor acts for.

    Whether the actor may act for that member is asked of the room ``trust``.

    Raises:
        NotPermitted, SamePerson, UnknownOther
    """
    if acting_for_id is None:
        actor.require(Permission.LOG_EXCHANGES)
    if helper_id == helped_id:
        raise SamePerson
    speaks_for = acting_for_id or actor.member_id
    if speaks_for is not None and speaks_for not in (helper_id, helped_id):
        raise UnknownOther


def takes_part(actor: Actor, *, helper_id: uuid.UUID, helped_id: uuid.UUID) -> bool:
    """Say whether the actor is one of the two."""
    return actor.member_id is not None and actor.member_id in (helper_id, helped_id)


def writers(
    *,
    logged_by: uuid.UUID | None,
    acting_for_id: uuid.UUID | None,
    helper_id: uuid.UUID,
    helped_id: uuid.UUID,
) -> set[uuid.UUID]:
    """Return who is asked about an exchange and writes it down again when it is given back.

    That is whoever logged it, and the one for whom it was logged. What came from a file was logged
    by nobody: then it is both people.
    """
    if logged_by is None:
        return {helper_id, helped_id}
    return {logged_by} | ({acting_for_id} if acting_for_id else set())


def check_may_see(
    actor: Actor,
    *,
    helper_id: uuid.UUID,
    helped_id: uuid.UUID,
    neighbourhood_codes: tuple[str, str],
) -> None:
    """Refuse, as if it did not exist, an exchange of others in neighbourhoods of others.

    Raises:
        UnknownExchange
    """
    reach = actor.reach(Permission.DECIDE_EXCHANGES)
    if takes_part(actor, helper_id=helper_id, helped_id=helped_id):
        return
    if not any(reach.covers(code) for code in neighbourhood_codes):
        raise UnknownExchange
