# SPDX-License-Identifier: EUPL-1.2
"""Referrals: a resident asks for help to find a professional; a coordinator brings them there."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from timebank import clock
from timebank.drafts.errors import UnknownDraft
from timebank.drafts.queries import own_draft
from timebank.extensions import db
from timebank.members.policy import Permission
from timebank.referrals.errors import ReferralClosed, ReferralError
from timebank.referrals.operations import ask_referral, hand_over, keep_outcome
from timebank.referrals.policy import PARTNERS, ReferralOutcome
from timebank.referrals.queries import PAGE, open_referrals, referral_row, whom_it_was_for
from timebank.web.boundary_words import (
    REFERRAL_OUTCOMES,
    age,
    explain_boundary,
    partner_label,
)
from timebank.web.guard import current_actor, hides, requires

blueprint = Blueprint("referrals", __name__, url_prefix="/referrals")

Page = tuple[str, int]


@blueprint.post("/ask/<uuid:form_key>")
@requires(Permission.FILL_IN_FORMS)
def ask(form_key: uuid.UUID) -> Response:
    """Ask the coordinator to help to find a professional: for oneself, or for whom one fills in.

    Which kind of help it was about is forgotten here: it stood in the cookie of this browser only.
    The key of the form is the key of the task, so that a second press is the same task. A key that
    no form of theirs has is not there.
    """
    actor = current_actor()
    try:
        acting_for = own_draft(db.session, by=actor, form_key=form_key).get("acting_for")
        about = uuid.UUID(acting_for) if acting_for else actor.member_id
    except UnknownDraft:
        about = whom_it_was_for(db.session, form_key, by=actor)
    assert about is not None  # noqa: S101 - who is signed in is a member
    ask_referral(db.session, form_key, about=about, by=actor, now=clock.now())
    db.session.commit()
    session.pop("referred", None)
    return redirect(url_for("referrals.asked"), code=303)


@blueprint.get("/asked")
@requires(Permission.FILL_IN_FORMS)
def asked() -> str:
    """Say what happens now."""
    return render_template("referrals/asked.html")


@blueprint.post("/new/<uuid:member_id>")
@hides(Permission.HANDLE_REFERRALS)
def begin(member_id: uuid.UUID) -> Response:
    """Begin a referral for somebody of one's neighbourhood."""
    try:
        referral_id = uuid.UUID(request.form.get("key", ""))
    except ValueError:
        referral_id = uuid.uuid4()
    ask_referral(db.session, referral_id, about=member_id, by=current_actor(), now=clock.now())
    db.session.commit()
    return redirect(url_for("referrals.show", referral_id=referral_id), code=303)


@blueprint.get("")
@hides(Permission.HANDLE_REFERRALS)
def waiting() -> str:
    """Show the open referrals: what is due first, the oldest first."""
    rows = open_referrals(db.session, by=current_actor(), now=clock.now())
    return render_template(
        "referrals/waiting.html",
        rows=rows[:PAGE],
        more=len(rows) > PAGE,
        age=age,
        partner_label=partner_label,
    )


@blueprint.get("/<uuid:referral_id>")
@hides(Permission.HANDLE_REFERRALS)
def show(referral_id: uuid.UUID) -> str:
    """Show one referral, with what can be done next."""
    return _one(referral_id, {}, 200)[0]


@blueprint.post("/<uuid:referral_id>/hand-over")
@hides(Permission.HANDLE_REFERRALS)
def bring(referral_id: uuid.UUID) -> Response | Page:
    """Write down that somebody was brought to a partner, and agreed."""
    try:
        hand_over(
            db.session,
            referral_id,
            partner=request.form.get("partner", ""),
            consent=request.form.get("consent") == "yes",
            by=current_actor(),
            now=clock.now(),
        )
    except ReferralClosed:
        return _was_second()
    except ReferralError as refusal:
        db.session.rollback()
        return _one(referral_id, {refusal.field: explain_boundary(refusal)}, 422)
    db.session.commit()
    flash(gettext("Saved. In two weeks we ask you how it went."), "success")
    return redirect(url_for("referrals.show", referral_id=referral_id), code=303)


@blueprint.post("/<uuid:referral_id>/outcome")
@hides(Permission.HANDLE_REFERRALS)
def outcome(referral_id: uuid.UUID) -> Response | Page:
    """Keep how it went."""
    code = request.form.get("outcome", "")
    chosen = ReferralOutcome(code) if code in set(ReferralOutcome) else None
    try:
        keep_outcome(db.session, referral_id, chosen, by=current_actor(), now=clock.now())
    except ReferralClosed:
        return _was_second()
    except ReferralError as refusal:
        db.session.rollback()
        return _one(referral_id, {refusal.field: explain_boundary(refusal)}, 422)
    db.session.commit()
    flash(gettext("Saved. Thank you."), "success")
    return redirect(url_for("referrals.waiting"), code=303)


def _was_second() -> Response:
    db.session.rollback()
    flash(gettext("A colleague was just before you. You do not need to do anything."), "info")
    return redirect(url_for("referrals.waiting"), code=303)


def _one(referral_id: uuid.UUID, errors: dict[str, str], status: int) -> Page:
    page = render_template(
        "referrals/one.html",
        row=referral_row(db.session, referral_id, by=current_actor(), now=clock.now()),
        errors=errors,
        typed=request.form,
        partners=PARTNERS,
        partner_label=partner_label,
        outcomes=REFERRAL_OUTCOMES,
        age=age,
        back_to=url_for("referrals.show", referral_id=referral_id),
    )
    return page, status
