# SPDX-License-Identifier: EUPL-1.2
"""The words of the catalogue of figures: a name and what it means, once for each figure."""

from __future__ import annotations

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from timebank.figures.policy import Behind, FigureKey, Level, Unit
from timebank.referrals.policy import ReferralOutcome
from timebank.web.filters import short_duration

NAMES: dict[FigureKey, LazyString] = {
    FigureKey.GIVEN: _l("Given"),
    FigureKey.RECEIVED: _l("Received"),
    FigureKey.NET: _l("Difference"),
    FigureKey.PENDING: _l("Still to check"),
    FigureKey.FLOW: _l("Help between neighbourhoods"),
    FigureKey.HELPED_MINUTES: _l("Hours of help"),
    FigureKey.ACTIVE_GIVERS: _l("People who helped"),
    FigureKey.ACTIVE_RECEIVERS: _l("People who were helped"),
    FigureKey.TWO_SIDED: _l("Did both in a year"),
    FigureKey.PAIRS: _l("Pairs"),
    FigureKey.NEW_PAIRS: _l("New pairs"),
    FigureKey.LIGHT_STEPS: _l("Help on steps 1 to 3"),
    FigureKey.COLLECTIVE: _l("Help in groups"),
    FigureKey.CONCENTRATION: _l("Share of the busiest"),
    FigureKey.DAYS_TO_HELP: _l("From question to help"),
    FigureKey.DAYS_TO_FIRST: _l("Until the first time"),
    FigureKey.RESIDENT_LED: _l("Started by residents"),
    FigureKey.KEPT: _l("Appointments that went on"),
    FigureKey.REFERRED: _l("Brought to a professional"),
    FigureKey.REFERRALS_HELPED: _l("Helped by a professional"),
    FigureKey.ASSISTED: _l("Typed in by somebody else"),
}
MEANINGS: dict[FigureKey, LazyString] = {
    FigureKey.GIVEN: _l(
        "Hours that people of the neighbourhood gave, in the days on which they were approved."
    ),
    FigureKey.RECEIVED: _l(
        "Hours of help that people of the neighbourhood got, in the days on which they were"
        " approved."
    ),
    FigureKey.NET: _l(
        "Given less received. Getting more than giving is fine. All neighbourhoods and the pot"
        " together make zero."
    ),
    FigureKey.PENDING: _l("Hours that nobody has approved yet. They do not count in any figure."),
    FigureKey.FLOW: _l("Hours that people of one neighbourhood gave to people of another."),
    FigureKey.HELPED_MINUTES: _l(
        "All hours in which somebody of this area helped or was helped. Each hour counts once."
    ),
    FigureKey.ACTIVE_GIVERS: _l(
        "How many people of this area helped somebody at least once in these months."
    ),
    FigureKey.ACTIVE_RECEIVERS: _l(
        "How many people of this area were helped at least once in these months."
    ),
    FigureKey.TWO_SIDED: _l(
        "Of everybody who took part in the last twelve months: which share helped and was helped."
    ),
    FigureKey.PAIRS: _l(
        "How many sets of two people helped each other, one way or both. Each counts once."
    ),
    FigureKey.NEW_PAIRS: _l("Pairs who had never helped each other before these months."),
    FigureKey.LIGHT_STEPS: _l(
        "Which share of the help neighbours could give. Heavier help stands on steps 4 and 5."
    ),
    FigureKey.COLLECTIVE: _l(
        "Which share of the hours was something people did as a group. The rest was between two."
    ),
    FigureKey.CONCENTRATION: _l(
        "Which share of the hours the busiest tenth of the helpers gave. Is it high? Then much"
        " hangs on few people."
    ),
    FigureKey.DAYS_TO_HELP: _l(
        "Half of the questions that were answered took fewer days than this, the other half more."
    ),
    FigureKey.DAYS_TO_FIRST: _l(
        "Of who took part for the first time: how many days after joining that was. Half of them"
        " were faster."
    ),
    FigureKey.RESIDENT_LED: _l(
        "Which share of the activities residents started. A professional started the others."
    ),
    FigureKey.KEPT: _l(
        "Of the appointments of which we know how they went: which share went on. Moved ones do"
        " not count."
    ),
    FigureKey.REFERRED: _l("How often somebody was brought into contact with a professional."),
    FigureKey.REFERRALS_HELPED: _l(
        "How often we heard in these months that a professional helped."
    ),
    FigureKey.ASSISTED: _l(
        "Which share of the help between two people was typed in by a coordinator, by a helper or"
        " from paper."
    ),
}
UNITS: dict[Unit, LazyString] = {
    Unit.MINUTES: _l("hours and minutes"),
    Unit.PEOPLE: _l("people"),
    Unit.PAIRS: _l("pairs"),
    Unit.DAYS: _l("days"),
    Unit.PERCENT: _l("out of a hundred"),
    Unit.TIMES: _l("how often"),
}
BEHIND: dict[Behind, LazyString] = {
    Behind.ENTRIES: _l("the hours in the books"),
    Behind.PAIRS: _l("who helped whom, as numbers without names"),
    Behind.NEEDS: _l("questions for help that were answered"),
    Behind.MEMBERS: _l("the day of joining and the first hours in the books"),
    Behind.ACTIVITIES: _l("activities in the neighbourhood"),
    Behind.APPOINTMENTS: _l("appointments"),
    Behind.REFERRALS: _l("talks with professionals"),
}
LEVELS: dict[Level, LazyString] = {
    Level.NEIGHBOURHOOD: _l("Per neighbourhood"),
    Level.WIJK: _l("Per district"),
    Level.SERVICE_AREA: _l("Per service area"),
    Level.MUNICIPALITY: _l("All together"),
}
OUTCOMES: dict[ReferralOutcome, LazyString] = {
    ReferralOutcome.HELPED: _l("was helped"),
    ReferralOutcome.STILL_WAITING: _l("still waits"),
    ReferralOutcome.DID_NOT_COME: _l("did not go"),
    ReferralOutcome.NOT_NEEDED: _l("was not needed any more"),
}


def told(unit: Unit, value: int | None) -> str:
    """Say a value with its unit; nothing to count is said in words and is not a zero."""
    if value is None:
        return gettext("Nothing to count yet")
    return {
        Unit.MINUTES: short_duration(value),
        Unit.PEOPLE: ngettext("%(num)s person", "%(num)s people", value),
        Unit.PAIRS: ngettext("%(num)s pair", "%(num)s pairs", value),
        Unit.DAYS: ngettext("%(num)s day", "%(num)s days", value),
        Unit.PERCENT: gettext("%(part)s %%", part=value),
        Unit.TIMES: ngettext("%(num)s time", "%(num)s times", value),
    }[unit]


def has_lines(unit: Unit, value: int | None) -> bool:
    """Say whether there is something to look at behind a value.

    A share or a number of days that is zero was worked out of something; how often zero was not.
    """
    return value is not None and (value != 0 or unit in (Unit.PERCENT, Unit.DAYS))


def trend_words(now: int, before: int) -> str:
    """Say the difference with the quarter before in words (policy row W11)."""
    more = now - before
    if not more:
        return gettext("As many people helped as in the three months before.")
    if more > 0:
        return ngettext(
            "%(num)s person more helped than in the three months before.",
            "%(num)s people more helped than in the three months before.",
            more,
        )
    return ngettext(
        "%(num)s person fewer helped than in the three months before.",
        "%(num)s people fewer helped than in the three months before.",
        -more,
    )
