# SPDX-License-Identifier: EUPL-1.2
"""The words about one's own data: what each section is, what each deed of the audit means.

The tables are read by tests: a section or a deed without words fails the build.
"""

from __future__ import annotations

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from timebank.calls.models import CallReason
from timebank.corrections import errors as corrections
from timebank.notes import errors as notes
from timebank.notes.policy import MemberNoteKind

SECTIONS: dict[str, tuple[LazyString, LazyString]] = {
    "person": (_l("Who you are"), _l("Neighbours find you by your name.")),
    "membership": (_l("How you take part"), _l("Your neighbourhood, your roles and a pause.")),
    "wishes": (
        _l("What you like to do and what you look for"),
        _l("Also when and how you want to help, and what you would rather not."),
    ),
    "exchanges": (_l("Help you took part in"), _l("Everything you gave and received.")),
    "questions": (
        _l("Questions about help"),
        _l("What was asked and answered. It disappears after a year."),
    ),
    "appointments": (
        _l("Your appointments"),
        _l("What you agreed with others, for a year after the day."),
    ),
    "disputes": (
        _l("What you said is not right"),
        _l("Your words disappear after a year."),
    ),
    "thanks": (_l("Thanks"), _l("What you wrote, and what others wrote to you.")),
    "together": (_l("Doing things together"), _l("Activities with a group that you took part in.")),
    "staff_time": (
        _l("Hours of staff that you wrote down"),
        _l("A day, how long and for which neighbourhood. Who worked is not kept."),
    ),
    "hours": (_l("Your hours, line by line"), _l("This is how the hours were counted.")),
    "notes": (
        _l("What a coordinator wrote about you"),
        _l("Worries that somebody wrote down are not shown here. You can ask for them."),
    ),
    "looked_at": (
        _l("Who did something with your data"),
        _l("Here you see who changed or read something."),
    ),
    "mails": (_l("Mails to you"), _l("We keep that we sent them, for three months.")),
    "drafts": (_l("Forms you did not finish"), _l("They disappear after thirty days.")),
    "files": (_l("Files that you brought"), _l("They disappear after a day.")),
    "signing_in": (_l("Signing in"), _l("Your devices, codes and links. They disappear in time.")),
    "trust": (_l("Whom you trust"), _l("Who may fill in for you, and who may see you.")),
    "support": (_l("Support with taking part"), _l("What you told a coordinator that you need.")),
}
"""Title and explanation of each section of one's own data."""

DEEDS: dict[str, LazyString] = {
    "member:correct": _l("Corrected the name or the language"),
    "member:ask_address": _l("Asked for another e-mail address"),
    "member:change_address": _l("Confirmed another e-mail address"),
    "member:pause": _l("Began a pause"),
    "member:come_back": _l("Came back from a pause"),
    "member:erase": _l("Removed the personal data"),
    "exchange:void": _l("Took back help that waited, because the other person stopped"),
    "exchange:import": _l("Brought in help from a file"),
    "exchange:export": _l("Took a file with help or hours"),
    "balance:open": _l("Brought in hours from before"),
    "note:write": _l("Wrote a note"),
    "note:read": _l("Opened the notes"),
    "member:enrol": _l("Enrolled this person"),
    "member:open": _l("Opened the page of this person"),
    "member:call": _l("Called, or brought a letter"),
    "question:answer_for": _l("Wrote down an answer given by telephone"),
    "exchange:look_again": _l("Let help be looked at once more"),
    "application:decline": _l("Declined an application"),
    "letter:print": _l("Made a letter"),
    "statement:print": _l("Made a letter with the hours"),
    "slips:print": _l("Made sheets of paper slips"),
    "code:print": _l("Made a code for a letter"),
    "session:revoke": _l("Signed out all devices"),
    "session:vouch": _l("Signed in through the organisation"),
    "second_factor:confirm": _l("Made a second step"),
    "second_factor:reset": _l("Took the second step away"),
    "rule:change": _l("Changed the rules of a neighbourhood"),
    "kind:mark": _l("Changed what kinds of help are marked for"),
    "role:give": _l("Gave a role"),
    "role:remove": _l("Took a role away"),
    "support:keep": _l("Wrote down what support is needed"),
    "check:keep": _l("Wrote down a talk or a training"),
    "override:allow": _l("Allowed an exception"),
    "staff_time:write": _l("Wrote down hours of staff"),
    "staff_time:take_back": _l("Took back hours of staff"),
    "concern:read": _l("Read a worry"),
    "concern:take_up": _l("Took up a worry"),
    "concern:close": _l("Closed a worry"),
    "referral:ask": _l("Asked for help from a professional"),
    "referral:hand_over": _l("Brought this person to a professional"),
    "referral:outcome": _l("Wrote down how a referral went"),
    "talent:note": _l("Noted in a talk what this person likes to do"),
    "talent:confirm": _l("Wrote down a yes about a talent"),
    "talent:take_back": _l("Wrote down that this person does not like something any more"),
    "preference:keep": _l("Wrote down when and how this person wants to help"),
    "need:ask": _l("Typed what this person looks for"),
    "need:sort": _l("Chose a kind of help for what this person looks for"),
    "need:end": _l("Wrote down that this person does not look for something any more"),
    "need:look_for_people": _l("Looked who could help this person"),
    "suggestion:ask": _l("Asked this person to help somebody"),
    "suggestion:accept": _l("Wrote down that this person wants to help"),
    "suggestion:put_off": _l("Wrote down that this person says later"),
    "suggestion:decline": _l("Wrote down that this person says no"),
    "suggestion:agree": _l("Wrote down that help suits this person"),
    "suggestion:turn_down": _l("Wrote down that help does not suit this person"),
    "appointment:make": _l("Wrote down an appointment for this person"),
    "appointment:move": _l("Moved an appointment for this person"),
    "appointment:answer": _l("Said for this person what became of an appointment"),
    "stand_in:appoint": _l("Let somebody fill in"),
    "stand_in:dismiss": _l("Ended that somebody fills in"),
    "consent:give": _l("Let a professional see this person"),
    "consent:withdraw": _l("Let a professional see this person no more"),
    "note:read_for_a_reason": _l("Opened the notes as administrator, for a reason"),
}
"""What each deed of the audit is, in words that follow a name and a colon."""

