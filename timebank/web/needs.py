# SPDX-License-Identifier: EUPL-1.2
"""What residents look for, for coordinators: a kind of help for it, and typing it for somebody.

Every page here answers 404 to who may not see it. Telephone numbers and addresses stand on the page
of the person only.
"""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from timebank import clock
from timebank.categories.queries import is_offered
from timebank.extensions import db
from timebank.introductions.leaving import follow_need
from timebank.introductions.operations import check_unanswered
from timebank.members.policy import Permission
from timebank.members.queries import person_for
from timebank.needs.errors import NeedError, NeedMoved
from timebank.needs.operations import ask_need, end_need, sort_need
from timebank.needs.queries import PAGE, need_row, needs_in_reach
from timebank.needs.workflow import NeedState
from timebank.trust.operations import check_may_act_for
from timebank.web.boundary_words import age
from timebank.web.guard import current_actor, hides
from timebank.web.looked_at import write_down_opening
from timebank.web.need_form import all_kinds, form_material, need_material, typed_key, typed_need
from timebank.web.wish_words import END_WORDS, STATE_WORDS, explain_wish

blueprint = Blueprint("needs", __name__)

Page = tuple[str, int]


@blueprint.get("/needs")
@hides(Permission.HELP_WITH_WISHES)
def waiting() -> str:
    """Show what is looked for in one's neighbourhoods; without a kind of help comes first."""
    rows = needs_in_reach(db.session, by=current_actor(), now=clock.now())
    return render_template(
        "wishes/all_needs.html",
        rows=rows[:PAGE],
        more=len(rows) > PAGE,
        categories=all_kinds(),
        states=STATE_WORDS,
        age=age,
    )


@blueprint.get("/needs/<uuid:need_id>")
@hides(Permission.HELP_WITH_WISHES)
def show(need_id: uuid.UUID) -> str:
    """Show one need, with the question of which kind it is."""
    return _one(need_id, {}, 200)[0]


@blueprint.post("/needs/<uuid:need_id>")
@hides(Permission.HELP_WITH_WISHES)
def sort(need_id: uuid.UUID) -> Response | Page:
    """Keep the kind of help, and what it is really about, beside the first words."""
    actor, now, code = current_actor(), clock.now(), request.form.get("category") or None
    before = need_row(db.session, need_id, by=actor, now=now).category_code
    try:
        sort_need(
            db.session,
            need_id,
            category_code=code,
            deeper_words=request.form.get("deeper_words", "").replace("\r\n", "\n"),
            by=actor,
            now=now,
        )
        if code != before:
            check_unanswered(db.session, need_id, "category", by=actor)
    except NeedMoved:
        return _was_second()
    except NeedError as refusal:
        db.session.rollback()
        return _one(need_id, {refusal.field: explain_wish(refusal)}, 422)
    db.session.commit()
    flash(gettext("Saved. Thank you."), "success")
    return redirect(url_for("needs.waiting"), code=303)


@blueprint.post("/needs/<uuid:need_id>/end")
@hides(Permission.HELP_WITH_WISHES)
def end(need_id: uuid.UUID) -> Response | Page:
    """Look for it no more, because the person said so."""
    code = request.form.get("end", "")
    state = NeedState(code) if code in set(NeedState) else None
    actor, now = current_actor(), clock.now()
    need_row(db.session, need_id, by=actor, now=now)
    try:
        end_need(db.session, need_id, state, by=actor, now=now)
        follow_need(db.session, need_id, timebank_id=actor.timebank_id, now=now)
    except NeedMoved:
        return _was_second()
    except NeedError as refusal:
        db.session.rollback()
        return _one(need_id, {refusal.field: explain_wish(refusal)}, 422)
    db.session.commit()
    flash(gettext("Saved. Thank you."), "success")
    return redirect(url_for("needs.waiting"), code=303)


@blueprint.get("/people/<uuid:member_id>/need")
@hides(Permission.HELP_WITH_WISHES)
def new_for(member_id: uuid.UUID) -> str:
    """Show the form for somebody who told what they look for."""
    return _form(member_id, {}, 200)[0]


@blueprint.post("/people/<uuid:member_id>/need")
@hides(Permission.HELP_WITH_WISHES)
def send_for(member_id: uuid.UUID) -> Response | Page:
    """Keep what somebody looks for; they read who typed it."""
    need_id = typed_key()
    try:
        ask_need(
            db.session, need_id, typed_need(), about=member_id, by=current_actor(), now=clock.now()
        )
    except NeedError as refusal:
        db.session.rollback()
        return _form(member_id, {refusal.field: explain_wish(refusal)}, 422)
    db.session.commit()
    flash(gettext("Saved. They read that you typed it."), "success")
    return redirect(url_for("needs.show", need_id=need_id), code=303)


def _was_second() -> Response:
    db.session.rollback()
    flash(gettext("A colleague was just before you. You do not need to do anything."), "info")
    return redirect(url_for("needs.waiting"), code=303)


def _form(member_id: uuid.UUID, errors: dict[str, str], status: int) -> Page:
    actor = current_actor()
    check_may_act_for(db.session, member_id, by=actor)
    write_down_opening(actor, member_id)
    page = render_template(
        "wishes/need_form.html",
        row=None,
        person=person_for(db.session, member_id, by=actor).person,
        key=typed_key(),
        errors=errors,
        back_to=url_for("needs.new_for", member_id=member_id),
        **form_material(None),
    )
    return page, status


def _one(need_id: uuid.UUID, errors: dict[str, str], status: int) -> Page:
    row = need_row(db.session, need_id, by=current_actor(), now=clock.now())
    write_down_opening(current_actor(), row.member_id)
    material = need_material(row)
    offered = [kind for kind in material["categories"].values() if is_offered(kind)]
    page = render_template(
        "wishes/sort.html",
        errors=errors,
        typed=request.form,
        kinds=sorted(offered, key=lambda kind: kind.position),
        ends=END_WORDS,
        age=age,
        back_to=url_for("needs.show", need_id=need_id),
        **material,
    )
    return page, status
