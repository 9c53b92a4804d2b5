# SPDX-License-Identifier: EUPL-1.2
"""Acting for somebody: begin the form for a member, appoint who may do so, see for whom one may."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from timebank import clock
from timebank.drafts.operations import end_stand_in, save_draft
from timebank.exchanges.errors import UnknownOther
from timebank.extensions import db
from timebank.members.policy import Permission
from timebank.trust.operations import (
    appoint_stand_in,
    check_may_act_for,
    give_consent,
    withdraw_consent,
)
from timebank.trust.queries import acts_for, consented_to, professionals_for, stand_ins_of
from timebank.web.guard import current_actor, hides, requires
from timebank.web.person_form import finding, resident_called

blueprint = Blueprint("acting", __name__)

Page = tuple[str, int]


@blueprint.post("/acting/<uuid:member_id>/<any(gave, received):side>")
@hides(Permission.FILL_IN_FORMS)
def begin(member_id: uuid.UUID, side: str) -> Response:
    """Begin a form for somebody else; for whom it is stands in the draft, not in the address."""
    actor, form_key = current_actor(), uuid.uuid4()
    check_may_act_for(db.session, member_id, by=actor)
    answers = {"side": side, "acting_for": str(member_id)}
    save_draft(db.session, by=actor, form_key=form_key, answers=answers, now=clock.now())
    db.session.commit()
    address = url_for("exchange_form.show", side=side, form_key=form_key, step="other")
    return redirect(address, code=303)


@blueprint.get("/my-helpers")
@requires(Permission.TRUST_SOMEBODY)
def mine() -> str:
    """Show who may fill in for me, and for whom I may."""
    return _page({}, 200)[0]


@blueprint.post("/my-helpers/appoint")
@requires(Permission.TRUST_SOMEBODY)
def appoint() -> Response | Page:
    """Let somebody fill in for me."""
    actor = current_actor()
    assert actor.member_id is not None  # noqa: S101 - who is signed in is a member
    with finding("stand_in") as wrong:
        found = resident_called(actor.timebank_id, "stand_in")
        if found is None:
            raise UnknownOther
        appoint_stand_in(
            db.session,
            member_id=actor.member_id,
            stand_in_id=found.member_id,
            by=actor,
            now=clock.now(),
        )
    if wrong.errors:
        return _page({"stand_in": next(iter(wrong.errors.values()))}, 422)
    db.session.commit()
    flash(gettext("Saved. You can end this at any moment."), "success")
    return redirect(url_for("acting.mine"), code=303)


@blueprint.post("/my-helpers/<uuid:row_id>/end")
@requires(Permission.TRUST_SOMEBODY)
def end(row_id: uuid.UUID) -> Response:
    """End it, from either side."""
    end_stand_in(db.session, row_id, by=current_actor(), now=clock.now())
    db.session.commit()
    return redirect(url_for("acting.mine"), code=303)


@blueprint.post("/my-helpers/professionals/<uuid:member_id>/consent")
@requires(Permission.TRUST_SOMEBODY)
def consent(member_id: uuid.UUID) -> Response:
    """Let a professional see that I take part."""
    give_consent(db.session, professional_id=member_id, by=current_actor(), now=clock.now())
    db.session.commit()
    return redirect(url_for("acting.mine"), code=303)


@blueprint.post("/my-helpers/professionals/<uuid:member_id>/withdraw")
@requires(Permission.TRUST_SOMEBODY)
def withdraw(member_id: uuid.UUID) -> Response:
    """Let a professional see me no more."""
    withdraw_consent(db.session, professional_id=member_id, by=current_actor(), now=clock.now())
    db.session.commit()
    return redirect(url_for("acting.mine"), code=303)


@blueprint.get("/my-people")
@hides(Permission.READ_WHO_CONSENTED)
def my_people() -> str:
    """Show a professional who lets them see that they take part, and nobody else."""
    people = consented_to(db.session, by=current_actor())
    return render_template("people/consented.html", people=people)


def _page(errors: dict[str, str], status: int) -> Page:
    actor = current_actor()
    assert actor.member_id is not None  # noqa: S101 - who is signed in is a member
    page = render_template(
        "people/my_helpers.html",
        stand_ins=stand_ins_of(db.session, actor.member_id, by=actor),
        acts_for=acts_for(db.session, by=actor),
        professionals=professionals_for(db.session, by=actor, today=clock.day_of(clock.now())),
        errors=errors,
        typed=request.form,
        back_to=url_for("acting.mine"),
    )
    return page, status
