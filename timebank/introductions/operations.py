# SPDX-License-Identifier: EUPL-1.2
"""Bringing two people together: ask one in person, the yes of the other, and what comes after.

The giver answers first, then who looks for help (policy row W1). When both said yes there is an
appointment, and only then they see how to reach each other. The door commits.
"""

from __future__ import annotations

import dataclasses
import datetime
import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from timebank import clock
from timebank.appointments.operations import make_appointment
from timebank.appointments.wishes import MakeAppointment
from timebank.audit.operations import write_down_by
from timebank.exchanges.errors import (
    InvalidDuration,
    NotAWholeStep,
    ProfessionalOnly,
    UnknownKind,
    UnknownOther,
)
from timebank.members.policy import Actor
from timebank.needs.errors import NeedAnswered
from timebank.needs.operations import move_need, need_within_reach
from timebank.needs.workflow import NeedState
from timebank.preferences.policy import DayPart
from timebank.suggestions.errors import MomentMissing, SuggestionMoved
from timebank.suggestions.models import Suggestion
from timebank.suggestions.operations import (
    Found,
    both_there,
    check_speaks_for,
    lock_need,
    remember,
    still_looked_for,
    suggestion_of,
    taken,
)
from timebank.suggestions.policy import ASKED_DAYS, DAY
from timebank.suggestions.workflow import OPEN, SuggestionState

_APPOINTMENT = uuid.UUID("5d0d4b54-0a3f-5a57-8d8e-0f3c7a1e6b19")
"""Namespace of the keys of appointments: one for each suggestion, so that it is made once."""


def ask_in_person(
    session: Session,
    found: Found,
    *,
    giver_id: uuid.UUID,
    by: Actor,
    now: datetime.datetime,
) -> bool:
    """Ask somebody in person for a need (policy row D3); meanwhile nobody else is asked for it.

    Returns:
        Whether they are asked now; False where this same person was asked before.

    Raises:
        UnknownNeed: out of reach.
        SuggestionMoved: a colleague asked somebody, somebody said yes, or it is over; or this
            person said no before, and a no is a no.
    """
    need_within_reach(session, found.need_id, by=by)
    need, today = lock_need(session, found.need_id, by=by), clock.day_of(now)
    remember(session, found, giver_id=giver_id, by=by, now=now)
    row = suggestion_of(session, giver_id, found.need_id, by=by)
    if row.state is SuggestionState.ASKED:
        return False
    if row.state not in OPEN | {SuggestionState.EXPIRED} or not still_looked_for(need, today):
        raise SuggestionMoved
    if taken(session, found.need_id, by=by, but=row.id):
        raise SuggestionMoved
    if not both_there(session, giver_id, need.member_id, timebank_id=by.timebank_id, today=today):
        raise SuggestionMoved
    row.state, row.asked_by, row.expires_on = (
        SuggestionState.ASKED,
        by.member_id,
        today + ASKED_DAYS * DAY,
    )
    row.shown_at, row.changed_at = row.shown_at or now, now
    session.flush()
    write_down_by(session, "suggestion:ask", by, about=giver_id, subject=row.need_id, now=now)
    return True


