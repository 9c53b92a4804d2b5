# SPDX-License-Identifier: EUPL-1.2
"""The words of suggestions: reasons as sentences, half-days, answers, why not.

The tables are read by tests: an answer without words fails the build.
"""

from __future__ import annotations

import datetime
from typing import Any

from flask_babel import format_date, gettext
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from timebank.matching.scoring import Reason
from timebank.needs.policy import EXPECTED_MINUTES
from timebank.preferences.policy import PARTS, DayPart
from timebank.suggestions.policy import SAID
from timebank.suggestions.queries import Idea
from timebank.suggestions.scoring import ELSEWHERE, FROM_HOME, HERE, said_first
from timebank.suggestions.workflow import DeclineCode, SuggestionState
from timebank.web.filters import spoken_duration
from timebank.web.reason_words import REASONS
from timebank.web.wish_words import PART_WORDS, day_names

NEAR: dict[str, LazyString] = {
    FROM_HOME: _l("You can do this from home."),
    HERE: _l("It is in your own neighbourhood."),
    ELSEWHERE: _l("It is in another neighbourhood, not further than you want to go."),
}
"""How near, where no minutes can be said."""
NO_WORDS: dict[DeclineCode, LazyString] = {
    DeclineCode.NO_TIME: _l("I have no time"),
    DeclineCode.TOO_FAR: _l("It is too far"),
    DeclineCode.NOT_THIS_KIND: _l("Not this kind of help"),
    DeclineCode.NOT_THIS_PERSON: _l("Rather not with this person"),
    DeclineCode.OTHER: _l("Another reason"),
}
"""Why not, for who wants to say."""
LEARNT: dict[DeclineCode, LazyString] = {
    DeclineCode.TOO_FAR: _l("From now on we suggest what is nearer."),
    DeclineCode.NOT_THIS_KIND: _l("From now on we do not suggest this kind of help."),
    DeclineCode.NOT_THIS_PERSON: _l("From now on we do not suggest you to each other."),
}
"""What a no changes; it stands on the page of when and how, and can be taken back there."""
STATE_WORDS: dict[SuggestionState, LazyString] = {
    SuggestionState.PROPOSED: _l("An idea"),
    SuggestionState.SHOWN: _l("An idea"),
    SuggestionState.LATER: _l("Later"),
    SuggestionState.ASKED: _l("The coordinator asks you"),
    SuggestionState.ACCEPTED: _l("1 of 2 said yes"),
    SuggestionState.AGREED: _l("Both said yes"),
    SuggestionState.DECLINED: _l("You said no. That is fine."),
    SuggestionState.EXPIRED: _l("This is over now"),
    SuggestionState.WITHDRAWN: _l("This is not needed any more"),
}
"""Where a suggestion stands, for the giver."""


def reason_sentence(reason: dict[str, Any], idea: Idea) -> str:
    """Say one reason in a sentence."""
    code, value = Reason(reason["code"]), reason.get("value")
    if code is Reason.NEAR and not isinstance(value, int):
        return str(NEAR[value or ELSEWHERE])
    if code is Reason.SAME_TIME:
        return str(REASONS[code]) % {"when": half_day(int(value or 0))}
    if code is Reason.WAITING and idea.days <= 1:
        return gettext("This request has waited one day.")
    filled_in = {
        Reason.NEAR: {"minutes": value},
        Reason.WAITING: {"days": idea.days},
        Reason.HOURS: {"duration": spoken_duration(idea.minutes or EXPECTED_MINUTES)},
    }
    return str(REASONS[code]) % filled_in.get(code, {})


def reason_sentences(idea: Idea) -> list[str]:
    """Say the largest two or three reasons, in the order of the table."""
    return [reason_sentence(reason, idea) for reason in said_first(idea.reasons, SAID)]


def every_reason(idea: Idea) -> list[tuple[str, int]]:
    """Say all reasons with their points; they add up to those of the suggestion."""
    return [(reason_sentence(reason, idea), reason["points"]) for reason in idea.reasons]


def half_day(number: int) -> str:
    """Say a half-day of the week: "Tuesday morning"."""
    day, part = divmod(number, len(PARTS))
    return gettext("%(day)s %(part)s", day=day_names()[day], part=PART_WORDS[PARTS[part]])


def moment_words(moment: tuple[datetime.date, DayPart]) -> str:
    """Say a half-day of the calendar: "Tuesday 17 March, morning"."""
    day, part = moment
    return gettext("%(day)s, %(part)s", day=format_date(day, "EEEE d MMMM"), part=PART_WORDS[part])


def after_words(answer: str, code: DeclineCode | None) -> str:
    """Say what a later or a no leads to."""
    if answer == "later":
        return gettext("In a week we show it once more.")
    if code in LEARNT:
        changed = str(LEARNT[code])
        return gettext(
            "That is fine. %(changed)s You can change that at any moment.", changed=changed
        )
    return gettext("That is fine. All the rest stays as it is.")
