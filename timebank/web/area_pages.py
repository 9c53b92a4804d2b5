# SPDX-License-Identifier: EUPL-1.2
"""What everyone may read of one neighbourhood or one year, on a screen and on paper."""

from __future__ import annotations

import re

from flask import Blueprint, current_app, render_template, request, url_for
from werkzeug.wrappers import Response

from timebank import clock
from timebank.areas.models import Timebank
from timebank.areas.queries import timebank_by_slug
from timebank.categories.queries import all_categories
from timebank.extensions import db
from timebank.figures.places import Ground, ground_of
from timebank.figures.policy import Level
from timebank.reports.errors import NoSuchArea, NoSuchPeriod
from timebank.reports.policy import Period, keys_in_order, period_of, year_of
from timebank.reports.queries import (
    Report,
    area_called,
    kinds_shown,
    newest_over,
    published_report,
)
from timebank.statements.policy import Quarter
from timebank.web import report_words as words
from timebank.web.filters import label
from timebank.web.frame import show_timebank
from timebank.web.guard import public
from timebank.web.qr import qr_code
from timebank.web.report_files import file_of

blueprint = Blueprint("area_pages", __name__, url_prefix="/timebanks/<slug>")

QUARTERS_SHOWN = 4
YEARS_SHOWN = 3
Page = tuple[str, int]


@blueprint.get("/neighbourhoods/<path:code>")
@public
def neighbourhood(slug: str, code: str) -> str | Page:
    """Show everyone one neighbourhood: published figures, what people do there, whom to call."""
    timebank, ground = _enter(slug)
    try:
        area, period = area_called(db.session, ground, code), _asked_period()
    except (NoSuchArea, NoSuchPeriod) as refusal:
        return not_there(timebank, ground, refusal)
    report = published_report(db.session, ground, period=period, area=area)
    kinds = _kinds(ground, report)
    return render_template(
        "reports/neighbourhood.html",
        timebank=timebank,
        report=report,
        words=words,
        kinds=kinds,
        quarters=offered_quarters(),
        places=ground.places,
    )


@blueprint.get("/neighbourhoods/<path:code>/flyer")
@public
def flyer(slug: str, code: str) -> str | Page:
    """Show a flyer to print, with a picture that leads to the page of the neighbourhood."""
    timebank, ground = _enter(slug)
    try:
        area = area_called(db.session, ground, code)
    except NoSuchArea as refusal:
        return not_there(timebank, ground, refusal)
    base = str(current_app.config["TIMEBANK_PUBLIC_URL"] or request.host_url).rstrip("/")
    address = base + url_for("area_pages.neighbourhood", slug=slug, code=code)
    return render_template(
        "reports/flyer.html",
        timebank=timebank,
        area=area,
        code=code,
        address=address,
        short_address=address.removeprefix("https://").removeprefix("http://"),
        qr_code=qr_code(address),
    )


@blueprint.get("/years/<int:year>")
@public
def year(slug: str, year: int) -> str | Page:
    """Show the council and everyone else one year on one page."""
    timebank, ground = _enter(slug)
    try:
        period = year_of(year, newest_over(clock.now()))
    except NoSuchPeriod as refusal:
        return not_there(timebank, ground, refusal)
    report = published_report(
        db.session, ground, period=period, area=area_called(db.session, ground, None)
    )
    return render_template(
        "reports/year.html",
        timebank=timebank,
        report=report,
        words=words,
        year=year,
        years=offered_years(),
        numbers=words.numbers_of_a_year(report, _places_of(report)),
        goals=_goals(ground, report),
    )


@blueprint.get("/figures.<any(csv, xlsx, json):form>")
@public
def take(slug: str, form: str) -> Response | Page:
    """Give everyone the published figures of a period and an area as a file."""
    timebank, ground = _enter(slug)
    try:
        area = area_called(db.session, ground, request.args.get("area"))
        period = _asked_period()
    except (NoSuchArea, NoSuchPeriod) as refusal:
        return not_there(timebank, ground, refusal)
    report = published_report(db.session, ground, period=period, area=area)
    return file_of(report, form, name=file_name(timebank, report))


def file_name(timebank: Timebank, report: Report) -> str:
    """Return a name that says what is in a file, in plain letters.

    A quarter is spelled with a q there: *2026-3* on a pile of files reads as March.
    """
    place = "" if report.area.level is Level.MUNICIPALITY else f"-{report.area.key}"
    plain = "".join(letter for letter in place if letter.isascii() and letter.isalnum())
    which = "exact" if report.is_exact else ""
    when = re.sub(r"-(\d)(?!\d)", r"-q\1", report.period.code)
    return "-".join(filter(None, (timebank.slug, when, plain, which)))


def offered_years() -> list[int]:
    """Return the years of which something can be told, newest first."""
    newest = newest_over(clock.now())
    return [newest.year - back for back in range(YEARS_SHOWN)]


def _enter(slug: str) -> tuple[Timebank, Ground]:
    timebank = timebank_by_slug(db.session, slug)
    show_timebank(timebank)
    return timebank, ground_of(db.session, timebank_id=timebank.id)


def _asked_period() -> Period:
    newest = newest_over(clock.now())
    return period_of(request.args.get("period") or newest.code, newest)


def offered_quarters() -> list[Quarter]:
    """Return the quarters that are offered, newest first; all are over."""
    quarters = [newest_over(clock.now())]
    while len(quarters) < QUARTERS_SHOWN:
        quarters.append(quarters[-1].previous())
    return quarters


def _kinds(ground: Ground, report: Report) -> list[str]:
    """Name the kinds of help that enough people did in the newest quarter of the report."""
    codes = kinds_shown(db.session, ground, report)
    if not codes:
        return []
    categories = all_categories(db.session, timebank_id=ground.timebank_id)
    return sorted(label(categories[code]) for code in codes)


def _places_of(report: Report) -> int:
    """Count the neighbourhoods that took part in one of the quarters, also those without a row."""
    return len({code for shown in report.told for code in shown.names})


def _goals(ground: Ground, report: Report) -> list[tuple[str, list[str]]]:
    """Name, by goal, the kinds of help for it that enough people did (policy row D9)."""
    served = kinds_shown(db.session, ground, report)
    if not served:
        return []
    categories = all_categories(db.session, timebank_id=ground.timebank_id)
    kinds: dict[str, list[str]] = {}
    for code, goal in served.items():
        key = categories[code].goal if goal is None else goal
        kinds.setdefault(key, []).append(label(categories[code]))
    return [(words.goal_name(key), sorted(kinds[key])) for key in keys_in_order(kinds)]


def not_there(timebank: Timebank, ground: Ground, refusal: NoSuchArea | NoSuchPeriod) -> Page:
    """Say kindly that there is no such area or period, with what there is."""
    page = render_template(
        "reports/not_there.html",
        timebank=timebank,
        places=ground.places,
        area_year=refusal.year if isinstance(refusal, NoSuchArea) else None,
        why=words.why_not(refusal) if isinstance(refusal, NoSuchPeriod) else None,
        quarters=offered_quarters(),
        years=offered_years(),
    )
    return page, 404
