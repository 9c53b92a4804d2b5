# SPDX-License-Identifier: EUPL-1.2
"""One exchange: what was logged, what became of it, and taking it back."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from timebank import clock
from timebank.agreements.policy import both_agree
from timebank.agreements.queries import confirmations_of, passed_by_itself
from timebank.asking.queries import questions_about, unanswered
from timebank.categories.queries import all_categories
from timebank.disputes.operations import withdraw_own
from timebank.exchanges.policy import writers
from timebank.exchanges.queries import ExchangeRow, exchange_for, history_of
from timebank.exchanges.workflow import ExchangeState
from timebank.extensions import db
from timebank.members.policy import Actor, Permission
from timebank.paper.policy import slip_number
from timebank.paper.queries import slip_of
from timebank.web.disputes import story_of
from timebank.web.guard import current_actor, requires
from timebank.web.words import ACTIONS, REASONS

blueprint = Blueprint("exchanges", __name__, url_prefix="/exchanges")


@blueprint.get("/<uuid:exchange_id>")
@requires(Permission.SEE_HOME)
def show(exchange_id: uuid.UUID) -> str:
    """Show an exchange to who took part in it, or may decide about it."""
    return exchange_page(exchange_id)


def exchange_page(exchange_id: uuid.UUID, *, typed: str = "", error: str | None = None) -> str:
    """Return the page of an exchange.

    Args:
        typed: an answer to a question that was refused, to be shown again.
        error: why it was refused.
    """
    actor = current_actor()
    exchange = exchange_for(db.session, exchange_id, by=actor)
    events, words = history_of(db.session, exchange_id, timebank_id=actor.timebank_id)
    is_helped = exchange.helped_id == actor.member_id
    return render_template(
        "exchanges/show.html",
        exchange=exchange,
        events=events,
        rejection_words=words,
        categories=all_categories(db.session, timebank_id=actor.timebank_id),
        actions=ACTIONS,
        reasons=REASONS,
        is_own=actor.member_id in writers_of(exchange),
        may_withdraw=actor.member_id in (exchange.logged_by, exchange.acting_for_id),
        takes_part=actor.member_id in (exchange.helper_id, exchange.helped_id),
        at_desk=actor.can(Permission.DECIDE_EXCHANGES)
        and actor.member_id not in (exchange.helper_id, exchange.helped_id),
        slip=slip_of(db.session, exchange_id, timebank_id=actor.timebank_id),
        slip_number=slip_number,
        invite=is_helped and exchange.state is ExchangeState.APPROVED,
        **replies_to(exchange, actor),
        typed=typed,
        error=error,
        **story_of(exchange, events, actor),
    )


def writers_of(exchange: ExchangeRow) -> set[uuid.UUID]:
    """Return who is asked about an exchange, and who writes it down again."""
    return writers(
        logged_by=exchange.logged_by,
        acting_for_id=exchange.acting_for_id,
        helper_id=exchange.helper_id,
        helped_id=exchange.helped_id,
    )


def who_answers(exchange: ExchangeRow) -> list[tuple[uuid.UUID, str]]:
    """Return by id and name who of the two the reader may call for an answer, and write it down."""
    actor = current_actor()
    reach, asked = actor.reach(Permission.LOG_FOR_OTHERS), writers_of(exchange)
    sides = (
        (exchange.helper_id, exchange.helper_name, exchange.helper_neighbourhood_code),
        (exchange.helped_id, exchange.helped_name, exchange.helped_neighbourhood_code),
    )
    return [
        (member_id, name)
        for member_id, name, code in sides
        if name and member_id in asked and member_id != actor.member_id and reach.covers(code)
    ]


def replies_to(exchange: ExchangeRow, actor: Actor) -> dict[str, Any]:
    """Return what was asked and agreed about an exchange, and what the actor can still say."""
    key = {"timebank_id": actor.timebank_id}
    ids = [exchange.exchange_id]
    questions = questions_about(db.session, exchange_ids=ids, **key).get(ids[0], [])
    confirmed = confirmations_of(db.session, exchange_ids=ids, **key).get(ids[0], set())
    said = {exchange.logged_by, exchange.acting_for_id, *confirmed}
    waits = exchange.state is ExchangeState.SUBMITTED
    takes_part = actor.member_id in (exchange.helper_id, exchange.helped_id)
    return {
        "questions": questions,
        "open_question": unanswered(questions) if waits else None,
        "agreed": both_agree({exchange.helper_id, exchange.helped_id}, said),
        "may_confirm": waits and takes_part and actor.member_id not in said,
        "by_itself": passed_by_itself(db.session, ids[0], **key),
    }


@blueprint.post("/<uuid:exchange_id>/withdraw")
@requires(Permission.FILL_IN_FORMS)
def withdraw(exchange_id: uuid.UUID) -> Response:
    """Take one's own exchange back while it waits."""
    withdraw_own(db.session, exchange_id, by=current_actor(), now=clock.now())
    db.session.commit()
    flash(gettext("You took it back. Nothing is counted."), "success")
    return redirect(url_for("exchanges.show", exchange_id=exchange_id), code=303)
