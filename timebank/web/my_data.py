# SPDX-License-Identifier: EUPL-1.2
"""Everything about oneself: to read, to print, to take along, and to leave with."""

from __future__ import annotations

import datetime
import json
import uuid
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, session, url_for
from werkzeug.wrappers import Response

from timebank import clock
from timebank.categories.queries import all_categories
from timebank.corrections.queries import pause_of
from timebank.extensions import db
from timebank.members.policy import Permission
from timebank.own_data.queries import own_data
from timebank.web import suggestion_words
from timebank.web.boundary_words import QUALIFICATIONS, REFERRAL_OUTCOMES, partner_label
from timebank.web.data_words import CALLS, SECTIONS, TRUST, WAYS_IN, deed
from timebank.web.erasing import erase_now
from timebank.web.frame import shown_timebank
from timebank.web.guard import current_actor, public, requires
from timebank.web.wish_words import CAPACITY_WORDS, REACH_WORDS, STATE_WORDS, when_words_of
from timebank.web.words import (
    ACTIONS,
    APPOINTMENT_STATES,
    DISPUTE_REASONS,
    REASONS,
    ROLES,
    SUPPORT,
)

blueprint = Blueprint("my_data", __name__)


@blueprint.get("/my-data")
@requires(Permission.MANAGE_OWN_DATA)
def show() -> str:
    """Show everything about who asks, on one page that prints well."""
    actor, now = current_actor(), clock.now()
    assert actor.member_id is not None  # noqa: S101 - who is signed in is a member
    return render_template(
        "my_data/show.html",
        data=own_data(db.session, by=actor),
        sections=SECTIONS,
        categories=all_categories(db.session, timebank_id=actor.timebank_id),
        pause=pause_of(
            db.session,
            timebank_id=actor.timebank_id,
            member_id=actor.member_id,
            today=clock.day_of(now),
        ),
        today=clock.day_of(now),
        actions=ACTIONS,
        appointment_states=APPOINTMENT_STATES,
        reasons=REASONS,
        dispute_reasons=DISPUTE_REASONS,
        roles=ROLES,
        ways_in=WAYS_IN,
        trust_words=TRUST,
        call_reasons=CALLS,
        support_words=SUPPORT,
        qualifications=QUALIFICATIONS,
        referral_outcomes=REFERRAL_OUTCOMES,
        partner_label=partner_label,
        need_states=STATE_WORDS,
        suggestion_states=suggestion_words.STATE_WORDS,
        why_not=suggestion_words.NO_WORDS,
        when_words=when_words_of,
        reaches=REACH_WORDS,
        capacities=CAPACITY_WORDS,
        deed=deed,
        timebank=shown_timebank(),
    )


@blueprint.get("/my-data.json")
@requires(Permission.MANAGE_OWN_DATA)
def download() -> Response:
    """Give the same as a file that other programs can read."""
    actor, timebank = current_actor(), shown_timebank()
    content = {
        "timebank": timebank.name if timebank else None,
        "made_at": clock.now().isoformat(),
        "sections": _as_plain(own_data(db.session, by=actor)),
    }
    response = make_response(json.dumps(content, ensure_ascii=False, indent=2) + "\n")
    response.headers["Content-Type"] = "application/json; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response


@blueprint.get("/my-data/leave")
@requires(Permission.MANAGE_OWN_DATA)
def leave() -> str:
    """Say what goes and what stays, with one button."""
    return render_template("my_data/leave.html")


@blueprint.post("/my-data/leave")
@requires(Permission.MANAGE_OWN_DATA)
def leave_now() -> Response:
    """Erase who asks, and sign them out."""
    actor, now = current_actor(), clock.now()
    assert actor.member_id is not None  # noqa: S101 - who is signed in is a member
    erase_now(actor.member_id, by=actor, now=now)
    session.clear()
    response = redirect(url_for("my_data.left"), code=303)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@blueprint.get("/left")
@public
def left() -> str:
    """Say goodbye. There is nobody signed in any more."""
    return render_template("my_data/left.html")


def _as_plain(value: Any) -> Any:  # noqa: ANN401 - any of the values above
    """Return a value as JSON can hold it: days and moments in ISO 8601, ids as text."""
    if isinstance(value, dict):
        return {str(key): _as_plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_as_plain(inner) for inner in value]
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat()
    return str(value) if isinstance(value, (uuid.UUID, str)) else value
