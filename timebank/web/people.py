# SPDX-License-Identifier: EUPL-1.2
"""People, for coordinators: who takes part, who applies, who must be called; enrolling somebody.

Every page here answers 404 to who may not see it. A name never stands in an address: the search is
posted, although it changes nothing.
"""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import get_locale, gettext
from werkzeug.wrappers import Response

from timebank import clock
from timebank.appointments.queries import coming_of
from timebank.areas.queries import neighbourhoods_of
from timebank.calls.operations import finish_call
from timebank.calls.queries import waiting_calls
from timebank.categories.queries import all_categories
from timebank.checks.queries import checks_seen
from timebank.corrections.queries import pause_of
from timebank.exchanges.queries import exchanges_by_id, newest_of_member
from timebank.extensions import db
from timebank.joining.operations import (
    accept_application,
    decline_application,
    drop_declined,
    enrol_another,
    enrol_person,
)
from timebank.joining.queries import open_applications
from timebank.members.errors import EmailTaken, PossibleDuplicate
from timebank.members.policy import Permission
from timebank.members.queries import (
    MOST_PEOPLE,
    people_in_reach,
    person_for,
    roles_of,
)
from timebank.paper.queries import number_of
from timebank.support.queries import support_of
from timebank.trust.queries import stand_ins_of
from timebank.web import tidings
from timebank.web.boundary_words import QUALIFICATIONS
from timebank.web.frame import shown_timebank
from timebank.web.guard import current_actor, hides
from timebank.web.looked_at import write_down_opening
from timebank.web.person_form import finding, typed_person
from timebank.web.words import CALLS, ROLES, SUPPORT, explain

blueprint = Blueprint("people", __name__, url_prefix="/people")

MOST_EXCHANGES = 8
Page = tuple[str, int]


@blueprint.get("")
@hides(Permission.READ_PEOPLE)
def everyone() -> str:
    """Show what waits, and the members of the coordinator's own neighbourhoods."""
    return _list("")


@blueprint.post("/search")
@hides(Permission.READ_PEOPLE)
def search() -> str:
    """Show the members whose name begins with what was typed."""
    return _list(request.form.get("text", "")[:100])


@blueprint.get("/new")
@hides(Permission.ENROL)
def new() -> str:
    """Show the form to enrol somebody."""
    return _form_page({}, (), 200)[0]


@blueprint.post("/new/enrol")
@hides(Permission.ENROL)
def enrol() -> Response | Page:
    """Enrol somebody; who looks like a member is shown first, and may be overruled knowingly."""
    actor, knowingly = current_actor(), request.form.get("knowingly") == "yes"
    enrolling = enrol_another if knowingly else enrol_person
    try:
        with finding("given_name") as wrong:
            command = typed_person(actor.timebank_id, request.form)
            member = enrolling(db.session, command, by=actor, now=clock.now())
    except PossibleDuplicate as refusal:
        db.session.rollback()
        return _form_page({}, refusal.members, 422)
    if wrong.errors:
        return _form_page(wrong.errors, (), 422)
    db.session.commit()
    flash(gettext("They take part now. Print the letter, or tell them how to sign in."), "success")
    return redirect(url_for("people.show", member_id=member.id), code=303)


@blueprint.get("/<uuid:member_id>")
@hides(Permission.READ_PEOPLE)
def show(member_id: uuid.UUID) -> str:
    """Show one person; that somebody looked is written down."""
    return person_page(member_id, {}, 200)[0]


@blueprint.post("/applications/<uuid:application_id>/accept")
@hides(Permission.ENROL)
def accept(application_id: uuid.UUID) -> Response:
    """Enrol who applied."""
    timebank = shown_timebank()
    assert timebank is not None  # noqa: S101 - who is signed in belongs to one
    try:
        member = accept_application(
            db.session,
            application_id,
            by=current_actor(),
            letter=tidings.welcome(timebank),
            now=clock.now(),
        )
    except EmailTaken as refusal:
        db.session.rollback()
        flash(explain(refusal), "error")
        return redirect(url_for("people.everyone"), code=303)
    db.session.commit()
    flash(gettext("They take part now. Print the letter, or tell them how to sign in."), "success")
    return redirect(url_for("people.show", member_id=member.id), code=303)


