# SPDX-License-Identifier: EUPL-1.2
"""Figures per neighbourhood: exact for coordinators, rounded and guarded for everyone."""

from __future__ import annotations

import datetime

from flask import Blueprint, abort, render_template, request

from timebank import clock
from timebank.areas.queries import timebank_by_slug
from timebank.categories.policy import STEPS, light_share
from timebank.extensions import db
from timebank.members.policy import Permission
from timebank.showing.queries import shown_to_everyone
from timebank.statements.policy import Quarter, quarter_of
from timebank.statements.queries import exact_figures, exchanges_by_step
from timebank.web.frame import show_timebank
from timebank.web.guard import current_actor, public, requires

blueprint = Blueprint("figures", __name__)

QUARTERS_SHOWN = 4


@blueprint.get("/neighbourhoods")
@requires(Permission.READ_EXACT_FIGURES)
def exact() -> str:
    """Show the exact figures of the coordinator's own neighbourhoods."""
    newest = quarter_of(_today())
    quarter = _asked_for(newest)
    steps = exchanges_by_step(db.session, by=current_actor(), quarter=quarter)
    return render_template(
        "figures/exact.html",
        steps=[(step, steps.get(step, 0)) for step in STEPS],
        light_share=light_share(steps),
        rows=exact_figures(db.session, by=current_actor(), quarter=quarter),
        quarter=quarter,
        quarters=_back_from(newest),
        is_running=quarter == newest,
    )


@blueprint.get("/timebanks/<slug>")
@public
def published(slug: str) -> str:
    """Show everyone what may be published; only quarters that are over."""
    timebank = timebank_by_slug(db.session, slug)
    show_timebank(timebank)
    newest = quarter_of(_today()).previous()
    quarter = _asked_for(newest)
    return render_template(
        "figures/published.html",
        timebank=timebank,
        rows=shown_to_everyone(
            db.session,
            timebank_id=timebank.id,
            first_day=quarter.first_day,
            last_day=quarter.last_day,
        ).rows,
        quarter=quarter,
        quarters=_back_from(newest),
    )


def _today() -> datetime.date:
    return clock.day_of(clock.now())


def _back_from(newest: Quarter) -> list[Quarter]:
    quarters = [newest]
    while len(quarters) < QUARTERS_SHOWN:
        quarters.append(quarters[-1].previous())
    return quarters


def _asked_for(newest: Quarter) -> Quarter:
    """Return the quarter in the address, or the newest. One that is not offered answers 404."""
    code = request.args.get("quarter")
    if code is None:
        return newest
    for quarter in _back_from(newest):
        if quarter.code == code:
            return quarter
    return abort(404)
