# SPDX-License-Identifier: EUPL-1.2
"""What a service of the public sector owes everyone: what we keep, how far the pages are for all,
and where to report a weak spot. Words and settings only; nothing here reads about a person.
"""

from __future__ import annotations

import datetime
import logging

from flask import Blueprint, Flask, Response, abort, current_app, render_template, request, url_for

from timebank.areas.models import Timebank
from timebank.areas.queries import all_timebanks, timebank_by_slug
from timebank.extensions import db
from timebank.web.frame import show_timebank, shown_timebank
from timebank.web.guard import public

WARNED_BEFORE = datetime.timedelta(days=30)
"""Long enough to find the person who may write the new date."""
LOOKED_ON = datetime.date(2026, 11, 25)
"""When somebody last held the page on accessibility against what is true: at least once a year."""
OWN_DATA = "/my-data"
"""Where members read what we keep of them, in an installation that has that page."""

_LOG = logging.getLogger(__name__)

blueprint = Blueprint("duties", __name__)


@blueprint.get("/privacy")
@public
def privacy() -> str:
    """Say what is kept of people, by the timebank of who is signed in or by any."""
    return _privacy_page(shown_timebank())


@blueprint.get("/timebanks/<slug>/privacy")
@public
def timebank_privacy(slug: str) -> str:
    """Say what this timebank keeps of people, and whom to ask."""
    timebank = timebank_by_slug(db.session, slug)
    show_timebank(timebank)
    return _privacy_page(timebank)


@blueprint.get("/accessibility")
@public
def accessibility() -> str:
    """Say how far the pages are for everyone, and how to complain.

    Source: the model of toegankelijkheidsverklaring.nl; WCAG 2.2 AA in EN 301 549.
    """
    return render_template(
        "duties/accessibility.html",
        timebanks=_to_call(shown_timebank()),
        looked_on=LOOKED_ON,
        register_url=current_app.config["TIMEBANK_ACCESSIBILITY_STATEMENT_URL"],
    )


@blueprint.get("/.well-known/security.txt")
@public
def security_txt() -> Response:
    """Say where to report a weak spot; not there when the operator named no address.

    Source: RFC 9116.
    """
    contact = current_app.config["TIMEBANK_SECURITY_CONTACT"]
    expires_on = current_app.config["TIMEBANK_SECURITY_EXPIRES"]
    if not contact:
        abort(404)
    base = current_app.config["TIMEBANK_PUBLIC_URL"] or request.host_url
    lines = security_lines(contact, expires_on, base.rstrip("/") + url_for("duties.security_txt"))
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


def security_lines(contact: str, expires_on: datetime.date, address: str) -> list[str]:
    """Return the lines of security.txt.

    Args:
        contact: a URI: mailto:, https: or tel:.
        expires_on: the day at whose beginning (UTC) the file is no longer to be believed.
        address: of the file itself. It is left out when it is not https: the standard wants no
            other, and a file without the line is valid too.
    """
    lines = [
        f"Contact: {contact}",
        f"Expires: {expires_on.isoformat()}T00:00:00Z",
        "Preferred-Languages: nl, en",
    ]
    return [*lines, f"Canonical: {address}"] if address.startswith("https://") else lines


def warn_before_expiry(app: Flask, *, now: datetime.datetime) -> None:
    """Write to the log that security.txt is about to be out of date, or is."""
    expires_on = app.config["TIMEBANK_SECURITY_EXPIRES"]
    if expires_on is not None and now.date() + WARNED_BEFORE >= expires_on:
        _LOG.warning("security.txt expires on %s: set TIMEBANK_SECURITY_EXPIRES", expires_on)


def _privacy_page(timebank: Timebank | None) -> str:
    pages = {rule.rule for rule in current_app.url_map.iter_rules()}
    return render_template(
        "duties/privacy.html",
        timebank=timebank,
        timebanks=_to_call(timebank),
        privacy_officer=current_app.config["TIMEBANK_PRIVACY_OFFICER"],
        own_data=OWN_DATA if OWN_DATA in pages else None,
    )


def _to_call(timebank: Timebank | None) -> list[Timebank]:
    return [timebank] if timebank is not None else list(all_timebanks(db.session))