@blueprint.post("/applications/<uuid:application_id>/decline")
@hides(Permission.ENROL)
def decline(application_id: uuid.UUID) -> Response:
    """Decline an application."""
    timebank = shown_timebank()
    assert timebank is not None  # noqa: S101 - who is signed in belongs to one
    decline_application(
        db.session,
        application_id,
        by=current_actor(),
        letter=tidings.declined(timebank),
        now=clock.now(),
    )
    db.session.commit()
    flash(gettext("Declined. They hear it by mail, or you call them."), "success")
    return redirect(url_for("people.everyone"), code=303)


@blueprint.post("/applications/<uuid:application_id>/told")
@hides(Permission.ENROL)
def told(application_id: uuid.UUID) -> Response:
    """Forget a declined application, now that the person was told."""
    drop_declined(db.session, application_id, by=current_actor())
    db.session.commit()
    return redirect(url_for("people.everyone"), code=303)


@blueprint.post("/calls/<uuid:call_id>/done")
@hides(Permission.READ_PEOPLE)
def called(call_id: uuid.UUID) -> Response:
    """Say that a member was called, or has got a letter."""
    finish_call(db.session, call_id, by=current_actor(), now=clock.now())
    db.session.commit()
    return redirect(url_for("people.everyone"), code=303)


def person_page(member_id: uuid.UUID, errors: dict[str, str], status: int) -> Page:
    """Render the page about one person, and write down that it was opened."""
    actor, now = current_actor(), clock.now()
    details = person_for(db.session, member_id, by=actor)
    write_down_opening(actor, member_id)
    exchanges = newest_of_member(
        db.session, timebank_id=actor.timebank_id, member_id=member_id, limit=MOST_EXCHANGES
    )
    page = render_template(
        "people/show.html",
        details=details,
        roles=roles_of(db.session, member_id, by=actor, today=clock.day_of(now)),
        role_words=ROLES,
        support=support_of(db.session, member_id, by=actor),
        support_words=SUPPORT,
        checks=checks_seen(db.session, member_id, by=actor),
        qualifications=QUALIFICATIONS,
        fresh_key=uuid.uuid4(),
        stand_ins=stand_ins_of(db.session, member_id, by=actor),
        exchanges=exchanges,
        appointments=coming_of(
            db.session, member_id, timebank_id=actor.timebank_id, today=clock.day_of(now)
        ),
        categories=all_categories(db.session, timebank_id=actor.timebank_id),
        errors=errors,
        typed=request.form,
        grants_roles=actor.can(Permission.GRANT_ROLES),
        number=number_of(db.session, member_id, timebank_id=actor.timebank_id),
        pause=pause_of(
            db.session, timebank_id=actor.timebank_id, member_id=member_id, today=clock.day_of(now)
        ),
        back_to=url_for("people.show", member_id=member_id),
    )
    return page, status


def _list(text: str) -> str:
    actor = current_actor()
    people = people_in_reach(db.session, by=actor, text=text)
    applications = open_applications(db.session, by=actor)
    calls = waiting_calls(db.session, by=actor)
    return render_template(
        "people/everyone.html",
        applications=[one for one in applications if one.application.declined_at is None],
        to_tell=[one.application for one in applications if one.application.declined_at],
        calls=calls,
        call_about=exchanges_by_id(
            db.session,
            timebank_id=actor.timebank_id,
            exchange_ids={call.exchange_id for call in calls if call.exchange_id},
        ),
        categories=all_categories(db.session, timebank_id=actor.timebank_id),
        call_words=CALLS,
        people=people[:MOST_PEOPLE],
        more=len(people) > MOST_PEOPLE,
        text=text,
        names=_places(Permission.READ_PEOPLE),
        back_to=url_for("people.everyone"),
    )


def _places(permission: Permission) -> dict[str, str]:
    actor = current_actor()
    reach = actor.reach(permission)
    return {
        one.code: one.name
        for one in neighbourhoods_of(db.session, timebank_id=actor.timebank_id)
        if reach.covers(one.code)
    }


def _form_page(
    errors: dict[str, str], same: tuple[tuple[uuid.UUID, str], ...], status: int
) -> Page:
    page = render_template(
        "people/new.html",
        places=_places(Permission.ENROL),
        errors=errors,
        same=same,
        typed=request.form,
        language=str(get_locale()),
        back_to=url_for("people.new"),
    )
    return page, status
