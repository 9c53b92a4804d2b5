# SPDX-License-Identifier: EUPL-1.2
"""What is shown to somebody, and what their yes, later and no lead to."""

from __future__ import annotations

import datetime
import uuid

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests import builders
from tests.suggestions.making import (
    DAY,
    NOW,
    both_yes,
    ideas,
    likes,
    looks_for,
    need_state,
    needs_shown,
    planned,
    said_yes,
    shown,
    state_of,
    without_email,
)
from timebank.appointments.models import Appointment
from timebank.appointments.operations import answer_appointment
from timebank.appointments.workflow import AppointmentState
from timebank.audit.models import AuditEvent
from timebank.introductions.operations import agree, ask_in_person, settle, turn_down
from timebank.introductions.queries import candidates, contact_of, offer_for, offers_to
from timebank.needs.operations import end_need
from timebank.needs.workflow import NeedState
from timebank.preferences.operations import avoid
from timebank.preferences.queries import own_avoided, own_preferences
from timebank.suggestions.errors import MomentMissing, SuggestionMoved, UnknownSuggestion
from timebank.suggestions.operations import say_later, say_no, say_yes
from timebank.suggestions.workflow import DeclineCode


def test_first(session: Session) -> None:
    need = looks_for(session)
    likes(session)
    assert needs_shown(session) == [need]
    count = planned(session)
    assert count == 1
    assert planned(session) is None
    assert needs_shown(session) == [need]
    appointment = both_yes(session, need)
    assert need_state(session, need) == "promised"
    assert session.get(Appointment, (1, appointment)) is not None
    fatima = builders.actor_of(session, "Fatima")
    assert contact_of(session, need, by=fatima) is not None
