# SPDX-License-Identifier: EUPL-1.2
"""When and how somebody without e-mail wants to help, and a pause, as they told a coordinator.

Whom they rather not meet is not asked here: that stays between them and the timebank.
"""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from werkzeug.wrappers import Response

from timebank import clock
from timebank.corrections.operations import come_back_for, pause_for
from timebank.corrections.queries import pause_of
from timebank.extensions import db
from timebank.members.policy import Permission
from timebank.members.queries import person_for
from timebank.preferences.errors import PreferenceError
from timebank.preferences.operations import keep_preferences_for
from timebank.preferences.queries import preferences_of
from timebank.web.guard import current_actor, hides
from timebank.web.kinds import offered_kinds
from timebank.web.looked_at import write_down_opening
from timebank.web.my_details import PAUSES
from timebank.web.my_times import checked_times, typed_times
from timebank.web.need_form import when_material
from timebank.web.wish_words import CAPACITY_WORDS, REACH_WORDS, explain_wish, quick_answer

blueprint = Blueprint("times_for", __name__, url_prefix="/people/<uuid:member_id>/times")

PAUSE_WORDS: dict[str, LazyString] = {
    "2": _l("Two weeks"),
    "4": _l("Four weeks"),
    "12": _l("Twelve weeks"),
    "open": _l("Until they say so themselves"),
}
"""How long somebody can pause, by what the form sends."""
Page = tuple[str, int]


@blueprint.get("")
@hides(Permission.HELP_WITH_WISHES)
def show(member_id: uuid.UUID) -> str:
    """Show when and how somebody wants to help."""
    return _page(member_id, {}, 200)[0]


@blueprint.post("")
@hides(Permission.HELP_WITH_WISHES)
def keep(member_id: uuid.UUID) -> Response | Page:
    """Keep what they told."""
    actor, now = current_actor(), clock.now()
    try:
        keep_preferences_for(db.session, member_id, checked_times(), by=actor, now=now)
    except PreferenceError as refusal:
        db.session.rollback()
        return _page(member_id, {refusal.field: explain_wish(refusal)}, 422)
    db.session.commit()
    return _saved(member_id)


@blueprint.post("/pause")
@hides(Permission.HELP_WITH_WISHES)
def begin_pause(member_id: uuid.UUID) -> Response | Page:
    """Let them take no part for a while."""
    chosen, now = request.form.get("until", ""), clock.now()
    if chosen not in PAUSES:
        return _page(member_id, {"until": gettext("Choose how long the pause is.")}, 422)
    length = PAUSES[chosen]
    until = clock.day_of(now) + length if length else None
    pause_for(db.session, member_id, until=until, by=current_actor(), now=now)
    db.session.commit()
    return _saved(member_id)


@blueprint.post("/come-back")
@hides(Permission.HELP_WITH_WISHES)
def end_pause(member_id: uuid.UUID) -> Response:
    """Let them take part again."""
    come_back_for(db.session, member_id, by=current_actor(), now=clock.now())
    db.session.commit()
    return _saved(member_id)


def _saved(member_id: uuid.UUID) -> Response:
    flash(gettext("Saved. They can read that you filled it in."), "success")
    return redirect(url_for("times_for.show", member_id=member_id), code=303)


def _page(member_id: uuid.UUID, errors: dict[str, str], status: int) -> Page:
    actor = current_actor()
    kept = preferences_of(db.session, member_id, by=actor)
    write_down_opening(actor, member_id)
    typed_again = "reach" in request.form or "when" in request.form
    found = typed_times() if typed_again else kept
    when = request.form.get("when", "") if typed_again else quick_answer(found.slots)
    page = render_template(
        "wishes/times_for.html",
        member_id=member_id,
        person=person_for(db.session, member_id, by=actor).person,
        found=found,
        when=when,
        reaches=REACH_WORDS,
        capacities=CAPACITY_WORDS,
        kinds=offered_kinds().values(),
        pauses=PAUSE_WORDS,
        pause=pause_of(
            db.session,
            timebank_id=actor.timebank_id,
            member_id=member_id,
            today=clock.day_of(clock.now()),
        ),
        errors=errors,
        back_to=url_for("times_for.show", member_id=member_id),
        **when_material(found.slots, when),
    )
    return page, status
