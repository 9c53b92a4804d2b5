# SPDX-License-Identifier: EUPL-1.2
"""What goes wrong, as a page: one map from refusals to a status and friendly words.

No view catches a refusal itself, except the form, which shows it at the question.
"""

from __future__ import annotations

import logging
from http import HTTPStatus

from flask import Flask, g, render_template
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.wrappers import Response

from timebank.access.errors import LinkNotValid
from timebank.activities.errors import UnknownActivity
from timebank.amendments.errors import BothLeft
from timebank.appointments.errors import AlreadyAnswered, AppointmentError, UnknownAppointment
from timebank.approvals.errors import OwnExchange, SecondNeeded
from timebank.areas.errors import UnknownTimebank
from timebank.asking.errors import NothingAsked
from timebank.calls.errors import UnknownCall
from timebank.concerns.errors import UnknownConcern
from timebank.corrections.errors import ChangeNotValid
from timebank.desk.errors import TooLateToUndo
from timebank.disputes.errors import AlreadyDisputed
from timebank.drafts.errors import UnknownDraft
from timebank.erasure.errors import NobodyToErase
from timebank.exchanges.errors import AlreadyDecided, ExchangeError, FormKeyUsed, UnknownExchange
from timebank.extensions import db
from timebank.factors.errors import FactorStands, NoFactor, OwnFactor
from timebank.imports.errors import UnknownFile
from timebank.joining.errors import NoApplications, UnknownApplication
from timebank.members.errors import EmailTaken, MemberError, NotPermitted, OwnRole, UnknownMember
from timebank.needs.errors import NeedMoved, UnknownNeed
from timebank.notes.errors import UnknownPerson
from timebank.paper.errors import NothingPrinted, PlaceOutOfReach
from timebank.rates.errors import TooOften
from timebank.referrals.errors import ReferralKeyUsed, UnknownReferral
from timebank.rules.errors import UnknownPlace
from timebank.sessions.errors import UnknownSession
from timebank.staffing.errors import StaffKeyUsed, UnknownStaffTime
from timebank.suggestions.errors import UnknownSuggestion
from timebank.talents.errors import UnknownTalent
from timebank.thanks.errors import AlreadyThanked
from timebank.trust.errors import NotAProfessional
from timebank.web.words import explain

Page = tuple[str, int]

STATUS: dict[type[Exception], int] = {
    UnknownExchange: 404,
    UnknownActivity: 404,
    UnknownTimebank: 404,
    UnknownDraft: 404,
    UnknownMember: 404,
    UnknownApplication: 404,
    UnknownCall: 404,
    UnknownConcern: 404,
    UnknownReferral: 404,
    UnknownStaffTime: 404,
    UnknownAppointment: 404,
    UnknownNeed: 404,
    UnknownSuggestion: 404,
    UnknownTalent: 404,
    NeedMoved: 409,
    NoApplications: 404,
    NothingPrinted: 404,
    PlaceOutOfReach: 404,
    NotAProfessional: 404,
    OwnRole: 403,
    UnknownPerson: 404,
    NobodyToErase: 404,
    UnknownFile: 404,
    OwnExchange: 403,
    NotPermitted: 403,
    AlreadyDecided: 409,
    FormKeyUsed: 409,
    ReferralKeyUsed: 409,
    StaffKeyUsed: 409,
    AlreadyDisputed: 409,
    AlreadyThanked: 409,
    BothLeft: 409,
    AlreadyAnswered: 409,
    AppointmentError: 400,
    ExchangeError: 400,
    MemberError: 400,
    LinkNotValid: 410,
    UnknownSession: 404,
    NoFactor: 404,
    FactorStands: 409,
    OwnFactor: 403,
    TooOften: 429,
    ChangeNotValid: 410,
    EmailTaken: 410,
    TooLateToUndo: 409,
    SecondNeeded: 409,
    NothingAsked: 409,
    UnknownPlace: 404,
}
"""The status of each refusal. What may not be seen answers 404, as if it did not exist."""

