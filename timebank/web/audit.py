# SPDX-License-Identifier: EUPL-1.2
"""For administrators: who did what to whom, and erasing somebody who asked for it."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from timebank import clock
from timebank.deeds.queries import what_was_done
from timebank.erasure.errors import NobodyToErase
from timebank.extensions import db
from timebank.members.policy import Permission
from timebank.members.queries import names_by_id
from timebank.web.data_words import deed
from timebank.web.erasing import erase_now
from timebank.web.guard import current_actor, hides, requires

PAGE = 50

blueprint = Blueprint("audit", __name__)


@blueprint.get("/audit")
@requires(Permission.READ_AUDIT)
def show() -> str:
    """Show a page of the audit, newest first; of one member only where that is asked."""
    actor, about = current_actor(), _number("member")
    deeds = what_was_done(
        db.session, by=actor, about=about, before=_number("before"), limit=PAGE + 1
    )
    name = names_by_id(db.session, timebank_id=actor.timebank_id, member_ids=[about]).get(about)
    return render_template(
        "audit/show.html",
        deeds=deeds[:PAGE],
        older_than=deeds[PAGE - 1].event.id if len(deeds) > PAGE else None,
        about=about,
        about_name=name,
        deed=deed,
    )


@blueprint.get("/erase/<uuid:member_id>")
@hides(Permission.ERASE_MEMBERS)
def ask_erase(member_id: uuid.UUID) -> str:
    """Ask whether this is meant, with the name and with what goes and what stays."""
    name = names_by_id(
        db.session, timebank_id=current_actor().timebank_id, member_ids=[member_id]
    ).get(member_id)
    if name is None:
        raise NobodyToErase
    return render_template("audit/erase.html", member_id=member_id, name=name)


@blueprint.post("/erase/<uuid:member_id>")
@hides(Permission.ERASE_MEMBERS)
def erase(member_id: uuid.UUID) -> Response:
    """Erase somebody who asked for it."""
    erase_now(member_id, by=current_actor(), now=clock.now())
    flash(gettext("The personal data are gone. The hours of the others stayed."), "success")
    return redirect(url_for("audit.show"), code=303)


def _number(name: str) -> uuid.UUID | None:
    """Return a number from the address; anything else is as if it were not there."""
    try:
        return uuid.UUID(request.args.get(name, ""))
    except ValueError:
        return None
