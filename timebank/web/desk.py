# SPDX-License-Identifier: EUPL-1.2
"""The coordinator's desk: what waits, oldest first; approve, or reject with a reason."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from timebank import clock
from timebank.approvals.errors import ReasonMissing
from timebank.approvals.operations import Rejection, approve_exchange, reject_exchange
from timebank.approvals.queries import PAGE, own_waiting, waiting_for
from timebank.areas.queries import neighbourhoods_of
from timebank.categories.queries import all_categories
from timebank.checks.queries import missing_checks
from timebank.exchanges.errors import (
    AlreadyDecided,
    NoteNotReadable,
    NoteTooLong,
    UnknownExchange,
)
from timebank.exchanges.queries import exchange_for
from timebank.exchanges.workflow import RejectionReason
from timebank.extensions import db
from timebank.members.policy import Permission
from timebank.proofs.queries import last_proof
from timebank.web.boundary_words import CHECKS_MISSING
from timebank.web.guard import current_actor, requires
from timebank.web.waits import waits_elsewhere
from timebank.web.words import REASONS, explain

blueprint = Blueprint("desk", __name__, url_prefix="/desk")


@blueprint.get("")
@requires(Permission.DECIDE_EXCHANGES)
def waiting() -> str:
    """Show what waits in the coordinator's own neighbourhoods."""
    return _desk({}, 200)[0]


@blueprint.post("/<uuid:exchange_id>/approve")
@requires(Permission.DECIDE_EXCHANGES)
def approve(exchange_id: uuid.UUID) -> Response:
    """Approve one. Being second is told kindly, not as an error."""
    try:
        approve_exchange(db.session, exchange_id, by=current_actor(), now=clock.now())
    except AlreadyDecided:
        return _was_second(exchange_id)
    db.session.commit()
    return _back_to_desk(exchange_id, "approved")


@blueprint.post("/<uuid:exchange_id>/reject")
@requires(Permission.DECIDE_EXCHANGES)
def reject(exchange_id: uuid.UUID) -> Response | tuple[str, int]:
    """Reject one, with a reason."""
    code, words = request.form.get("reason", ""), request.form.get("words", "")
    rejection = Rejection(
        RejectionReason(code) if code in set(RejectionReason) else None,
        words.replace("\r\n", "\n"),
    )
    try:
        reject_exchange(db.session, exchange_id, rejection, by=current_actor(), now=clock.now())
    except AlreadyDecided:
        return _was_second(exchange_id)
    except (ReasonMissing, NoteTooLong, NoteNotReadable) as refusal:
        db.session.rollback()
        typed = {"id": exchange_id, "error": explain(refusal), "reason": code, "words": words}
        return _desk(typed, 422)
    db.session.commit()
    return _back_to_desk(exchange_id, "rejected")


def _was_second(exchange_id: uuid.UUID) -> Response:
    """Tell the coordinator what a colleague decided a moment ago."""
    db.session.rollback()
    return _back_to_desk(exchange_id, "second")


def _back_to_desk(exchange_id: uuid.UUID, outcome: str) -> Response:
    """Remember what to say by id only: names do not travel in a cookie."""
    session["desk"] = [exchange_id.hex, outcome]
    return redirect(url_for("desk.waiting"), code=303)


def _desk(typed: dict[str, Any], status: int) -> tuple[str, int]:
    actor = current_actor()
    items = waiting_for(db.session, by=actor)
    names = {
        neighbourhood.code: neighbourhood.name
        for neighbourhood in neighbourhoods_of(db.session, timebank_id=actor.timebank_id)
    }
    page = render_template(
        "desk/waiting.html",
        items=items[:PAGE],
        more=len(items) > PAGE,
        missing=missing_checks(db.session, items[:PAGE], by=actor),
        missing_words=CHECKS_MISSING,
        elsewhere_waits=waits_elsewhere(actor),
        own=own_waiting(db.session, by=actor),
        names=names,
        categories=all_categories(db.session, timebank_id=actor.timebank_id),
        reasons=REASONS,
        typed=typed,
        outcome=_last_outcome(),
        proof=last_proof(db.session, timebank_id=actor.timebank_id, now=clock.now()),
        back_to=url_for("desk.waiting"),
    )
    return page, status


def _last_outcome() -> dict[str, Any] | None:
    """Return what was decided just now, to be said once above the list."""
    remembered = session.pop("desk", None)
    if remembered is None:
        return None
    try:
        exchange = exchange_for(db.session, uuid.UUID(hex=remembered[0]), by=current_actor())
    except UnknownExchange:
        return None
    return {"exchange": exchange, "outcome": remembered[1]}
