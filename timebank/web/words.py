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

from timebank.activities import errors as activity_errors
from timebank.activities.policy import InitiatedBy
from timebank.amendments import errors as amendment_errors
from timebank.appointments import errors as appointment_errors
from timebank.appointments.workflow import AppointmentState
from timebank.approvals.errors import OwnExchange, ReasonMissing, SecondNeeded, WordsMissing
from timebank.asking.errors import AnswerEmpty, NothingAsked, QuestionEmpty
from timebank.calls.models import CallReason
from timebank.desk.errors import TooLateToUndo
from timebank.disputes import errors as dispute_errors
from timebank.disputes.policy import DisputeOutcome, DisputeReason
from timebank.exchanges import errors
from timebank.exchanges.workflow import Action, ExchangeState, RejectionReason
from timebank.joining.errors import TooManyApplications
from timebank.members import errors as member_errors
from timebank.members.policy import Role
from timebank.paper import errors as paper_errors
from timebank.signals.policy import Look
from timebank.support import errors as support_errors
from timebank.support.policy import Support
from timebank.thanks import errors as thanks_errors
from timebank.trust import errors as trust_errors
from timebank.web.filters import duration
from timebank.web.questions import SeveralPeople

CODES: dict[str, LazyString] = {
    "other_missing": _l("Choose or type who it was."),
    "name_too_short": _l("Type at least two letters of the name."),
    "name_too_long": _l("This name is too long. Type the first name only."),
    "category_missing": _l("Choose what kind of help it was."),
    "category_words_missing": _l("Write in your own words what you did."),
    "category_words_too_long": _l("Your text is too long. Make it shorter."),
    "safety_missing": _l("Read the sentence and tick it. Does it not fit? Call us."),
    "minutes_missing": _l("Choose how long it took."),
    "minutes_not_a_number": _l("Write the hours and minutes as numbers, such as 1 and 30."),
    "time_impossible": _l("Write the time as 14:30, or leave it empty."),
    "length_impossible": _l("Write hours and minutes, such as 1:30, or leave it empty."),
    "day_missing": _l("Choose the day, or fill in day, month and year."),
    "day_impossible": _l("This day is not on the calendar. Write it as 9, 3 and 2026."),
    "given_name_missing": _l("Write the first name."),
    "given_name_too_long": _l("This first name is too long. Write at most 60 letters."),
    "family_name_missing": _l("Write the family name."),
    "family_name_too_long": _l("This family name is too long. Write at most 80 letters."),
    "neighbourhood_missing": _l("Choose the neighbourhood."),
    "birth_year_missing": _l("Write the year of birth."),
    "birth_year_not_a_number": _l("Write the year of birth in four figures, such as 1958."),
    "email_impossible": _l("Write the e-mail address as name@example.nl, or leave it empty."),
    "phone_impossible": _l("Write the telephone number in figures, or leave it empty."),
    "language_missing": _l("Choose the language."),
    "support_missing": _l("Choose how much support fits."),
    "role_missing": _l("Choose a role."),
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
    WordsMissing: _l("Write in a few words what is not right yet."),
    SecondNeeded: _l("You approved this already. A colleague must approve it too."),
    QuestionEmpty: _l("Write your question."),
    AnswerEmpty: _l("Write your answer."),
    NothingAsked: _l("There is no question for you here any more."),
    TooLateToUndo: _l("It is too late to undo this. It has been carried out."),
    errors.HoursFarApart: _l("This cannot be written down now. Call us: we look at it together."),
    SeveralPeople: _l("Whom do you mean? Choose below."),
    dispute_errors.DisputeReasonMissing: _l(
        "Choose what is not right. With another reason, write a few words too."
    ),
    dispute_errors.AlreadyDisputed: _l("The coordinator is looking at this already."),
    amendment_errors.NothingChanged: _l("These are the same answers. Change what is not right."),
    amendment_errors.BothLeft: _l("Both people stopped taking part. Their hours cannot change."),
    appointment_errors.DayPassed: _l("This day is over. Choose today or a later day."),
    appointment_errors.DayFarAhead: _l("Choose a day within a year."),
    appointment_errors.WordsNotReadable: _l(
        "Your text has signs that we cannot keep. Type it again, please."
    ),
    appointment_errors.UnknownAppointment: _l("We cannot find this page."),
    appointment_errors.AlreadyAnswered: _l("Somebody was just before you. Read here what it is."),
    appointment_errors.NotThatDay: _l("This answer does not fit the day. Choose another one."),
    thanks_errors.ThanksMissing: _l("Write a few words of thanks."),
    thanks_errors.AlreadyThanked: _l("You wrote your thanks already."),
    activity_errors.UnknownActivity: _l("We cannot find this page."),
    activity_errors.NotForAGroup: _l("This is not done with a group. Choose another one."),
    activity_errors.NotYourPlace: _l("Choose one of your neighbourhoods."),
    activity_errors.PlaceMissing: _l("Write where it was, in at most 80 letters."),
    activity_errors.InitiatorMissing: _l("Choose who started it."),
    activity_errors.NoHelpers: _l("Write at least one person who helped."),
    activity_errors.NobodyHelped: _l("Write names, or count the guests. Not both."),
    activity_errors.PersonTwice: _l("Somebody is on the list twice. Write each name once."),
    activity_errors.TooLittleToShare: _l(
        "There is too little time for so many names. Count them as guests."
    ),
    member_errors.UnknownNeighbourhood: _l("Choose one of your neighbourhoods."),
    member_errors.EmailTaken: _l("Somebody else has this e-mail address already."),
    member_errors.TooYoung: _l(
        "You can take part from the year in which you turn 16. Ask a parent to join: then you can"
        " help together."
    ),
    member_errors.BirthYearImpossible: _l("This year cannot be right. Write it as 1958."),
    member_errors.OwnRole: _l("Nobody gives a role to themselves. Ask a colleague."),
    member_errors.LastAdministrator: _l(
        "This is the last administrator. First give this role to somebody else."
    ),
    member_errors.RoleNeedsPlace: _l("A coordinator has a neighbourhood. Other roles have none."),
    member_errors.RoleNeedsAccount: _l("This person takes no part in helping."),
    member_errors.EndsTooEarly: _l("The last day has passed. Choose today or later."),
    TooManyApplications: _l("We cannot take your application now. Please call us."),
    support_errors.CertificateInFuture: _l("This day has not come yet."),
    support_errors.OwnBuddy: _l("A buddy is somebody else. Write another name."),
    paper_errors.NumberWrong: _l("This number is not right. Type the figures and the letter."),
    paper_errors.UnknownSlip: _l("We never printed this number. Look at the slip again."),
    paper_errors.SlipUsed: _l("This slip was written down before. Put it aside."),
    paper_errors.LooksTheSame: _l(
        "The same two people, day and time were written down before. Is it another slip?"
    ),
    paper_errors.OwnSlip: _l("This is you. Let a colleague type this slip."),
    paper_errors.NobodyInReach: _l(
        "Neither of them lives in your neighbourhoods. Ask a colleague."
    ),
    paper_errors.DurationUnclear: _l("Write the time as 1:30, 1,5 or 90m."),
    paper_errors.KindMissing: _l("Type the number of the kind of help. They stand on this page."),
    paper_errors.DayUnclear: _l("Write the day as 24, 24-11 or gisteren."),
    paper_errors.NumberOfNobody: _l("Nobody has this number. Type three letters of the name."),
    paper_errors.NobodyCalled: _l("Nobody is called this. Type three letters of the name."),
    paper_errors.SeveralFit: _l("Whom do you mean? Choose below, or type more letters."),
    paper_errors.NameTooShort: _l("Type at least three letters of the name, or the number."),
    paper_errors.PlaceOutOfReach: _l("Choose one of your neighbourhoods."),
    trust_errors.NotAProfessional: _l("Choose one of the people on the list."),
    trust_errors.OwnStandIn: _l("You fill in for yourself already. Write another name."),
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
    Action.RETURN: _l("Given back, to be written down again"),
    Action.DISPUTE: _l("Somebody said: this is not right"),
    Action.LET_STAND: _l("Looked at again: it is right"),
    Action.CORRECT: _l("Corrected"),
    Action.TAKE_BACK: _l("Taken back by the coordinator"),
    Action.CHANGE_KIND: _l("Another kind of help"),
}
"""The lines of the history of an exchange."""

