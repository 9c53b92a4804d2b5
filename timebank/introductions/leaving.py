# SPDX-License-Identifier: EUPL-1.2
"""What becomes of suggestions when a need or an appointment ends, or somebody leaves.

At once for the one that somebody dealt with, and at night for what nobody did. The caller commits.
"""

from __future__ import annotations

import contextlib
import datetime
import uuid
from collections.abc import Mapping

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from timebank import clock
from timebank.appointments.models import Appointment
from timebank.appointments.workflow import AppointmentState
from timebank.needs.errors import NeedMoved
from timebank.needs.models import Need
from timebank.needs.operations import move_need
from timebank.needs.workflow import NeedState
from timebank.suggestions.models import Suggestion
from timebank.suggestions.workflow import SuggestionState

_MISSED = frozenset({AppointmentState.NOT_KEPT, AppointmentState.CALLED_OFF})


def follow_need(
    session: Session, need_id: uuid.UUID, *, timebank_id: int, now: datetime.datetime
) -> None:
    """Tell who is asked for a need, or said yes to it, that it is over, if it is."""
    _end(session, now, Suggestion.timebank_id == timebank_id, Suggestion.need_id == need_id)


def follow_appointment(
    session: Session, appointment_id: uuid.UUID, *, timebank_id: int, now: datetime.datetime
) -> None:
    """Let the need of which an appointment came follow its end, if it came of one."""
    _follow_appointments(
        session,
        timebank_id,
        now,
        Suggestion.timebank_id == timebank_id,
        Suggestion.appointment_id == appointment_id,
    )
    session.expire_all()


def settle(session: Session, *, timebank_id: int, now: datetime.datetime) -> int:
    """Let end what nobody answered in time, and let needs follow their appointments.

    What was kept is filled; what was called off or did not happen waits again. For the night; done
    twice it does nothing the second time.

    Returns:
        How many suggestions changed.
    """
    here = Suggestion.timebank_id == timebank_id
    return _end(session, now, here) + _follow_appointments(session, timebank_id, now, here)


def leave_suggestions(
    session: Session, *, timebank_id: int, member_id: uuid.UUID, now: datetime.datetime
) -> None:
    """Set free what somebody who is erased had promised; their own rows go with the register."""
    promised = session.scalars(
        select(Suggestion).where(
            Suggestion.timebank_id == timebank_id,
            Suggestion.giver_id == member_id,
            Suggestion.state == SuggestionState.AGREED,
        )
    ).all()
    for row in promised:
        _release(session, row.need_id, NeedState.OPEN, timebank_id, now)


def _end(session: Session, now: datetime.datetime, *which: ColumnElement[bool]) -> int:
    """End what is asked or accepted of a need that is over, or was not answered in time."""
    today = clock.day_of(now)
    looked_for = select(Need.id).where(
        Need.timebank_id == Suggestion.timebank_id, Need.state == NeedState.OPEN
    )
    accepted = Suggestion.state == SuggestionState.ACCEPTED
    asked = Suggestion.state == SuggestionState.ASKED
    changed = 0
    for state, conditions in (
        (SuggestionState.WITHDRAWN, ((accepted | asked), Suggestion.need_id.not_in(looked_for))),
        (SuggestionState.EXPIRED, ((accepted | asked), Suggestion.expires_on < today)),
    ):
        changed += len(
            session.execute(
                update(Suggestion)
                .where(*which, *conditions)
                .values(state=state, changed_at=now)
                .returning(Suggestion.id),
                execution_options={"synchronize_session": False},
            ).all()
        )
    session.expire_all()
    return changed


def _follow_appointments(
    session: Session, timebank_id: int, now: datetime.datetime, *which: ColumnElement[bool]
) -> int:
    """Move needs whose appointment has an end; a moved one is followed to its new day."""
    rows = session.execute(
        select(Suggestion.id, Suggestion.need_id, Appointment.id, Appointment.state)
        .join(
            Appointment,
            (Appointment.timebank_id == Suggestion.timebank_id)
            & (Appointment.id == Suggestion.appointment_id),
        )
        .join(Need, (Need.timebank_id == Suggestion.timebank_id) & (Need.id == Suggestion.need_id))
        .where(
            *which,
            Suggestion.state == SuggestionState.AGREED,
            Need.state == NeedState.PROMISED,
            Appointment.state != AppointmentState.PLANNED,
        )
    ).all()
    for suggestion_id, need_id, appointment_id, state in rows:
        if state is AppointmentState.KEPT:
            _release(session, need_id, NeedState.FILLED, timebank_id, now)
        elif state in _MISSED:
            _release(session, need_id, NeedState.OPEN, timebank_id, now)
            values = {"state": SuggestionState.EXPIRED, "appointment_id": None, "changed_at": now}
            _set(session, timebank_id, suggestion_id, values)
        else:
            newer = select(Appointment.id).where(
                Appointment.timebank_id == timebank_id,
                Appointment.moved_from_id == appointment_id,
            )
            found = session.scalars(newer).first()
            if found is not None:
                moved = {"appointment_id": found, "changed_at": now}
                _set(session, timebank_id, suggestion_id, moved)
    return len(rows)


def _set(
    session: Session, timebank_id: int, suggestion_id: uuid.UUID, values: Mapping[str, object]
) -> None:
    session.execute(
        update(Suggestion)
        .where(Suggestion.timebank_id == timebank_id, Suggestion.id == suggestion_id)
        .values(**values),
        execution_options={"synchronize_session": False},
    )


def _release(
    session: Session,
    need_id: uuid.UUID,
    state: NeedState,
    timebank_id: int,
    now: datetime.datetime,
) -> None:
    with contextlib.suppress(NeedMoved):
        move_need(session, need_id, state, timebank_id=timebank_id, now=now)
