# SPDX-License-Identifier: EUPL-1.2
"""Somebody wants to help me: the second yes of two, and the appointment that comes of it."""

from __future__ import annotations

import datetime
import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from timebank import clock
from timebank.calls.models import CallReason
from timebank.calls.operations import tell_member
from timebank.categories.queries import all_categories
from timebank.extensions import db
from timebank.introductions.operations import agree, turn_down
from timebank.introductions.queries import Offer, contact_of, offer_for
from timebank.members.policy import Permission
from timebank.preferences.policy import DayPart
from timebank.suggestions.errors import MomentMissing, SuggestionMoved
from timebank.web import tidings
from timebank.web.frame import shown_timebank
from timebank.web.guard import current_actor, hides, requires
from timebank.web.suggestion_words import moment_words

blueprint = Blueprint("offers", __name__)

Page = tuple[str, int]


@blueprint.get("/my-needs/<uuid:need_id>/helper")
@requires(Permission.KEEP_WISHES)
def show(need_id: uuid.UUID) -> str:
    """Show who wants to help me."""
    return _page(need_id, {}, 200)[0]


@blueprint.post("/my-needs/<uuid:need_id>/helper/<any(yes, no):answer>")
@requires(Permission.KEEP_WISHES)
def say(need_id: uuid.UUID, answer: str) -> Response | Page:
    """Say whether it suits me. After a yes there is an appointment."""
    return _answer(need_id, answer, url_for("my_needs.show", need_id=need_id))


@blueprint.get("/worklist/needs/<uuid:need_id>/helper")
@hides(Permission.HELP_WITH_WISHES)
def show_for(need_id: uuid.UUID) -> str:
    """Show who wants to help somebody without e-mail, whom a coordinator calls."""
    return _page(need_id, {}, 200)[0]


@blueprint.post("/worklist/needs/<uuid:need_id>/helper/<any(yes, no):answer>")
@hides(Permission.HELP_WITH_WISHES)
def say_for(need_id: uuid.UUID, answer: str) -> Response | Page:
    """Write down what somebody without e-mail said."""
    return _answer(need_id, answer, url_for("worklist.show"))


def _answer(need_id: uuid.UUID, answer: str, back_to: str) -> Response | Page:
    actor, now = current_actor(), clock.now()
    offer = offer_for(db.session, need_id, by=actor, now=now)
    try:
        if answer == "no":
            turn_down(db.session, need_id, by=actor, now=now)
            db.session.commit()
            flash(gettext("That is fine. We go on looking with you."), "success")
            return redirect(back_to, code=303)
        agreed = agree(
            db.session,
            need_id,
            _typed_moment(),
            possible=list(offer.moments),
            by=actor,
            now=now,
        )
        if offer.appointment_id is None:
            _tell_giver(offer, agreed)
    except MomentMissing:
        db.session.rollback()
        return _page(need_id, {"moment": gettext("Choose when it suits.")}, 422)
    except SuggestionMoved:
        db.session.rollback()
        flash(gettext("This was answered already, or it is over. We go on looking."), "info")
        return redirect(back_to, code=303)
    db.session.commit()
    flash(gettext("Both said yes. The appointment is written down."), "success")
    return redirect(url_for("appointments.show", appointment_id=agreed), code=303)


def _tell_giver(offer: Offer, appointment_id: uuid.UUID) -> None:
    timebank = shown_timebank()
    assert timebank is not None  # noqa: S101 - who is signed in belongs to one
    tell_member(
        db.session,
        CallReason.APPOINTMENT_NEWS,
        timebank_id=timebank.id,
        member_id=offer.giver_id,
        letter=tidings.appointment_news(timebank, appointment_id, "made"),
        subject_id=appointment_id,
        now=clock.now(),
    )


def _typed_moment() -> tuple[datetime.date, DayPart] | None:
    """Return the half-day that was chosen: "2026-03-17 morning"."""
    day, _, part = request.form.get("moment", "").partition(" ")
    try:
        return datetime.date.fromisoformat(day), DayPart(part)
    except ValueError:
        return None


def _page(need_id: uuid.UUID, errors: dict[str, str], status: int) -> Page:
    actor = current_actor()
    offer = offer_for(db.session, need_id, by=actor, now=clock.now())
    own = offer.owner_id == actor.member_id
    page = render_template(
        "suggestions/offer.html",
        offer=offer,
        own=own,
        moments=[
            {"value": f"{day} {part}", "label": moment_words((day, part))}
            for day, part in offer.moments
        ],
        chosen=request.form.get("moment", ""),
        contact=contact_of(db.session, need_id, by=actor),
        categories=all_categories(db.session, timebank_id=actor.timebank_id),
        errors=errors,
        back_to=url_for("offers.show" if own else "offers.show_for", need_id=need_id),
    )
    return page, status
