# SPDX-License-Identifier: EUPL-1.2
"""A talk about talent: a coordinator notes what somebody likes, and their own yes counts."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from timebank import clock
from timebank.categories.queries import all_categories
from timebank.extensions import db
from timebank.members.errors import UnknownMember
from timebank.members.policy import Permission
from timebank.members.queries import person_for
from timebank.talents.errors import TalentError
from timebank.talents.operations import note_talents, record_answer, take_back
from timebank.talents.queries import talent_words_of, talents_of
from timebank.web.guard import current_actor, hides
from timebank.web.kinds import kind_groups, offered_kinds
from timebank.web.looked_at import write_down_opening
from timebank.web.wish_words import explain_wish
from timebank.web.words import GROUPS

blueprint = Blueprint("talks", __name__, url_prefix="/people/<uuid:member_id>/talk")

Page = tuple[str, int]


@blueprint.get("")
@hides(Permission.HELP_WITH_WISHES)
def show(member_id: uuid.UUID) -> str:
    """Show what somebody likes to do, what waits for their yes, and the form for a talk."""
    return _page(member_id, {}, 200)[0]


@blueprint.post("")
@hides(Permission.HELP_WITH_WISHES)
def note(member_id: uuid.UUID) -> Response | Page:
    """Note what somebody likes to do."""
    try:
        note_talents(
            db.session,
            member_id,
            request.form.getlist("kind"),
            offered=offered_kinds().keys(),
            said_yes=request.form.get("said_yes") == "yes",
            by=current_actor(),
            now=clock.now(),
        )
    except TalentError as refusal:
        db.session.rollback()
        return _page(member_id, {refusal.field: explain_wish(refusal)}, 422)
    db.session.commit()
    flash(gettext("Noted. It counts after their own yes."), "success")
    return redirect(url_for("talks.show", member_id=member_id), code=303)


@blueprint.post("/<code>/<any(yes, no):answer>")
@hides(Permission.HELP_WITH_WISHES)
def record(member_id: uuid.UUID, code: str, answer: str) -> Response:
    """Write down what somebody without e-mail answered."""
    record_answer(
        db.session, member_id, code, yes=answer == "yes", by=current_actor(), now=clock.now()
    )
    db.session.commit()
    flash(gettext("Saved. Thank you."), "success")
    return redirect(url_for("talks.show", member_id=member_id), code=303)


@blueprint.post("/<code>/end")
@hides(Permission.HELP_WITH_WISHES)
def end(member_id: uuid.UUID, code: str) -> Response:
    """Write down that somebody without e-mail does not like this any more."""
    take_back(db.session, member_id, code, by=current_actor(), now=clock.now())
    db.session.commit()
    flash(gettext("Saved. Thank you."), "success")
    return redirect(url_for("talks.show", member_id=member_id), code=303)


def _page(member_id: uuid.UUID, errors: dict[str, str], status: int) -> Page:
    actor = current_actor()
    details = person_for(db.session, member_id, by=actor)
    if details.member.account_id is None or member_id == actor.member_id:
        raise UnknownMember(member_id)
    write_down_opening(actor, member_id)
    kinds = all_categories(db.session, timebank_id=actor.timebank_id)
    rows = talents_of(db.session, member_id, by=actor)
    page = render_template(
        "wishes/talk.html",
        member_id=member_id,
        person=details.person,
        counting=[row for row in rows if row.counts],
        noted=[row for row in rows if not row.counts],
        words=talent_words_of(db.session, member_id, by=actor),
        categories=kinds,
        groups=kind_groups(kinds.values()),
        headings=GROUPS,
        chosen=set(request.form.getlist("kind")),
        typed=request.form,
        errors=errors,
        back_to=url_for("talks.show", member_id=member_id),
    )
    return page, status
