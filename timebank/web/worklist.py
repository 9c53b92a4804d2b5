# SPDX-License-Identifier: EUPL-1.2
"""The worklist of coordinators: what they can do so that people find each other.

Every page here answers 404 to who may not see it. Who looked for people for a need is written down.
"""

from __future__ import annotations

import contextlib
import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from timebank import clock
from timebank.audit.operations import write_down_by
from timebank.categories.queries import all_categories
from timebank.extensions import db
from timebank.introductions.operations import ask_in_person
from timebank.introductions.queries import candidates
from timebank.invitations.operations import owner_of, tell_by_mail
from timebank.members.errors import UnknownMember
from timebank.members.policy import Permission
from timebank.members.queries import person_for
from timebank.needs.queries import need_row
from timebank.planning.queries import both_sides, last_plan
from timebank.suggestions.errors import SuggestionMoved
from timebank.suggestions.operations import say_later, say_no, say_yes
from timebank.web import tidings
from timebank.web.boundary_words import age
from timebank.web.frame import shown_timebank
from timebank.web.guard import current_actor, hides
from timebank.web.wish_words import when_words
from timebank.worklist.queries import alike, introductions, long_waiting, without_ideas

blueprint = Blueprint("worklist", __name__, url_prefix="/worklist")

Page = tuple[str, int]


@blueprint.get("")
@hides(Permission.HELP_WITH_WISHES)
def show() -> str:
    """Show what waits long, who was asked, who can be asked, and what the last night came to."""
    actor, now = current_actor(), clock.now()
    idle, talks = without_ideas(db.session, by=actor, today=clock.day_of(now))
    return render_template(
        "worklist/show.html",
        waiting=long_waiting(db.session, by=actor, now=now),
        halfway=introductions(db.session, by=actor, now=now),
        alike=alike(db.session, by=actor, now=now),
        idle=idle,
        talks=talks,
        plan=last_plan(db.session, by=actor),
        both=both_sides(db.session, by=actor, now=now),
        categories=all_categories(db.session, timebank_id=actor.timebank_id),
        age=age,
    )


@blueprint.get("/needs/<uuid:need_id>")
@hides(Permission.HELP_WITH_WISHES)
def people(need_id: uuid.UUID) -> str:
    """Show who could be asked for a need; that somebody looked is written down."""
    return _people(need_id, {}, 200)[0]


@blueprint.post("/needs/<uuid:need_id>/ask")
@hides(Permission.HELP_WITH_WISHES)
def ask(need_id: uuid.UUID) -> Response | Page:
    """Ask one person. Nobody else is asked for this need meanwhile (policy row D3)."""
    actor, now, chosen = current_actor(), clock.now(), None
    with contextlib.suppress(ValueError):
        chosen = uuid.UUID(request.form.get("member", ""))
    suitable = {one.member_id: one for one in candidates(db.session, need_id, by=actor, now=now)}
    if chosen is None or chosen not in suitable:
        return _people(need_id, {"member": gettext("Choose whom you want to ask.")}, 422)
    try:
        found = suitable[chosen].found
        if ask_in_person(db.session, found, giver_id=chosen, by=actor, now=now):
            _mail(need_id, chosen)
    except SuggestionMoved:
        return _was_second()
    db.session.commit()
    flash(gettext("They are asked. A no is as good as a yes."), "success")
    return redirect(url_for("worklist.show", _anchor="halfway"), code=303)


@blueprint.post("/needs/<uuid:need_id>/giver/<uuid:member_id>/<any(yes, later, no):answer>")
@hides(Permission.HELP_WITH_WISHES)
def say_for(need_id: uuid.UUID, member_id: uuid.UUID, answer: str) -> Response:
    """Write down what somebody without e-mail answered, who was asked."""
    actor, now = current_actor(), clock.now()
    if member_id == actor.member_id:
        raise UnknownMember(member_id)
    theirs: dict[str, Any] = {"giver_id": member_id, "by": actor, "now": now}
    try:
        if answer == "yes":
            if say_yes(db.session, need_id, **theirs):
                _mail_owner(need_id)
        elif answer == "later":
            say_later(db.session, need_id, **theirs)
        else:
            say_no(db.session, need_id, None, **theirs)
    except SuggestionMoved:
        return _was_second()
    db.session.commit()
    flash(gettext("Saved. Thank you."), "success")
    return redirect(url_for("worklist.show", _anchor="halfway"), code=303)


def _people(need_id: uuid.UUID, errors: dict[str, str], status: int) -> Page:
    actor, now = current_actor(), clock.now()
    row = need_row(db.session, need_id, by=actor, now=now)
    found = candidates(db.session, need_id, by=actor, now=now)
    page = render_template(
        "worklist/people.html",
        row=row,
        people=found,
        categories=all_categories(db.session, timebank_id=actor.timebank_id),
        when_words=when_words,
        errors=errors,
        age=age,
        back_to=url_for("worklist.people", need_id=need_id),
    )
    write_down_by(
        db.session, "need:look_for_people", actor, about=row.member_id, subject=need_id, now=now
    )
    db.session.commit()
    return page, status


def _mail(need_id: uuid.UUID, member_id: uuid.UUID) -> None:
    timebank, actor = shown_timebank(), current_actor()
    assert timebank is not None  # noqa: S101 - who is signed in belongs to one
    person_for(db.session, member_id, by=actor)
    tell_by_mail(
        db.session,
        member_id,
        timebank_id=timebank.id,
        letter=tidings.asked_in_person(timebank, need_id),
        now=clock.now(),
    )


def _mail_owner(need_id: uuid.UUID) -> None:
    timebank, now = shown_timebank(), clock.now()
    assert timebank is not None  # noqa: S101 - who is signed in belongs to one
    owner = owner_of(db.session, need_id, timebank_id=timebank.id)
    letter = tidings.somebody_wants_to_help(timebank, need_id)
    tell_by_mail(db.session, owner, timebank_id=timebank.id, letter=letter, now=now)


def _was_second() -> Response:
    db.session.rollback()
    flash(gettext("Somebody was just before you. You do not need to do anything."), "info")
    return redirect(url_for("worklist.show"), code=303)
