# SPDX-License-Identifier: EUPL-1.2
"""A few words of thanks: the helped one writes, a coordinator reads first, the helper reads."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from timebank import clock
from timebank.categories.queries import all_categories
from timebank.exchanges.errors import AlreadyDecided, NoteNotReadable, NoteTooLong
from timebank.exchanges.queries import exchange_for
from timebank.extensions import db
from timebank.members.policy import Permission
from timebank.thanks.errors import AlreadyThanked, ThanksMissing
from timebank.thanks.operations import read_thanks, write_thanks
from timebank.web.guard import current_actor, requires
from timebank.web.words import explain

blueprint = Blueprint("thanks", __name__, url_prefix="/exchanges/<uuid:exchange_id>/thanks")


@blueprint.post("")
@requires(Permission.FILL_IN_FORMS)
def write(exchange_id: uuid.UUID) -> Response | tuple[str, int]:
    """Write a thank-you."""
    words = request.form.get("thanks", "").replace("\r\n", "\n")
    actor = current_actor()
    try:
        write_thanks(db.session, exchange_id, words, by=actor, now=clock.now())
    except AlreadyThanked as refusal:
        db.session.rollback()
        flash(explain(refusal), "info")
        return redirect(url_for("exchanges.show", exchange_id=exchange_id), code=303)
    except (ThanksMissing, NoteTooLong, NoteNotReadable) as refusal:
        db.session.rollback()
        page = render_template(
            "thanks/write.html",
            exchange=exchange_for(db.session, exchange_id, by=actor),
            categories=all_categories(db.session, timebank_id=actor.timebank_id),
            words=words,
            error=explain(refusal),
            back_to=url_for("exchanges.show", exchange_id=exchange_id),
        )
        return page, 422
    db.session.commit()
    flash(gettext("Thank you. The coordinator reads it first."), "success")
    return redirect(url_for("exchanges.show", exchange_id=exchange_id), code=303)


@blueprint.post("/<any(show, keep):what>")
@requires(Permission.DECIDE_EXCHANGES)
def read(exchange_id: uuid.UUID, what: str) -> Response:
    """Let the helper read it, or keep it back."""
    show = what == "show"
    try:
        read_thanks(db.session, exchange_id, show=show, by=current_actor(), now=clock.now())
    except AlreadyDecided as refusal:
        db.session.rollback()
        flash(explain(refusal), "info")
        return redirect(url_for("desk.waiting"), code=303)
    db.session.commit()
    shown, kept = gettext("The helper can read it now."), gettext("The helper does not see it.")
    flash(shown if show else kept, "success")
    return redirect(url_for("desk.waiting"), code=303)
