# SPDX-License-Identifier: EUPL-1.2
"""Hours of staff beside hours of residents: write them down, see both, take a line back."""

from __future__ import annotations

import contextlib
import datetime
import uuid
from collections.abc import Iterator, Mapping, Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from timebank import clock
from timebank.areas.queries import neighbourhoods_of
from timebank.charts.bars import Bar, bars
from timebank.extensions import db
from timebank.figures.queries import NeighbourhoodFigures, quarter_figures
from timebank.members.policy import Permission
from timebank.schemas.answers import DayAnswer
from timebank.staffing import errors as staffing
from timebank.staffing.operations import WriteTime, check_place, take_back, write_time
from timebank.staffing.policy import check_day, check_minutes
from timebank.staffing.queries import newest_staff_time, staff_minutes
from timebank.statements.policy import quarter_of
from timebank.web.durations import read_minutes
from timebank.web.figures import asked_quarter, newest_quarter, quarters_up_to, today
from timebank.web.filters import short_duration
from timebank.web.guard import current_actor, requires
from timebank.web.words import explain_codes

blueprint = Blueprint("staff_hours", __name__, url_prefix="/staff-hours")

Page = tuple[str, int]
Errors = dict[str, str]
FIELDS = (
    *("key", "worked_on", "other_day_day", "other_day_month", "other_day_year"),
    *("minutes", "neighbourhood"),
)
"""In the order of the page, so that what is wrong is listed in that order."""
REFUSALS: dict[type[staffing.StaffTimeError], LazyString] = {
    staffing.StaffDayNotCome: _l("This day has not come yet. Choose today or an earlier day."),
    staffing.StaffDayTooLongAgo: _l("This is more than a year ago. Choose a later day."),
    staffing.StaffMinutesImpossible: _l(
        "Write how long in quarters of an hour, such as 3 or 1:30. At most 24 hours."
    ),
    staffing.StaffPlaceOutOfReach: _l("Choose one of your neighbourhoods."),
}
"""Words for what the room refuses, at the question where it belongs; a test reads them."""


@blueprint.get("")
@requires(Permission.READ_EXACT_FIGURES)
def show() -> str:
    """Show both kinds of hours of a quarter side by side, with the form and the latest lines."""
    return _page(_typed_in({}), {}, 200)[0]


@blueprint.post("")
@requires(Permission.DECIDE_EXCHANGES)
def write() -> Response | Page:
    """Write hours down, or show the page again with what is wrong at its question."""
    typed = _typed_in(request.form)
    command, errors = _read(typed)
    if command is None:
        return _page(typed, errors, 422)
    try:
        write_time(db.session, command, by=current_actor(), now=clock.now())
    except staffing.StaffTimeError as refusal:
        db.session.rollback()
        return _page(typed, {refusal.field: str(REFUSALS[type(refusal)])}, 422)
    db.session.commit()
    flash(gettext("Written down. These hours stand beside those of residents."), "success")
    return redirect(_address_of(command.worked_on), code=303)


@blueprint.post("/<uuid:staff_time_id>/take-back")
@requires(Permission.DECIDE_EXCHANGES)
def undo(staff_time_id: uuid.UUID) -> Response:
    """Take a line back; pressed twice, it is taken back once."""
    day = take_back(db.session, staff_time_id, by=current_actor(), now=clock.now())
    db.session.commit()
    flash(gettext("Taken back. These hours of staff do not count any more."), "success")
    return redirect(_address_of(day), code=303)


def _typed_in(form: Mapping[str, str]) -> dict[str, str]:
    """Return what was typed, with a key of its own for a new form."""
    typed = {name: form.get(name, "") for name in FIELDS}
    try:
        uuid.UUID(typed["key"])
    except ValueError:
        typed["key"] = str(uuid.uuid4())
    return typed


def _read(typed: Mapping[str, str]) -> tuple[WriteTime | None, Errors]:
    """Return the wish that the form makes, or everything that is wrong with it by question."""
    errors: Errors = {}
    with _noting("worked_on", errors):
        day = DayAnswer().load({**typed, "helped_on": typed["worked_on"]})
        check_day(day, today=today())
    with _noting("minutes", errors):
        minutes = read_minutes(typed["minutes"]) or 0
        check_minutes(minutes)
    with _noting("neighbourhood", errors):
        check_place(db.session, typed["neighbourhood"], by=current_actor())
    if errors:
        return None, errors
    return WriteTime(uuid.UUID(typed["key"]), typed["neighbourhood"], day, minutes), {}


@contextlib.contextmanager
def _noting(field: str, errors: Errors) -> Iterator[None]:
    """Note what is refused at its question, and go on with the next one."""
    try:
        yield
    except ValidationError as refusal:
        errors[field] = explain_codes(refusal)["helped_on"]
    except staffing.StaffTimeError as refusal:
        errors[field] = str(REFUSALS[type(refusal)])


def _address_of(day: datetime.date) -> str:
    """Return the page of the quarter of a day; of a quarter that is not offered, the newest."""
    quarter = quarter_of(day)
    offered = quarter in quarters_up_to(newest_quarter())
    return url_for("staff_hours.show", quarter=quarter.code if offered else None)


def _page(typed: Mapping[str, str], errors: Errors, status: int) -> Page:
    actor = current_actor()
    newest = newest_quarter()
    quarter = asked_quarter(newest)
    rows = quarter_figures(db.session, by=actor, quarter=quarter).rows
    staff = staff_minutes(
        db.session,
        timebank_id=actor.timebank_id,
        first_day=quarter.first_day,
        last_day=quarter.last_day,
        codes=[row.code for row in rows],
    )
    names = {
        place.code: place.name
        for place in neighbourhoods_of(db.session, timebank_id=actor.timebank_id)
    }
    reach = actor.reach(Permission.DECIDE_EXCHANGES)
    page = render_template(
        "figures/staff_hours.html",
        typed=typed,
        errors=errors,
        rows=rows,
        staff=staff,
        pictures=_pictures(rows, staff),
        lines=newest_staff_time(db.session, by=actor),
        names=names,
        places=[(code, name) for code, name in names.items() if reach.covers(code)],
        day=today(),
        yesterday=today() - datetime.timedelta(days=1),
        quarter=quarter,
        quarters=quarters_up_to(newest),
        is_running=quarter == newest,
    )
    return page, status


def _pictures(
    rows: Sequence[NeighbourhoodFigures], staff: Mapping[str, int]
) -> list[tuple[str, Bar, Bar]]:
    """Return the two bars of each neighbourhood; all bars of the page are on one scale."""
    numbers = [(row.given_minutes, staff[row.code]) for row in rows]
    names = (gettext("Residents"), gettext("Staff"))
    drawn = bars(
        [
            (name, minutes, short_duration(minutes))
            for both in numbers
            for name, minutes in zip(names, both, strict=True)
        ]
    )
    pairs = zip(drawn[::2], drawn[1::2], strict=True)
    return [(row.name, *pair) for row, pair in zip(rows, pairs, strict=True)]
