# SPDX-License-Identifier: EUPL-1.2
"""The words about the line with professionals: checks, exceptions, worries, referrals.

The tables are read by tests: a value or a refusal without words fails the build.
"""

from __future__ import annotations

from flask_babel import get_locale, gettext, ngettext
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from timebank.boundaries import errors as boundaries
from timebank.categories.policy import Check, Safety
from timebank.checks import errors as checks
from timebank.checks.policy import Qualification
from timebank.concerns import errors as concerns
from timebank.concerns.policy import Outcome
from timebank.referrals import errors as referrals
from timebank.referrals.policy import PARTNERS, ReferralOutcome

CHECKS_MISSING: dict[Check, LazyString] = {
    Check.CONDUCT_CERTIFICATE: _l("No conduct certificate (VOG) seen yet"),
    Check.TALK: _l("No talk with the coordinator yet"),
    Check.TRAINING: _l("No training yet"),
}
"""What a coordinator reads before approving, or before confirming a visit (policy row V19)."""

CHECKS_FIRST: dict[Check, LazyString] = {
    Check.CONDUCT_CERTIFICATE: _l("First show your conduct certificate (VOG)"),
    Check.TALK: _l("First a talk with the coordinator"),
    Check.TRAINING: _l("First a training"),
}
"""What somebody reads who offers this kind of help (policy row V4)."""

QUALIFICATIONS: dict[Qualification, LazyString] = {
    Qualification.TALK: _l("A talk"),
    Qualification.TRAINING: _l("A training"),
}
"""What a coordinator can write down."""

OUTCOMES: dict[Outcome, LazyString] = {
    Outcome.TALKED: _l("We talked about it"),
    Outcome.REFERRED: _l("Somebody else helps now"),
    Outcome.REPORTED: _l("Reported to Veilig Thuis or 112"),
    Outcome.NOTHING_NEEDED: _l("Nothing more is needed"),
}
"""What was done with a worry."""

REFERRAL_OUTCOMES: dict[ReferralOutcome, LazyString] = {
    ReferralOutcome.HELPED: _l("They get help there"),
    ReferralOutcome.STILL_WAITING: _l("They still wait. Ask again in two weeks."),
    ReferralOutcome.DID_NOT_COME: _l("They did not go, or found no help there"),
    ReferralOutcome.NOT_NEEDED: _l("It is not needed any more"),
}
"""How a referral went."""

REFUSALS: dict[type[Exception], LazyString] = {
    boundaries.OverrideReasonMissing: _l("Write why you make an exception."),
    boundaries.KindNotProfessional: _l("Choose the work for a professional."),
    boundaries.NotTwoPeople: _l(
        "Write the whole names of two people. One of them lives in your neighbourhood."
    ),
    boundaries.OwnOverride: _l("You take part in this yourself. Ask a colleague."),
    checks.KindMissing: _l("Choose: a talk or a training."),
    checks.DayMissing: _l("Write the day, today at the latest."),
    concerns.ConcernEmpty: _l("Write what worries you. A few words are enough."),
    concerns.NobodyReads: _l(
        "Nobody here can read this. Call Veilig Thuis: 0800-2000, free, day and night."
    ),
    concerns.OutcomeMissing: _l("Choose what was done."),
    referrals.PartnerMissing: _l("Choose where you bring them."),
    referrals.ConsentMissing: _l("Tick this only when they agree. Without it you bring nobody."),
    referrals.ReferralOutcomeMissing: _l("Choose how it went."),
}
"""Words for refusals that carry no figures."""


def explain_boundary(refusal: Exception) -> str:
    """Return the words for a refusal of these rooms."""
    match refusal:
        case boundaries.OverrideReasonTooLong() | concerns.ConcernTooLong():
            return ngettext(
                "Your text is too long. Leave out at least one letter.",
                "Your text is too long. Leave out at least %(num)s letters.",
                refusal.length - refusal.longest,
            )
    return str(REFUSALS[type(refusal)])


def age(days: int) -> str:
    """Say how long something waits, in days on the calendar."""
    if days <= 0:
        return gettext("Since today")
    return ngettext("Waits one day", "Waits %(num)s days", days)


def card(safety: Safety) -> str:
    """Return the safety card in the language of the page; empty when there is none."""
    return safety.card_en if str(get_locale()) == "en" else safety.card_nl


def partner_label(code: str | None) -> str:
    """Return the word for a kind of partner in the language of the page."""
    if code not in PARTNERS:
        return gettext("none")
    partner = PARTNERS[code]
    return partner.label_en if str(get_locale()) == "en" else partner.label_nl
