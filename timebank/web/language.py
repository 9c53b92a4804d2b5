# SPDX-License-Identifier: EUPL-1.2
"""The language of the screens: Dutch unless somebody chose English."""

from __future__ import annotations

from flask import Blueprint, current_app, has_request_context, redirect, request
from werkzeug.wrappers import Response

from timebank.web.guard import public
from timebank.web.keep_typed import keep_typed_answers
from timebank.web.own_paths import own_path

LANGUAGES = ("nl", "en")
COOKIE = "timebank-language"
_A_YEAR_IN_SECONDS = 365 * 24 * 60 * 60

blueprint = Blueprint("language", __name__)


def chosen_language() -> str:
    """Return the language that was chosen on this device, else Dutch."""
    chosen = request.cookies.get(_cookie_name()) if has_request_context() else None
    return chosen if chosen in LANGUAGES else LANGUAGES[0]


@blueprint.post("/language")
@public
def switch() -> Response:
    """Remember the language and go back to the page; what was typed in a form comes along."""
    keep_typed_answers()
    response = redirect(own_path(request.form.get("next", "")), code=303)
    language = request.form.get("language")
    if language in LANGUAGES:
        response.set_cookie(
            _cookie_name(),
            language,
            max_age=_A_YEAR_IN_SECONDS,
            secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
            httponly=True,
            samesite="Lax",
        )
    return response


def _cookie_name() -> str:
    """Return the name of the cookie; the prefix lets no other host of this domain set it."""
    return f"__Host-{COOKIE}" if current_app.config["SESSION_COOKIE_SECURE"] else COOKIE
