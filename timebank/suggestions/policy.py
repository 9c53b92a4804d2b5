# SPDX-License-Identifier: EUPL-1.2
"""How many suggestions, how long they count, and which days suit both. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Protocol, TypeVar

from timebank.preferences.policy import PARTS, REACHES, DayPart

FIRST_SHOWN = 3
"""So many at first (policy row D1); the rest stands behind "more"."""
MOST_SHOWN = 14
SAID = 3
"""So many reasons as sentences; all of them stand on "why do I see this"."""
LATER_DAYS = 7
"""So long what somebody put off stays away (inclusive)."""
NO_DAYS = 90
"""So long an invitation stays away after a no (policy row D1)."""
ASKED_DAYS, ACCEPTED_DAYS = 7, 14
"""So long one person is asked, and so long a yes waits for the other yes, and nobody else is."""
PLAN_DAYS = 2
"""So long the plan of a night counts when no other one follows."""
PLENTY_MINUTES = 600
"""Who gave more than this above what they got (exclusive) is invited to ask for something."""
MOST_MOMENTS, MOMENT_DAYS = 6, 14
DAY = datetime.timedelta(days=1)


class AtHome(Protocol):
    """Anything that says whether it is easy, or done from home."""

    @property
    def is_light(self) -> bool:
        """Say whether it is an easy step or done from home."""


Light = TypeVar("Light", bound=AtHome)


def with_something_light(rows: Sequence[Light], first: int = FIRST_SHOWN) -> list[Light]:
    """Return the rows so that the first few hold something light, where there is any (row D2).

    The order stays, but for the first light one, which takes the last place of the first few.
    """
    kept = list(rows)
    if any(row.is_light for row in kept[:first]):
        return kept
    light = next((row for row in kept[first:] if row.is_light), None)
    if light is not None:
        kept.remove(light)
        kept.insert(first - 1, light)
    return kept


def nearer_reach(kilometres: float, reach_metres: int) -> int:
    """Return how far somebody wants to go to whom this was too far: the next step below it.

    Never further than before, and never less than the nearest step.
    """
    below = [step for step in REACHES if step < min(kilometres * 1000, reach_metres)]
    return max(below, default=REACHES[0])


def moments(slots: int, today: datetime.date) -> list[tuple[datetime.date, DayPart]]:
    """Return the first half-days that suit both, from tomorrow on.

    Args:
        slots: bits of the half-days that suit both.
    """
    found = [
        (day, part)
        for day in (today + n * DAY for n in range(1, MOMENT_DAYS + 1))
        for at, part in enumerate(PARTS)
        if slots >> (day.weekday() * len(PARTS) + at) & 1
    ]
    return found[:MOST_MOMENTS]
