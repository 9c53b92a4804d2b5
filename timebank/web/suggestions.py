# SPDX-License-Identifier: EUPL-1.2
"""How can I help: ideas with their reasons, and a yes, later or no. A demand is never made.

Nobody reads who looks for help by family name, telephone or address before both said yes.
"""

from __future__ import annotations

import contextlib
import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from timebank import clock
from timebank.categories.queries import all_categories
from timebank.extensions import db
from timebank.finding.queries import idea_about, ideas_for
from timebank.introductions.queries import contact_of
from timebank.invitations.operations import mark_shown, rest, tell_by_mail
from timebank.members.policy import Actor, Permission
from timebank.suggestions.errors import SuggestionMoved, UnknownSuggestion
from timebank.suggestions.operations import Found, remember, say_later, say_no, say_yes
from timebank.suggestions.policy import FIRST_SHOWN, PLENTY_MINUTES
from timebank.suggestions.queries import Idea, standing_of, told_about
from timebank.suggestions.workflow import (
    ANSWERABLE,
    DeclineCode,
    Invitation,
    SuggestionState,
)
from timebank.web import tidings
from timebank.web.frame import shown_timebank
from timebank.web.guard import current_actor, requires
from timebank.web.kinds import offered_kinds
from timebank.web.suggestion_words import (
    LEARNT,
    NO_WORDS,
    STATE_WORDS,
    after_words,
    every_reason,
    reason_sentences,
)

blueprint = Blueprint("suggestions", __name__, url_prefix="/suggestions")

Page = tuple[str, int]


def home_material(actor: Actor) -> dict[str, Any]:
    """Return what the first page shows of suggestions: an offer, three ideas, an invitation.

    Six statements at most.
    """
    now = clock.now()
    standing = standing_of(db.session, by=actor, today=clock.day_of(now))
    if standing is None:
        return {}
    page: dict[str, Any] = {"offer_need": standing.offer, "sentences": reason_sentences}
    if Invitation.GIVE not in standing.rests:
        page["ideas"] = ideas_for(db.session, standing, by=actor, now=now)[:FIRST_SHOWN]
    plenty = standing.balance_minutes > PLENTY_MINUTES
    page["ask_something"] = plenty and Invitation.ASK not in standing.rests
    return page


@blueprint.get("")
@requires(Permission.KEEP_WISHES)
def mine() -> str:
    """Show three ideas, five more behind "more", and where my yes led."""
    actor, now = current_actor(), clock.now()
    standing = standing_of(db.session, by=actor, today=clock.day_of(now))
    ideas = [] if standing is None else ideas_for(db.session, standing, by=actor, now=now)
    kinds = offered_kinds()
    return render_template(
        "suggestions/mine.html",
        ideas=ideas,
        first=FIRST_SHOWN,
        told=told_about(db.session, by=actor, now=now),
        pauses=standing is not None and standing.pauses,
        light=[kind for kind in kinds.values() if kind.is_easy or kind.is_remote],
        categories=_categories(actor),
        sentences=reason_sentences,
        states=STATE_WORDS,
    )


@blueprint.post("/shown")
@requires(Permission.KEEP_WISHES)
def seen() -> Response:
    """Count what was shown. The page says so by itself; without script it counts with an answer."""
    needs = []
    for text in request.form.getlist("need"):
        with contextlib.suppress(ValueError):
            needs.append(uuid.UUID(text))
    mark_shown(db.session, needs, by=current_actor(), now=clock.now())
    db.session.commit()
    return Response(status=204)


@blueprint.post("/rest/<any(give, ask):kind>/<any(later, no):answer>")
@requires(Permission.KEEP_WISHES)
def leave_alone(kind: str, answer: str) -> Response:
    """Show an invitation no more for a while. Nothing else changes (policy row D1)."""
    refused = answer == "no"
    rest(db.session, Invitation(kind), refused=refused, by=current_actor(), now=clock.now())
    db.session.commit()
    flash(gettext("That is fine. You can always look yourself."), "success")
    return redirect(url_for("home.start"), code=303)


@blueprint.get("/<uuid:need_id>")
@requires(Permission.KEEP_WISHES)
def show(need_id: uuid.UUID) -> str:
    """Show one idea with all its reasons and points, and where it stands."""
    actor = current_actor()
    idea = _idea(need_id, actor)
    return render_template(
        "suggestions/one.html",
        idea=idea,
        reasons=every_reason(idea),
        open=idea.state is None or idea.state in ANSWERABLE,
        contact=contact_of(db.session, need_id, by=actor),
        categories=_categories(actor),
        states=STATE_WORDS,
    )


@blueprint.get("/<uuid:need_id>/no")
@requires(Permission.KEEP_WISHES)
def ask_no(need_id: uuid.UUID) -> str:
    """Ask why not: one press, and no answer is fine."""
    actor = current_actor()
    return render_template(
        "suggestions/no.html",
        idea=_idea(need_id, actor),
        codes=NO_WORDS,
        learnt=LEARNT,
        categories=_categories(actor),
    )


@blueprint.post("/<uuid:need_id>/<any(yes, later, no):answer>")
@requires(Permission.KEEP_WISHES)
def say(need_id: uuid.UUID, answer: str) -> Response:
    """Keep an answer. Who is second is told so kindly, not as an error."""
    actor = current_actor()
    assert actor.member_id is not None  # noqa: S101 - who is signed in is a member
    idea, now = _idea(need_id, actor), clock.now()
    mine: dict[str, Any] = {"giver_id": actor.member_id, "by": actor, "now": now}
    if idea.state is None:
        remember(db.session, Found(need_id, idea.points, idea.reasons), **mine)
    code = _typed_code()
    if answer == "yes" and idea.state is SuggestionState.EXPIRED:
        return _was_second()
    try:
        if answer == "yes":
            if say_yes(db.session, need_id, **mine):
                _tell_owner(idea, actor)
        elif answer == "later":
            say_later(db.session, need_id, **mine)
        else:
            say_no(db.session, need_id, code, **mine)
    except SuggestionMoved:
        return _was_second()
    db.session.commit()
    if answer == "yes":
        return redirect(url_for("suggestions.show", need_id=need_id), code=303)
    flash(after_words(answer, code), "success")
    return redirect(url_for("suggestions.mine"), code=303)


def _was_second() -> Response:
    db.session.rollback()
    told = gettext(
        "Somebody was just before you, or it is not needed any more. Thank you for wanting to help."
    )
    flash(told, "info")
    return redirect(url_for("suggestions.mine"), code=303)


def _idea(need_id: uuid.UUID, actor: Actor) -> Idea:
    now = clock.now()
    standing = standing_of(db.session, by=actor, today=clock.day_of(now))
    if standing is None:
        raise UnknownSuggestion
    idea = idea_about(db.session, need_id, standing, by=actor, now=now)
    if idea is None:
        raise UnknownSuggestion
    return idea


def _tell_owner(idea: Idea, actor: Actor) -> None:
    timebank = shown_timebank()
    assert timebank is not None  # noqa: S101 - who is signed in belongs to one
    tell_by_mail(
        db.session,
        idea.owner_id,
        timebank_id=actor.timebank_id,
        letter=tidings.somebody_wants_to_help(timebank, idea.need_id),
        now=clock.now(),
    )


def _typed_code() -> DeclineCode | None:
    code = request.form.get("code", "")
    return DeclineCode(code) if code in set(DeclineCode) else None


def _categories(actor: Actor) -> dict[str, Any]:
    return dict(all_categories(db.session, timebank_id=actor.timebank_id))
