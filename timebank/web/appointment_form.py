# SPDX-License-Identifier: EUPL-1.2
"""Writing down an appointment in two steps: with whom, then the rest on one page.

The first step is that of the logging form. What was answered goes along in the page itself: the
whole form is short, and nothing of it is kept before it is sent.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from timebank import clock
from timebank.appointments.errors import AppointmentError
from timebank.appointments.operations import make_appointment
from timebank.appointments.wishes import Done, MakeAppointment, MoveAppointment
from timebank.boundaries.queries import kinds_allowed
from timebank.calls.models import CallReason
from timebank.calls.operations import tell_member
from timebank.categories.models import HelpCategory
from timebank.categories.queries import is_offered, open_categories
from timebank.extensions import db
from timebank.members.errors import UnknownMember
from timebank.members.policy import Permission
from timebank.members.queries import MemberName
from timebank.preferences.policy import DayPart
from timebank.preferences.queries import not_to_suggest
from timebank.schemas.answers import CategoryAnswer, DayAnswer
from timebank.trust.operations import check_may_act_for
from timebank.web import questions, safety
from timebank.web.durations import read_minutes, read_time
from timebank.web.exchange_form import Found, collecting, context_of, people_to_choose
from timebank.web.frame import shown_timebank
from timebank.web.guard import current_actor, hides, requires
from timebank.web.questions import Context
from timebank.web.tidings import appointment_news
from timebank.web.words import explain

blueprint = Blueprint("appointment_form", __name__, url_prefix="/appointments")

Page = tuple[str, int]
PARTS: dict[str, LazyString] = {
    "": _l("We do not know yet"),
    DayPart.MORNING: _l("In the morning"),
    DayPart.AFTERNOON: _l("In the afternoon"),
    DayPart.EVENING: _l("In the evening"),
}
"""Which half of the day, as the form offers it."""
FIELDS = (
    *("key", "acting_for", "other", "other_text", "category"),
    *("happens_on", "happens_on_day", "happens_on_month", "happens_on_year", "part", "at_time"),
    *("place", "tasks", "minutes"),
)
_SIDE = "/new/<any(gave, received):side>"


@blueprint.get(_SIDE)
@requires(Permission.LOG_EXCHANGES)
def begin(side: str) -> str:
    """Ask with whom; nothing is stored."""
    return _who(side, typed_in({}), Found(), 200)[0]


@blueprint.post("/for/<uuid:member_id>/<any(gave, received):side>")
@hides(Permission.FILL_IN_FORMS)
def begin_for(member_id: uuid.UUID, side: str) -> str:
    """Ask with whom, for somebody else; for whom it is stands in the page, not in an address."""
    check_may_act_for(db.session, member_id, by=current_actor())
    return _who(side, typed_in({}) | {"acting_for": str(member_id)}, Found(), 200)[0]


@blueprint.post(_SIDE)
@requires(Permission.FILL_IN_FORMS)
def enter(side: str) -> Response | Page:
    """Go on to the rest of the form, or write the appointment down."""
    typed = typed_in(request.form)
    context = context_of(typed)
    with collecting() as found:
        other = questions.other_of(context, typed)
        typed |= {"other": str(other.member_id), "other_text": ""}
    if found.errors:
        return _who(side, typed, found, 422)
    if request.form.get("step") != "rest":
        return _rest(side, typed, other, {}, 200)
    errors: dict[str, str] = {}
    with collecting() as found:
        try:
            command = read_wish(side, typed, context, other)
            done = make_appointment(db.session, command, by=context.actor, now=context.now)
        except AppointmentError as refusal:
            errors = {refusal.field or "form": explain(refusal)}
    errors |= found.errors
    errors = {name: errors[name] for name in sorted(errors, key=_place_on_page)}
    if errors:
        db.session.rollback()
        return _rest(side, typed, other, errors, 422)
    tell(done, "made")
    db.session.commit()
    flash(gettext("Written down. We tell the other person."), "success")
    address = url_for("appointments.show", appointment_id=done.appointment_id)
    return redirect(address, code=303)


def _people(typed: dict[str, str], found: Found) -> list[tuple[str, str, str]]:
    """Return whom to choose from: nobody who pauses, and nobody who rather not meets the other.

    Hours that were given are written down all the same; only what is to come is not suggested.
    """
    people, context = people_to_choose(typed, found), context_of(typed)
    if found.candidates or context.own_id is None:
        return people
    apart = not_to_suggest(
        db.session,
        context.own_id,
        among=[uuid.UUID(one) for one, _, _ in people],
        timebank_id=context.timebank.id,
        today=context.today,
    )
    return [one for one in people if uuid.UUID(one[0]) not in apart or one[0] == typed["other"]]


def _place_on_page(field: str) -> int:
    """Return where a question stands, so that what is wrong is listed in the order of the page."""
    return FIELDS.index(field) if field in FIELDS else -1


def typed_in(form: Mapping[str, str]) -> dict[str, str]:
    """Return what was typed, with a key of its own for a new form.

    Raises:
        UnknownMember: for whom it is, is no id; nothing must be written for somebody else then.
    """
    typed = {name: form.get(name, "").replace("\r\n", "\n") for name in FIELDS}
    try:
        uuid.UUID(typed["key"])
    except ValueError:
        typed["key"] = str(uuid.uuid4())
    if typed["acting_for"]:
        try:
            uuid.UUID(typed["acting_for"])
        except ValueError as refusal:
            raise UnknownMember(None) from refusal
    return typed


def read_wish(
    side: str, typed: Mapping[str, str], context: Context, other: MemberName
) -> MakeAppointment:
    """Return the wish that the form makes.

    Raises:
        marshmallow.ValidationError: with every field that cannot be read.
    """
    wrong: dict[str, list[str]] = {}
    when, minutes = None, None
    try:
        when = read_move(typed)
    except ValidationError as refusal:
        wrong |= refusal.messages_dict
    try:
        CategoryAnswer().load({"category": typed["category"]})
    except ValidationError as refusal:
        wrong |= refusal.messages_dict
    if typed["minutes"].strip():
        minutes = read_minutes(typed["minutes"])
        if minutes is None:
            wrong["minutes"] = ["length_impossible"]
    if wrong or when is None:
        raise ValidationError(wrong)
    assert context.own_id is not None  # noqa: S101 - who is signed in is a member
    return MakeAppointment(
        key=when.key,
        helper_id=context.own_id if side == "gave" else other.member_id,
        helped_id=other.member_id if side == "gave" else context.own_id,
        category_code=typed["category"],
        happens_on=when.happens_on,
        part=when.part,
        at_time=when.at_time,
        place=typed["place"],
        tasks=typed["tasks"],
        minutes=minutes,
        acting_for_id=context.acting_for.member_id if context.acting_for else None,
    )


def read_move(typed: Mapping[str, str]) -> MoveAppointment:
    """Return the day and the time of it that the form names.

    Raises:
        marshmallow.ValidationError: with every field that cannot be read.
    """
    wrong: dict[str, list[str]] = {}
    day, at_time = datetime.date.min, None
    try:
        day = DayAnswer().load(
            {"helped_on": "other"}
            | {
                f"other_day_{part}": typed[f"happens_on_{part}"]
                for part in ("day", "month", "year")
            }
        )
    except ValidationError as refusal:
        wrong["happens_on"] = refusal.messages_dict["helped_on"]
    if typed["at_time"].strip():
        at_time = read_time(typed["at_time"])
        if at_time is None:
            wrong["at_time"] = ["time_impossible"]
    if wrong:
        raise ValidationError(wrong)
    part = DayPart(typed["part"]) if typed["part"] in set(DayPart) else None
    return MoveAppointment(uuid.UUID(typed["key"]), day, part, at_time)


def tell(done: Done, what: str) -> None:
    """Let the other of the two hear it: by mail, or by a coordinator who calls.

    Args:
        what: ``made``, ``moved`` or ``called_off``.
    """
    timebank = shown_timebank()
    assert timebank is not None  # noqa: S101 - who is signed in belongs to one
    for member_id in sorted(done.others):
        tell_member(
            db.session,
            CallReason.APPOINTMENT_NEWS,
            timebank_id=timebank.id,
            member_id=member_id,
            letter=appointment_news(timebank, done.appointment_id, what),
            subject_id=done.appointment_id,
            now=clock.now(),
        )


def _who(side: str, typed: dict[str, str], found: Found, status: int) -> Page:
    page = render_template(
        "appointments/who.html",
        side=side,
        answers=typed,
        **found.shown(),
        people=_people(typed, found),
        chosen_from_letters=bool(found.candidates),
        acting_for=context_of(typed).acting_for,
        back_to=_back_to(side, typed),
    )
    return page, status


def _rest(
    side: str, typed: dict[str, str], other: MemberName, errors: dict[str, str], status: int
) -> Page:
    context = context_of(typed)
    kinds = _kinds(context, side, other)
    page = render_template(
        "appointments/rest.html",
        side=side,
        typed=typed,
        other=other,
        errors=errors,
        kinds=kinds,
        first=safety.comes_first(context, side, [one.code for one in kinds]),
        parts=PARTS,
        today=clock.day_of(clock.now()),
        acting_for=context.acting_for,
        back_to=_back_to(side, typed),
    )
    return page, status


def _kinds(context: Context, side: str, other: MemberName) -> list[HelpCategory]:
    """Return what these two can agree on, by an exception too; what is most asked for first."""
    own_id = context.own_id
    assert own_id is not None  # noqa: S101 - who is signed in is a member
    allowed = kinds_allowed(
        db.session,
        timebank_id=context.timebank.id,
        helper_id=own_id if side == "gave" else other.member_id,
        helped_id=other.member_id if side == "gave" else own_id,
    )
    on_offer = open_categories(db.session, timebank_id=context.timebank.id)
    possible = [one for one in on_offer if is_offered(one) or one.code in allowed]
    return sorted(possible, key=lambda one: (not one.is_featured, one.position))


def _back_to(side: str, typed: Mapping[str, str]) -> str:
    """Return where the language buttons lead; a form for somebody else begins on their page."""
    if typed["acting_for"]:
        return url_for("appointments.own")
    return url_for("appointment_form.begin", side=side)
