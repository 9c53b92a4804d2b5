# SPDX-License-Identifier: EUPL-1.2
"""When and how I want to help: half-days, distance, time, kinds I skip, people to avoid."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from timebank import clock
from timebank.corrections.queries import pause_of
from timebank.exchanges.errors import UnknownOther
from timebank.extensions import db
from timebank.members.policy import Permission
from timebank.preferences.errors import (
    CannotAvoid,
    PreferenceError,
    UnknownMuted,
    UnknownSlot,
    WhenMissing,
)
from timebank.preferences.operations import avoid, keep_preferences, stop_avoiding
from timebank.preferences.policy import SLOT_COUNT, Preferences
from timebank.preferences.queries import own_avoided, own_preferences
from timebank.web.guard import current_actor, requires
from timebank.web.kinds import offered_kinds
from timebank.web.need_form import typed_slots, when_material
from timebank.web.person_form import resident_called
from timebank.web.wish_words import (
    CAPACITY_WORDS,
    QUICK_WHEN,
    REACH_WORDS,
    explain_wish,
    quick_answer,
)

blueprint = Blueprint("my_times", __name__, url_prefix="/my-times")

Page = tuple[str, int]


@blueprint.get("")
@requires(Permission.KEEP_WISHES)
def show() -> str:
    """Show when and how I want to help."""
    return _page({}, 200)[0]


@blueprint.post("")
@requires(Permission.KEEP_WISHES)
def keep() -> Response | Page:
    """Keep when and how I want to help."""
    try:
        keep_preferences(db.session, checked_times(), by=current_actor(), now=clock.now())
    except PreferenceError as refusal:
        db.session.rollback()
        return _page({refusal.field: explain_wish(refusal)}, 422)
    db.session.commit()
    flash(gettext("Saved. You can change this at any moment."), "success")
    return redirect(url_for("my_times.show"), code=303)


@blueprint.post("/avoid")
@requires(Permission.KEEP_WISHES)
def rather_not() -> Response | Page:
    """Rather not meet somebody. Why is not asked, and the other never reads it."""
    actor = current_actor()
    try:
        found = resident_called(actor.timebank_id, "avoid")
        if found is None:
            raise CannotAvoid
        avoid(db.session, found.member_id, by=actor, now=clock.now())
    except (UnknownOther, CannotAvoid):
        db.session.rollback()
        return _page({"avoid": explain_wish(CannotAvoid())}, 422)
    db.session.commit()
    flash(gettext("Saved. Only you can read this here."), "success")
    return redirect(url_for("my_times.show", _anchor="avoided"), code=303)


@blueprint.post("/avoid/<uuid:member_id>/end")
@requires(Permission.KEEP_WISHES)
def again(member_id: uuid.UUID) -> Response:
    """Take that back."""
    stop_avoiding(db.session, member_id, by=current_actor())
    db.session.commit()
    return redirect(url_for("my_times.show", _anchor="avoided"), code=303)


def checked_times() -> Preferences:
    """Return what was filled in, of which nothing was left out.

    Raises:
        WhenMissing, UnknownSlot, UnknownMuted: something was sent that is not on the page.
    """
    form, typed = request.form, typed_times()
    if form.get("when") not in QUICK_WHEN:
        raise WhenMissing
    if not set(form.getlist("slot")) <= {str(number) for number in range(SLOT_COUNT)}:
        raise UnknownSlot
    if not set(form.getlist("muted")) <= typed.muted:
        raise UnknownMuted
    return typed


def typed_times() -> Preferences:
    """Return what was filled in, without what is not on the page."""
    offered = offered_kinds()
    return Preferences(
        slots=typed_slots(),
        reach_metres=_one_of(REACH_WORDS, "reach"),
        capacity_minutes=_one_of(CAPACITY_WORDS, "capacity"),
        muted=frozenset(code for code in request.form.getlist("muted") if code in offered),
    )


def _one_of(choices: dict[int, Any], field: str) -> int:
    """Return the choice that was made; 0, which no list has, where it is none of them."""
    by_text = {str(value): value for value in choices}
    return by_text.get(request.form.get(field, ""), 0)


def _page(errors: dict[str, str], status: int) -> Page:
    actor = current_actor()
    assert actor.member_id is not None  # noqa: S101 - who is signed in is a member
    typed_again = "reach" in request.form or "when" in request.form
    found = typed_times() if typed_again else own_preferences(db.session, by=actor)
    when = request.form.get("when", "") if typed_again else quick_answer(found.slots)
    page = render_template(
        "wishes/times.html",
        found=found,
        when=when,
        reaches=REACH_WORDS,
        capacities=CAPACITY_WORDS,
        kinds=offered_kinds().values(),
        avoided=own_avoided(db.session, by=actor),
        pause=pause_of(
            db.session,
            timebank_id=actor.timebank_id,
            member_id=actor.member_id,
            today=clock.day_of(clock.now()),
        ),
        typed=request.form,
        errors=errors,
        back_to=url_for("my_times.show"),
        **when_material(found.slots, when),
    )
    return page, status
