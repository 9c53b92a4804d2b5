# SPDX-License-Identifier: EUPL-1.2
"""Saying that an exchange is not right, and what of that stands on its page and on the desk."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from timebank import clock
from timebank.amendments.queries import kinds_before, links_of
from timebank.calls.queries import Contact, contacts_of
from timebank.categories.models import HelpCategory
from timebank.categories.queries import all_categories
from timebank.disputes.errors import AlreadyDisputed, DisputeReasonMissing
from timebank.disputes.operations import Complaint, raise_dispute
from timebank.disputes.policy import DisputeReason
from timebank.disputes.queries import DisputeRow, disputes_of, open_disputes
from timebank.exchanges.errors import AlreadyDecided, NoteNotReadable, NoteTooLong, UnknownExchange
from timebank.exchanges.policy import takes_part
from timebank.exchanges.queries import EventRow, ExchangeRow, exchange_for
from timebank.exchanges.workflow import PENDING, Action, ExchangeState
from timebank.extensions import db
from timebank.members.policy import Actor, Permission
from timebank.thanks.queries import thanks_of, waiting_thanks
from timebank.web.filters import label
from timebank.web.guard import current_actor, requires
from timebank.web.words import DISPUTE_OUTCOMES, DISPUTE_REASONS, SECOND_LOOKS, explain

blueprint = Blueprint("disputes", __name__, url_prefix="/exchanges")

COUNTING = (*PENDING, ExchangeState.APPROVED)
"""What waits or counts can be not right; what was taken back cannot."""


@blueprint.get("/<uuid:exchange_id>/not-right")
@requires(Permission.FILL_IN_FORMS)
def ask(exchange_id: uuid.UUID) -> str | Response:
    """Ask what is not right."""
    exchange = _own(exchange_id)
    if exchange.state not in COUNTING:
        return _to_exchange(exchange_id)
    return _page(exchange, {}, 200)[0]


@blueprint.post("/<uuid:exchange_id>/not-right")
@requires(Permission.FILL_IN_FORMS)
def say(exchange_id: uuid.UUID) -> Response | tuple[str, int]:
    """Tell the coordinator; said twice, it counts once."""
    code, words = request.form.get("reason", ""), request.form.get("words", "")
    complaint = Complaint(
        DisputeReason(code) if code in set(DisputeReason) else None, words.replace("\r\n", "\n")
    )
    try:
        raise_dispute(db.session, exchange_id, complaint, by=current_actor(), now=clock.now())
    except AlreadyDisputed as refusal:
        db.session.rollback()
        flash(explain(refusal), "info")
        return _to_exchange(exchange_id)
    except AlreadyDecided as refusal:
        db.session.rollback()
        if refusal.state is not ExchangeState.HELD:
            raise
        told = gettext("A coordinator decides about it this minute. Send it again in a minute.")
        typed = {"reason": code, "words": words, "errors": {"words": told}}
        return _page(_own(exchange_id), typed, 422)
    except (DisputeReasonMissing, NoteTooLong, NoteNotReadable) as refusal:
        db.session.rollback()
        at = "reason" if isinstance(refusal, DisputeReasonMissing) else "words"
        typed = {"reason": code, "words": words, "errors": {at: explain(refusal)}}
        return _page(_own(exchange_id), typed, 422)
    db.session.commit()
    flash(gettext("Thank you for telling. The coordinator looks at it and calls you."), "success")
    return _to_exchange(exchange_id)


def story_of(exchange: ExchangeRow, events: Sequence[EventRow], actor: Actor) -> dict[str, Any]:
    """Return what the page of an exchange shows of disputes, corrections and thanks."""
    here = {"timebank_id": actor.timebank_id}
    said = disputes_of(db.session, exchange.exchange_id, **here)
    kinds = kinds_before(db.session, exchange.exchange_id, **here)
    links = links_of(db.session, exchange.exchange_id, **here)
    own = takes_part(actor, helper_id=exchange.helper_id, helped_id=exchange.helped_id)
    counts = exchange.state in COUNTING
    is_open = any(one.outcome is None for one in said)
    thanks = thanks_of(db.session, exchange, by=actor)
    return {
        "disputes": said,
        "dispute_reasons": DISPUTE_REASONS,
        "dispute_outcomes": DISPUTE_OUTCOMES,
        "details": _details(events, said, kinds, all_categories(db.session, **here)),
        "let_wait_again": _let_wait_again(exchange) if links.looked_at_again else None,
        "links": links,
        "second_looks": SECOND_LOOKS,
        "may_dispute": own and counts and not is_open,
        "may_amend": counts and not own and actor.can(Permission.DECIDE_EXCHANGES),
        "may_look_again": exchange.state is ExchangeState.REJECTED
        and not own
        and actor.can(Permission.DECIDE_EXCHANGES)
        and bool(exchange.helper_name and exchange.helped_name),
        "thanks": thanks,
        "may_thank": exchange.helped_id == actor.member_id
        and exchange.state is ExchangeState.APPROVED
        and thanks is None,
    }


def at_the_desk(actor: Actor) -> dict[str, Any]:
    """Return what people said that the desk shows first."""
    disputed = open_disputes(db.session, by=actor)
    return {
        "disputed": disputed,
        "contacts": contacts_at(actor, [exchange for _, exchange in disputed]),
        "dispute_reasons": DISPUTE_REASONS,
        "thanks_to_read": waiting_thanks(db.session, by=actor),
    }


def contacts_at(actor: Actor, exchanges: Sequence[ExchangeRow]) -> dict[uuid.UUID, Contact]:
    """Return whom to call about these exchanges; nothing is asked when there are none."""
    both = {side for one in exchanges for side in (one.helper_id, one.helped_id)}
    return contacts_of(db.session, both, by=actor) if both else {}


def _let_wait_again(exchange: ExchangeRow) -> str:
    """Return the first line of a second look: the name behind it is who let it wait."""
    names = {
        exchange.entered_by_id: exchange.entered_by_name,
        exchange.helper_id: exchange.helper_name,
        exchange.helped_id: exchange.helped_name,
    }
    writer = names.get(exchange.logged_by) if exchange.logged_by else None
    if writer is None:
        return str(gettext("A coordinator let it wait once more"))
    told = gettext("A coordinator let it wait once more, as %(name)s wrote it down", name=writer)
    return str(told)


def _details(
    events: Sequence[EventRow],
    said: Sequence[DisputeRow],
    kinds: Sequence[tuple[str, str]],
    categories: dict[str, HelpCategory],
) -> dict[int, str]:
    """Return what a line of the history adds, by its place; the rows were written with the lines.

    What somebody said goes after a year, the first ones first: the last lines keep theirs.
    """
    reasons = [str(DISPUTE_REASONS[one.reason]) for one in said]
    changes = [
        gettext("%(old)s became %(new)s", old=label(categories[old]), new=label(categories[new]))
        for old, new in kinds
    ]
    details: dict[int, str] = {}
    for action, texts in ((Action.DISPUTE, reasons), (Action.CHANGE_KIND, changes)):
        places = [place for place, event in enumerate(events) if event.action is action]
        details |= dict(zip(reversed(places), reversed(texts), strict=False))
    return details


def _own(exchange_id: uuid.UUID) -> ExchangeRow:
    actor = current_actor()
    exchange = exchange_for(db.session, exchange_id, by=actor)
    if not takes_part(actor, helper_id=exchange.helper_id, helped_id=exchange.helped_id):
        raise UnknownExchange
    return exchange


def _page(exchange: ExchangeRow, typed: dict[str, Any], status: int) -> tuple[str, int]:
    page = render_template(
        "disputes/ask.html",
        exchange=exchange,
        categories=all_categories(db.session, timebank_id=current_actor().timebank_id),
        reasons=DISPUTE_REASONS,
        typed=typed,
        errors=typed.get("errors", {}),
        back_to=url_for("disputes.ask", exchange_id=exchange.exchange_id),
    )
    return page, status


def _to_exchange(exchange_id: uuid.UUID) -> Response:
    return redirect(url_for("exchanges.show", exchange_id=exchange_id), code=303)