SECOND_LOOKS: dict[ExchangeState, LazyString] = {
    ExchangeState.SUBMITTED: _l("A coordinator looks at this once more."),
    ExchangeState.HELD: _l("A coordinator looks at this once more."),
    ExchangeState.DISPUTED: _l("A coordinator looks at this once more."),
    ExchangeState.APPROVED: _l("A coordinator looked at this once more, and approved it."),
    ExchangeState.REJECTED: _l("A coordinator looked at this once more. It was not approved."),
    ExchangeState.RETURNED: _l("A coordinator looked at this once more, and gave it back."),
    ExchangeState.WITHDRAWN: _l("This waited once more, and was then taken back."),
    ExchangeState.REVERSED: _l("A coordinator looked at this once more, and corrected it."),
}
"""What became of help that was not approved and then waited again, by where that stands now."""

LOOKS: dict[Look, LazyString] = {
    Look.FIRST_EXCHANGE: _l("This is the first help of one of the two."),
    Look.UNUSUAL_HOURS: _l("These are many hours at one go."),
    Look.PAIR_WEEK: _l(
        "These two have many hours together this week. See whether this is still voluntary."
    ),
    Look.TRADE_WEEK: _l(
        "The helper does much of the same work this week. See whether this is still voluntary."
    ),
    Look.PERSON_DAY: _l("The helper has many hours on this day."),
    Look.SECOND_NEEDED: _l("So many hours need two coordinators."),
}
"""Why a person must look at help that waits."""

