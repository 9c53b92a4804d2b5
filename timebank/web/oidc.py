# SPDX-License-Identifier: EUPL-1.2
"""Signing in of staff through the provider of their organisation. Not there unless it is set.

The browser leaves by a page of ours that leads on: after a form, Chromium would hold every further
redirect to our ``form-action``. It comes back by a GET that lets in: it counts only with the
secrets that a POST of the same browser left in the session, and once (docs/adr/0026).
"""

from __future__ import annotations

import hmac
import logging
from typing import NamedTuple

from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import get_locale, gettext
from werkzeug.wrappers import Response

import ledger
from timebank import clock
from timebank.access.errors import NotVouchedFor
from timebank.access.operations import admit_vouched, count_vouching
from timebank.areas.queries import timebank_by_slug
from timebank.extensions import db, will_write
from timebank.sessions.operations import new_secret
from timebank.web.guard import half_signed_in, let_in, public
from timebank.web.own_paths import own_path
from timebank.web.provider import Attempt, Provider, ProviderAway, address_to_ask, vouched_for

KEPT = "oidc"
"""Under this name the session holds what the browser needs when it comes back."""

_LOG = logging.getLogger(__name__)
blueprint = Blueprint("oidc", __name__, url_prefix="/sign-in/oidc")


@blueprint.after_request
def tell_nobody(response: Response) -> Response:
    """Keep the address, which holds the code of the provider, out of every further request."""
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@blueprint.post("")
@public
def leave() -> str | Response:
    """Lead the browser to the provider, and remember what it must bring back."""
    provider, name = _provider(), current_app.config["TIMEBANK_OIDC_NAME"]
    _count()
    attempt = Attempt(new_secret(), new_secret(), new_secret())
    try:
        address = address_to_ask(provider, attempt, language=str(get_locale()))
    except ProviderAway as refusal:
        return _otherwise(refusal)
    session[KEPT] = [*_secrets(attempt), own_path(request.form.get("next", ""))]
    return render_template("sign_in/leave.html", address=address, name=name)


@blueprint.get("/back")
@public
def back() -> Response:
    """Let in whom the provider vouches for, if they are staff here."""
    will_write()
    provider, kept = _provider(), _kept(request.args.get("state", ""))
    timebank_id, now = _count(), clock.now()
    try:
        if kept is None or "code" not in request.args:
            raise NotVouchedFor("the answer is not for this browser, or says no")
        if request.args.get("iss", provider.issuer) != provider.issuer:
            raise NotVouchedFor("the answer is of another provider")
        vouched = vouched_for(provider, kept.attempt, code=request.args["code"], now=now)
        member_id = admit_vouched(
            db.session,
            timebank_id=timebank_id,
            email=vouched.email,
            now=now,
            today=clock.day_of(now),
        )
    except (ProviderAway, NotVouchedFor) as refusal:
        return _otherwise(refusal)
    let_in(timebank_id, member_id, verified=vouched.second_factor)
    db.session.commit()
    if half_signed_in() is None:
        return redirect(kept.next, code=303)
    return redirect(url_for("second_step.ask", next=kept.next), code=303)


class _Kept(NamedTuple):
    attempt: Attempt
    next: str


def _provider() -> Provider:
    """Return the provider that is set, or answer as if this page did not exist."""
    setting = current_app.config
    if not setting["TIMEBANK_OIDC_ISSUER"]:
        abort(404)
    base = setting["TIMEBANK_PUBLIC_URL"] or request.host_url
    return Provider(
        issuer=setting["TIMEBANK_OIDC_ISSUER"],
        client_id=setting["TIMEBANK_OIDC_CLIENT_ID"],
        client_secret=setting["TIMEBANK_OIDC_CLIENT_SECRET"],
        back=base.rstrip("/") + url_for("oidc.back"),
        second_factor_acr=setting["TIMEBANK_OIDC_SECOND_FACTOR_ACR"],
    )


def _count() -> int:
    """Count a try and return the timebank. It is written at once: the provider may be slow."""
    timebank = timebank_by_slug(db.session, current_app.config["TIMEBANK_OIDC_TIMEBANK"])
    timebank_id = timebank.id
    ledger.enter_timebank(db.session, timebank_id)
    count_vouching(
        db.session, timebank_id=timebank_id, place=request.remote_addr or "", now=clock.now()
    )
    db.session.commit()
    return timebank_id


def _secrets(attempt: Attempt) -> tuple[str, str, str]:
    return attempt.state, attempt.nonce, attempt.verifier


def _kept(state: str) -> _Kept | None:
    """Return what this browser left with, once; None when it did not leave for this answer."""
    kept = session.get(KEPT)
    if kept is None or not hmac.compare_digest(kept[0].encode(), state.encode()):
        return None
    del session[KEPT]
    return _Kept(Attempt(*kept[:3]), kept[3])


def _otherwise(refusal: ProviderAway | NotVouchedFor) -> Response:
    """Lead to the other ways to sign in; only our log says what was the matter."""
    _LOG.warning("signing in through the provider: %s", refusal)
    name = current_app.config["TIMEBANK_OIDC_NAME"]
    if isinstance(refusal, ProviderAway):
        words = gettext("%(name)s does not answer now. Sign in with your e-mail.", name=name)
    else:
        words = gettext(
            "Signing in through %(name)s did not work. Sign in with your e-mail.", name=name
        )
    flash(words, "warning")
    return redirect(url_for("sign_in.choose"), code=303)
