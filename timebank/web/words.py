# SPDX-License-Identifier: EUPL-1.2
"""The words for refusals, reasons and headings: one table each, so that none is forgotten.

A refusal says what to do, in words a resident uses. The tables are read by tests: a new error class
or reason without words fails the build.
"""

from __future__ import annotations

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from marshmallow import ValidationError

from timebank.approvals.errors import OwnExchange, ReasonMissing
from timebank.exchanges import errors
from timebank.exchanges.workflow import Action, RejectionReason
from timebank.members.policy import Role
from timebank.web.filters import duration
from timebank.web.questions import SeveralPeople

CODES: dict[str, LazyString] = {
    "other_missing": _l("Choose or type who it was."),
    "name_too_short": _l("Type at least two letters of the name."),
    "name_too_long": _l("This name is too long. Type the first name only."),
    "category_missing": _l("Choose what kind of help it was."),
    "minutes_missing": _l("Choose how long it took."),
    "minutes_not_a_number": _l("Write the hours and minutes as numbers, such as 1 and 30."),
    "day_missing": _l("Choose the day, or fill in day, month and year."),
    "day_impossible": _l("This day is not on the calendar. Write it as 9, 3 and 2026."),
}
"""Words for the codes that schemas raise."""

REFUSALS: dict[type[Exception], LazyString] = {
    errors.UnknownOther: _l("We do not know this person. Check the name, or call us."),
    errors.SamePerson: _l("This is you. Choose the other person."),
    errors.UnknownKind: _l("This kind of help cannot be chosen here. Choose another one."),
    errors.ProfessionalOnly: _l("This is work for a professional. We cannot write it down here."),
    errors.DayInFuture: _l("This day has not come yet. Choose today or an earlier day."),
    errors.DayBeforeJoining: _l(
        "One of you did not take part yet on that day. Choose a later day."
    ),
    errors.NoteNotReadable: _l("Your text has signs that we cannot keep. Type it again, please."),
    errors.FormKeyUsed: _l("This form was sent before. Please start again."),
    errors.UnknownExchange: _l("We cannot find this page."),
    errors.AlreadyDecided: _l("Somebody else was just before you. It has been dealt with."),
    OwnExchange: _l("You took part in this yourself. Somebody else must check it."),
    ReasonMissing: _l("Choose a reason. With another reason, write a few words too."),
    SeveralPeople: _l("Choose the person you mean."),
}
"""Words for refusals that carry no figures."""

REASONS: dict[RejectionReason, LazyString] = {
    RejectionReason.ALREADY_LOGGED: _l("It was written down before"),
    RejectionReason.WRONG_PERSON: _l("The name is not right"),
    RejectionReason.WRONG_DAY_OR_TIME: _l("The day or the time is not right"),
    RejectionReason.PROFESSIONAL: _l("This is work for a professional"),
    RejectionReason.OTHER: _l("Another reason"),
}
"""Why an exchange was not approved."""

ACTIONS: dict[Action, LazyString] = {
    Action.LOG: _l("Written down"),
    Action.APPROVE: _l("Approved"),
    Action.REJECT: _l("Not approved"),
    Action.WITHDRAW: _l("Taken back"),
}
"""The lines of the history of an exchange."""

GROUPS: dict[str, LazyString] = {
    "together": _l("Doing something together"),
    "at_home": _l("At home"),
    "out_and_about": _l("Going somewhere"),
    "learning": _l("Learning and explaining"),
    "neighbourhood": _l("For the neighbourhood"),
    "other": _l("Something else"),
    "refer": _l("Help from a professional"),
}
"""The headings under which kinds of help are chosen."""


ROLES: dict[Role, LazyString] = {
    Role.RESIDENT: _l("Resident"),
    Role.COORDINATOR: _l("Coordinator"),
    Role.ADMINISTRATOR: _l("Administrator"),
    Role.MUNICIPALITY_READER: _l("Municipality reader"),
}
"""What somebody is."""


def explain(refusal: Exception) -> str:
    """Return the words for a refusal of the rooms."""
    match refusal:
        case errors.InvalidDuration():
            return gettext(
                "Choose a time between %(least)s and 24 hours.",
                least=duration(refusal.step_minutes),
            )
        case errors.NotAWholeStep():
            return gettext(
                "We count in steps of %(step)s. Round it, please.",
                step=duration(refusal.step_minutes),
            )
        case errors.NoteTooLong():
            return ngettext(
                "Your text is too long. Leave out at least one letter.",
                "Your text is too long. Leave out at least %(num)s letters.",
                refusal.length - refusal.longest,
            )
    return str(REFUSALS[type(refusal)])


def explain_codes(refusal: ValidationError) -> dict[str, str]:
    """Return the words for what a schema found, by field."""
    messages = refusal.messages_dict
    return {
        field: str(CODES[codes[0] if isinstance(codes, list) else str(codes)])
        for field, codes in messages.items()
    }
