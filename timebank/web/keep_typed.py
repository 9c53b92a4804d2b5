# SPDX-License-Identifier: EUPL-1.2
"""Keep what was typed in the logging form when something else than its own button sends it."""

from __future__ import annotations

import uuid

from flask import request

from timebank import clock
from timebank.drafts.errors import UnknownDraft
from timebank.drafts.operations import save_draft
from timebank.drafts.queries import own_draft
from timebank.extensions import db
from timebank.members.policy import Permission
from timebank.web.guard import actor_or_none
from timebank.web.questions import FIELDS

SIDES = ("gave", "received")
SLIP = "slip"
"""Where a draft keeps the number of the paper slip that it began with."""


def keep_typed_answers() -> None:
    """Save the fields of the logging form, unchecked, in its draft; other forms have none."""
    actor = actor_or_none()
    typed = typed_answers()
    if typed and request.form.get("side") in SIDES:
        typed["side"] = request.form["side"]
    form_key = _form_key()
    if actor is None or form_key is None or not typed:
        return
    if not actor.can(Permission.FILL_IN_FORMS):
        return
    try:
        answers = own_draft(db.session, by=actor, form_key=form_key)
    except UnknownDraft:
        answers = {}
    save_draft(
        db.session, by=actor, form_key=form_key, answers={**answers, **typed}, now=clock.now()
    )
    db.session.commit()


def typed_answers() -> dict[str, str]:
    """Return the fields of the logging form that this request carries, however long.

    What is too long is shown again so that it can be shortened; the limit of a request bounds it.
    """
    return {name: request.form[name] for name in FIELDS if name in request.form}


def _form_key() -> uuid.UUID | None:
    try:
        return uuid.UUID(request.form.get("form_key", ""))
    except ValueError:
        return None
