# SPDX-License-Identifier: EUPL-1.2
"""Notes about a member: how many there are, writing one, and reading them, which is a deed."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from timebank import clock
from timebank.extensions import db
from timebank.members.policy import Permission
from timebank.notes.errors import NoteError
from timebank.notes.operations import NoteRow, read_notes, write_note
from timebank.notes.policy import MemberNoteKind
from timebank.notes.queries import notes_about
from timebank.web.data_words import NOTE_KINDS, explain_refusal
from timebank.web.guard import current_actor, hides

blueprint = Blueprint("notes", __name__, url_prefix="/notes")


@blueprint.get("/<uuid:member_id>")
@hides(Permission.DECIDE_EXCHANGES)
def show(member_id: uuid.UUID) -> str:
    """Show how many notes there are about somebody, without their words."""
    return _page(member_id, None, {})


@blueprint.post("/<uuid:member_id>")
@hides(Permission.DECIDE_EXCHANGES)
def write(member_id: uuid.UUID) -> Response | tuple[str, int]:
    """Keep a note."""
    kind, words = request.form.get("kind", ""), request.form.get("words", "")
    try:
        write_note(
            db.session,
            about=member_id,
            kind=MemberNoteKind(kind) if kind in set(MemberNoteKind) else None,
            words=words.replace("\r\n", "\n"),
            by=current_actor(),
            now=clock.now(),
        )
    except NoteError as refusal:
        db.session.rollback()
        return _page(member_id, None, _typed(refusal, kind=kind, words=words)), 422
    db.session.commit()
    flash(gettext("Your note is saved."), "success")
    return redirect(url_for("notes.show", member_id=member_id), code=303)


@blueprint.post("/<uuid:member_id>/read")
@hides(Permission.DECIDE_EXCHANGES)
def read(member_id: uuid.UUID) -> str | tuple[str, int]:
    """Show the words once; that they were read is written down first."""
    reason = request.form.get("reason", "")
    try:
        notes = read_notes(
            db.session, about=member_id, reason=reason, by=current_actor(), now=clock.now()
        )
    except NoteError as refusal:
        db.session.rollback()
        return _page(member_id, None, _typed(refusal, reason=reason)), 422
    db.session.commit()
    return _page(member_id, notes, {})


def _typed(refusal: NoteError, **typed: str) -> dict[str, object]:
    return {**typed, "errors": {refusal.field: explain_refusal(refusal)}}


def _page(member_id: uuid.UUID, notes: Sequence[NoteRow] | None, typed: dict[str, object]) -> str:
    return render_template(
        "notes/show.html",
        about=notes_about(db.session, member_id, by=current_actor()),
        notes=notes,
        typed=typed,
        kinds=NOTE_KINDS,
        back_to=url_for("notes.show", member_id=member_id),
    )
