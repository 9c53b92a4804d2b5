# SPDX-License-Identifier: EUPL-1.2
"""My devices: where somebody is signed in, and how they end it."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from timebank import clock
from timebank.extensions import db
from timebank.members.policy import Permission
from timebank.sessions.operations import end_other_sessions, end_session_of
from timebank.sessions.queries import devices_of
from timebank.web.guard import current_actor, current_key, requires

blueprint = Blueprint("devices", __name__)


@blueprint.get("/my-devices")
@requires(Permission.SEE_HOME)
def own() -> str:
    """Show where the member is signed in."""
    actor = current_actor()
    assert actor.member_id is not None  # noqa: S101 - the organisation has no browser
    devices = devices_of(
        db.session,
        timebank_id=actor.timebank_id,
        member_id=actor.member_id,
        secret=current_key(),
        now=clock.now(),
    )
    return render_template("devices/own.html", devices=devices)


@blueprint.post("/my-devices/<uuid:session_id>/end")
@requires(Permission.SEE_HOME)
def end(session_id: uuid.UUID) -> Response:
    """End one session; ending this very one is signing out."""
    actor = current_actor()
    assert actor.member_id is not None  # noqa: S101 - as above
    end_session_of(
        db.session,
        timebank_id=actor.timebank_id,
        member_id=actor.member_id,
        session_id=session_id,
    )
    db.session.commit()
    flash(gettext("That device is signed out."), "success")
    return redirect(url_for("devices.own"), code=303)


@blueprint.post("/my-devices/end-others")
@requires(Permission.SEE_HOME)
def end_others() -> Response:
    """End every session but this one."""
    actor = current_actor()
    assert actor.member_id is not None  # noqa: S101 - as above
    end_other_sessions(
        db.session,
        timebank_id=actor.timebank_id,
        member_id=actor.member_id,
        but=current_key(),
    )
    db.session.commit()
    flash(gettext("All other devices are signed out."), "success")
    return redirect(url_for("devices.own"), code=303)
