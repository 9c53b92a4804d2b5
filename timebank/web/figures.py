# SPDX-License-Identifier: EUPL-1.2
"""Figures per neighbourhood: exact for coordinators, rounded and guarded for everyone."""

from __future__ import annotations

import datetime

from flask import Blueprint, abort, render_template, request

from timebank import clock
from timebank.areas.queries import timebank_by_slug
from timebank.categories.policy import STEPS, light_share
from timebank.extensions import db
from timebank.figures.policy import CATALOGUE
from timebank.figures.queries import quarter_figures
from timebank.members.policy import Permission
from timebank.statements.policy import Quarter, quarter_of
from timebank.statements.queries import published_figures
from timebank.web import figure_words
from timebank.web.frame import show_timebank
from timebank.web.guard import current_actor, public, requires

blueprint = Blueprint("figures", __name__)

QUARTERS_SHOWN = 4


@blueprint.get("/neighbourhoods")
@requires(Permission.READ_EXACT_FIGURES)
def exact() -> str:
    """Show the exact figures of the coordinator's own neighbourhoods."""
    newest = newest_quarter()
    quarter = asked_quarter(newest)
    figures = quarter_figures(db.session, by=current_actor(), quarter=quarter)
    return render_template(
        "figures/exact.html",
        steps=[(step, figures.steps.get(step, 0)) for step in STEPS],
        light_share=light_share(dict(figures.steps)),
        rows=figures.rows,
        quarter=quarter,
        quarters=quarters_up_to(newest),
        is_running=quarter == newest,
    )


@blueprint.get("/figures/about")
@public
def about() -> str:
    """Tell everyone what each figure means and what it is counted from."""
    return render_template("figures/about.html", catalogue=CATALOGUE, words=figure_words)


@blueprint.get("/timebanks/<slug>")
@public
def published(slug: str) -> str:
    """Show everyone what may be published; only quarters that are over."""
    timebank = timebank_by_slug(db.session, slug)
    show_timebank(timebank)
    newest = newest_quarter().previous()
    quarter = asked_quarter(newest)
    return render_template(
        "figures/published.html",
        timebank=timebank,
        rows=published_figures(db.session, timebank_id=timebank.id, quarter=quarter),
        quarter=quarter,
        quarters=quarters_up_to(newest),
    )


def today() -> datetime.date:
    """Return the day it is in the Netherlands."""
    return clock.day_of(clock.now())


def newest_quarter() -> Quarter:
    """Return the quarter of today."""
    return quarter_of(today())


def quarters_up_to(newest: Quarter) -> list[Quarter]:
    """Return the quarters that are offered, newest first."""
    quarters = [newest]
    while len(quarters) < QUARTERS_SHOWN:
        quarters.append(quarters[-1].previous())
    return quarters


def asked_quarter(newest: Quarter) -> Quarter:
    """Return the quarter in the address, or the newest. One that is not offered answers 404."""
    code = request.args.get("quarter")
    if code is None:
        return newest
    for quarter in quarters_up_to(newest):
        if quarter.code == code:
            return quarter
    return abort(404)
