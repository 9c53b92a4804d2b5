# SPDX-License-Identifier: EUPL-1.2
"""Appointments: one's own, one of them, what became of it, and the counts for coordinators."""

from __future__ import annotations

import datetime
import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from timebank import clock
from timebank.appointments.counting import counts_by_place, unanswered_appointments
from timebank.appointments.errors import AlreadyAnswered, AppointmentError, NotThatDay
from timebank.appointments.operations import answer_appointment, move_appointment
from timebank.appointments.queries import (
    PAGE,
    OneAppointment,
    appointment_for,
    own_appointments,
)
from timebank.appointments.wishes import Done
from timebank.appointments.workflow import AppointmentState
from timebank.categories.queries import all_categories
from timebank.drafts.errors import UnknownDraft
from timebank.drafts.operations import save_draft
from timebank.drafts.queries import own_draft
from timebank.exchanges.errors import ExchangeError, UnknownKind
from timebank.extensions import db
from timebank.introductions.leaving import follow_appointment
from timebank.members.policy import Permission
from timebank.web.appointment_form import PARTS, read_move, tell, typed_in
from timebank.web.guard import current_actor, requires
from timebank.web.questions import answers_about
from timebank.web.safety import before_helping
from timebank.web.words import APPOINTMENT_STATES, explain, explain_codes

blueprint = Blueprint("appointments", __name__, url_prefix="/appointments")

Page = tuple[str, int]


@blueprint.get("")
@requires(Permission.FILL_IN_FORMS)
def own() -> str:
    """Show who asks what comes, and what waits for an answer."""
    actor = current_actor()
    return render_template(
        "appointments/own.html",
        own=own_appointments(db.session, by=actor, today=_today()),
        **_words(),
    )


@blueprint.get("/counts")
@requires(Permission.DECIDE_EXCHANGES)
def counts() -> str:
    """Show coordinators how many were kept, moved and not kept, and where nobody answered."""
    actor, today = current_actor(), _today()
    late = unanswered_appointments(db.session, by=actor, today=today)
    return render_template(
        "appointments/counts.html",
        counts=counts_by_place(db.session, by=actor, today=today),
        late=late[:PAGE],
        more=len(late) > PAGE,
        **_words(),
    )


@blueprint.get("/<uuid:appointment_id>")
@requires(Permission.FILL_IN_FORMS)
def show(appointment_id: uuid.UUID) -> str:
    """Show one appointment to the two, and to who acts for one of them."""
    one = appointment_for(db.session, appointment_id, by=current_actor())
    return render_template(
        "appointments/show.html",
        one=one,
        row=one.row,
        **before_helping(one.row, one.speaks_for),
        **_words(),
    )


@blueprint.post("/<uuid:appointment_id>/kept")
@requires(Permission.FILL_IN_FORMS)
def kept(appointment_id: uuid.UUID) -> Response:
    """Say that it went ahead, and go on to the form that writes down the hours, filled in.

    The key of the form follows from the appointment: pressed twice, or by both people, it is one
    form, and what was sent with it already is shown instead. What was taken back or not approved
    is written down anew, with the next key.
    """
    if _answer(appointment_id, AppointmentState.KEPT) is None:
        return _to(appointment_id)
    actor = current_actor()
    one = appointment_for(db.session, appointment_id, by=actor)
    if one.exchange_id is not None:
        db.session.commit()
        return redirect(url_for("exchanges.show", exchange_id=one.exchange_id), code=303)
    form_key, answers = one.form_key, _answers_of(one)
    try:
        own_draft(db.session, by=actor, form_key=form_key)
    except UnknownDraft:
        try:
            save_draft(db.session, by=actor, form_key=form_key, answers=answers, now=clock.now())
        except UnknownDraft:
            # The form belongs to whoever answered first; this one only agrees that it went ahead.
            db.session.commit()
            flash(gettext("Thank you. Somebody is writing down the hours already."), "info")
            return _to(appointment_id)
    db.session.commit()
    address = url_for("exchange_form.show", side=answers["side"], form_key=form_key, step="check")
    return redirect(address, code=303)


