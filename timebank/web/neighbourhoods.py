# SPDX-License-Identifier: EUPL-1.2
"""For coordinators: balances on a day, who helped whom, indicators, and the lines behind them."""

from __future__ import annotations

import datetime
import uuid

from flask import Blueprint, abort, render_template, request
from flask_babel import gettext

from timebank.categories.queries import all_categories
from timebank.extensions import db
from timebank.figures.behind import PAGE, Which, lines_behind
from timebank.figures.errors import UnknownPlace
from timebank.figures.indicators import quarter_report
from timebank.figures.places import (
    Spot,
    ground_of,
    own_places,
    spot_called,
    spots_of,
)
from timebank.figures.policy import INDICATORS, Level
from timebank.figures.queries import ELSEWHERE, area_balances, flow_matrix
from timebank.members.policy import Permission
from timebank.pot.models import POT_CODE
from timebank.web import figure_words
from timebank.web.figures import asked_quarter, newest_quarter, quarters_up_to, today
from timebank.web.guard import current_actor, requires

blueprint = Blueprint("neighbourhoods", __name__, url_prefix="/neighbourhoods")

EARLIEST_YEAR = 2000
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


@blueprint.get("/balances")
@requires(Permission.READ_EXACT_FIGURES)
def balances() -> str | tuple[str, int]:
    """Show what each area gave and received from the beginning up to the end of a day."""
    level = _asked_level()
    typed = {part: request.args.get(f"on_{part}", "") for part in ("day", "month", "year")}
    on, error = _asked_day(typed)
    shown = today() if on is None else on
    rows = area_balances(db.session, by=current_actor(), on=shown, level=level)
    page = render_template(
        "figures/balances.html",
        rows=rows,
        pot=POT_CODE,
        on=shown,
        is_today=shown == today(),
        typed=typed,
        error=error,
        level=level,
        levels=figure_words.LEVELS,
        today=today(),
    )
    return (page, 422) if error else page


@blueprint.get("/flows")
@requires(Permission.READ_EXACT_FIGURES)
def flows() -> str:
    """Show who helped whom in a quarter, neighbourhood by neighbourhood."""
    newest = newest_quarter()
    quarter = asked_quarter(newest)
    matrix = flow_matrix(db.session, by=current_actor(), quarter=quarter)
    return render_template(
        "figures/flows.html",
        matrix=matrix,
        names={code: place_name(code, dict(matrix.names)) for code in matrix.codes},
        elsewhere=ELSEWHERE,
        quarter=quarter,
        quarters=quarters_up_to(newest),
        is_running=quarter == newest,
    )


@blueprint.get("/indicators")
@requires(Permission.READ_EXACT_FIGURES)
def indicators() -> str:
    """Show the indicators of an area in a quarter, each with its sentence."""
    newest, actor = newest_quarter(), current_actor()
    quarter = asked_quarter(newest)
    ground = ground_of(db.session, timebank_id=actor.timebank_id)
    spots = spots_of(ground, own_places(ground, actor))
    spot = _asked_spot(spots)
    report = quarter_report(db.session, ground, quarter=quarter, codes=sorted(spot.codes))
    return render_template(
        "figures/indicators.html",
        report=report,
        indicators=INDICATORS,
        words=figure_words,
        spot=spot,
        spots=spots,
        quarter=quarter,
        quarters=quarters_up_to(newest),
        is_running=quarter == newest,
        categories=all_categories(db.session, timebank_id=actor.timebank_id),
    )


@blueprint.get("/lines")
@requires(Permission.READ_EXACT_FIGURES)
def lines() -> str:
    """Show the bookings behind the figures of a quarter, fifty a page; of an area its help."""
    newest, actor = newest_quarter(), current_actor()
    quarter = asked_quarter(newest)
    ground = ground_of(db.session, timebank_id=actor.timebank_id)
    way = request.args.get("giver"), request.args.get("receiver")
    spot = None
    if "area" in request.args:
        spot = _asked_spot(spots_of(ground, own_places(ground, actor)))
    try:
        rows = lines_behind(
            db.session,
            ground,
            by=actor,
            quarter=quarter,
            which=Which(*way, area=None if spot is None else spot.codes),
            before=_asked_place(),
            limit=PAGE + 1,
        )
    except UnknownPlace:
        abort(404)
    names = {place.code: place.name for place in ground.places}
    return render_template(
        "figures/lines.html",
        rows=rows[:PAGE],
        more=len(rows) > PAGE,
        names={code: place_name(code, names) for code in ground.codes},
        way=way,
        spot=spot,
        place_of=place_of,
        quarter=quarter,
        categories=all_categories(db.session, timebank_id=actor.timebank_id),
    )


def place_name(code: str, names: dict[str, str]) -> str:
    """Name a neighbourhood, the pot, or the others together."""
    others: dict[str, str] = {
        POT_CODE: gettext("The pot of the timebank"),
        ELSEWHERE: gettext("Other neighbourhoods"),
    }
    return others.get(code) or names[code]


def _asked_level() -> Level:
    try:
        return Level(request.args.get("level", Level.NEIGHBOURHOOD))
    except ValueError:
        return abort(404)


def _asked_spot(spots: list[Spot]) -> Spot:
    """Return the area in the address, or the one that holds the most; another answers 404."""
    try:
        return spot_called(spots, request.args.get("area"))
    except UnknownPlace:
        return abort(404)


def _asked_day(typed: dict[str, str]) -> tuple[datetime.date | None, str | None]:
    """Read the day in the address: nothing is today; what is no day, or to come, is an error."""
    if not any(typed.values()):
        return None, None
    if not all(len(part) <= 4 and part.isascii() and part.isdigit() for part in typed.values()):  # noqa: PLR2004 - a year has four figures
        return None, gettext("Write the day as 9, 3 and 2026.")
    try:
        day = datetime.date(int(typed["year"]), int(typed["month"]), int(typed["day"]))
    except ValueError:
        return None, gettext("This day is not on the calendar. Write it as 9, 3 and 2026.")
    if day > today():
        return None, gettext("This day is still to come. Choose today or an earlier day.")
    if day.year < EARLIEST_YEAR:
        return None, gettext("This day is too long ago. Choose a day after 1999.")
    return day, None


def _asked_place() -> tuple[datetime.datetime, uuid.UUID] | None:
    """Return where the page before ended; anything that is no such place is as if it was absent."""
    at, _, key = request.args.get("before", "").partition(" ")
    try:
        return _EPOCH + datetime.timedelta(microseconds=int(at)), uuid.UUID(key)
    except (ValueError, OverflowError):
        return None


def place_of(moment: datetime.datetime, key: uuid.UUID) -> str:
    """Spell where a page ended, for the address of the next."""
    return f"{(moment - _EPOCH) // datetime.timedelta(microseconds=1)} {key}"
