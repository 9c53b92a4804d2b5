# SPDX-License-Identifier: EUPL-1.2
"""Figures per neighbourhood: exact for coordinators, rounded and guarded for everyone."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from flask import Blueprint, abort, render_template, request, url_for
from flask_babel import gettext, ngettext

from timebank import clock
from timebank.areas.queries import outlines_of, timebank_by_slug
from timebank.categories.policy import STEPS, light_share
from timebank.charts.maps import Spot, area_map, tile_grid
from timebank.extensions import db
from timebank.figures.places import ground_of
from timebank.figures.policy import CATALOGUE
from timebank.figures.queries import quarter_figures
from timebank.members.policy import Permission
from timebank.publication.figures import Cell
from timebank.showing.policy import Shown
from timebank.showing.queries import shown_of
from timebank.statements.policy import Quarter, quarter_of
from timebank.web import figure_words, report_words
from timebank.web.filters import in_a_row
from timebank.web.frame import show_timebank, shown_timebank
from timebank.web.guard import actor_or_none, current_actor, public, requires
from timebank.web.words import LADDER

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
        step_words=LADDER,
        rows=figures.rows,
        quarter=quarter,
        quarters=quarters_up_to(newest),
        is_running=quarter == newest,
    )


@blueprint.get("/figures/about")
@public
def about() -> str:
    """Tell everyone what each figure means and what it is counted from."""
    actor = actor_or_none()
    return render_template(
        "figures/about.html",
        catalogue=CATALOGUE,
        words=figure_words,
        reads_exact=actor is not None and actor.can(Permission.READ_EXACT_FIGURES),
        timebank=shown_timebank(),
    )


@blueprint.get("/timebanks/<slug>")
@public
def published(slug: str) -> str:
    """Show everyone what may be published; only quarters that are over."""
    timebank = timebank_by_slug(db.session, slug)
    show_timebank(timebank)
    newest = newest_quarter().previous()
    quarter = asked_quarter(newest)
    ground = ground_of(db.session, timebank_id=timebank.id)
    (shown,) = shown_of(db.session, ground, [quarter])
    outlines = outlines_of(db.session, timebank_id=timebank.id)
    return render_template(
        "figures/published.html",
        timebank=timebank,
        rows=shown.rows,
        pages={
            place.name: url_for("area_pages.neighbourhood", slug=slug, code=place.code)
            for place in ground.places
        },
        thresholds=shown.thresholds,
        words=report_words,
        area_map=area_map(_spots(shown, outlines)),
        grid=tile_grid(_tiles(shown)),
        quarter=quarter,
        quarters=quarters_up_to(newest),
    )


def _tiles(shown: Shown) -> list[Spot]:
    """Say of each figure how many people took part; areas that stand together are one tile."""
    return [Spot(in_a_row(names), _count(cell), _people(cell)) for names, cell in shown.rows]


def _spots(shown: Shown, outlines: Mapping[str, str]) -> list[Spot]:
    """Say of each neighbourhood how many people took part, and with which it stands together."""
    spots = []
    for code, name in sorted(shown.names.items(), key=lambda place: (place[1], place[0])):
        cell = shown.publication.cell_of(code)
        words = _people(cell)
        others = [other for other in (cell.areas if cell else ()) if other != code]
        if others:
            names = in_a_row(sorted(shown.names[other] for other in others))
            words = gettext("%(people)s, together with %(names)s", people=words, names=names)
        spots.append(Spot(name, _count(cell), words, outlines.get(code)))
    return spots


def _count(cell: Cell | None) -> int | None:
    return None if cell is None else cell.active_people


def _people(cell: Cell | None) -> str | None:
    if cell is None:
        return None
    return str(ngettext("about one person", "about %(num)s people", cell.active_people))


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
