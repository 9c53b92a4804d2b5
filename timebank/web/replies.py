# SPDX-License-Identifier: EUPL-1.2
"""What residents reply while help waits: that it is right, an answer, or the same form again."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from timebank import clock
from timebank.agreements.operations import confirm_exchange
from timebank.asking.errors import AnswerEmpty
from timebank.asking.operations import answer_question
from timebank.asking.queries import is_written_again
from timebank.drafts.errors import UnknownDraft
from timebank.drafts.operations import save_draft
from timebank.exchanges.errors import NoteNotReadable, NoteTooLong, UnknownExchange
from timebank.exchanges.queries import ExchangeRow, exchange_for, sent_with_key
from timebank.exchanges.workflow import ExchangeState
from timebank.extensions import db
from timebank.members.policy import Permission
from timebank.web.exchanges import exchange_page, writers_of
from timebank.web.guard import current_actor, requires
from timebank.web.questions import answers_about
from timebank.web.words import explain

blueprint = Blueprint("replies", __name__, url_prefix="/exchanges")

_AGAIN = uuid.UUID("0b6a4c8e-51c2-5d0b-9a55-7d5c1c1f20a3")
"""Namespace of the keys of forms that begin with the answers of an exchange that was given back."""


@blueprint.post("/<uuid:exchange_id>/confirm")
@requires(Permission.SEE_HOME)
def confirm(exchange_id: uuid.UUID) -> Response:
    """Say as the other of the two that it is right."""
    approved = confirm_exchange(db.session, exchange_id, by=current_actor(), now=clock.now())
    db.session.commit()
    told = gettext("Thank you. It is approved, and the hours count now.")
    flash(
        told if approved else gettext("Thank you. The coordinator sees that you agree."), "success"
    )
    return redirect(url_for("exchanges.show", exchange_id=exchange_id), code=303)


@blueprint.post("/<uuid:exchange_id>/answer")
@requires(Permission.SEE_HOME)
def answer(exchange_id: uuid.UUID) -> Response | tuple[str, int]:
    """Answer what a coordinator asked."""
    actor, words = current_actor(), request.form.get("answer", "").replace("\r\n", "\n")
    exchange_for(db.session, exchange_id, by=actor)
    try:
        answer_question(db.session, exchange_id, words, by=actor, now=clock.now())
    except (AnswerEmpty, NoteTooLong, NoteNotReadable) as refusal:
        db.session.rollback()
        return exchange_page(exchange_id, typed=words, error=explain(refusal)), 422
    db.session.commit()
    flash(gettext("Thank you. The coordinator reads your answer."), "success")
    return redirect(url_for("exchanges.show", exchange_id=exchange_id), code=303)


@blueprint.post("/<uuid:exchange_id>/again")
@requires(Permission.FILL_IN_FORMS)
def again(exchange_id: uuid.UUID) -> Response:
    """Begin the form again from the answers of an exchange that was given back.

    The key of the form follows from the exchange: pressed twice, it is the same form, and what was
    sent with it already is shown instead. Of two who may write it down again the first one does.
    """
    actor, form_key = current_actor(), uuid.uuid5(_AGAIN, str(exchange_id))
    exchange = exchange_for(db.session, exchange_id, by=actor)
    if exchange.state is not ExchangeState.RETURNED or actor.member_id not in writers_of(exchange):
        raise UnknownExchange
    sent = sent_with_key(db.session, by=actor, form_key=form_key)
    if sent is not None:
        return redirect(url_for("exchanges.show", exchange_id=sent), code=303)
    answers = _answers_of(exchange, actor.member_id)
    try:
        if is_written_again(db.session, form_key, timebank_id=actor.timebank_id):
            raise UnknownDraft
        save_draft(db.session, by=actor, form_key=form_key, answers=answers, now=clock.now())
    except UnknownDraft:
        db.session.rollback()
        flash(gettext("Somebody else is writing this down again, or did so already."), "info")
        return redirect(url_for("exchanges.show", exchange_id=exchange_id), code=303)
    db.session.commit()
    address = url_for("exchange_form.show", side=answers["side"], form_key=form_key, step="check")
    return redirect(address, code=303)


def _answers_of(exchange: ExchangeRow, own_id: uuid.UUID | None) -> dict[str, str]:
    """Return the answers that made this exchange, as the form keeps them."""
    about = exchange.acting_for_id or own_id
    return answers_about(
        about=about,
        own_id=own_id,
        two=(exchange.helper_id, exchange.helped_id),
        category_code=exchange.category_code,
        day=exchange.helped_on,
        minutes=exchange.minutes,
        note=exchange.note or "",
    )