@blueprint.post("/<uuid:appointment_id>/<any('not-kept', 'call-off'):answer>")
@requires(Permission.FILL_IN_FORMS)
def end(appointment_id: uuid.UUID, answer: str) -> Response:
    """Say that it did not go ahead, or will not. Nothing is booked."""
    state = AppointmentState.NOT_KEPT if answer == "not-kept" else AppointmentState.CALLED_OFF
    done = _answer(appointment_id, state)
    if done is None:
        return _to(appointment_id)
    told = gettext("Saved. No hours are written down. That can happen.")
    if state is AppointmentState.CALLED_OFF:
        tell(done, "called_off")
        told = gettext("Called off. We tell the other person.")
    db.session.commit()
    flash(told, "success")
    return _to(appointment_id)


@blueprint.get("/<uuid:appointment_id>/move")
@requires(Permission.FILL_IN_FORMS)
def ask_move(appointment_id: uuid.UUID) -> str | Response:
    """Ask to which day it moves."""
    one = appointment_for(db.session, appointment_id, by=current_actor())
    if one.row.state is not AppointmentState.PLANNED:
        return _to(appointment_id)
    typed = typed_in({})
    typed["part"] = one.row.part or ""
    typed["at_time"] = one.row.at_time.strftime("%H:%M") if one.row.at_time else ""
    return _move_page(one, typed, {}, 200)[0]


@blueprint.post("/<uuid:appointment_id>/move")
@requires(Permission.FILL_IN_FORMS)
def move(appointment_id: uuid.UUID) -> Response | Page:
    """Move it: the old day stays to be read, the new one stands in its place."""
    actor, typed = current_actor(), typed_in(request.form)
    errors: dict[str, str] = {}
    try:
        command = read_move(typed)
        done = move_appointment(db.session, appointment_id, command, by=actor, now=clock.now())
    except AlreadyAnswered as refusal:
        return _was_second(appointment_id, refusal)
    except ValidationError as refusal:
        errors = explain_codes(refusal)
    except UnknownKind as refusal:
        told = gettext("We do not offer this help any more. Call it off, and agree on other help.")
        errors = {refusal.field: told}
    except (AppointmentError, ExchangeError) as refusal:
        if refusal.field is None:
            raise
        errors = {refusal.field: explain(refusal)}
    if errors:
        db.session.rollback()
        return _move_page(appointment_for(db.session, appointment_id, by=actor), typed, errors, 422)
    _follow(appointment_id)
    tell(done, "moved")
    db.session.commit()
    flash(gettext("Moved. We tell the other person."), "success")
    return _to(done.appointment_id)


def _answer(appointment_id: uuid.UUID, answer: AppointmentState) -> Done | None:
    """Give an answer; None when somebody was first or the day does not fit, which is told."""
    try:
        done = answer_appointment(
            db.session, appointment_id, answer, by=current_actor(), now=clock.now()
        )
    except (AlreadyAnswered, NotThatDay) as refusal:
        _was_second(appointment_id, refusal)
        return None
    _follow(appointment_id)
    return done


def _follow(appointment_id: uuid.UUID) -> None:
    """Let what somebody looked for follow the appointment that came of it."""
    bank = current_actor().timebank_id
    follow_appointment(db.session, appointment_id, timebank_id=bank, now=clock.now())


def _answers_of(one: OneAppointment) -> dict[str, str]:
    """Return what was agreed as the answers of the form that writes down the hours."""
    row = one.row
    return answers_about(
        about=one.speaks_for,
        own_id=current_actor().member_id,
        two=(row.helper_id, row.helped_id),
        category_code=row.category_code,
        day=row.happens_on,
        minutes=row.minutes,
    )


def _move_page(
    one: OneAppointment, typed: dict[str, str], errors: dict[str, str], status: int
) -> Page:
    page = render_template(
        "appointments/move.html", row=one.row, typed=typed, errors=errors, parts=PARTS, **_words()
    )
    return page, status


def _was_second(appointment_id: uuid.UUID, refusal: AppointmentError) -> Response:
    db.session.rollback()
    flash(explain(refusal), "info")
    return _to(appointment_id)


def _to(appointment_id: uuid.UUID) -> Response:
    return redirect(url_for("appointments.show", appointment_id=appointment_id), code=303)


def _today() -> datetime.date:
    return clock.day_of(clock.now())


def _words() -> dict[str, object]:
    return {
        "categories": all_categories(db.session, timebank_id=current_actor().timebank_id),
        "states": APPOINTMENT_STATES,
        "today": _today(),
    }
