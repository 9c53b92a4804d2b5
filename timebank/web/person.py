# SPDX-License-Identifier: EUPL-1.2
"""What a coordinator does for one person: the letter, support, stand-ins; and their roles."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import force_locale, gettext
from werkzeug.wrappers import Response

from timebank import clock
from timebank.access.operations import issue_code
from timebank.access.policy import CODE_LIFETIME
from timebank.areas.queries import neighbourhoods_of
from timebank.audit.operations import write_down_by
from timebank.checks.errors import CheckError
from timebank.checks.operations import keep_check
from timebank.checks.policy import Qualification
from timebank.drafts.operations import end_stand_in
from timebank.exchanges.errors import UnknownOther
from timebank.extensions import db
from timebank.members.operations import GiveRole, give_role, remove_role
from timebank.members.policy import Permission, Role
from timebank.members.queries import PersonDetails, person_for, roles_of
from timebank.paper.operations import give_numbers
from timebank.paper.policy import member_number
from timebank.schemas.answers import DayAnswer
from timebank.schemas.people import RoleAnswer, SupportAnswer
from timebank.support.operations import KeepSupport, keep_support
from timebank.trust.operations import appoint_stand_in
from timebank.web.boundary_words import explain_boundary
from timebank.web.filters import short_day
from timebank.web.frame import shown_timebank
from timebank.web.guard import current_actor, hides
from timebank.web.people import Page, person_page
from timebank.web.person_form import finding, resident_called
from timebank.web.qr import qr_code
from timebank.web.tidings import address_of
from timebank.web.words import ROLES

blueprint = Blueprint("person", __name__, url_prefix="/people/<uuid:member_id>")


@blueprint.get("/letter")
@hides(Permission.ENROL)
def letter(member_id: uuid.UUID) -> str:
    """Show the button that makes the letter: a code exists only once somebody wants it."""
    details = person_for(db.session, member_id, by=current_actor())
    return render_template("people/letter.html", details=details, code=None)


@blueprint.post("/letter")
@hides(Permission.ENROL)
def print_letter(member_id: uuid.UUID) -> str:
    """Make a fresh code and show it once, on a sheet to print.

    The answer to this post is the sheet itself: the code is kept nowhere from which another page
    could show it again.
    """
    actor, now = current_actor(), clock.now()
    details = person_for(db.session, member_id, by=actor)
    code = issue_code(
        db.session, timebank_id=actor.timebank_id, member_id=member_id, by=actor, now=now
    )
    write_down_by(db.session, "letter:print", actor, about=member_id, now=now)
    number = None
    if details.member.account_id is not None:
        number = give_numbers(db.session, [member_id], timebank_id=actor.timebank_id)[member_id]
    language = details.person.language
    timebank = shown_timebank()
    assert timebank is not None  # noqa: S101 - who is signed in belongs to one
    address = address_of("sign_in.letter", timebank=timebank.slug)
    page = render_template(
        "people/letter.html",
        details=details,
        code=code,
        address=address,
        words=_words(details, address, now, number),
        qr=qr_code(address),
        language=language,
        back_to=url_for("person.letter", member_id=member_id),
    )
    db.session.commit()
    return page


@blueprint.post("/support")
@hides(Permission.KEEP_SUPPORT)
def support(member_id: uuid.UUID) -> Response | Page:
    """Keep how much support somebody wants, the buddy, and the date of the certificate."""
    actor = current_actor()
    with finding("support") as wrong:
        answer = SupportAnswer().load(request.form.to_dict())
        buddy = resident_called(actor.timebank_id, "buddy")
        command = KeepSupport(
            member_id, answer, buddy.member_id if buddy else None, _day("certificate")
        )
        keep_support(db.session, command, by=actor, now=clock.now())
    if wrong.errors:
        return person_page(member_id, _at_fields(wrong.errors, "buddy", "certificate"), 422)
    db.session.commit()
    flash(gettext("Saved. Only coordinators see this."), "success")
    return _to_person(member_id)


@blueprint.post("/checks")
@hides(Permission.KEEP_SUPPORT)
def check(member_id: uuid.UUID) -> Response | Page:
    """Keep that a talk or a training was had."""
    code = request.form.get("kind", "")
    kind = Qualification(code) if code in set(Qualification) else None
    with finding("kind") as wrong:
        try:
            day = _day("happened_on")
            keep_check(db.session, member_id, kind, day, by=current_actor(), now=clock.now())
        except CheckError as refusal:
            db.session.rollback()
            wrong.errors = {refusal.field: explain_boundary(refusal)}
    if wrong.errors:
        return person_page(member_id, _at_fields(wrong.errors, "kind", "happened_on"), 422)
    db.session.commit()
    flash(gettext("Saved. Only coordinators see this."), "success")
    return _to_person(member_id)


@blueprint.post("/stand-ins")
@hides(Permission.LOG_FOR_OTHERS)
def appoint(member_id: uuid.UUID) -> Response | Page:
    """Appoint a stand-in, because the member told the coordinator so."""
    actor = current_actor()
    with finding("stand_in") as wrong:
        found = resident_called(actor.timebank_id, "stand_in")
        if found is None:
            raise UnknownOther
        appoint_stand_in(
            db.session,
            member_id=member_id,
            stand_in_id=found.member_id,
            by=actor,
            now=clock.now(),
        )
    if wrong.errors:
        return person_page(member_id, _at_fields(wrong.errors, "stand_in", "stand_in"), 422)
    db.session.commit()
    return _to_person(member_id)


@blueprint.post("/stand-ins/<uuid:row_id>/end")
@hides(Permission.LOG_FOR_OTHERS)
def dismiss(member_id: uuid.UUID, row_id: uuid.UUID) -> Response:
    """Let a stand-in fill in nothing more."""
    end_stand_in(db.session, row_id, by=current_actor(), now=clock.now())
    db.session.commit()
    return _to_person(member_id)


@blueprint.get("/roles")
@hides(Permission.GRANT_ROLES)
def roles(member_id: uuid.UUID) -> str:
    """Show which roles somebody has and had, and the form to give one."""
    return _roles_page(member_id, {}, 200)[0]


@blueprint.post("/roles/give")
@hides(Permission.GRANT_ROLES)
def give(member_id: uuid.UUID) -> Response | Page:
    """Give a role, with a last day if wanted."""
    with finding("role") as wrong:
        role, code = RoleAnswer().load(request.form.to_dict())
        command = GiveRole(member_id, role, code, _day("ends_on"))
        give_role(db.session, command, by=current_actor(), now=clock.now())
    if wrong.errors:
        return _roles_page(member_id, _at_fields(wrong.errors, "role", "ends_on"), 422)
    db.session.commit()
    flash(gettext("The role counts from now on."), "success")
    return redirect(url_for("person.roles", member_id=member_id), code=303)


@blueprint.post("/roles/<uuid:grant_id>/remove")
@hides(Permission.GRANT_ROLES)
def remove(member_id: uuid.UUID, grant_id: uuid.UUID) -> Response | Page:
    """Take a role away; it is gone on the next request."""
    with finding("role") as wrong:
        remove_role(db.session, grant_id, by=current_actor(), now=clock.now())
    if wrong.errors:
        return _roles_page(member_id, wrong.errors, 409)
    db.session.commit()
    flash(gettext("The role has ended."), "success")
    if current_actor().member_id == member_id:
        return redirect(url_for("home.start"), code=303)
    return redirect(url_for("person.roles", member_id=member_id), code=303)


def _to_person(member_id: uuid.UUID) -> Response:
    return redirect(url_for("people.show", member_id=member_id), code=303)


def _roles_page(member_id: uuid.UUID, errors: dict[str, str], status: int) -> Page:
    actor = current_actor()
    details = person_for(db.session, member_id, by=actor)
    today = clock.day_of(clock.now())
    page = render_template(
        "people/roles.html",
        details=details,
        roles=roles_of(db.session, member_id, by=actor, today=today),
        role_words=ROLES,
        offered=[role for role in Role if role is not Role.RESIDENT or details.member.account_id],
        places=neighbourhoods_of(db.session, timebank_id=actor.timebank_id),
        is_self=actor.member_id == member_id,
        errors=errors,
        typed=request.form,
        back_to=url_for("person.roles", member_id=member_id),
    )
    return page, status


def _day(name: str) -> datetime.date | None:
    """Return the day in three fields of the form; None when all are empty.

    Raises:
        marshmallow.ValidationError: it is no day on the calendar.
    """
    parts = {part: request.form.get(f"{name}_{part}", "") for part in ("day", "month", "year")}
    if not any(text.strip() for text in parts.values()):
        return None
    day: datetime.date = DayAnswer().load(
        {"helped_on": "other"} | {f"other_day_{part}": text for part, text in parts.items()}
    )
    return day


def _at_fields(errors: Mapping[str, str], person: str, day: str) -> dict[str, str]:
    """Name the fields as this page does; the checks of the logging form name their own."""
    places = {"other": person, "helped_on": day}
    return {places.get(field, field): words for field, words in errors.items()}


def _words(
    details: PersonDetails, address: str, now: datetime.datetime, number: int | None
) -> dict[str, str]:
    """Return the sentences of the letter in the language of the member."""
    timebank = shown_timebank()
    assert timebank is not None  # noqa: S101 - who is signed in belongs to one
    until = clock.day_of(now) + CODE_LIFETIME
    with force_locale(details.person.language):
        return {
            "title": gettext("Welcome, %(name)s", name=details.person.given_name),
            "lead": gettext("With this letter you can sign in to %(name)s.", name=timebank.name),
            "first": gettext("Go to this address, or hold your telephone above the square:"),
            "second": gettext("Type this code:"),
            "third": gettext("Write down help that you gave or received."),
            "valid": gettext(
                "The code works once, until %(day)s. Show it to nobody.", day=short_day(until)
            ),
            "help": gettext(
                "Is it difficult? Call %(name)s: %(phone)s. We fill it in together.",
                name=timebank.contact_name,
                phone=timebank.contact_phone,
            ),
            "name": details.person.full_name,
            "number": gettext(
                "Your number is %(number)s. Write it on paper slips, behind your name.",
                number=member_number(number),
            )
            if number
            else "",
            "square": gettext("A square that leads to %(address)s", address=address),
        }