APPOINTMENT_STATES: dict[AppointmentState, LazyString] = {
    AppointmentState.PLANNED: _l("Agreed"),
    AppointmentState.MOVED: _l("Moved to another day"),
    AppointmentState.KEPT: _l("It went ahead"),
    AppointmentState.NOT_KEPT: _l("It did not go ahead"),
    AppointmentState.CALLED_OFF: _l("Called off"),
}
"""Where an appointment stands."""

DISPUTE_REASONS: dict[DisputeReason, LazyString] = {
    DisputeReason.DID_NOT_HAPPEN: _l("This did not happen"),
    DisputeReason.WRONG_TIME: _l("It took more or less time"),
    DisputeReason.WRONG_DAY: _l("It was on another day"),
    DisputeReason.WRONG_PERSON: _l("It was somebody else"),
    DisputeReason.TWICE: _l("It was written down twice"),
    DisputeReason.OTHER: _l("Something else is not right"),
}
"""What is not right about an exchange."""

DISPUTE_OUTCOMES: dict[DisputeOutcome, LazyString] = {
    DisputeOutcome.STANDS: _l("The coordinator looked at it. It is right."),
    DisputeOutcome.CORRECTED: _l("The coordinator looked at it and corrected it."),
    DisputeOutcome.TAKEN_BACK: _l("It was taken back. It does not count."),
}
"""How it ended."""

INITIATORS: dict[InitiatedBy, LazyString] = {
    InitiatedBy.RESIDENT: _l("A resident"),
    InitiatedBy.PROFESSIONAL: _l("A professional"),
}
"""Who started an activity."""

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


LADDER: dict[str, LazyString] = {
    "1-2": _l("doing it yourself, and taking part in the neighbourhood"),
    "3": _l("neighbours help each other, or do it together"),
    "4": _l("help that is there for everyone"),
    "5": _l("light help for one person"),
}
"""What the steps of the ladder of support mean; see ``categories.policy.STEPS``."""

ROLES: dict[Role, LazyString] = {
    Role.RESIDENT: _l("Resident"),
    Role.COORDINATOR: _l("Coordinator"),
    Role.ADMINISTRATOR: _l("Administrator"),
    Role.MUNICIPALITY_READER: _l("Municipality reader"),
    Role.PROFESSIONAL: _l("Social worker"),
}
"""What somebody is."""


SUPPORT: dict[Support, LazyString] = {
    Support.NONE: _l("No support needed"),
    Support.SOME: _l("Some support: a call now and then"),
    Support.EXTRA: _l("Extra support: somebody walks along"),
}
"""How much support somebody wants with taking part."""

CALLS: dict[CallReason, LazyString] = {
    CallReason.JOINED: _l("Tell them that they can take part. Bring the letter with the code."),
    CallReason.FILLED_IN: _l("Tell them that help was written down for them."),
    CallReason.APPOINTMENT_TOMORROW: _l("Remind them of an appointment."),
    CallReason.APPOINTMENT_NEWS: _l("Tell them that an appointment was made, moved or called off."),
    CallReason.QUESTION: _l("Ask the question that waits about this help, and write the answer."),
    CallReason.REJECTED: _l("Tell them that this help was not approved, and why."),
    CallReason.RETURNED: _l("Tell them that this help was given back, and what is not right yet."),
    CallReason.CORRECTED: _l("Tell them that this help was corrected. This is how it counts now."),
    CallReason.TAKEN_BACK: _l("Tell them that this help was taken back. It does not count."),
    CallReason.STANDS: _l("Tell them that a coordinator looked, and that this help is right."),
    CallReason.LOOKED_AT_AGAIN: _l("Tell them that a coordinator looks at this help once more."),
    CallReason.APPROVED: _l("Tell them that help was approved: the hours count. This one too:"),
}
"""What a coordinator tells by telephone or letter."""


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
        case errors.DayTooLongAgo():
            return ngettext(
                "Help of at most one day ago can be written down. Call us about older help.",
                "Help of at most %(num)s days ago can be written down. Call us about older help.",
                refusal.days_back,
            )
        case paper_errors.TooManySheets():
            return gettext("Choose 1 to %(most)s sheets.", most=refusal.most)
        case errors.NoteTooLong() | appointment_errors.WordsTooLong():
            return ngettext(
                "Your text is too long. Leave out at least one letter.",
                "Your text is too long. Leave out at least %(num)s letters.",
                refusal.length - refusal.longest,
            )
    return _explain_a_group(refusal)


def _explain_a_group(refusal: Exception) -> str:
    match refusal:
        case activity_errors.TooManyPeople():
            return gettext(
                "These are %(people)s names. Write at most %(most)s, or count guests.",
                people=refusal.people,
                most=refusal.most,
            )
        case activity_errors.TooManyGuests():
            return gettext("Count at most %(most)s guests.", most=refusal.most)
    return str(REFUSALS[type(refusal)])


def explain_codes(refusal: ValidationError) -> dict[str, str]:
    """Return the words for what a schema found, by field."""
    messages = refusal.messages_dict
    return {
        field: str(CODES[codes[0] if isinstance(codes, list) else str(codes)])
        for field, codes in messages.items()
    }
