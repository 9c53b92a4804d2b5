# SPDX-License-Identifier: EUPL-1.2
"""The first page: for a visitor what this is, for a member what changed and what to do next."""

from __future__ import annotations

from flask import Blueprint, render_template

from timebank import clock
from timebank.appointments.queries import next_and_waiting
from timebank.areas.queries import all_timebanks
from timebank.asking.queries import counts_for, question_for_oneself
from timebank.categories.queries import all_categories
from timebank.drafts.queries import newest_draft
from timebank.exchanges.queries import newest_of_member
from timebank.extensions import db
from timebank.members.policy import Actor, Permission
from timebank.statements.queries import own_balance
from timebank.talents.queries import noted_about
from timebank.web.frame import shown_timebank
from timebank.web.guard import actor_or_none, public
from timebank.web.suggestions import home_material
from timebank.web.waits import still_waits

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@public
def start() -> str:
    """Show the first page."""
    actor = actor_or_none()
    if actor is None:
        return render_template("home/visitor.html", timebanks=all_timebanks(db.session))
    return render_template("home/member.html", **_for_member(actor))


@blueprint.get("/health")
@public
def health() -> tuple[str, int]:
    """Say that the process answers; for whoever watches it. Reads nothing."""
    return "ok\n", 200


def _for_member(actor: Actor) -> dict[str, object]:
    page: dict[str, object] = {
        "actor": actor,
        "timebank": shown_timebank(),
        "sees_people": actor.can(Permission.READ_WHO_CONSENTED),
    }
    if actor.can(Permission.READ_OWN_STATEMENT) and actor.member_id is not None:
        page["balance"] = own_balance(db.session, by=actor)
        page["appointment"], page["unanswered"] = next_and_waiting(
            db.session, by=actor, today=clock.day_of(clock.now())
        )
        page["asked_about"] = question_for_oneself(db.session, by=actor)
        page["draft"] = newest_draft(db.session, by=actor)
        page["newest"] = newest_of_member(
            db.session, timebank_id=actor.timebank_id, member_id=actor.member_id
        )
        page["categories"] = all_categories(db.session, timebank_id=actor.timebank_id)
    if actor.can(Permission.KEEP_WISHES):
        page["noted"] = noted_about(db.session, by=actor)
        page |= home_material(actor)
    if actor.can(Permission.DECIDE_EXCHANGES):
        page["waiting"] = counts_for(db.session, by=actor)
        page["still"] = still_waits(actor)
    return page
