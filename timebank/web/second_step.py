# SPDX-License-Identifier: EUPL-1.2
"""The second step of who sees other people's data: six digits from their telephone."""

from __future__ import annotations

import uuid
from typing import TypedDict

import pyotp
from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_babel import force_locale, gettext
from werkzeug.wrappers import Response

from timebank import clock
from timebank.extensions import db
from timebank.factors.errors import WrongDigits
from timebank.factors.operations import begin_factor, prove_factor, reset_factor
from timebank.factors.queries import colleagues_with_factors, has_factor, unconfirmed_secret
from timebank.members.policy import Actor, Permission
from timebank.sessions.operations import verify_session
from timebank.web.frame import shown_timebank
from timebank.web.guard import (
    current_actor,
    current_key,
    half_signed_in,
    hold_key,
    public,
    requires,
)
from timebank.web.own_paths import own_path
from timebank.web.qr import qr_code

blueprint = Blueprint("second_step", __name__)


@blueprint.get("/second-step")
@public
def ask() -> str | Response:
    """Ask for the digits; who has no second factor yet is led to make one."""
    actor = half_signed_in()
    if actor is None:
        return _elsewhere()
    if not has_factor(db.session, **_of(actor)):
        return redirect(url_for("second_step.begin", next=_next()), code=303)
    return render_template("second_step/ask.html", error=None, next=_next())


@blueprint.post("/second-step")
@public
def prove() -> Response | tuple[str, int]:
    """Check the digits, and let in for good."""
    actor = half_signed_in()
    if actor is None:
        return _elsewhere()
    fresh = not has_factor(db.session, **_of(actor))
    try:
        prove_factor(
            db.session, **_of(actor), digits=request.form.get("digits", ""), now=clock.now()
        )
    except WrongDigits:
        db.session.commit()  # The try counts.
        return _wrong(actor, fresh=fresh)
    renewed = verify_session(
        db.session, timebank_id=actor.timebank_id, secret=current_key(), now=clock.now()
    )
    db.session.commit()
    where = _next()
    hold_key(actor.timebank_id, renewed, forget_with_browser=not session.permanent)
    if fresh:
        flash(gettext("Your telephone is known from now on."), "success")
    return redirect(where, code=303)


@blueprint.get("/second-step/new")
@public
def begin() -> str | Response:
    """Say why a second step is needed; once it was begun, show what the telephone has to read."""
    actor = half_signed_in()
    if actor is None or has_factor(db.session, **_of(actor)):
        return _elsewhere()
    return _new_page(actor, None)


@blueprint.post("/second-step/new")
@public
def make() -> Response:
    """Make the secret for the telephone."""
    actor = half_signed_in()
    if actor is None:
        return _elsewhere()
    begin_factor(db.session, **_of(actor))
    db.session.commit()
    return redirect(url_for("second_step.begin", next=_next()), code=303)


@blueprint.get("/colleagues")
@requires(Permission.DECIDE_EXCHANGES)
def colleagues() -> str:
    """Show which colleagues have a second step, to take it away when a telephone is lost."""
    return _colleagues_page(None)


@blueprint.post("/colleagues/<uuid:member_id>/reset")
@requires(Permission.DECIDE_EXCHANGES)
def reset(member_id: uuid.UUID) -> Response | tuple[str, int]:
    """Take a colleague's second step away, once it was confirmed that they asked for it."""
    if request.form.get("spoken") != "yes":
        return _colleagues_page(member_id), 422

    def notice(language: str) -> tuple[str, str]:
        with force_locale(language):
            return gettext("Your second step was taken away"), gettext(
                "Hello,\n\nA colleague took away the second step with which you sign in.\n"
                "You make a new one when you sign in again.\n"
                "Did you not ask for this? Then call your organisation at once.\n"
            )

    reset_factor(
        db.session, member_id=member_id, by=current_actor(), notice=notice, now=clock.now()
    )
    db.session.commit()
    flash(gettext("Done. Your colleague makes a new second step when signing in."), "success")
    return redirect(url_for("second_step.colleagues"), code=303)


def _colleagues_page(unconfirmed: uuid.UUID | None) -> str:
    actor = current_actor()
    found = colleagues_with_factors(db.session, timebank_id=actor.timebank_id, but=actor.member_id)
    return render_template("second_step/colleagues.html", colleagues=found, unconfirmed=unconfirmed)


def _new_page(actor: Actor, error: str | None) -> str:
    secret = unconfirmed_secret(db.session, **_of(actor))
    timebank = shown_timebank()
    code = None
    if secret is not None and timebank is not None:
        address = pyotp.TOTP(secret).provisioning_uri(
            name=actor.given_name, issuer_name=timebank.name
        )
        code = qr_code(address)
    groups = [] if secret is None else [secret[i : i + 4] for i in range(0, len(secret), 4)]
    return render_template(
        "second_step/new.html", code=code, groups=groups, error=error, next=_next()
    )


def _wrong(actor: Actor, *, fresh: bool) -> tuple[str, int]:
    error = gettext("These digits are not right. Wait for new ones, and type those.")
    if fresh:
        return _new_page(actor, error), 422
    return render_template("second_step/ask.html", error=error, next=_next()), 422


class _Who(TypedDict):
    timebank_id: int
    member_id: uuid.UUID


def _of(actor: Actor) -> _Who:
    assert actor.member_id is not None  # noqa: S101 - the organisation has no browser
    return {"timebank_id": actor.timebank_id, "member_id": actor.member_id}


def _next() -> str:
    return own_path(request.values.get("next", ""))


def _elsewhere() -> Response:
    """Lead on whoever has nothing to prove here."""
    return redirect(url_for("home.start"), code=303)
