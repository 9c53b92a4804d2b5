# SPDX-License-Identifier: EUPL-1.2
"""What leaves the house: the page of the municipality, and results reports in every form."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from timebank import clock
from timebank.areas.models import Timebank
from timebank.categories.models import HelpCategory
from timebank.categories.queries import all_categories
from timebank.charts.bars import bars
from timebank.charts.flows import FlowPicture, flows
from timebank.documents.drawing import drawn
from timebank.extensions import db
from timebank.figures.places import EVERYTHING, Ground, ground_of, own_places, spots_of
from timebank.figures.policy import Level
from timebank.members.policy import Permission
from timebank.reports.errors import NoSuchArea, NoSuchPeriod
from timebank.reports.policy import Period, period_of
from timebank.reports.queries import (
    Report,
    area_called,
    exact_report,
    newest_over,
    published_report,
)
from timebank.web import figure_words
from timebank.web import report_words as words
from timebank.web.area_pages import file_name, not_there, offered_quarters, offered_years
from timebank.web.frame import shown_timebank
from timebank.web.guard import current_actor, hides
from timebank.web.report_document import document_of
from timebank.web.report_files import file_of

blueprint = Blueprint("reports", __name__)

Page = tuple[str, int]
EXACT, PUBLISHED = "exact", "published"
_READ = Permission.READ_PUBLISHED_REPORTS


@blueprint.get("/municipality")
@hides(_READ)
def own_municipality() -> Response:
    """Lead to the page of one's own municipality."""
    code = _timebank().municipality_code
    return redirect(url_for("reports.municipality", code=code), code=303)


@blueprint.get("/municipality/<code>")
@hides(_READ)
def municipality(code: str) -> str | Page:
    """Show a municipality what everyone may read, with who helps whom; another answers 404."""
    timebank, ground = _timebank(), _ground()
    if code != timebank.municipality_code:
        abort(404)
    try:
        period, area = _asked_period(), area_called(db.session, ground, None)
    except (NoSuchPeriod, NoSuchArea) as refusal:
        return not_there(timebank, ground, refusal)
    level = _asked_level()
    report = published_report(
        db.session,
        ground,
        period=period,
        area=area,
        level=level,
        with_flows=True,
        with_seals=True,
    )
    return render_template(
        "reports/municipality.html",
        timebank=timebank,
        municipality_name=ground.municipality_name,
        report=report,
        words=words,
        level=level,
        levels=figure_words.LEVELS,
        flow_picture=_flow_picture(report),
        flow_places=_flow_places(report),
        quarters=offered_quarters(),
        years=offered_years(),
        spots=spots_of(ground, ground.places),
    )


@blueprint.get("/report")
@hides(_READ)
def results() -> str | Page:
    """Show a results report of a period and an area, made to be sent as it is."""
    timebank, ground = _timebank(), _ground()
    try:
        report = _asked_report(ground)
    except (NoSuchPeriod, NoSuchArea) as refusal:
        return not_there(timebank, ground, refusal)
    actor = current_actor()
    own = own_places(ground, actor) if actor.can(Permission.READ_EXACT_FIGURES) else []
    is_own = report.area.key == EVERYTHING or report.area.codes <= {place.code for place in own}
    return render_template(
        "reports/results.html",
        timebank=timebank,
        report=report,
        document=document_of(report, timebank, _kinds(report)),
        words=words,
        bars=bars,
        quarters=offered_quarters(),
        spots=spots_of(ground, own if report.is_exact else ground.places),
        exact_is_possible=bool(own) and is_own and report.period.is_one_quarter,
    )


@blueprint.get("/report.<any(pdf, csv, xlsx, json):form>")
@hides(_READ)
def take(form: str) -> Response | Page:
    """Give the same report as a file."""
    timebank, ground = _timebank(), _ground()
    try:
        report = _asked_report(ground)
    except (NoSuchPeriod, NoSuchArea) as refusal:
        return not_there(timebank, ground, refusal)
    kinds, name = _kinds(report), file_name(timebank, report)
    if form != "pdf":
        return file_of(report, form, name=name, kinds=kinds)
    answer = Response(drawn(document_of(report, timebank, kinds)), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return answer


def _asked_report(ground: Ground) -> Report:
    """Count exactly for who may read that and did not ask otherwise; else by the published rule.

    Of more than one quarter there is only the published report: indicators are of a quarter.
    """
    actor, period, key = current_actor(), _asked_period(), request.args.get("area") or None
    wants_published = _wants_published()
    may_read_exact = actor.can(Permission.READ_EXACT_FIGURES)
    if may_read_exact and period.is_one_quarter and not wants_published:
        area = area_called(db.session, ground, key, by=actor)
        return exact_report(db.session, ground, by=actor, quarter=period.quarters[0], area=area)
    area = area_called(db.session, ground, key)
    return published_report(
        db.session,
        ground,
        period=period,
        area=area,
        level=_asked_level(),
        with_flows=True,
        with_seals=True,
    )


def _kinds(report: Report) -> dict[str, HelpCategory]:
    if "kinds" not in report.tables:
        return {}
    return all_categories(db.session, timebank_id=current_actor().timebank_id)


def _timebank() -> Timebank:
    timebank = shown_timebank()
    assert timebank is not None  # noqa: S101 - who is signed in belongs to one
    return timebank


def _ground() -> Ground:
    return ground_of(db.session, timebank_id=current_actor().timebank_id)


def _asked_period() -> Period:
    newest = newest_over(clock.now())
    return period_of(request.args.get("period") or newest.code, newest)


def _wants_published() -> bool:
    """Say which numbers are asked for; what is neither is not taken for the exact ones."""
    numbers = request.args.get("numbers") or EXACT
    if numbers not in (EXACT, PUBLISHED):
        abort(404)
    return numbers == PUBLISHED


def _asked_level() -> Level:
    try:
        return Level(request.args.get("level", Level.NEIGHBOURHOOD))
    except ValueError:
        return abort(404)


def _flow_places(report: Report) -> list[tuple[str, ...]]:
    table = report.tables.get("flows")
    return list(dict.fromkeys(row.codes for row in table.rows)) if table else []


def _flow_picture(report: Report) -> FlowPicture | None:
    """Draw who helps whom; None when no areas are shown."""
    places = _flow_places(report)
    if not places:
        return None
    number = {codes: place for place, codes in enumerate(places)}
    shown = {
        (number[row.codes], number[row.to]): (float(value), str(value // 60))
        for row in report.tables["flows"].rows
        if (value := row.values[0]) is not None
    }
    return flows([words.place_names(codes, report.names) for codes in places], shown)
