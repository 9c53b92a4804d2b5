# SPDX-License-Identifier: EUPL-1.2
"""The rules of the neighbourhoods: coordinators read them, administrators change them."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from timebank import clock
from timebank.areas.models import Neighbourhood
from timebank.areas.queries import neighbourhoods_of
from timebank.extensions import db
from timebank.members.policy import Permission
from timebank.rules.errors import RuleOutOfBounds, UnknownPlace
from timebank.rules.operations import change_rules
from timebank.rules.policy import BOUNDS, Rules
from timebank.rules.queries import rules_by_place
from timebank.web.guard import current_actor, requires
from timebank.web.rule_words import IN_HOURS, RULES

blueprint = Blueprint("rules", __name__, url_prefix="/rules")


@blueprint.get("")
@requires(Permission.DECIDE_EXCHANGES)
def places() -> str:
    """Show the rules of every neighbourhood within the actor's reach."""
    actor = current_actor()
    reach = actor.reach(Permission.DECIDE_EXCHANGES)
    chosen = rules_by_place(db.session, timebank_id=actor.timebank_id)
    every = neighbourhoods_of(db.session, timebank_id=actor.timebank_id)
    shown = [
        (place, chosen.get(place.code, Rules())) for place in every if reach.covers(place.code)
    ]
    return render_template(
        "rules/places.html",
        places=shown,
        words=RULES,
        in_hours=IN_HOURS,
        may_change=actor.can(Permission.CHANGE_RULES),
    )


@blueprint.get("/<code>")
@requires(Permission.CHANGE_RULES)
def ask(code: str) -> str:
    """Show the form with the rules of one neighbourhood."""
    place = _place(code)
    found = rules_by_place(db.session, timebank_id=place.timebank_id).get(code, Rules())
    typed = {field: str(getattr(found, field)) for field in BOUNDS}
    return _form(place, typed | {"limits_block": "yes" if found.limits_block else ""}, {})


@blueprint.post("/<code>")
@requires(Permission.CHANGE_RULES)
def change(code: str) -> Response | tuple[str, int]:
    """Let other rules count from now on; what does not fit is said at its field."""
    place, typed = _place(code), request.form.to_dict()
    try:
        change_rules(db.session, code, _typed(typed), by=current_actor(), now=clock.now())
    except RuleOutOfBounds as refusal:
        db.session.rollback()
        words = gettext(
            "Write a whole number between %(least)s and %(most)s.",
            least=refusal.least,
            most=refusal.most,
        )
        return _form(place, typed, {refusal.field: words}), 422
    db.session.commit()
    flash(gettext("The rules count from now on."), "success")
    return redirect(url_for("rules.places"), code=303)


def _typed(form: Mapping[str, str]) -> Rules:
    """Return the rules that were typed.

    Raises:
        RuleOutOfBounds: something is no whole number.
    """
    values: dict[str, int] = {}
    for field, bounds in BOUNDS.items():
        text = form.get(field, "").strip()
        if not (text.isascii() and text.isdigit()) or len(text) > 6:  # noqa: PLR2004
            raise RuleOutOfBounds(field, *bounds)
        values[field] = int(text)
    return Rules(**values, limits_block=form.get("limits_block") == "yes")


def _place(code: str) -> Neighbourhood:
    timebank_id = current_actor().timebank_id
    for place in neighbourhoods_of(db.session, timebank_id=timebank_id):
        if place.code == code:
            return place
    raise UnknownPlace


def _form(place: Neighbourhood, typed: Mapping[str, str], errors: Mapping[str, str]) -> str:
    return render_template(
        "rules/change.html", place=place, typed=typed, errors=errors, words=RULES
    )
