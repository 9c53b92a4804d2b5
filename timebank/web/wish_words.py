# SPDX-License-Identifier: EUPL-1.2
"""The words about talents, needs, and when and how somebody wants to help.

The tables are read by tests: a value or a refusal without words fails the build.
"""

from __future__ import annotations

from collections.abc import Iterable

from babel.dates import get_day_names
from flask_babel import get_locale, gettext, ngettext
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from timebank.needs import errors as needs
from timebank.needs.workflow import NeedState
from timebank.preferences import errors as preferences
from timebank.preferences.policy import (
    ALL_SLOTS,
    CAPACITIES,
    DAYS,
    PARTS,
    REACHES,
    WEEKDAYS,
    DayPart,
    numbers_of,
    slots_of,
)
from timebank.talents import errors as talents

PART_WORDS: dict[DayPart, LazyString] = {
    DayPart.MORNING: _l("morning"),
    DayPart.AFTERNOON: _l("afternoon"),
    DayPart.EVENING: _l("evening"),
}
"""The parts of a day, as they follow the name of a day."""

QUICK_WHEN: dict[str, LazyString] = {
    "always": _l("Any time is fine"),
    "weekdays": _l("On weekdays, by day"),
    "own": _l("I choose myself"),
}
"""The quick answers to the question when; only the last one asks for half-days."""

REACH_WORDS: dict[int, LazyString] = dict(
    zip(
        REACHES,
        (
            _l("Five minutes on foot"),
            _l("Ten minutes on foot"),
            _l("Twenty minutes on foot"),
            _l("Half an hour on foot, or a bit by bicycle"),
            _l("Anywhere in the municipality"),
        ),
        strict=True,
    )
)
"""How far, by metres."""

CAPACITY_WORDS: dict[int, LazyString] = dict(
    zip(
        CAPACITIES,
        (
            _l("One hour in two weeks"),
            _l("Two hours in two weeks"),
            _l("Four hours in two weeks"),
            _l("Eight hours in two weeks"),
        ),
        strict=True,
    )
)
"""How much time, by minutes in two weeks."""

DAYS_OPEN_WORDS: dict[int, LazyString] = {
    7: _l("One week"),
    30: _l("A month"),
    90: _l("Three months"),
}
"""How long a need stays open."""

STATE_WORDS: dict[NeedState, LazyString] = {
    NeedState.OPEN: _l("We look along"),
    NeedState.PROMISED: _l("Somebody will help"),
    NeedState.FILLED: _l("It worked out"),
    NeedState.WITHDRAWN: _l("Not needed any more"),
    NeedState.EXPIRED: _l("The time is over"),
}
"""Where a need stands."""

END_WORDS: dict[NeedState, LazyString] = {
    NeedState.FILLED: STATE_WORDS[NeedState.FILLED],
    NeedState.WITHDRAWN: STATE_WORDS[NeedState.WITHDRAWN],
}
"""How a need can be ended."""

REFUSALS: dict[type[Exception], LazyString] = {
    needs.NeedEmpty: _l("Write what you look for. One sentence is enough."),
    needs.NeedFormUsed: _l("This form was sent before. Please start again."),
    needs.NeedMinutesImpossible: _l("Choose how long it takes, or that you do not know."),
    needs.NeedSlotMissing: _l("Tick at least one half-day that suits you."),
    needs.NeedDaysImpossible: _l("Choose how long we look along with you."),
    needs.NeedKindImpossible: _l("This kind of help cannot be chosen here. Choose another one."),
    needs.NeedAnswered: _l("Somebody said yes to this. Give them an answer first."),
    needs.NeedEndMissing: _l("Choose: it worked out, or it is not needed any more."),
    preferences.WhenMissing: _l("Choose when it suits."),
    preferences.UnknownSlot: _l("One half-day is not in the list. Look at your choice again."),
    preferences.SlotMissing: _l("Tick at least one half-day that suits you."),
    preferences.ReachMissing: _l("Choose how far you want to go."),
    preferences.CapacityMissing: _l("Choose how much time you have."),
    preferences.UnknownMuted: _l(
        "One kind of help cannot be chosen here. Look at your choice again."
    ),
    preferences.CannotAvoid: _l("Write the first name and the family name of somebody else."),
    talents.NothingNoted: _l("Tick at least one thing that somebody likes to do."),
}
"""Words for refusals that carry no figures."""


def explain_wish(refusal: Exception) -> str:
    """Return the words for a refusal of these rooms."""
    match refusal:
        case needs.NeedTooLong() | talents.TalentWordsTooLong():
            return ngettext(
                "Your text is too long. Leave out at least one letter.",
                "Your text is too long. Leave out at least %(num)s letters.",
                refusal.length - refusal.longest,
            )
    return str(REFUSALS[type(refusal)])


def day_names() -> list[str]:
    """Return the days of the week in the language of the page, Monday first."""
    names = get_day_names("wide", locale=get_locale())
    return [names[day] for day in range(DAYS)]


def when_words(slots: int) -> str:
    """Say which half-days suit: the quick answer where it is one, else day by day."""
    if slots == ALL_SLOTS:
        return str(QUICK_WHEN["always"])
    if slots == WEEKDAYS:
        return str(QUICK_WHEN["weekdays"])
    by_day: dict[int, list[str]] = {}
    for number in numbers_of(slots):
        day, part = divmod(number, len(PARTS))
        by_day.setdefault(day, []).append(str(PART_WORDS[PARTS[part]]))
    names = day_names()
    return "; ".join(
        gettext("%(day)s: %(parts)s", day=names[day], parts=", ".join(parts))
        for day, parts in by_day.items()
    )


def when_words_of(numbers: Iterable[int]) -> str:
    """Say which half-days suit, from their numbers."""
    return when_words(slots_of(numbers))


def quick_answer(slots: int) -> str:
    """Return which quick answer to the question when is the right one."""
    return {ALL_SLOTS: "always", WEEKDAYS: "weekdays"}.get(slots, "own")
