# SPDX-License-Identifier: EUPL-1.2
"""When somebody is erased, what they agreed on is called off, and nobody's words stay."""

from __future__ import annotations

import threading

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from tests import builders
from tests.appointments.making import DAY, NOW, TODAY, agreed, say
from tests.web import roads
from timebank.appointments.models import Appointment
from timebank.appointments.queries import appointment_for, own_appointments
from timebank.calls.models import CallReason, CallTask
from timebank.erasure.operations import erase_member
from timebank.exchanges.errors import UnknownOther
from timebank.extensions import db
from timebank.notices.models import Mail


def test_who_leaves_calls_off_and_the_other_reads_it(session: Session) -> None:
    coming = agreed(session, "Jan", "Fatima", by="Fatima")
    over = agreed(session, happens_on=TODAY - DAY, now=NOW - 3 * DAY)
    say(session, over, "not_kept")
    of_others = agreed(session, "Fatima", "Greet")
    jan, fatima = (builders.actor_of(session, name) for name in ("Jan", "Fatima"))
    assert jan.member_id is not None

    erase_member(session, jan.member_id, by=jan, now=NOW)
    own = own_appointments(session, by=fatima, today=TODAY)

    assert [row.appointment_id for row in own.coming] == [of_others]
    assert own.coming[0].place == "Bij de flat"
    assert [(row.state.value, row.place, row.tasks) for row in own.earlier] == [
        ("called_off", "", ""),
        ("not_kept", "", ""),
    ]
    row = appointment_for(session, coming, by=fatima).row
    assert (row.helper_name, row.helped_name) == (None, "Fatima El Amrani")
    assert row.answered_by is None
    assert appointment_for(session, over, by=fatima).row.helped_name is None


def test_with_whom_an_appointment_stood_gets_a_mail_that_it_is_called_off(app: Flask) -> None:
    with app.app_context():
        agreed(db.session, "Jan", "Fatima")
        agreed(db.session, happens_on=TODAY - DAY, now=NOW - 3 * DAY)
        db.session.commit()
    roads.sign_in(app, "Jan").post("/my-data/leave")

    with app.app_context():
        told = db.session.execute(sa.select(Mail.to_address, Mail.subject)).all()

    called_off = [to for to, subject in told if "called off" in subject or "afgezegd" in subject]
    assert called_off == ["fatima@example.org"]


def test_without_words_for_a_mail_a_coordinator_calls(session: Session) -> None:
    coming = agreed(session, "Jan", "Fatima")
    jan, fatima = (builders.actor_of(session, name) for name in ("Jan", "Fatima"))
    assert jan.member_id is not None

    erase_member(session, jan.member_id, by=jan, now=NOW)

    calls = session.execute(
        sa.select(CallTask.member_id, CallTask.reason, CallTask.subject_id)
    ).all()
    assert calls == [(fatima.member_id, CallReason.APPOINTMENT_NEWS, coming)]


def test_nobody_agrees_with_who_is_just_being_erased(on_postgresql: sa.Engine) -> None:
    said: list[Exception] = []

    def agree() -> None:
        with Session(on_postgresql) as own:
            try:
                agreed(own)
                own.commit()
            except UnknownOther as refusal:
                said.append(refusal)

    rival = threading.Thread(target=agree)
    with Session(on_postgresql) as session:
        jan = builders.actor_of(session, "Jan")
        assert jan.member_id is not None
        erase_member(session, jan.member_id, by=jan, now=NOW)
        rival.start()
        rival.join(0.5)
        assert rival.is_alive()
        session.commit()
        rival.join(10)

        assert len(said) == 1
        assert session.scalars(sa.select(Appointment.id)).all() == []
