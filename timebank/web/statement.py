# SPDX-License-Identifier: EUPL-1.2
"""A member's own hours: given and received, line by line."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from timebank import clock
from timebank.categories.queries import all_categories
from timebank.extensions import db
from timebank.members.policy import Permission
from timebank.statements.queries import own_statement
from timebank.web.guard import current_actor, requires

blueprint = Blueprint("statement", __name__)

HIGHEST_SEQ = 2**31 - 1


@blueprint.get("/my-hours")
@requires(Permission.READ_OWN_STATEMENT)
def own() -> str:
    """Show a page of one's own statement, newest first."""
    actor = current_actor()
    statement = own_statement(db.session, by=actor, before_seq=_before())
    return render_template(
        "statement/own.html",
        statement=statement,
        categories=all_categories(db.session, timebank_id=actor.timebank_id),
        today=clock.day_of(clock.now()),
        is_first_page=_before() is None,
    )


def _before() -> int | None:
    """Return where the page starts; anything that is no line number starts at the newest."""
    number = request.args.get("before", type=int)
    return number if number is not None and 0 < number <= HIGHEST_SEQ else None
