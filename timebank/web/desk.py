# SPDX-License-Identifier: EUPL-1.2
"""The coordinator's desk: what needs a person first, the ordinary rest together, and undo."""

from __future__ import annotations

import contextlib
import datetime
import uuid
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

import ledger
from timebank import clock
from timebank.agreements.operations import check_sampled
from timebank.agreements.queries import to_look_at_afterwards
from timebank.approvals.errors import ReasonMissing, SecondNeeded, WordsMissing
from timebank.approvals.policy import Decision, DecisionKind, check_may_decide
from timebank.approvals.queries import own_waiting
from timebank.areas.models import Timebank
from timebank.asking.errors import AnswerEmpty, NothingAsked, QuestionEmpty
from timebank.asking.operations import Reply, answer_for, ask_about
from timebank.desk.errors import TooLateToUndo
from timebank.desk.operations import carry_out_held, hold_approvals, hold_decision, undo_decisions
from timebank.desk.queries import (
    due_decisions,
    inbox_of,
    own_decision,
    undoable_by,
    with_all_about_it,
)
from timebank.disputes.queries import disputes_of
from timebank.exchanges.errors import (
    AlreadyDecided,
    ExchangeError,
    NoteNotReadable,
    NoteTooLong,
)
from timebank.exchanges.queries import ExchangeRow, exchange_for
from timebank.exchanges.workflow import ExchangeState, RejectionReason
from timebank.extensions import db
from timebank.members.policy import Permission
from timebank.proofs.queries import last_proof
from timebank.web.desk_words import (
    back_to_desk,
    last_outcome,
    remember_key,
    why_not_undone,
    words_of_slips,
)
from timebank.web.disputes import at_the_desk
from timebank.web.frame import shown_timebank
from timebank.web.guard import current_actor, requires
from timebank.web.tidings import question_asked
from timebank.web.waits import waits_elsewhere
from timebank.web.words import explain

blueprint = Blueprint("desk", __name__, url_prefix="/desk")

Answer = Response | tuple[str, int]
_OUTCOMES = {
    DecisionKind.APPROVE: "approved",
    DecisionKind.REJECT: "rejected",
    DecisionKind.RETURN: "returned",
}
_AT_THE_FIELD = (
    *(ReasonMissing, WordsMissing, QuestionEmpty, AnswerEmpty, NoteTooLong, NoteNotReadable),
)


@blueprint.get("")
@requires(Permission.DECIDE_EXCHANGES)
def waiting() -> str:
    """Show what waits in the coordinator's own neighbourhoods."""
    return _desk({}, 200)[0]


@blueprint.get("/<uuid:exchange_id>")
@requires(Permission.DECIDE_EXCHANGES)
def one(exchange_id: uuid.UUID) -> Answer:
    """Show one that waits, with everything that can be done about it."""
    return _one(exchange_id, {}, 200)


@blueprint.post("/<uuid:exchange_id>/approve")
@requires(Permission.DECIDE_EXCHANGES)
def approve(exchange_id: uuid.UUID) -> Answer:
    """Approve one. Being second is told kindly, not as an error."""
    return _decide(exchange_id, Decision(DecisionKind.APPROVE))


@blueprint.post("/<uuid:exchange_id>/reject")
@requires(Permission.DECIDE_EXCHANGES)
def reject(exchange_id: uuid.UUID) -> Answer:
    """Reject one, with a reason."""
    code = request.form.get("reason", "")
    reason = RejectionReason(code) if code in set(RejectionReason) else None
    return _decide(exchange_id, Decision(DecisionKind.REJECT, reason, _typed("words")))


@blueprint.post("/<uuid:exchange_id>/return")
@requires(Permission.DECIDE_EXCHANGES)
def give_back(exchange_id: uuid.UUID) -> Answer:
    """Give one back to be logged again, and say what is not right yet."""
    return _decide(exchange_id, Decision(DecisionKind.RETURN, None, _typed("words")))


