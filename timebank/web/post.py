# SPDX-License-Identifier: EUPL-1.2
"""Letters by post: hours and decisions on A4, for people without e-mail in a neighbourhood."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import force_locale, gettext
from markupsafe import Markup
from werkzeug.wrappers import Response

from timebank import clock
from timebank.categories.queries import all_categories
from timebank.extensions import db
from timebank.letters.operations import print_letters
from timebank.letters.queries import letters_of
from timebank.members.policy import Permission
from timebank.paper.policy import member_number
from timebank.web.guard import current_actor, requires
from timebank.web.paper import form_key_of
from timebank.web.words import ACTIONS, REASONS

blueprint = Blueprint("post", __name__, url_prefix="/paper/letters")


@blueprint.post("")
@requires(Permission.LOG_FOR_OTHERS)
def make() -> Response:
    """Make the letters that are due in a neighbourhood, and go to them."""
    print_id = print_letters(
        db.session,
        form_key_of(),
        neighbourhood_code=request.form.get("neighbourhood", ""),
        by=current_actor(),
        now=clock.now(),
    )
    db.session.commit()
    if print_id is None:
        flash(gettext("Everyone without e-mail has a letter of today."), "info")
        return redirect(url_for("paper.start"), code=303)
    return redirect(url_for("post.show", print_id=print_id), code=303)


@blueprint.get("/<uuid:print_id>")
@requires(Permission.LOG_FOR_OTHERS)
def show(print_id: uuid.UUID) -> str:
    """Show the letters of a print, each in its reader's language, to print as often as needed."""
    actor = current_actor()
    categories = all_categories(db.session, timebank_id=actor.timebank_id)
    sheets = []
    for letter in letters_of(db.session, print_id, by=actor):
        with force_locale(letter.language):
            sheet = render_template(
                "paper/_letter.html",
                letter=letter,
                number=member_number(letter.number),
                categories=categories,
                actions=ACTIONS,
                reasons=REASONS,
                today=clock.day_of(clock.now()),
            )
        # The template has escaped every word of it already.
        sheets.append((letter.language, Markup(sheet)))  # noqa: S704 - see above
    return render_template("paper/letters.html", sheets=sheets)
