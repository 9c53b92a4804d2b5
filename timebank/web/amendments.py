# SPDX-License-Identifier: EUPL-1.2
"""What a coordinator makes of an exchange that is not right: it stands, other answers, or back."""

from __future__ import annotations

import datetime
import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from timebank import clock
from timebank.amendments.errors import BothLeft, NothingChanged
from timebank.amendments.operations import change_kind, correct_exchange, take_back
from timebank.approvals.errors import SecondNeeded
from timebank.approvals.policy import check_may_decide
from timebank.categories.models import Boundary
from timebank.categories.queries import all_categories, open_categories
from timebank.disputes.operations import let_stand
from timebank.disputes.queries import disputes_of
from timebank.exchanges.errors import AlreadyDecided, ExchangeError, ProfessionalOnly, UnknownKind
from timebank.exchanges.operations import LogExchange
from timebank.exchanges.queries import ExchangeRow, exchange_for
from timebank.exchanges.workflow import ExchangeState
from timebank.extensions import db
from timebank.members.policy import Permission
from timebank.schemas.answers import DayAnswer
from timebank.web.disputes import COUNTING, contacts_at
from timebank.web.durations import read_minutes, write_minutes
from timebank.web.guard import current_actor, requires
from timebank.web.words import DISPUTE_REASONS, explain, explain_codes

blueprint = Blueprint("amendments", __name__, url_prefix="/exchanges/<uuid:exchange_id>/amend")

Page = tuple[str, int]


@blueprint.get("")
@requires(Permission.DECIDE_EXCHANGES)
def look(exchange_id: uuid.UUID) -> str | Response:
    """Show what was said, what was written down, and the ways to end it."""
    exchange = _within_reach(exchange_id)
    if exchange.state not in COUNTING:
        return _to_exchange(exchange_id)
    return _page(exchange, _typed_of(exchange), {}, 200)[0]


@blueprint.post("/stands")
@requires(Permission.DECIDE_EXCHANGES)
def stands(exchange_id: uuid.UUID) -> Response:
    """It is right as it stands."""
    try:
        stands_now = let_stand(db.session, exchange_id, by=current_actor(), now=clock.now())
    except AlreadyDecided as refusal:
        return _was_second(exchange_id, refusal)
    except SecondNeeded as refusal:
        db.session.rollback()
        flash(explain(refusal), "info")
        return redirect(url_for("exchanges.show", exchange_id=exchange_id), code=303)
    told = gettext("It stays as it is. Both people can read that you looked.")
    if not stands_now:
        told = gettext("So many hours need two coordinators. A colleague must look too.")
    return _done(exchange_id, told)


@blueprint.post("/take-back")
@requires(Permission.DECIDE_EXCHANGES)
def back(exchange_id: uuid.UUID) -> Response:
    """It does not count."""
    by, now = current_actor(), clock.now()
    try:
        take_back(db.session, exchange_id, by=by, now=now, seen=_dispute_seen())
    except (AlreadyDecided, BothLeft) as refusal:
        return _was_second(exchange_id, refusal)
    return _done(exchange_id, gettext("Taken back. These hours do not count any more."))


@blueprint.post("/kind")
@requires(Permission.DECIDE_EXCHANGES)
def kind(exchange_id: uuid.UUID) -> Response | Page:
    """Give it another kind of help; the hours stay."""
    code = request.form.get("kind", "")
    try:
        change_kind(db.session, exchange_id, code, by=current_actor(), now=clock.now())
    except AlreadyDecided as refusal:
        return _was_second(exchange_id, refusal)
    except (UnknownKind, ProfessionalOnly, NothingChanged) as refusal:
        db.session.rollback()
        exchange = _within_reach(exchange_id)
        typed = _typed_of(exchange) | {"kind": code}
        return _page(exchange, typed, {"kind": explain(refusal)}, 422)
    return _done(exchange_id, gettext("The kind of help changed. The hours stayed the same."))


@blueprint.post("/correct")
@requires(Permission.DECIDE_EXCHANGES)
def correct(exchange_id: uuid.UUID) -> Response | Page:
    """Put the right answers in its place."""
    exchange = _within_reach(exchange_id)
    try:
        made = correct_exchange(
            db.session,
            exchange_id,
            _command(exchange),
            by=current_actor(),
            now=clock.now(),
            seen=_dispute_seen(),
        )
    except ValidationError as refusal:
        errors = explain_codes(refusal)
    except (AlreadyDecided, BothLeft) as refusal:
        return _was_second(exchange_id, refusal)
    except ExchangeError as refusal:
        if refusal.field is None:
            raise
        errors = {refusal.field: explain(refusal)}
    else:
        return _done(made.exchange_id, _told_of(made.exchange_id))
    db.session.rollback()
    return _page(_within_reach(exchange_id), dict(request.form), errors, 422)