WAYS_IN: dict[str, LazyString] = {
    "device": _l("A device where you are signed in"),
    "letter": _l("A code on a letter"),
    "mail": _l("A code in a mail"),
    "second_step": _l("Your second step"),
}
"""What stands among the ways to sign in."""

CALLS: dict[CallReason, LazyString] = {
    CallReason.JOINED: _l("to say that you can take part"),
    CallReason.FILLED_IN: _l("to say that help was written down for you"),
    CallReason.APPOINTMENT_TOMORROW: _l("to remind you of an appointment"),
    CallReason.APPOINTMENT_NEWS: _l("to tell you news about an appointment"),
}
"""Why a coordinator calls somebody, as that person reads it."""

TRUST: dict[str, LazyString] = {
    "stand_in": _l("May fill in for you"),
    "stands_in": _l("You may fill in for"),
    "consent": _l("May see that you take part"),
}
"""What stands among whom somebody trusts."""

NOTE_KINDS: dict[MemberNoteKind, tuple[LazyString, LazyString]] = {
    MemberNoteKind.NOTE: (_l("A note"), _l("The person can read it.")),
    MemberNoteKind.CONCERN: (
        _l("A worry about this person"),
        _l("The person does not see these words."),
    ),
}
"""What a note is, and who reads it."""

_REFUSALS: dict[type[Exception], LazyString] = {
    corrections.NameMissing: _l("Write the name, with letters."),
    corrections.AddressNotPossible: _l("Write your e-mail address, such as name@example.nl."),
    corrections.PauseOver: _l("Choose how long you want to pause."),
    notes.NoteEmpty: _l("Write what you want to keep."),
    notes.NoteKindMissing: _l("Choose: a note or a worry."),
    notes.ReadingReasonMissing: _l("Write why you need to read the notes."),
}


def explain_refusal(refusal: corrections.CorrectionError | notes.NoteError) -> str:
    """Return the words for a refusal of the rooms of corrections and notes."""
    match refusal:
        case corrections.NameTooLong():
            return gettext("Write at most %(most)s letters.", most=refusal.longest)
        case notes.NoteTooLong():
            return ngettext(
                "Your text is too long. Leave out at least one letter.",
                "Your text is too long. Leave out at least %(num)s letters.",
                refusal.length - refusal.longest,
            )
    return str(_REFUSALS[type(refusal)])


def deed(action: str) -> str:
    """Return the words for a deed of the audit; an action without words is shown as it is."""
    return str(DEEDS.get(action, action))