@blueprint.post("/<uuid:exchange_id>/ask")
@requires(Permission.DECIDE_EXCHANGES)
def ask(exchange_id: uuid.UUID) -> Answer:
    """Ask whoever logged it; it goes on waiting."""
    actor, now, words = current_actor(), clock.now(), _typed("question")
    try:
        ask_about(
            db.session,
            exchange_id,
            words,
            key=_key(),
            by=actor,
            now=now,
            letter=question_asked(_timebank(), exchange_id),
        )
    except AlreadyDecided:
        return _was_second(exchange_id)
    except _AT_THE_FIELD as refusal:
        return _again(exchange_id, "ask", refusal)
    db.session.commit()
    return back_to_desk(exchange_id, "asked")


@blueprint.post("/<uuid:exchange_id>/answer")
@requires(Permission.DECIDE_EXCHANGES)
def answer(exchange_id: uuid.UUID) -> Answer:
    """Write down what one of the two answered by telephone; its key is that of the question."""
    reply = Reply(_uuid("asked"), _uuid("member"), _typed("answer"))
    try:
        answer_for(db.session, exchange_id, reply, by=current_actor(), now=clock.now())
    except NothingAsked:
        return _was_second(exchange_id)
    except _AT_THE_FIELD as refusal:
        return _again(exchange_id, "answer", refusal)
    db.session.commit()
    return back_to_desk(exchange_id, "answered")


@blueprint.post("/<uuid:exchange_id>/checked")
@requires(Permission.DECIDE_EXCHANGES)
def checked(exchange_id: uuid.UUID) -> Response:
    """Tick off one that passed by itself and was drawn to be looked at."""
    check_sampled(db.session, exchange_id, by=current_actor(), now=clock.now())
    db.session.commit()
    return back_to_desk(exchange_id, "checked")


@blueprint.post("/together")
@requires(Permission.DECIDE_EXCHANGES)
def together() -> Response:
    """Approve the ordinary ones that are ticked, all or those of one kind of help."""
    now, key, chosen = clock.now(), _key(), []
    for text in request.form.getlist("slip"):
        with contextlib.suppress(ValueError):
            chosen.append(uuid.UUID(text))
    _carry_out_due(now)
    count = hold_approvals(
        db.session,
        chosen,
        batch_id=key,
        by=current_actor(),
        now=now,
        until=_until(now),
        category_code=request.form.get("kind") or None,
    )
    db.session.commit()
    remember_key(key)
    _carry_out_due(now)
    session["desk"] = [str(count), "together"]
    return redirect(url_for("desk.waiting", _anchor="desk-list"), code=303)


@blueprint.post("/undo/<uuid:batch_id>")
@requires(Permission.DECIDE_EXCHANGES)
def undo(batch_id: uuid.UUID) -> Response:
    """Let what was decided a moment ago wait again."""
    outcome, count = "undone", 0
    try:
        count = undo_decisions(db.session, batch_id, by=current_actor(), now=clock.now())
    except TooLateToUndo:
        db.session.rollback()
        outcome = why_not_undone(batch_id)
    db.session.commit()
    if outcome == "undone":
        remember_key(batch_id, undone=True)
    session["desk"] = [str(count), outcome]
    return redirect(url_for("desk.waiting", _anchor="desk-list"), code=303)


def _decide(exchange_id: uuid.UUID, decision: Decision) -> Answer:
    """Hold a decision, after carrying out those that are due."""
    actor, now, key = current_actor(), clock.now(), _key()
    _carry_out_due(now)
    try:
        held = hold_decision(
            db.session,
            exchange_id,
            decision,
            batch_id=key,
            by=actor,
            now=now,
            until=_until(now),
        )
    except AlreadyDecided:
        return _was_second(exchange_id)
    except SecondNeeded:
        db.session.rollback()
        return back_to_desk(exchange_id, "first_of_two")
    except _AT_THE_FIELD as refusal:
        return _again(exchange_id, str(decision.kind), refusal)
    db.session.commit()
    if held:
        remember_key(key)
        _carry_out_due(now)
    return back_to_desk(exchange_id, _OUTCOMES[decision.kind] if held else "first_of_two")