def _told_of(exchange_id: uuid.UUID) -> str:
    """Say whether the correction counts, or waits for a second coordinator."""
    told: str = gettext("Corrected. This is how it counts now.")
    if _within_reach(exchange_id).state is ExchangeState.SUBMITTED:
        told = gettext("So many hours need two coordinators. A colleague must look too.")
    return told


def _command(exchange: ExchangeRow) -> LogExchange:
    """Read the right answers.

    Raises:
        marshmallow.ValidationError: with every field that cannot be read.
    """
    form, wrong = request.form, {}
    minutes = read_minutes(form.get("minutes", ""))
    if minutes is None:
        wrong["minutes"] = ["minutes_not_a_number"]
    day = datetime.date.min
    try:
        day = DayAnswer().load(
            {"helped_on": "other"}
            | {f"other_day_{part}": form.get(f"helped_on_{part}", "") for part in DAY_PARTS}
        )
    except ValidationError as refusal:
        wrong |= refusal.messages_dict
    if wrong:
        raise ValidationError(wrong)
    helper, helped = exchange.helper_id, exchange.helped_id
    if form.get("direction") == "other_way":
        helper, helped = helped, helper
    return LogExchange(
        form_key=_uuid(form.get("form_key", "")) or uuid.uuid4(),
        helper_id=helper,
        helped_id=helped,
        category_code=form.get("category", ""),
        minutes=minutes or 0,
        helped_on=day,
    )


DAY_PARTS = ("day", "month", "year")


def _typed_of(exchange: ExchangeRow) -> dict[str, str]:
    """Return the form as it would be typed if everything were right already."""
    return {
        "form_key": str(uuid.uuid4()),
        "direction": "as_it_is",
        "category": exchange.category_code,
        "minutes": write_minutes(exchange.minutes),
        "kind": exchange.category_code,
    } | {f"helped_on_{part}": str(getattr(exchange.helped_on, part)) for part in DAY_PARTS}


def _within_reach(exchange_id: uuid.UUID) -> ExchangeRow:
    actor = current_actor()
    exchange = exchange_for(db.session, exchange_id, by=actor)
    codes = (exchange.helper_neighbourhood_code, exchange.helped_neighbourhood_code)
    check_may_decide(
        actor,
        helper_id=exchange.helper_id,
        helped_id=exchange.helped_id,
        neighbourhood_codes=codes,
    )
    return exchange


def _page(
    exchange: ExchangeRow, typed: dict[str, str], errors: dict[str, str], status: int
) -> Page:
    here = {"timebank_id": current_actor().timebank_id}
    said = disputes_of(db.session, exchange.exchange_id, **here)
    # A correction may keep the kind that stands, though it is not chosen any more.
    offered = {
        one.code: one
        for one in open_categories(db.session, **here)
        if one.boundary is not Boundary.PROFESSIONAL_ONLY
    }
    categories = all_categories(db.session, **here)
    offered.setdefault(exchange.category_code, categories[exchange.category_code])
    page = render_template(
        "amendments/look.html",
        exchange=exchange,
        dispute=next((one for one in reversed(said) if one.outcome is None), None),
        categories=categories,
        offered=list(offered.values()),
        reasons=DISPUTE_REASONS,
        contacts=contacts_at(current_actor(), [exchange]),
        typed=typed,
        errors=errors,
        back_to=url_for("amendments.look", exchange_id=exchange.exchange_id),
    )
    return page, status


def _was_second(exchange_id: uuid.UUID, refusal: ExchangeError) -> Response:
    """Tell kindly what a colleague decided a moment ago, or that both people left."""
    db.session.rollback()
    flash(explain(refusal), "info")
    return _to_exchange(exchange_id)


def _done(exchange_id: uuid.UUID, told: str) -> Response:
    db.session.commit()
    flash(told, "success")
    return _to_exchange(exchange_id)


def _dispute_seen() -> uuid.UUID | None:
    return _uuid(request.form.get("dispute", ""))


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _to_exchange(exchange_id: uuid.UUID) -> Response:
    return redirect(url_for("exchanges.show", exchange_id=exchange_id), code=303)
