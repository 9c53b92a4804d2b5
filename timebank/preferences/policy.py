# SPDX-License-Identifier: EUPL-1.2
"""The 21 half-days of a week, and what can be answered about distance and time. Pure.

A half-day is a number: day * 3 + part. Monday morning is 0, Sunday evening is 20. A set of them is
one integer in which bit n stands for half-day n.
"""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Iterable

from timebank.preferences.errors import CapacityMissing, ReachMissing, SlotMissing


class DayPart(enum.StrEnum):
    """The parts of a day, in the order of their bits: for who does not live by the clock."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


DAYS, PARTS = 7, tuple(DayPart)
SLOT_COUNT = DAYS * len(PARTS)
ALL_SLOTS = (1 << SLOT_COUNT) - 1


def slots_of(numbers: Iterable[int]) -> int:
    """Return half-days as bits; a number that is no half-day is left out."""
    slots = 0
    for number in numbers:
        if 0 <= number < SLOT_COUNT:
            slots |= 1 << number
    return slots


def numbers_of(slots: int) -> tuple[int, ...]:
    """Return the half-days of which the bit is set, in the order of the week."""
    return tuple(number for number in range(SLOT_COUNT) if slots >> number & 1)


WEEKDAYS = slots_of(day * len(PARTS) + part for day in range(5) for part in range(2))
"""Mornings and afternoons from Monday up to and including Friday."""

METRES_A_MINUTE = 75
"""Somebody who takes their time walks so far in a minute."""
REACHES = (375, 750, 1500, 2250, 10_000)
"""How far one can choose to go, in metres: 5, 10, 20, 30 minutes on foot, or all of town."""
ANYWHERE = REACHES[-1]
CAPACITIES = (60, 120, 240, 480)
"""How much time one can choose to give in two weeks, in minutes."""


@dataclasses.dataclass(frozen=True)
class Preferences:
    """When and how somebody wants to help.

    Attributes:
        slots: bits of the half-days that suit; never 0.
        reach_metres: as far as this (inclusive), one of ``REACHES``.
        capacity_minutes: at most this much in two weeks (inclusive), one of ``CAPACITIES``.
        muted: codes of kinds of help that are not suggested.
    """

    slots: int = ALL_SLOTS
    reach_metres: int = 1500
    capacity_minutes: int = 120
    muted: frozenset[str] = frozenset()


SAID_NOTHING = Preferences()
"""Of who never answered: any half-day, twenty minutes on foot, two hours in two weeks."""


def check_preferences(wish: Preferences) -> None:
    """Refuse answers that are none of those on the page.

    Raises:
        SlotMissing, ReachMissing, CapacityMissing
    """
    if not 0 < wish.slots <= ALL_SLOTS:
        raise SlotMissing
    if wish.reach_metres not in REACHES:
        raise ReachMissing
    if wish.capacity_minutes not in CAPACITIES:
        raise CapacityMissing
