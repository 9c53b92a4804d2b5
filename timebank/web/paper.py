# SPDX-License-Identifier: EUPL-1.2
"""Paper: sheets of blank slips to print, and the page to which the square on a slip leads."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from timebank import clock
from timebank.areas.models import Neighbourhood
from timebank.areas.queries import neighbourhoods_of
from timebank.categories.queries import all_categories
from timebank.drafts.operations import save_draft
from timebank.extensions import db
from timebank.letters.queries import last_prints, letters_due
from timebank.members.policy import Permission
from timebank.paper.errors import NumberWrong, PaperError, UnknownSlip
from timebank.paper.operations import PrintSlips, check_slip_free, print_slips
from timebank.paper.policy import MOST_SHEETS, SLIPS_ON_A_SHEET, read_slip_number, slip_number
from timebank.paper.queries import kinds_by_number, last_runs, run_from
from timebank.web.guard import current_actor, requires
from timebank.web.keep_typed import SLIP
from timebank.web.qr import qr_code
from timebank.web.tidings import address_of
from timebank.web.words import explain

blueprint = Blueprint("paper", __name__)

Page = tuple[str, int]
PROPOSED_SHEETS = 5


@blueprint.get("/paper")
@requires(Permission.LOG_FOR_OTHERS)
def start() -> str:
    """Show what a coordinator can do with paper."""
    return start_page({}, 200)[0]


@blueprint.post("/paper/sheets")
@requires(Permission.LOG_FOR_OTHERS)
def make_sheets() -> Response | Page:
    """Give out numbers for a run of blank slips, and go to the sheets."""
    sheets = request.form.get("sheets", "").strip()
    count = int(sheets) if re.fullmatch(r"[0-9]{1,3}", sheets) else 0
    command = PrintSlips(form_key_of(), request.form.get("neighbourhood", ""), count)
    try:
        first = print_slips(db.session, command, by=current_actor(), now=clock.now())
    except PaperError as refusal:
        db.session.rollback()
        return start_page({refusal.field or "sheets": explain(refusal)}, 422)
    db.session.commit()
    return redirect(url_for("paper.sheets", first=first), code=303)


@blueprint.get("/paper/sheets/<int(max=99999999):first>")
@requires(Permission.LOG_FOR_OTHERS)
def sheets(first: int) -> str:
    """Show the sheets of a run; they can be printed again, with the same numbers."""
    actor = current_actor()
    run = run_from(db.session, first, by=actor)
    names = {place.code: place.name for place in _places()}
    categories = all_categories(db.session, timebank_id=actor.timebank_id)
    slips = [
        (text := slip_number(number), qr_code(address_of("paper.slip", text=text)))
        for number in range(run.first_number, run.last_number + 1)
    ]
    return render_template(
        "paper/sheets.html",
        sheets=[slips[at : at + SLIPS_ON_A_SHEET] for at in range(0, len(slips), SLIPS_ON_A_SHEET)],
        place=names[run.neighbourhood_code],
        kinds=[
            (number, category)
            for number, category in kinds_by_number(categories).items()
            if category.is_featured
        ],
    )


@blueprint.get("/slip/<text>")
@requires(Permission.LOG_EXCHANGES)
def slip(text: str) -> str | Page:
    """Ask what the slip is about; or say that it was used, or that we do not know it."""
    refusal = _why_not(text)
    page = render_template(
        "paper/slip.html", text=text.upper(), why=explain(refusal) if refusal else None
    )
    return page, 404 if isinstance(refusal, NumberWrong | UnknownSlip) else 200


@blueprint.post("/slip/<text>/<any(gave, received):side>")
@requires(Permission.LOG_EXCHANGES)
def begin(text: str, side: str) -> Response:
    """Begin the form; the number of the slip stands in the draft."""
    if _why_not(text) is not None:
        return redirect(url_for("paper.slip", text=text), code=303)
    form_key = uuid.uuid4()
    answers = {"side": side, SLIP: str(read_slip_number(text))}
    save_draft(db.session, by=current_actor(), form_key=form_key, answers=answers, now=clock.now())
    db.session.commit()
    address = url_for("exchange_form.show", side=side, form_key=form_key, step="other")
    return redirect(address, code=303)


def start_page(errors: dict[str, str], status: int) -> Page:
    """Return the page from which everything on paper begins."""
    actor = current_actor()
    reach = actor.reach(Permission.LOG_FOR_OTHERS)
    names = {place.code: place.name for place in _places()}
    runs = last_runs(db.session, by=actor)
    page = render_template(
        "paper/start.html",
        places=[(code, name) for code, name in names.items() if reach.covers(code)],
        names=names,
        runs=[(run, slip_number(run.first_number), slip_number(run.last_number)) for run in runs],
        due=letters_due(db.session, by=actor, today=clock.day_of(clock.now())),
        prints=last_prints(db.session, by=actor),
        form_key=uuid.uuid4(),
        typed=request.form,
        proposed=PROPOSED_SHEETS,
        most=MOST_SHEETS,
        on_a_sheet=SLIPS_ON_A_SHEET,
        errors=errors,
        back_to=url_for("paper.start"),
    )
    return page, status


def form_key_of() -> uuid.UUID:
    """Return the key that was made with the form; a form without one gets a fresh key."""
    try:
        return uuid.UUID(request.form.get("form_key", ""))
    except ValueError:
        return uuid.uuid4()


def _places() -> Sequence[Neighbourhood]:
    return neighbourhoods_of(db.session, timebank_id=current_actor().timebank_id)


def _why_not(text: str) -> PaperError | None:
    """Return why nothing can be written down with this slip, or None when it can."""
    try:
        number = read_slip_number(text)
        check_slip_free(db.session, number, timebank_id=current_actor().timebank_id)
    except PaperError as refusal:
        return refusal
    return None
