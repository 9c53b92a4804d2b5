# SPDX-License-Identifier: EUPL-1.2
"""Signing in: by a mailed link or its six digits, by a printed code, in demo mode by choosing."""

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

import ledger
from timebank import clock
from timebank.access.errors import CodeNotValid
from timebank.access.operations import (
    Asking,
    Compose,
    Letter,
    ask_to_sign_in,
    redeem_code,
    redeem_digits,
    redeem_link,
)
from timebank.areas.models import Timebank
from timebank.areas.queries import all_timebanks, timebank_by_slug
from timebank.demo.people import DemoPerson, people_to_be
from timebank.extensions import db
from timebank.members.queries import load_actor
from timebank.notices.policy import address_of
from timebank.sessions.operations import end_session, new_secret
from timebank.web import letters
from timebank.web.frame import show_timebank
from timebank.web.guard import current_key, half_signed_in, let_in, public
from timebank.web.own_paths import own_path
from timebank.web.words import ROLES

blueprint = Blueprint("sign_in", __name__)


@blueprint.get("/sign-in")
@public
def choose() -> str:
    """Show how to sign in; in demo mode, whom one can be."""
    return _choose_page({}, 200)[0]


@blueprint.post("/sign-in")
@public
def send_link() -> Response | tuple[str, int]:
    """Mail a link and a code. The answer is the same for an address that we know and any other."""
    email, slug = address_of(request.form.get("email", "")), request.form.get("timebank", "")
    errors = {}
    if slug not in {timebank.slug for timebank in all_timebanks(db.session)}:
        errors["timebank"] = gettext("Choose your timebank.")
    if email is None:
        errors["email"] = gettext("Write your e-mail address, such as name@example.nl.")
    if email is None or errors:
        return _choose_page(errors, 422)
    timebank = _entered(slug)
    browser = session.get("asked") or new_secret()
    asking = Asking(
        timebank_id=timebank.id,
        email=email,
        browser=browser,
        place=_place(),
        known=_composer(timebank, letters.to_a_member),
        unknown=_composer(timebank, letters.to_nobody),
    )
    ask_to_sign_in(db.session, asking, now=clock.now())
    db.session.commit()
    session["asked"], session["asked_at"] = browser, slug
    session["shared"] = "shared" in request.form
    return redirect(url_for("sign_in.code"), code=303)


@blueprint.get("/sign-in/code")
@public
def code() -> str | Response:
    """Ask for the six digits from the mail; a browser that asked for none begins anew."""
    if "asked" not in session:
        return _begin_anew()
    show_timebank(timebank_by_slug(db.session, session["asked_at"]))
    return _code_page(None)


@blueprint.post("/sign-in/code")
@public
def use_code() -> Response | tuple[str, int]:
    """Check the six digits, which work only in the browser that asked for them."""
    if "asked" not in session:
        return _begin_anew()
    timebank = _entered(session["asked_at"])
    try:
        member_id = redeem_digits(
            db.session,
            timebank_id=timebank.id,
            digits=request.form.get("digits", ""),
            browser=session["asked"],
            now=clock.now(),
        )
    except CodeNotValid:
        db.session.commit()  # The try counts.
        return _code_page(gettext("This is not the code, or it is too old. Look once more.")), 422
    return _in(timebank.id, member_id)


@blueprint.get("/sign-in/letter")
@public
def letter() -> str:
    """Ask for the code on a printed letter."""
    return _letter_page({})


@blueprint.post("/sign-in/letter")
@public
def use_letter() -> Response | tuple[str, int]:
    """Check the code of a letter."""
    slug = request.form.get("timebank", "")
    if slug not in {timebank.slug for timebank in all_timebanks(db.session)}:
        return _letter_page({"timebank": gettext("Choose your timebank.")}), 422
    timebank = _entered(slug)
    try:
        member_id = redeem_code(
            db.session,
            timebank_id=timebank.id,
            code=request.form.get("code", ""),
            place=_place(),
            now=clock.now(),
        )
    except CodeNotValid:
        db.session.commit()  # The try counts.
        error = gettext("We do not know this code. Look once more, or ask for a new letter.")
        return _letter_page({"code": error}), 422
    session["shared"] = "shared" in request.form
    return _in(timebank.id, member_id)


