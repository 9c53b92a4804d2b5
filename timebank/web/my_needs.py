# SPDX-License-Identifier: EUPL-1.2
"""What I look for: my list, one sentence that is enough, and how it ended."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from timebank import clock
from timebank.extensions import db
from timebank.introductions.leaving import follow_need
from timebank.introductions.operations import check_unanswered
from timebank.introductions.queries import needs_with_offer
from timebank.members.policy import Permission
from timebank.needs.errors import NeedError
from timebank.needs.operations import ask_need, change_need, choose_kind, end_need
from timebank.needs.queries import own_need, own_needs
from timebank.needs.workflow import NeedState
from timebank.web.filters import label
from timebank.web.guard import answers_script, current_actor, requires
from timebank.web.kinds import suggest
from timebank.web.need_form import all_kinds, form_material, need_material, typed_key, typed_need
from timebank.web.wish_words import END_WORDS, STATE_WORDS, explain_wish

blueprint = Blueprint("my_needs", __name__, url_prefix="/my-needs")

Page = tuple[str, int]


@blueprint.get("")
@requires(Permission.KEEP_WISHES)
def mine() -> str:
    """Show what I look for, and below it what is over."""
    rows = own_needs(db.session, by=current_actor(), now=clock.now())
    return render_template(
        "wishes/needs.html",
        rows=rows,
        offered=needs_with_offer(db.session, by=current_actor()),
        categories=all_kinds(),
        states=STATE_WORDS,
    )


@blueprint.get("/new")
@requires(Permission.KEEP_WISHES)
def new() -> str:
    """Show the form: one sentence is enough, all the rest may be left out."""
    return _form({}, 200)[0]


@blueprint.post("")
@requires(Permission.KEEP_WISHES)
def send() -> Response | Page:
    """Keep what I look for; sent twice, it is one need."""
    actor, need_id = current_actor(), typed_key()
    assert actor.member_id is not None  # noqa: S101 - who is signed in is a member
    try:
        ask_need(
            db.session, need_id, typed_need(), about=actor.member_id, by=actor, now=clock.now()
        )
    except NeedError as refusal:
        db.session.rollback()
        return _form({refusal.field: explain_wish(refusal)}, 422)
    db.session.commit()
    flash(gettext("Thank you. We look along with you."), "success")
    return redirect(url_for("my_needs.show", need_id=need_id), code=303)


@blueprint.post("/suggestions")
@answers_script(Permission.KEEP_WISHES)
def suggestions() -> Response:
    """Answer which kinds of help fit what is being typed. Nothing of it is kept.

    It is a post, so that the words stand in no address and in no log.
    """
    found = suggest(request.form.get("words", ""), all_kinds())
    response = jsonify(kinds=[{"code": kind.code, "label": label(kind)} for kind in found.kinds])
    response.headers["Content-Type"] = "application/json; charset=utf-8"
    return response


@blueprint.get("/<uuid:need_id>")
@requires(Permission.KEEP_WISHES)
def show(need_id: uuid.UUID) -> str:
    """Show one of mine, with the kinds that its words suggest while it has none."""
    return _one(need_id, {}, 200)[0]


@blueprint.get("/<uuid:need_id>/change")
@requires(Permission.KEEP_WISHES)
def ask_change(need_id: uuid.UUID) -> str:
    """Show the form with what stands."""
    return _form({}, 200, need_id)[0]


@blueprint.post("/<uuid:need_id>/change")
@requires(Permission.KEEP_WISHES)
def change(need_id: uuid.UUID) -> Response | Page:
    """Keep other answers; what had expired is looked for again."""
    try:
        change_need(db.session, need_id, typed_need(), by=current_actor(), now=clock.now())
        check_unanswered(db.session, need_id, "words", by=current_actor())
    except NeedError as refusal:
        db.session.rollback()
        return _form({refusal.field: explain_wish(refusal)}, 422, need_id)
    db.session.commit()
    flash(gettext("Saved. We look along with you."), "success")
    return redirect(url_for("my_needs.show", need_id=need_id), code=303)


@blueprint.post("/<uuid:need_id>/kind")
@requires(Permission.KEEP_WISHES)
def kind(need_id: uuid.UUID) -> Response | Page:
    """Give it the kind of help that was suggested and pressed."""
    try:
        choose_kind(db.session, need_id, request.form.get("category", ""), by=current_actor())
        check_unanswered(db.session, need_id, "category", by=current_actor())
    except NeedError as refusal:
        db.session.rollback()
        return _one(need_id, {refusal.field: explain_wish(refusal)}, 422)
    db.session.commit()
    flash(gettext("Saved. Thank you."), "success")
    return redirect(url_for("my_needs.show", need_id=need_id), code=303)


@blueprint.post("/<uuid:need_id>/end")
@requires(Permission.KEEP_WISHES)
def end(need_id: uuid.UUID) -> Response | Page:
    """Look for it no more."""
    code = request.form.get("end", "")
    state = NeedState(code) if code in set(NeedState) else None
    actor, now = current_actor(), clock.now()
    own_need(db.session, need_id, by=actor, now=now)
    try:
        end_need(db.session, need_id, state, by=actor, now=now)
        follow_need(db.session, need_id, timebank_id=actor.timebank_id, now=now)
    except NeedError as refusal:
        db.session.rollback()
        return _one(need_id, {refusal.field: explain_wish(refusal)}, 422)
    db.session.commit()
    flash(gettext("Good to know. Thank you."), "success")
    return redirect(url_for("my_needs.mine"), code=303)


def _form(errors: dict[str, str], status: int, need_id: uuid.UUID | None = None) -> Page:
    row = None
    if need_id is not None:
        row = own_need(db.session, need_id, by=current_actor(), now=clock.now())
    back_to = url_for("my_needs.new")
    if need_id is not None:
        back_to = url_for("my_needs.ask_change", need_id=need_id)
    page = render_template(
        "wishes/need_form.html",
        row=row,
        key=typed_key(),
        errors=errors,
        back_to=back_to,
        **form_material(row),
    )
    return page, status


def _one(need_id: uuid.UUID, errors: dict[str, str], status: int) -> Page:
    row = own_need(db.session, need_id, by=current_actor(), now=clock.now())
    page = render_template(
        "wishes/need.html",
        errors=errors,
        offered=need_id in needs_with_offer(db.session, by=current_actor()),
        ends=END_WORDS,
        back_to=url_for("my_needs.show", need_id=need_id),
        **need_material(row),
    )
    return page, status