def agree(
    session: Session,
    need_id: uuid.UUID,
    moment: tuple[datetime.date, DayPart] | None,
    *,
    possible: list[tuple[datetime.date, DayPart]],
    by: Actor,
    now: datetime.datetime,
) -> uuid.UUID:
    """Say as who looks for help that it suits, and make the appointment. Sent twice, it is one.

    Args:
        moment: one of those that suit both, as the page offered them.
        possible: those that suit both now.

    Returns:
        The appointment.

    Raises:
        UnknownSuggestion: the actor does not speak for who looks for help, or nobody said yes.
        MomentMissing: it is none of those.
        SuggestionMoved: the giver took it back, the time is over, it was answered otherwise, or
            neighbours do not give this kind of help any more.
    """
    need = lock_need(session, need_id, by=by)
    owner_id, words = need.member_id, need.words
    check_speaks_for(session, owner_id, by=by)
    row = _standing(session, need_id, by=by)
    if row.appointment_id is not None:
        return row.appointment_id
    today = clock.day_of(now)
    if not still_looked_for(need, today):
        raise SuggestionMoved
    if not both_there(session, row.giver_id, owner_id, timebank_id=by.timebank_id, today=today):
        raise SuggestionMoved
    if moment is None or moment not in possible:
        raise MomentMissing
    command = MakeAppointment(
        key=uuid.uuid5(_APPOINTMENT, str(row.id)),
        helper_id=row.giver_id,
        helped_id=owner_id,
        category_code=need.category_code or "",
        happens_on=moment[0],
        part=moment[1],
        tasks=words,
        minutes=need.minutes,
        acting_for_id=None if by.member_id == owner_id else owner_id,
    )
    giver_id = row.giver_id
    appointment_id = _made(session, command, by=by, now=now)
    move_need(session, need_id, NeedState.PROMISED, timebank_id=by.timebank_id, now=now)
    row = suggestion_of(session, giver_id, need_id, by=by)
    row.state, row.appointment_id = SuggestionState.AGREED, appointment_id
    row.changed_at = now
    session.flush()
    if by.member_id != owner_id:
        write_down_by(session, "suggestion:agree", by, about=owner_id, subject=need_id, now=now)
    return appointment_id


def turn_down(session: Session, need_id: uuid.UUID, *, by: Actor, now: datetime.datetime) -> None:
    """Say as who looks for help: rather not. The need stays open, and the giver is told no reason.

    Raises:
        UnknownSuggestion: the actor does not speak for who looks for help.
        SuggestionMoved: there is an appointment already, or nobody who said yes.
    """
    need = lock_need(session, need_id, by=by)
    check_speaks_for(session, need.member_id, by=by)
    row = _standing(session, need_id, by=by)
    if row.state is not SuggestionState.ACCEPTED:
        raise SuggestionMoved
    row.state, row.changed_at = SuggestionState.WITHDRAWN, now
    session.flush()
    if by.member_id != need.member_id:
        write_down_by(
            session, "suggestion:turn_down", by, about=need.member_id, subject=need_id, now=now
        )


def check_unanswered(session: Session, need_id: uuid.UUID, field: str, *, by: Actor) -> None:
    """Refuse that a need changes under somebody who said yes to it. Called after the change.

    Args:
        field: the question to which the refusal belongs.

    Raises:
        NeedAnswered: they said yes to what it was; who looks for help answers them first.
    """
    found = session.execute(
        select(Suggestion.id).where(
            Suggestion.timebank_id == by.timebank_id,
            Suggestion.need_id == need_id,
            Suggestion.state == SuggestionState.ACCEPTED,
        )
    ).first()
    if found is not None:
        raise NeedAnswered(field)


def _made(
    session: Session, command: MakeAppointment, *, by: Actor, now: datetime.datetime
) -> uuid.UUID:
    """Make the appointment; how long it takes is left open where it is no whole step there."""
    try:
        return make_appointment(session, command, by=by, now=now).appointment_id
    except (InvalidDuration, NotAWholeStep):
        open_ended = dataclasses.replace(command, minutes=None)
        return make_appointment(session, open_ended, by=by, now=now).appointment_id
    except (UnknownOther, UnknownKind, ProfessionalOnly) as refusal:
        raise SuggestionMoved from refusal


def _standing(session: Session, need_id: uuid.UUID, *, by: Actor) -> Suggestion:
    """Return the suggestion to which a giver said yes, locked."""
    row = session.scalars(
        select(Suggestion)
        .where(
            Suggestion.timebank_id == by.timebank_id,
            Suggestion.need_id == need_id,
            Suggestion.state.in_((SuggestionState.ACCEPTED, SuggestionState.AGREED)),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise SuggestionMoved
    return row