_LOG = logging.getLogger(__name__)


def register_errors(app: Flask) -> None:
    """Answer refusals and failures with a page."""
    for kind in STATUS:
        app.register_error_handler(kind, _refused)
    app.register_error_handler(CSRFError, _form_too_old)
    app.register_error_handler(SecurityError, _not_our_name)
    for kind in (OperationalError, InterfaceError, PoolTimeout):
        app.register_error_handler(kind, _database_away)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def error_page(status: int, title: str, text: str) -> Page:
    """Render an error; the database session is rolled back, so nothing is half-saved.

    When even the frame of the page cannot be made, because the database is away, it goes without.
    """
    page = {"title": title, "text": text, "sign_in_again": status == HTTPStatus.GONE}
    try:
        db.session.rollback()
        return render_template("error.html", **page), status
    except SQLAlchemyError:
        g.show_bare_frame = True
        return render_template("error.html", **page), status


def _refused(refusal: Exception) -> Page:
    status = next(STATUS[kind] for kind in type(refusal).__mro__ if kind in STATUS)
    titles = {
        403: gettext("You cannot do this here"),
        404: gettext("We cannot find this page"),
        409: gettext("This was done already"),
        410: gettext("This link does not work here"),
        429: gettext("Please wait a while"),
    }
    texts = {
        403: gettext("This page is for somebody else."),
        404: gettext("Perhaps the address is not complete. Go back to the start page."),
        410: gettext(
            "A link works once, not for long, and on the device where you asked. Ask for a new one."
        ),
        429: gettext("This was tried often. Try again in an hour, or call us."),
    }
    has_words = isinstance(refusal, ExchangeError | MemberError | AppointmentError)
    if has_words and status != HTTPStatus.NOT_FOUND and type(refusal) is not NotPermitted:
        text = explain(refusal)
    else:
        text = texts.get(status, gettext("Nothing has been changed."))
    return error_page(status, titles.get(status, gettext("That did not work")), text)


def _not_our_name(_error: SecurityError) -> Response:
    """Answer who asks for another host. Without a host of ours no page has addresses to link to."""
    return Response(
        "This host is not served here.\n", HTTPStatus.BAD_REQUEST, mimetype="text/plain"
    )


def _form_too_old(_error: CSRFError) -> Page:
    return error_page(
        400,
        gettext("This page was open too long"),
        gettext("Go back, load the page again and send it once more. Nothing has been saved."),
    )


def _database_away(error: SQLAlchemyError) -> Page:
    _LOG.error("the database did not answer: %s", type(error).__name__)
    g.show_bare_frame = True
    return error_page(
        503,
        gettext("We cannot save anything right now"),
        gettext("Please try again in a minute. What you sent has not been saved."),
    )


def _http(error: HTTPException) -> Page | HTTPException:
    if error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return error
    known = {
        404: (
            gettext("We cannot find this page"),
            gettext("Perhaps the address is not complete. Go back to the start page."),
        ),
        405: (
            gettext("That did not work"),
            gettext("Go back to the start page and try again. Nothing has been changed."),
        ),
        413: (
            gettext("You sent too much at once"),
            gettext("Go back and make your note shorter. Nothing has been saved."),
        ),
    }
    title, text = known.get(
        error.code,
        (gettext("That did not work"), gettext("Go back and try again. Nothing has been changed.")),
    )
    return error_page(error.code, title, text)


def _unexpected(error: Exception) -> Page:
    # The type and the place only: an error message may quote what somebody typed.
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "unknown"
    _LOG.error("unexpected %s at %s", type(error).__name__, place)
    g.show_bare_frame = True
    return error_page(
        500,
        gettext("Something went wrong with us"),
        gettext("We are sorry. Nothing has been saved. Please try again, or call us."),
    )