@blueprint.get("/sign-in/<slug>/<token>")
@public
def open_link(slug: str, token: str) -> str:
    """Show a button. Programs that scan mails open links; only a person presses a button."""
    show_timebank(timebank_by_slug(db.session, slug))
    asked_here = session.get("asked") is not None
    return render_template("sign_in/open.html", slug=slug, token=token, asked_here=asked_here)


@blueprint.post("/sign-in/<slug>/<token>")
@public
def use_link(slug: str, token: str) -> Response:
    """Use the link up and sign in, in the browser that asked for it."""
    timebank = _entered(slug)
    member_id = redeem_link(
        db.session,
        timebank_id=timebank.id,
        link=token,
        browser=session.get("asked", ""),
        now=clock.now(),
    )
    return _in(timebank.id, member_id)


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
    timebank = _entered(slug)
    actor = load_actor(
        db.session,
        timebank_id=timebank.id,
        member_id=member_id,
        today=clock.day_of(clock.now()),
    )
    if actor is None:
        abort(404)
    let_in(timebank.id, member_id, verified=True)
    db.session.commit()
    return redirect(own_path(request.form.get("next", "")), code=303)


@blueprint.post("/sign-out")
@public
def sign_out() -> Response:
    """Sign out: the session ends here and in the database, and the browser forgets us.

    On a device of one's own, help that waits there to be sent stays: it holds no names, and is sent
    when its owner signs in again (docs/adr/0032). A shared device forgets that too.
    """
    own_device = session.permanent
    if "timebank_id" in session:
        ledger.enter_timebank(db.session, session["timebank_id"])
        end_session(db.session, timebank_id=session["timebank_id"], secret=current_key())
        db.session.commit()
    session.clear()
    response = redirect(url_for("home.start"), code=303)
    response.headers["Clear-Site-Data"] = '"cache"' if own_device else '"cache", "storage"'
    return response


def _entered(slug: str) -> Timebank:
    """Enter the timebank with this short name, which the database shows alone from here on."""
    timebank = timebank_by_slug(db.session, slug)
    ledger.enter_timebank(db.session, timebank.id)
    return timebank


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
        provider=_provider(),
    )
    return page, status


def _provider() -> dict[str, str] | None:
    """Return what the button for staff says and for which timebank it is, None without one."""
    setting = current_app.config
    if not setting["TIMEBANK_OIDC_ISSUER"]:
        return None
    return {"name": setting["TIMEBANK_OIDC_NAME"], "timebank": setting["TIMEBANK_OIDC_TIMEBANK"]}


def _in(timebank_id: int, member_id: uuid.UUID) -> Response:
    """Let somebody in who proved who they are; staff still have a second step before them."""
    shared = bool(session.get("shared"))
    let_in(timebank_id, member_id, shared=shared)
    db.session.commit()
    step = "home.start" if half_signed_in() is None else "second_step.ask"
    return redirect(url_for(step), code=303)


def _begin_anew() -> Response:
    return redirect(url_for("sign_in.choose"), code=303)


def _place() -> str:
    """Return where this request comes from, as our own proxies say."""
    return request.remote_addr or ""


def _composer(timebank: Timebank, write: letters.Write) -> Compose:
    base = current_app.config["TIMEBANK_PUBLIC_URL"] or request.host_url.rstrip("/")
    name, phone, slug = timebank.name, timebank.contact_phone, timebank.slug

    def compose(language: str, link: str, digits: str) -> Letter:
        address = base + url_for("sign_in.open_link", slug=slug, token=link)
        with force_locale(language):
            return write(letters.SignIn(name, phone, address, digits))

    return compose


def _code_page(error: str | None) -> str:
    folder = current_app.config["TIMEBANK_MAIL_FOLDER"]
    to_folder = (
        current_app.config["TIMEBANK_DEMO_MODE"] and not (current_app.config["TIMEBANK_MAIL_HOST"])
    )
    return render_template(
        "sign_in/code.html", error=error, mail_folder=folder if to_folder else None
    )


def _letter_page(errors: dict[str, str]) -> str:
    """Render the page; the address on a letter names the timebank, so that nobody has to choose."""
    return render_template(
        "sign_in/letter.html",
        timebanks=all_timebanks(db.session),
        errors=errors,
        typed=request.form or request.args,
    )