def _until(now: datetime.datetime) -> datetime.datetime:
    return now + datetime.timedelta(seconds=current_app.config["TIMEBANK_UNDO_SECONDS"])


def _carry_out_due(now: datetime.datetime) -> None:
    """Carry out what anyone decided and nobody undid, each in a transaction of its own."""
    timebank_id = current_actor().timebank_id
    for exchange_id in due_decisions(db.session, timebank_id=timebank_id, now=now):
        try:
            carry_out_held(db.session, exchange_id, timebank_id=timebank_id, now=now)
        except (ExchangeError, ledger.LedgerError):
            # The job tries again and writes it in its log; nobody's next click waits for it.
            db.session.rollback()
            continue
        db.session.commit()


def _key() -> uuid.UUID:
    """Return the key that was made with the form; a form without one gets a fresh one."""
    return _uuid("key")


def _uuid(name: str) -> uuid.UUID:
    """Return the key in a field; what is none is one that nothing has."""
    try:
        return uuid.UUID(request.form.get(name, ""))
    except ValueError:
        return uuid.uuid4()


def _timebank() -> Timebank:
    timebank = shown_timebank()
    assert timebank is not None  # noqa: S101 - who is signed in belongs to one
    return timebank


def _typed(name: str) -> str:
    return request.form.get(name, "").replace("\r\n", "\n")


def _was_second(exchange_id: uuid.UUID) -> Response:
    """Tell the coordinator what became of it a moment ago; their own decision as the first time."""
    db.session.rollback()
    kind = own_decision(db.session, exchange_id, by=current_actor())
    return back_to_desk(exchange_id, "second" if kind is None else _OUTCOMES[kind])


def _again(exchange_id: uuid.UUID, form: str, refusal: Exception) -> Answer:
    """Show the form again where it stood, with what was typed."""
    db.session.rollback()
    field = {"ask": "question", "answer": "answer"}.get(form)
    field = field or str(getattr(refusal, "field", "words"))
    field = "words" if field == "note" else field
    typed = {"id": exchange_id, "form": form, "field": field, "error": explain(refusal)}
    typed |= {
        name: request.form.get(name, "")
        for name in ("reason", "words", "question", "answer", "member")
    }
    return _one(exchange_id, typed, 422) if request.form.get("on_its_own") else _desk(typed, 422)


def _desk(typed: dict[str, Any], status: int) -> tuple[str, int]:
    actor, now = current_actor(), clock.now()
    page = render_template(
        "desk/waiting.html",
        inbox=inbox_of(db.session, by=actor),
        elsewhere_waits=waits_elsewhere(actor),
        own=own_waiting(db.session, by=actor),
        samples=to_look_at_afterwards(db.session, by=actor),
        undoable=undoable_by(db.session, by=actor, now=now),
        now=now,
        typed=typed,
        outcome=last_outcome(),
        proof=last_proof(db.session, timebank_id=actor.timebank_id, now=now),
        **words_of_slips(),
        **at_the_desk(actor),
    )
    return page, status


def _one(exchange_id: uuid.UUID, typed: dict[str, Any], status: int) -> Answer:
    actor = current_actor()
    exchange = exchange_for(db.session, exchange_id, by=actor)
    check_may_decide(
        actor,
        helper_id=exchange.helper_id,
        helped_id=exchange.helped_id,
        neighbourhood_codes=_places(exchange),
    )
    if exchange.state is not ExchangeState.SUBMITTED:
        said = disputes_of(db.session, exchange_id, timebank_id=actor.timebank_id)
        is_open = any(one.outcome is None for one in said)
        place = "amendments.look" if is_open else "exchanges.show"
        return redirect(url_for(place, exchange_id=exchange_id), code=303)
    (item,) = with_all_about_it(db.session, [exchange], by=actor)
    page = render_template("desk/one.html", item=item, typed=typed, **words_of_slips())
    return page, status


def _places(exchange: ExchangeRow) -> tuple[str, str]:
    return exchange.helper_neighbourhood_code, exchange.helped_neighbourhood_code
