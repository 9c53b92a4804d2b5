# SPDX-License-Identifier: EUPL-1.2
"""What a need is made of: words first, all the rest may be left out (policy row D14). Pure."""

from __future__ import annotations

from timebank.lettering import readable
from timebank.needs.errors import (
    NeedDaysImpossible,
    NeedEmpty,
    NeedMinutesImpossible,
    NeedTooLong,
)

LONGEST_NEED = 300
MINUTES = (30, 60, 90, 120, 180)
"""How long help can be expected to take."""
EXPECTED_MINUTES = 60
"""What the matcher counts with where nobody said how long it takes."""
DAYS_OPEN = (7, 30, 90)
"""How many days a need can stay open."""
DEFAULT_DAYS = 30


def checked_words(words: str) -> str:
    """Return the words as they are kept, without control characters.

    Raises:
        NeedEmpty, NeedTooLong: nothing, or more than ``LONGEST_NEED`` characters.
    """
    kept = readable(words)
    if not kept:
        raise NeedEmpty
    if len(kept) > LONGEST_NEED:
        raise NeedTooLong(len(kept), LONGEST_NEED)
    return kept


def checked_deeper_words(words: str) -> str | None:
    """Return what it is really about as it is kept; None when nothing was added.

    Raises:
        NeedTooLong: more than ``LONGEST_NEED`` characters.
    """
    kept = readable(words)
    if len(kept) > LONGEST_NEED:
        raise NeedTooLong(len(kept), LONGEST_NEED, field="deeper_words")
    return kept or None


def check_minutes(minutes: int | None) -> None:
    """Refuse a time that is none of the list; None leaves it open.

    Raises:
        NeedMinutesImpossible
    """
    if minutes is not None and minutes not in MINUTES:
        raise NeedMinutesImpossible


def check_days(days: int) -> None:
    """Refuse how long it stays open when it is none of the list.

    Raises:
        NeedDaysImpossible
    """
    if days not in DAYS_OPEN:
        raise NeedDaysImpossible
