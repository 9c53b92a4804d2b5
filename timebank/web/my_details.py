# SPDX-License-Identifier: EUPL-1.2
"""Correcting one's own details, changing the address of mails, and pausing."""

from __future__ import annotations

import datetime

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import force_locale, gettext
from werkzeug.wrappers import Response

from timebank import clock
from timebank.areas.queries import timebank_by_slug
from timebank.corrections.errors import CorrectionError
from timebank.corrections.operations import (
    CorrectPerson,
    Letters,
    ask_email_change,
    come_back,
    confirm_email_change,
    correct_person,
    pause,
)
from timebank.extensions import db
from timebank.members.models import Person
from timebank.members.policy import Permission
from timebank.web.data_words import explain_refusal
from timebank.web.frame import show_timebank, shown_timebank
from timebank.web.guard import current_actor, public, requires

FIELDS = ("given_name", "family_name", "language", "email")
PAUSES: dict[str, datetime.timedelta | None] = {
    "2": datetime.timedelta(weeks=2),
    "4": datetime.timedelta(weeks=4),
    "12": datetime.timedelta(weeks=12),
    "open": None,
}
"""How long one can pause, by what the form sends: in weeks, or without an end."""

blueprint = Blueprint("my_details", __name__)


@blueprint.get("/my-data/details")
@requires(Permission.MANAGE_OWN_DATA)
def show() -> str:
    """Show name, language and address in a form."""
    actor = current_actor()
    person = db.session.get_one(Person, (actor.timebank_id, actor.member_id))
    typed = {name: getattr(person, name) or "" for name in FIELDS}
    return render_template("my_details/show.html", typed=typed, errors={})


@blueprint.post("/my-data/details")
@requires(Permission.MANAGE_OWN_DATA)
def correct() -> Response | tuple[str, int]:
    """Keep the corrections; a new address counts once it is confirmed."""
    typed = {name: request.form.get(name, "") for name in FIELDS}
    actor, now = current_actor(), clock.now()
    command = CorrectPerson(typed["given_name"], typed["family_name"], typed["language"])
    try:
        correct_person(db.session, command, by=actor, now=now)
        asked = ask_email_change(db.session, typed["email"], letters=_letters(), by=actor, now=now)
    except CorrectionError as refusal:
        db.session.rollback()
        errors = {refusal.field: explain_refusal(refusal)}
        return render_template("my_details/show.html", typed=typed, errors=errors), 422
    db.session.commit()
    flash(gettext("Your details are saved."), "success")
    if asked:
        flash(gettext("We sent a mail to your new address. Open the link in it."), "info")
    return redirect(url_for("my_data.show"), code=303)


@blueprint.get("/address/<slug>/<token>")
@public
def open_link(slug: str, token: str) -> str:
    """Show a button. Programs that scan mails open links; only a person presses a button."""
    show_timebank(timebank_by_slug(db.session, slug))
    return render_template("my_details/confirm.html", slug=slug, token=token)


@blueprint.post("/address/<slug>/<token>")
@public
def use_link(slug: str, token: str) -> Response:
    """Let the new address count."""
    timebank = timebank_by_slug(db.session, slug)
    show_timebank(timebank)
    confirm_email_change(db.session, timebank_id=timebank.id, token=token, now=clock.now())
    db.session.commit()
    flash(gettext("Your new e-mail address is right. We write to it from now on."), "success")
    return redirect(url_for("home.start"), code=303)


@blueprint.get("/my-data/pause")
@requires(Permission.MANAGE_OWN_DATA)
def ask_pause() -> str:
    """Ask how long."""
    return render_template("my_details/pause.html", error=None)


@blueprint.post("/my-data/pause")
@requires(Permission.MANAGE_OWN_DATA)
def begin_pause() -> Response | tuple[str, int]:
    """Begin a pause."""
    chosen, now = request.form.get("until", ""), clock.now()
    if chosen not in PAUSES:
        error = gettext("Choose how long you want to pause.")
        return render_template("my_details/pause.html", error=error), 422
    length = PAUSES[chosen]
    until = clock.day_of(now) + length if length else None
    pause(db.session, until=until, by=current_actor(), now=now)
    db.session.commit()
    flash(gettext("You pause now. Your hours stay as they are."), "success")
    return redirect(url_for("my_data.show"), code=303)


@blueprint.post("/my-data/come-back")
@requires(Permission.MANAGE_OWN_DATA)
def end_pause() -> Response:
    """End the pause."""
    come_back(db.session, by=current_actor(), now=clock.now())
    db.session.commit()
    flash(gettext("Welcome back. Neighbours can find you again."), "success")
    return redirect(url_for("my_data.show"), code=303)


def _letters() -> Letters:
    timebank = shown_timebank()
    assert timebank is not None  # noqa: S101 - who is signed in belongs to one

    def letters(language: str, token: str) -> tuple[tuple[str, str], tuple[str, str]]:
        with force_locale(language):
            return _letter_to_new(timebank.name, timebank.slug, token), _letter_to_old(
                timebank.name, timebank.contact_name, timebank.contact_phone
            )

    return letters


def _letter_to_new(name: str, slug: str, token: str) -> tuple[str, str]:
    base = current_app.config["TIMEBANK_PUBLIC_URL"] or request.host_url.rstrip("/")
    link = base + url_for("my_details.open_link", slug=slug, token=token)
    body = gettext(
        "Hello,\n\n"
        "You want %(name)s to write to this address from now on.\n"
        "Open this link and press the button:\n\n"
        "%(link)s\n\n"
        "The link works once, for one day.\n"
        "Was it not you? Then you do not need to do anything.\n",
        name=name,
        link=link,
    )
    return gettext("Is this your new e-mail address?"), body


def _letter_to_old(name: str, contact_name: str, contact_phone: str) -> tuple[str, str]:
    body = gettext(
        "Hello,\n\n"
        "Somebody, probably you, asked %(name)s to write to another address from now on.\n"
        "Was it you? Then you do not need to do anything.\n"
        "Was it not you? Call %(contact)s today: %(phone)s.\n",
        name=name,
        contact=contact_name,
        phone=contact_phone,
    )
    return gettext("Your e-mail address will change"), body
