# SPDX-License-Identifier: EUPL-1.2
"""Signing in: by a mailed link, or in demo mode by choosing a person."""

from __future__ import annotations

import uuid

from flask import (
    Blueprint,
    abort,
    current_app,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import force_locale, gettext
from werkzeug.wrappers import Response

from timebank import clock
from timebank.access.operations import mail_link, redeem_link
from timebank.areas.queries import all_timebanks, timebank_by_slug
from timebank.demo.people import DemoPerson, people_to_be
from timebank.extensions import db
from timebank.members.queries import load_actor
from timebank.web.frame import show_timebank
from timebank.web.guard import let_in, public
from timebank.web.own_paths import own_path
from timebank.web.words import ROLES

LONGEST_EMAIL = 254

blueprint = Blueprint("sign_in", __name__)


@blueprint.get("/sign-in")
@public
def choose() -> str:
    """Show how to sign in; in demo mode, whom one can be."""
    return _choose_page({}, 200)[0]


@blueprint.post("/sign-in")
@public
def send_link() -> Response | tuple[str, int]:
    """Mail a link. The answer is the same for an address that we know and one that we do not."""
    email, slug = request.form.get("email", "").strip(), request.form.get("timebank", "")
    looks_right = "@" in email[1:-1] and len(email) <= LONGEST_EMAIL and email.isprintable()
    errors = {}
    if slug not in {timebank.slug for timebank in all_timebanks(db.session)}:
        errors["timebank"] = gettext("Choose your timebank.")
    if not looks_right:
        errors["email"] = gettext("Write your e-mail address, such as name@example.nl.")
    if errors:
        return _choose_page(errors, 422)
    timebank = timebank_by_slug(db.session, slug)

    def letter(language: str, token: str) -> tuple[str, str]:
        with force_locale(language):
            return _letter(timebank.name, slug, token)

    mail_link(db.session, timebank_id=timebank.id, email=email, letter=letter, now=clock.now())
    db.session.commit()
    return redirect(url_for("sign_in.sent"), code=303)


@blueprint.get("/sign-in/sent")
@public
def sent() -> str:
    """Say that a mail is on its way, if the address is known."""
    folder = current_app.config["TIMEBANK_MAIL_FOLDER"]
    to_folder = (
        current_app.config["TIMEBANK_DEMO_MODE"] and not (current_app.config["TIMEBANK_MAIL_HOST"])
    )
    return render_template("sign_in/sent.html", mail_folder=folder if to_folder else None)


@blueprint.get("/sign-in/<slug>/<token>")
@public
def open_link(slug: str, token: str) -> str:
    """Show a button. Programs that scan mails open links; only a person presses a button."""
    show_timebank(timebank_by_slug(db.session, slug))
    return render_template("sign_in/open.html", slug=slug, token=token)


@blueprint.post("/sign-in/<slug>/<token>")
@public
def use_link(slug: str, token: str) -> Response:
    """Use the link up and sign in."""
    timebank = timebank_by_slug(db.session, slug)
    member_id = redeem_link(db.session, timebank_id=timebank.id, token=token, now=clock.now())
    db.session.commit()
    let_in(timebank.id, member_id)
    return redirect(url_for("home.start"), code=303)


@blueprint.post("/sign-in/demo")
@public
def be_somebody() -> Response:
    """Sign in as somebody of the demo. Not there outside demo mode."""
    if not current_app.config["TIMEBANK_DEMO_MODE"]:
        abort(404)
    try:
        slug, member = request.form.get("person", "").split("/")
        member_id = uuid.UUID(member)
    except ValueError:
        abort(404)
    timebank = timebank_by_slug(db.session, slug)
    actor = load_actor(
        db.session,
        timebank_id=timebank.id,
        member_id=member_id,
        today=clock.day_of(clock.now()),
    )
    if actor is None:
        abort(404)
    let_in(timebank.id, member_id)
    return redirect(own_path(request.form.get("next", "")), code=303)


@blueprint.post("/sign-out")
@public
def sign_out() -> Response:
    """Sign out and let the browser forget what it kept of us."""
    session.clear()
    response = redirect(url_for("home.start"), code=303)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _choose_page(errors: dict[str, str], status: int) -> tuple[str, int]:
    people: list[DemoPerson] = []
    if current_app.config["TIMEBANK_DEMO_MODE"]:
        people = people_to_be(db.session, today=clock.day_of(clock.now()))
    page = render_template(
        "sign_in/choose.html",
        timebanks=all_timebanks(db.session),
        people=people,
        role_words=ROLES,
        errors=errors,
        typed=request.form,
        next=own_path(request.args.get("next", "")),
    )
    return page, status


def _letter(name: str, slug: str, token: str) -> tuple[str, str]:
    base = current_app.config["TIMEBANK_PUBLIC_URL"] or request.host_url.rstrip("/")
    link = base + url_for("sign_in.open_link", slug=slug, token=token)
    subject = gettext("Your link to sign in")
    body = gettext(
        "Hello,\n\n"
        "Somebody, probably you, wants to sign in to %(name)s.\n"
        "Open this link and press the button:\n\n"
        "%(link)s\n\n"
        "The link works once, for ten minutes.\n"
        "Was it not you? Then you do not need to do anything.\n",
        name=name,
        link=link,
    )
    return subject, body
