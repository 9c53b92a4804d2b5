# SPDX-License-Identifier: EUPL-1.2
"""The logging form: one question a page, then a page to check, then it is sent.

Every answer is kept in a draft before the next question shows, so that a back button, a dead
battery or a change of language loses nothing. The key of the draft is the key of the exchange:
sent twice, it is logged once.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask import Blueprint, redirect, render_template, request, session, url_for
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from timebank import clock
from timebank.calls.models import CallReason
from timebank.calls.operations import tell_member
from timebank.categories.models import HelpCategory
from timebank.categories.queries import all_categories
from timebank.drafts.errors import UnknownDraft
from timebank.drafts.operations import drop_draft, save_draft
from timebank.drafts.queries import own_draft
from timebank.exchanges.errors import ExchangeError
from timebank.exchanges.operations import log_exchange
from timebank.exchanges.policy import LONGEST_NOTE
from timebank.exchanges.queries import recent_others, sent_with_key
from timebank.extensions import db
from timebank.members.policy import Permission
from timebank.members.queries import MemberName, residents_by_id
from timebank.paper.operations import keep_slip
from timebank.schemas.answers import MINUTES_OFFERED, OTHER
from timebank.trust.operations import check_may_act_for
from timebank.web import questions, safety
from timebank.web.frame import shown_timebank
from timebank.web.guard import current_actor, requires
from timebank.web.keep_typed import SLIP, typed_answers
from timebank.web.questions import QUESTIONS, STEPS, Context, SeveralPeople
from timebank.web.tidings import filled_in
from timebank.web.words import GROUPS, explain, explain_codes

blueprint = Blueprint("exchange_form", __name__, url_prefix="/exchanges/new")

Categories = dict[str, HelpCategory]
REFERRED = "referred"
"""Where this browser remembers which work for a professional was chosen, to say whom to call."""
Page = str | tuple[str, int] | Response
_FORM = "/<any(gave, received):side>/<uuid:form_key>"


@blueprint.get("/<any(gave, received):side>")
@requires(Permission.LOG_EXCHANGES)
def begin(side: str) -> Response:
    """Begin a form with a fresh key; nothing is stored until the first answer."""
    return _go(side, uuid.uuid4(), "other")


@blueprint.get(f"{_FORM}/<any({', '.join(STEPS)}):step>")
@requires(Permission.FILL_IN_FORMS)
def show(side: str, form_key: uuid.UUID, step: str) -> Page:
    """Show a question, with the answer that was given before, or the page to check."""
    answers = _answers(form_key)
    if answers is None:
        sent = sent_with_key(db.session, by=current_actor(), form_key=form_key)
        if sent is not None:
            return _to_exchange(sent)
        answers = {}
    missing = questions.first_unanswered(answers, step)
    if missing is not None:
        return _go(side, form_key, missing)
    return _page(side, form_key, step, answers, Found(), 200)


@blueprint.post(f"{_FORM}/<any({', '.join(QUESTIONS)}):step>")
@requires(Permission.FILL_IN_FORMS)
def answer(side: str, form_key: uuid.UUID, step: str) -> Page:
    """Keep an answer and go to the next question, or show what is the matter with it."""
    typed = dict.fromkeys(QUESTIONS[step], "") | typed_answers()
    kept = _answers(form_key)
    if kept is None:
        sent = sent_with_key(db.session, by=current_actor(), form_key=form_key)
        if sent is not None:
            return _to_exchange(sent)
    answers = (kept or {}) | typed
    categories = _categories()
    with collecting() as found:
        answers |= _settled(context_of(answers), step, answers, categories)
    if found.errors:
        return _page(side, form_key, step, answers, found, 422)
    answers["side"] = side
    refers = step == "category" and safety.must_refer(
        context_of(answers), side, answers, categories
    )
    if refers:
        # It can say something about health or money: this browser remembers it, we do not.
        session[REFERRED] = answers.pop("category")
    save_draft(db.session, by=current_actor(), form_key=form_key, answers=answers, now=clock.now())
    db.session.commit()
    if refers:
        return redirect(url_for("exchange_form.refer", side=side, form_key=form_key), code=303)
    session.pop(REFERRED, None)
    return _go(side, form_key, STEPS[STEPS.index(step) + 1])


@blueprint.get(f"{_FORM}/refer")
@requires(Permission.FILL_IN_FORMS)
def refer(side: str, form_key: uuid.UUID) -> Page:
    """Say whom to call for help that only a professional gives. Nothing is booked."""
    category = _categories().get(session.get(REFERRED, ""))
    if category is None or not questions.is_professional(category):
        return _go(side, form_key, "category")
    return render_template(
        "exchange_form/refer.html", category=category, side=side, form_key=form_key
    )


@blueprint.post(f"{_FORM}/check")
@requires(Permission.FILL_IN_FORMS)
def send(side: str, form_key: uuid.UUID) -> Page:
    """Log the exchange; it is acknowledged only after the commit."""
    actor, answers = current_actor(), _answers(form_key)
    if answers is None:
        sent = sent_with_key(db.session, by=actor, form_key=form_key)
        return _to_exchange(sent) if sent else _go(side, form_key, "other")
    context = context_of(answers)
    with collecting() as found:
        safety.check_card(side, answers, request.form)
        command = questions.command_of(context, side, form_key, answers, _categories())
        logged = log_exchange(db.session, command, by=actor, now=context.now)
        if answers.get(SLIP):
            keep_slip(db.session, logged, int(answers[SLIP]), timebank_id=actor.timebank_id)
        if context.acting_for is not None and not logged.replayed:
            _tell(context, context.acting_for, logged.exchange_id)
    if found.errors:
        db.session.rollback()
        return _page(side, form_key, "check", answers, found, 422)
    db.session.commit()
    return _to_exchange(logged.exchange_id)


@blueprint.post(f"{_FORM}/stop")
@requires(Permission.FILL_IN_FORMS)
def stop(side: str, form_key: uuid.UUID) -> Response:
    """Throw an unfinished form away."""
    if _answers(form_key) is not None:
        drop_draft(db.session, timebank_id=current_actor().timebank_id, form_key=form_key)
        db.session.commit()
    return redirect(url_for("home.start"), code=303)


@dataclasses.dataclass
class Found:
    """What is the matter with an answer: words by field, and people to choose from."""

    errors: dict[str, str] = dataclasses.field(default_factory=dict)
    candidates: Sequence[MemberName] = ()

    def shown(self) -> dict[str, Any]:
        """Return what a page shows of it: several who fit is no mistake, it is a choice."""
        if self.candidates:
            return {"errors": {}, "whom_is_meant": self.errors["other"]}
        return {"errors": self.errors}


@contextlib.contextmanager
def collecting() -> Iterator[Found]:
    """Turn the refusals of rooms and schemas into words at the question they belong to."""
    found = Found()
    try:
        yield found
    except ValidationError as refusal:
        found.errors = explain_codes(refusal)
    except SeveralPeople as refusal:
        found.errors = {"other": explain(refusal)}
        found.candidates = refusal.candidates
    except ExchangeError as refusal:
        found.errors = {refusal.field or "form": explain(refusal)}


def _settled(
    context: Context, step: str, answers: dict[str, str], categories: Categories
) -> dict[str, str]:
    """Check the answer to one question and return it as the draft keeps it."""
    if step == "other":
        person = questions.other_of(context, answers)
        return {"other": str(person.member_id), "other_text": ""}
    if step == "category":
        return questions.kind_and_words(answers, categories)
    if step == "day":
        day = questions.day_of(context, answers)
        return {"helped_on": day.isoformat()} | dict.fromkeys(QUESTIONS["day"][1:], "")
    if step == "minutes":
        questions.minutes_of(context, answers)
        return {}
    return {"note": questions.note_of(answers)}


def context_of(answers: Mapping[str, str]) -> Context:
    """Return what the checks need. Raises UnknownMember: not for whom ``acting_for`` names."""
    timebank, actor = shown_timebank(), current_actor()
    assert timebank is not None  # noqa: S101 - who is signed in belongs to one
    acting_for = None
    if answers.get("acting_for"):
        member_id = uuid.UUID(answers["acting_for"])
        check_may_act_for(db.session, member_id, by=actor)
        found = residents_by_id(db.session, timebank_id=actor.timebank_id, member_ids=[member_id])
        acting_for = found[member_id]
    return Context(db.session, actor, timebank, clock.now(), acting_for)


def _tell(context: Context, member: MemberName, exchange_id: uuid.UUID) -> None:
    """Let the member hear that somebody filled the form in for them."""
    tell_member(
        context.session,
        CallReason.FILLED_IN,
        timebank_id=context.timebank.id,
        member_id=member.member_id,
        letter=filled_in(context.timebank),
        subject_id=exchange_id,
        now=context.now,
    )


def _categories() -> Categories:
    return all_categories(db.session, timebank_id=current_actor().timebank_id)


def _answers(form_key: uuid.UUID) -> dict[str, str] | None:
    try:
        return own_draft(db.session, by=current_actor(), form_key=form_key)
    except UnknownDraft:
        return None


def _go(side: str, form_key: uuid.UUID, step: str) -> Response:
    return redirect(
        url_for("exchange_form.show", side=side, form_key=form_key, step=step), code=303
    )


def _to_exchange(exchange_id: uuid.UUID) -> Response:
    return redirect(url_for("exchanges.show", exchange_id=exchange_id), code=303)


def _page(
    side: str, form_key: uuid.UUID, step: str, answers: dict[str, str], found: Found, status: int
) -> tuple[str, int]:
    page = render_template(
        f"exchange_form/{step}.html",
        side=side,
        form_key=form_key,
        step=step,
        number=STEPS.index(step) + 1,
        total=len(STEPS),
        previous=STEPS[STEPS.index(step) - 1] if step != "other" else None,
        answers=answers,
        **found.shown(),
        acting_for=context_of(answers).acting_for,
        **_material(side, step, answers, found),
    )
    return page, status


def _material(side: str, step: str, answers: dict[str, str], found: Found) -> dict[str, Any]:
    """Return what only this page needs."""
    if step == "other":
        return {
            "people": people_to_choose(answers, found),
            "chosen_from_letters": bool(found.candidates),
        }
    if step == "category":
        kinds = _categories()
        first = safety.comes_first(context_of(answers), side, list(kinds))
        return {"groups": _groups(kinds), "headings": GROUPS, "first": first}
    if step == "day":
        return _days(answers)
    if step == "minutes":
        return {"offered": MINUTES_OFFERED, "kind": "given" if side == "gave" else "received"}
    if step == "check":
        return _summary(side, answers) | safety.on_check_page(context_of(answers), side, answers)
    return {"longest": LONGEST_NOTE}


def people_to_choose(answers: dict[str, str], found: Found) -> list[tuple[str, str, str]]:
    """Return whom to choose from: who fits what was typed, else whom one helped before."""
    if found.candidates:
        return [(str(p.member_id), p.full_name, p.neighbourhood_name) for p in found.candidates]
    context = context_of(answers)
    assert context.own_id is not None  # noqa: S101 - who logs exchanges is a member
    known = dict(
        recent_others(db.session, timebank_id=context.timebank.id, member_id=context.own_id)
    )
    chosen = answers.get("other", "")
    if chosen and chosen not in {str(member_id) for member_id in known}:
        with contextlib.suppress(ExchangeError, ValidationError):
            person = questions.other_of(context, {"other": chosen})
            known = {person.member_id: person.full_name} | known
    return [(str(member_id), name, "") for member_id, name in known.items()]


def _groups(categories: Categories) -> list[tuple[str, list[HelpCategory]]]:
    """Return the kinds of help under their headings; those most asked for come first, apart."""
    on_offer = sorted(
        (category for category in categories.values() if category.is_open),
        key=lambda category: category.position,
    )
    rest = [category for category in on_offer if not category.is_featured]
    groups = [("featured", [category for category in on_offer if category.is_featured])]
    groups += [(code, [one for one in rest if one.group_code == code]) for code in GROUPS]
    return [(code, members) for code, members in groups if members]


def _days(answers: dict[str, str]) -> dict[str, Any]:
    """Return today and yesterday, and an earlier chosen day as the parts of another day."""
    today = clock.day_of(clock.now())
    yesterday = today - datetime.timedelta(days=1)
    chosen = answers.get("helped_on", "")
    parts = {part: answers.get(f"other_day_{part}", "") for part in ("day", "month", "year")}
    if chosen not in ("", OTHER, today.isoformat(), yesterday.isoformat()):
        with contextlib.suppress(ValueError):
            day = datetime.date.fromisoformat(chosen)
            parts = {"day": str(day.day), "month": str(day.month), "year": str(day.year)}
            chosen = OTHER
    return {"today": today, "yesterday": yesterday, "chosen": chosen, "parts": parts}


def _summary(side: str, answers: dict[str, str]) -> dict[str, Any]:
    """Return what the page to check retells; None where an answer does not stand (any more)."""
    context, categories = context_of(answers), _categories()
    summary: dict[str, Any] = {}
    with collecting():
        other = questions.other_of(context, answers)
        you = context.own_name
        summary |= {
            "helper": you if side == "gave" else other.full_name,
            "helped": other.full_name if side == "gave" else you,
            "other_name": other.full_name,
            "category": questions.category_of(answers, categories),
            "minutes": questions.minutes_of(context, answers),
            "day": questions.day_of(context, answers),
            "note": questions.note_of(answers),
        }
    return summary
