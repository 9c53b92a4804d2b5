# SPDX-License-Identifier: EUPL-1.2
"""Exceptions to the line with professionals: the list of them, and allowing one with a reason."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from timebank import clock
from timebank.boundaries.errors import OverrideError
from timebank.boundaries.operations import AllowOverride, allow_override
from timebank.boundaries.policy import LONGEST_REASON
from timebank.boundaries.queries import PAGE, overrides
from timebank.categories.policy import safety_of
from timebank.categories.queries import all_categories
from timebank.exchanges.errors import UnknownOther
from timebank.extensions import db
from timebank.members.policy import Permission
from timebank.web.boundary_words import explain_boundary
from timebank.web.guard import current_actor, hides
from timebank.web.person_form import resident_called
from timebank.web.words import explain

blueprint = Blueprint("overrides", __name__, url_prefix="/exceptions")

Page = tuple[str, int]


@blueprint.get("")
@hides(Permission.ALLOW_OVERRIDES)
def show() -> str:
    """Show the exceptions within reach, the newest first, and the form to allow one."""
    return _page({}, 200)[0]


@blueprint.post("/allow")
@hides(Permission.ALLOW_OVERRIDES)
def allow() -> Response | Page:
    """Allow one exception."""
    people: dict[str, uuid.UUID | None] = {}
    for field in ("helper", "helped"):
        try:
            found = resident_called(current_actor().timebank_id, field)
        except UnknownOther as refusal:
            return _page({field: explain(refusal)}, 422)
        people[field] = found.member_id if found else None
    command = AllowOverride(
        _uuid("key") or uuid.uuid4(),
        people["helper"],
        people["helped"],
        request.form.get("category", ""),
        request.form.get("reason", "").replace("\r\n", "\n"),
    )
    try:
        allow_override(db.session, command, by=current_actor(), now=clock.now())
    except OverrideError as refusal:
        db.session.rollback()
        return _page({refusal.field: explain_boundary(refusal)}, 422)
    db.session.commit()
    flash(gettext("The two can write this help down once."), "success")
    return redirect(url_for("overrides.show"), code=303)


def _uuid(name: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.values.get(name, ""))
    except ValueError:
        return None


def _page(errors: dict[str, str], status: int) -> Page:
    actor = current_actor()
    rows = overrides(db.session, by=actor, before=_uuid("before"))
    categories = all_categories(db.session, timebank_id=actor.timebank_id)
    page = render_template(
        "overrides/show.html",
        rows=rows[:PAGE],
        older_than=rows[PAGE - 1].override_id if len(rows) > PAGE else None,
        categories=categories,
        kinds=[one for one in categories.values() if safety_of(one.code).exception],
        longest=LONGEST_REASON,
        errors=errors,
        typed=request.form,
        key=_uuid("key") or uuid.uuid4(),
        back_to=url_for("overrides.show"),
    )
    return page, status
