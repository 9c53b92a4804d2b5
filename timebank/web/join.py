# SPDX-License-Identifier: EUPL-1.2
"""Asking to take part, on a public page of a timebank that wants it."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import get_locale
from werkzeug.wrappers import Response

from timebank import clock
from timebank.areas.models import Timebank
from timebank.areas.queries import neighbourhoods_of, timebank_by_slug
from timebank.extensions import db
from timebank.joining.errors import NoApplications
from timebank.joining.operations import apply_to_join
from timebank.web.frame import show_timebank
from timebank.web.guard import public
from timebank.web.person_form import finding, typed_person

blueprint = Blueprint("join", __name__, url_prefix="/join")


@blueprint.get("/<slug>")
@public
def form(slug: str) -> str:
    """Show the form."""
    return _page(_open_timebank(slug), {}, 200)[0]


@blueprint.post("/<slug>/send")
@public
def send(slug: str) -> Response | tuple[str, int]:
    """Keep the application. The answer is the same, whether or not we know the person."""
    timebank = _open_timebank(slug)
    with finding("given_name") as wrong:
        typed = request.form.to_dict() | {"language": str(get_locale())}
        command, place = typed_person(timebank.id, typed), request.remote_addr or ""
        apply_to_join(db.session, command, place=place, now=clock.now())
    if wrong.errors:
        return _page(timebank, wrong.errors, 422)
    db.session.commit()
    return redirect(url_for("join.sent", slug=slug), code=303)


@blueprint.get("/<slug>/sent")
@public
def sent(slug: str) -> str:
    """Say what happens next."""
    return render_template("join/sent.html", timebank=_open_timebank(slug))


def _open_timebank(slug: str) -> Timebank:
    timebank = timebank_by_slug(db.session, slug)
    if not timebank.takes_applications:
        raise NoApplications
    show_timebank(timebank)
    return timebank


def _page(timebank: Timebank, errors: dict[str, str], status: int) -> tuple[str, int]:
    page = render_template(
        "join/form.html",
        timebank=timebank,
        places=[
            (one.code, one.name) for one in neighbourhoods_of(db.session, timebank_id=timebank.id)
        ],
        errors=errors,
        typed=request.form,
        back_to=url_for("join.form", slug=timebank.slug),
    )
    return page, status
