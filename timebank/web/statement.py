# SPDX-License-Identifier: EUPL-1.2
"""A member's own hours: given and received, line by line."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask_babel import gettext

from timebank import clock
from timebank.categories.queries import all_categories
from timebank.exchanges.queries import newest_of_member
from timebank.exchanges.workflow import PENDING, ExchangeState
from timebank.extensions import db
from timebank.members.policy import Actor, Permission
from timebank.rules.queries import rules_between
from timebank.statements.queries import own_statement
from timebank.web.guard import current_actor, requires

blueprint = Blueprint("statement", __name__)

HIGHEST_SEQ = 2**31 - 1
MOST_UNBOOKED = 20
UNBOOKED = {
    "waiting": PENDING,
    "not_counted": (
        ExchangeState.REJECTED,
        ExchangeState.WITHDRAWN,
        ExchangeState.RETURNED,
        ExchangeState.REVERSED,
    ),
}
"""What stands on the first page beside the booked lines: nothing that was written down vanishes."""


@blueprint.get("/my-hours")
@requires(Permission.READ_OWN_STATEMENT)
def own() -> str:
    """Show a page of one's own statement, newest first."""
    actor = current_actor()
    statement = own_statement(db.session, by=actor, before_seq=_before())
    unbooked = {}
    if _before() is None and actor.member_id is not None:
        unbooked = {
            name: newest_of_member(
                db.session,
                timebank_id=actor.timebank_id,
                member_id=actor.member_id,
                limit=MOST_UNBOOKED,
                states=states,
            )
            for name, states in UNBOOKED.items()
        }
    return render_template(
        "statement/own.html",
        statement=statement,
        categories=all_categories(db.session, timebank_id=actor.timebank_id),
        today=clock.day_of(clock.now()),
        is_first_page=_before() is None,
        unbooked=unbooked,
        far_apart=_far_apart(statement.balance.posted_minutes, actor),
    )


def _far_apart(minutes: int, actor: Actor) -> str | None:
    """Return a kind word for who gave or received more than the neighbourhood mentions."""
    rules = rules_between(
        db.session, timebank_id=actor.timebank_id, codes=[actor.neighbourhood_code]
    )
    if rules.most_received_minutes and -minutes > rules.most_received_minutes:
        return str(
            gettext(
                "You received a lot of help. That is fine."
                " Is there something you would like to do for somebody?"
            )
        )
    if rules.most_given_minutes and minutes > rules.most_given_minutes:
        return str(gettext("You gave a lot of help. Thank you. You may ask for help too."))
    return None


def _before() -> int | None:
    """Return where the page starts; anything that is no line number starts at the newest."""
    number = request.args.get("before", type=int)
    return number if number is not None and 0 < number <= HIGHEST_SEQ else None
