# SPDX-License-Identifier: EUPL-1.2
"""Worries: a resident sends one and reads only that it was received; coordinators deal with it.

Every page of the coordinators answers 404 to who may not see it. The words of a worry are shown by
a post only: reading is a deed, which is written down.
"""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from timebank import clock
from timebank.concerns.errors import AlreadyClosed, ConcernError
from timebank.concerns.operations import (
    RaiseConcern,
    close_concern,
    raise_concern,
    read_concern,
    take_up_concern,
)
from timebank.concerns.policy import Outcome
from timebank.concerns.queries import PAGE, concern_row, open_concerns
from timebank.exchanges.errors import UnknownExchange
from timebank.exchanges.queries import exchange_for
from timebank.extensions import db
from timebank.members.policy import Permission
from timebank.web.boundary_words import OUTCOMES, age, explain_boundary
from timebank.web.guard import current_actor, hides, requires

blueprint = Blueprint("concerns", __name__, url_prefix="/concerns")

Page = tuple[str, int]


@blueprint.get("/new")
@requires(Permission.RAISE_CONCERNS)
def new() -> str:
    """Show the guide, and below it the form for a worry that belongs to no exchange."""
    return _form(None, {}, 200)[0]


@blueprint.post("/new")
@requires(Permission.RAISE_CONCERNS)
def send() -> Response | Page:
    """Send a worry that belongs to no exchange, as at an activity (policy row V2)."""
    return _send(None)


@blueprint.get("/new/<uuid:exchange_id>")
@requires(Permission.RAISE_CONCERNS)
def new_at(exchange_id: uuid.UUID) -> str:
    """Show the guide, and below it the form, for who took part in this exchange."""
    _check_took_part(exchange_id)
    return _form(exchange_id, {}, 200)[0]


@blueprint.post("/new/<uuid:exchange_id>")
@requires(Permission.RAISE_CONCERNS)
def send_at(exchange_id: uuid.UUID) -> Response | Page:
    """Send a worry from an exchange (policy row L10); the page of the exchange stays the same."""
    _check_took_part(exchange_id)
    return _send(exchange_id)


@blueprint.get("/received")
@requires(Permission.RAISE_CONCERNS)
def received() -> str:
    """Say that it was received, and nothing else."""
    return render_template("concerns/received.html")


@blueprint.get("")
@hides(Permission.HANDLE_CONCERNS)
def waiting() -> str:
    """Show the worries that are open, the oldest first, without their words."""
    rows = open_concerns(db.session, by=current_actor(), now=clock.now())
    return render_template(
        "concerns/waiting.html", rows=rows[:PAGE], more=len(rows) > PAGE, age=age
    )


@blueprint.get("/<uuid:concern_id>")
@hides(Permission.HANDLE_CONCERNS)
def show(concern_id: uuid.UUID) -> str:
    """Show one worry without its words."""
    return _one(concern_id, None, {}, 200)[0]


@blueprint.post("/<uuid:concern_id>/read")
@hides(Permission.HANDLE_CONCERNS)
def read(concern_id: uuid.UUID) -> str:
    """Show the words once; that they were read is written down first."""
    words = read_concern(db.session, concern_id, by=current_actor(), now=clock.now())
    db.session.commit()
    return _one(concern_id, words, {}, 200)[0]


@blueprint.post("/<uuid:concern_id>/take-up")
@hides(Permission.HANDLE_CONCERNS)
def take_up(concern_id: uuid.UUID) -> Response:
    """Let colleagues see that one deals with it."""
    try:
        take_up_concern(db.session, concern_id, by=current_actor(), now=clock.now())
    except AlreadyClosed:
        return _was_second()
    db.session.commit()
    flash(gettext("You deal with this. Your colleagues can see that."), "success")
    return redirect(url_for("concerns.show", concern_id=concern_id), code=303)


@blueprint.post("/<uuid:concern_id>/close")
@hides(Permission.HANDLE_CONCERNS)
def close(concern_id: uuid.UUID) -> Response | Page:
    """Close a worry with what was done."""
    code = request.form.get("outcome", "")
    outcome = Outcome(code) if code in set(Outcome) else None
    try:
        close_concern(db.session, concern_id, outcome, by=current_actor(), now=clock.now())
    except AlreadyClosed:
        return _was_second()
    except ConcernError as refusal:
        db.session.rollback()
        return _one(concern_id, None, {refusal.field: explain_boundary(refusal)}, 422)
    db.session.commit()
    flash(gettext("Closed. Thank you."), "success")
    return redirect(url_for("concerns.waiting"), code=303)


def _send(exchange_id: uuid.UUID | None) -> Response | Page:
    words = request.form.get("words", "").replace("\r\n", "\n")
    about_staff = request.form.get("about_staff") == "yes"
    command = RaiseConcern(_key(), exchange_id, words, about_staff)
    try:
        raise_concern(db.session, command, by=current_actor(), now=clock.now())
    except ConcernError as refusal:
        db.session.rollback()
        return _form(exchange_id, {refusal.field: explain_boundary(refusal)}, 422)
    db.session.commit()
    return redirect(url_for("concerns.received"), code=303)


def _check_took_part(exchange_id: uuid.UUID) -> None:
    """Refuse who took no part; whether there is such an exchange is not told."""
    actor = current_actor()
    exchange = exchange_for(db.session, exchange_id, by=actor)
    if actor.member_id not in (exchange.helper_id, exchange.helped_id):
        raise UnknownExchange


def _key() -> uuid.UUID:
    """Return the key that was made with the form; without one, each sending is a new one."""
    try:
        return uuid.UUID(request.form.get("key", ""))
    except ValueError:
        return uuid.uuid4()


def _was_second() -> Response:
    db.session.rollback()
    flash(gettext("A colleague was just before you. You do not need to do anything."), "info")
    return redirect(url_for("concerns.waiting"), code=303)


def _form(exchange_id: uuid.UUID | None, errors: dict[str, str], status: int) -> Page:
    page = render_template(
        "concerns/new.html",
        exchange_id=exchange_id,
        errors=errors,
        typed=request.form,
        key=_key(),
    )
    return page, status


def _one(concern_id: uuid.UUID, words: str | None, errors: dict[str, str], status: int) -> Page:
    page = render_template(
        "concerns/one.html",
        row=concern_row(db.session, concern_id, by=current_actor(), now=clock.now()),
        words=words,
        errors=errors,
        outcomes=OUTCOMES,
        age=age,
        back_to=url_for("concerns.show", concern_id=concern_id),
    )
    return page, status
