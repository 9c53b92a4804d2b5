# SPDX-License-Identifier: EUPL-1.2
"""What I like to do: one page with pictograms, and a yes or no to what was noted in a talk."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from timebank import clock
from timebank.categories.queries import all_categories
from timebank.extensions import db
from timebank.members.policy import Permission
from timebank.talents.errors import TalentError
from timebank.talents.operations import answer_noted, keep_talents
from timebank.talents.queries import own_talent_words, own_talents
from timebank.web.guard import current_actor, requires
from timebank.web.kinds import kind_groups, offered_kinds
from timebank.web.wish_words import explain_wish
from timebank.web.words import GROUPS

blueprint = Blueprint("my_talents", __name__, url_prefix="/my-talents")

Page = tuple[str, int]


@blueprint.get("")
@requires(Permission.KEEP_WISHES)
def show() -> str:
    """Show what I like to do, and what a coordinator noted that I have not answered."""
    return _page({}, 200)[0]


@blueprint.post("")
@requires(Permission.KEEP_WISHES)
def keep() -> Response | Page:
    """Keep what I like to do."""
    try:
        keep_talents(
            db.session,
            request.form.getlist("kind"),
            request.form.get("words", "").replace("\r\n", "\n"),
            offered=offered_kinds().keys(),
            by=current_actor(),
            now=clock.now(),
        )
    except TalentError as refusal:
        db.session.rollback()
        return _page({refusal.field: explain_wish(refusal)}, 422)
    db.session.commit()
    flash(gettext("Saved. Thank you. You are not bound to anything."), "success")
    return redirect(url_for("my_talents.show"), code=303)


@blueprint.post("/<code>/<any(yes, no):answer>")
@requires(Permission.KEEP_WISHES)
def say(code: str, answer: str) -> Response:
    """Say whether a talent that was noted in a talk is right (policy row L14)."""
    yes = answer == "yes"
    answer_noted(db.session, code, yes=yes, by=current_actor(), now=clock.now())
    db.session.commit()
    words = gettext("Good to know. Thank you.") if yes else gettext("That is fine. It is gone.")
    flash(words, "success")
    return redirect(url_for("my_talents.show"), code=303)


def _page(errors: dict[str, str], status: int) -> Page:
    actor = current_actor()
    rows = own_talents(db.session, by=actor)
    kinds = all_categories(db.session, timebank_id=actor.timebank_id)
    again = status != 200  # noqa: PLR2004
    chosen = {row.category_code for row in rows if row.counts}
    page = render_template(
        "wishes/talents.html",
        groups=kind_groups(kinds.values()),
        headings=GROUPS,
        categories=kinds,
        noted=[row for row in rows if not row.counts],
        chosen=set(request.form.getlist("kind")) if again else chosen,
        words=request.form.get("words", "") if again else own_talent_words(db.session, by=actor),
        errors=errors,
        back_to=url_for("my_talents.show"),
    )
    return page, status
