# SPDX-License-Identifier: EUPL-1.2
"""Group activities: what there was, writing one down, seeing how its hours are shared, booking."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from timebank import clock
from timebank.activities.operations import BookActivity, book_activity, check_activity
from timebank.activities.policy import Part
from timebank.activities.queries import (
    Taking,
    activity_for,
    initiatives,
    newest_activities,
)
from timebank.areas.queries import neighbourhoods_of
from timebank.categories.models import Boundary
from timebank.categories.queries import all_categories, open_categories
from timebank.exchanges.errors import ExchangeError, FormKeyUsed
from timebank.extensions import db
from timebank.members.policy import Permission
from timebank.members.queries import names_by_id
from timebank.web.activity_form import explain_at_field, read_activity, typed_in
from timebank.web.guard import current_actor, requires
from timebank.web.words import INITIATORS

blueprint = Blueprint("activities", __name__, url_prefix="/activities")

Page = tuple[str, int]


@blueprint.get("")
@requires(Permission.DECIDE_EXCHANGES)
def everything() -> str:
    """Show the latest activities, and how many of them residents started."""
    actor = current_actor()
    return render_template(
        "activities/everything.html",
        activities=newest_activities(db.session, by=actor),
        initiatives=initiatives(db.session, by=actor, today=clock.day_of(clock.now())),
        categories=all_categories(db.session, timebank_id=actor.timebank_id),
        names=_place_names(),
    )


@blueprint.get("/new")
@requires(Permission.DECIDE_EXCHANGES)
def new() -> str:
    """Ask everything about an activity on one page; the worklist fills in kind and place."""
    return _form(typed_in(request.args), {}, 200)[0]


@blueprint.post("")
@requires(Permission.DECIDE_EXCHANGES)
def enter() -> Response | Page:
    """Show how the hours are shared, go back to the form, or book: what the button says."""
    typed, step = typed_in(request.form), request.form.get("step", "check")
    if step == "change":
        return _form(typed, {}, 200)
    actor = current_actor()
    command, errors = read_activity(db.session, typed, timebank_id=actor.timebank_id)
    if command is None:
        return _form(typed, errors, 422)
    try:
        if step == "book":
            booked = book_activity(db.session, command, by=actor, now=clock.now())
            db.session.commit()
            flash(gettext("Booked. The helpers see their hours now."), "success")
            return redirect(url_for("activities.show", activity_id=booked.activity_id), code=303)
        parts = check_activity(db.session, command, by=actor, now=clock.now())
        return _check(typed, command, parts)
    except FormKeyUsed:
        raise
    except ExchangeError as refusal:
        db.session.rollback()
        return _form(typed, explain_at_field(refusal), 422)


@blueprint.get("/<uuid:activity_id>")
@requires(Permission.SEE_HOME)
def show(activity_id: uuid.UUID) -> str:
    """Show an activity to coordinators, and to who took part their own part of it."""
    actor = current_actor()
    view = activity_for(db.session, activity_id, by=actor)
    categories = all_categories(db.session, timebank_id=actor.timebank_id)
    return render_template(
        "activities/show.html",
        activity=view.activity,
        helpers=view.helpers,
        helped=view.helped,
        whole=actor.can(Permission.DECIDE_EXCHANGES),
        category=categories[view.activity.category_code],
        place_name=_place_names().get(view.activity.neighbourhood_code, ""),
        initiators=INITIATORS,
    )


def _form(typed: Mapping[str, str], errors: Mapping[str, str], status: int) -> Page:
    actor = current_actor()
    reach = actor.reach(Permission.DECIDE_EXCHANGES)
    page = render_template(
        "activities/form.html",
        typed=typed,
        errors=errors,
        offered=[
            one
            for one in open_categories(db.session, timebank_id=actor.timebank_id)
            if one.is_group_activity and one.boundary is not Boundary.PROFESSIONAL_ONLY
        ],
        places=[(code, name) for code, name in _place_names().items() if reach.covers(code)],
        initiators=INITIATORS,
        back_to=url_for("activities.new"),
    )
    return page, status


def _check(typed: Mapping[str, str], command: BookActivity, parts: Sequence[Part]) -> Page:
    actor = current_actor()
    page = render_template(
        "activities/check.html",
        typed=typed,
        command=command,
        category=all_categories(db.session, timebank_id=actor.timebank_id)[command.category_code],
        helpers=_takings([(part.helper_id, part.minutes) for part in parts]),
        helped=_takings([(part.helped_id, part.minutes) for part in parts if part.helped_id]),
        back_to=url_for("activities.new"),
    )
    return page, 200


def _takings(pairs: Sequence[tuple[uuid.UUID, int]]) -> list[Taking]:
    total: dict[uuid.UUID, int] = defaultdict(int)
    for member_id, minutes in pairs:
        total[member_id] += minutes
    names = names_by_id(db.session, timebank_id=current_actor().timebank_id, member_ids=list(total))
    return [Taking(one, names.get(one), minutes) for one, minutes in total.items()]


def _place_names() -> dict[str, str]:
    places = neighbourhoods_of(db.session, timebank_id=current_actor().timebank_id)
    return {place.code: place.name for place in places}
