# SPDX-License-Identifier: EUPL-1.2
"""The catalogue of figures, and how each follows from plain counts. Pure.

A figure is defined here once. Its name and its one sentence of meaning stand in
``timebank.web.figure_words``, in Dutch and English; a test holds the two together.
"""

from __future__ import annotations

import dataclasses
import datetime
import enum
from collections.abc import Mapping, Sequence

from timebank.categories.policy import LIGHT_STEPS, STEPS


class Unit(enum.StrEnum):
    """What a figure counts. Hours are kept in whole minutes and shown as hours."""

    MINUTES = "minutes"
    PEOPLE = "people"
    PAIRS = "pairs"
    DAYS = "days"
    PERCENT = "percent"
    TIMES = "times"


class Behind(enum.StrEnum):
    """Which lines one finds behind a figure."""

    ENTRIES = "entries"
    PAIRS = "pairs"
    NEEDS = "needs"
    MEMBERS = "members"
    ACTIVITIES = "activities"
    APPOINTMENTS = "appointments"
    REFERRALS = "referrals"


class FigureKey(enum.StrEnum):
    """The figures, in the order of the catalogue."""

    GIVEN = "given"
    RECEIVED = "received"
    NET = "net"
    PENDING = "pending"
    FLOW = "flow"
    HELPED_MINUTES = "helped_minutes"
    ACTIVE_GIVERS = "active_givers"
    ACTIVE_RECEIVERS = "active_receivers"
    TWO_SIDED = "two_sided"
    PAIRS = "pairs"
    NEW_PAIRS = "new_pairs"
    LIGHT_STEPS = "light_steps"
    COLLECTIVE = "collective"
    CONCENTRATION = "concentration"
    DAYS_TO_HELP = "days_to_help"
    DAYS_TO_FIRST = "days_to_first"
    RESIDENT_LED = "resident_led"
    KEPT = "kept"
    REFERRED = "referred"
    REFERRALS_HELPED = "referrals_helped"
    ASSISTED = "assisted"


@dataclasses.dataclass(frozen=True)
class Figure:
    """What a figure is made of.

    Attributes:
        source: the row of docs/policy.md that asks for it.
        behind: the lines that it counts.
        is_indicator: it is told for a quarter and an area; the others stand in tables.
    """

    key: FigureKey
    unit: Unit
    source: str
    behind: Behind
    is_indicator: bool = True


CATALOGUE: tuple[Figure, ...] = (
    Figure(FigureKey.GIVEN, Unit.MINUTES, "W3", Behind.ENTRIES, is_indicator=False),
    Figure(FigureKey.RECEIVED, Unit.MINUTES, "W3", Behind.ENTRIES, is_indicator=False),
    Figure(FigureKey.NET, Unit.MINUTES, "L3", Behind.ENTRIES, is_indicator=False),
    Figure(FigureKey.PENDING, Unit.MINUTES, "W3", Behind.ENTRIES, is_indicator=False),
    Figure(FigureKey.FLOW, Unit.MINUTES, "W3", Behind.ENTRIES, is_indicator=False),
    Figure(FigureKey.HELPED_MINUTES, Unit.MINUTES, "W3", Behind.ENTRIES),
    Figure(FigureKey.ACTIVE_GIVERS, Unit.PEOPLE, "W11", Behind.PAIRS),
    Figure(FigureKey.ACTIVE_RECEIVERS, Unit.PEOPLE, "W3", Behind.PAIRS),
    Figure(FigureKey.TWO_SIDED, Unit.PERCENT, "D5", Behind.PAIRS),
    Figure(FigureKey.PAIRS, Unit.PAIRS, "W3", Behind.PAIRS),
    Figure(FigureKey.NEW_PAIRS, Unit.PAIRS, "W3", Behind.PAIRS),
    Figure(FigureKey.LIGHT_STEPS, Unit.PERCENT, "V1", Behind.ENTRIES),
    Figure(FigureKey.COLLECTIVE, Unit.PERCENT, "W4", Behind.ENTRIES),
    Figure(FigureKey.CONCENTRATION, Unit.PERCENT, "D5", Behind.PAIRS),
    Figure(FigureKey.DAYS_TO_HELP, Unit.DAYS, "D7", Behind.NEEDS),
    Figure(FigureKey.DAYS_TO_FIRST, Unit.DAYS, "D7", Behind.MEMBERS),
    Figure(FigureKey.RESIDENT_LED, Unit.PERCENT, "W7", Behind.ACTIVITIES),
    Figure(FigureKey.KEPT, Unit.PERCENT, "L9", Behind.APPOINTMENTS),
    Figure(FigureKey.REFERRED, Unit.TIMES, "V7", Behind.REFERRALS),
    Figure(FigureKey.REFERRALS_HELPED, Unit.TIMES, "V6", Behind.REFERRALS),
    Figure(FigureKey.ASSISTED, Unit.PERCENT, "V9", Behind.ENTRIES),
)
INDICATORS = tuple(figure for figure in CATALOGUE if figure.is_indicator)
BUSIEST_PERCENT = 10
"""Concentration is the share of this part of the givers, rounded up to whole people."""


class Level(enum.StrEnum):
    """How coarse neighbourhoods are shown; from fine to coarse."""

    NEIGHBOURHOOD = "buurt"
    WIJK = "wijk"
    SERVICE_AREA = "service-area"
    MUNICIPALITY = "municipality"


@dataclasses.dataclass(frozen=True)
class KindLine:
    """What was done of one kind of help, reversals taken off.

    Attributes:
        step: the step of the ladder as the kind of help has it now.
        assisted, posted: of what was booked, how often somebody else typed, and how often at all.
    """

    code: str
    step: str
    is_group: bool
    exchanges: int
    minutes: int
    assisted: int
    posted: int


@dataclasses.dataclass(frozen=True)
class TakingPart:
    """What one account gave and received in one quarter, in minutes; below zero: taken back."""

    account_id: int
    quarter: str
    given_minutes: int
    received_minutes: int


@dataclasses.dataclass(frozen=True)
class Facts:
    """What else happened in a quarter, counted.

    Attributes:
        days_to_help: of each need that was filled, the days since it was asked.
        days_to_first: of each who took part for the first time, the days since joining.
        initiatives, appointments, outcomes: how often, by who started, by state, by outcome.
    """

    days_to_help: Sequence[int]
    days_to_first: Sequence[int]
    initiatives: Mapping[str, int]
    appointments: Mapping[str, int]
    referred: int
    outcomes: Mapping[str, int]


@dataclasses.dataclass(frozen=True)
class QuarterReport:
    """The indicators of an area in a quarter.

    Attributes:
        values: None where there is nothing to count, never zero in its place.
        kinds: the most minutes first.
        steps: exchanges by step of the ladder, every step.
        trend: active givers of four quarters, the oldest first, by code of the quarter.
    """

    values: Mapping[FigureKey, int | None]
    kinds: Sequence[KindLine]
    steps: Mapping[str, int]
    trend: Sequence[tuple[str, int]]
    outcomes: Mapping[str, int]

    @property
    def is_empty(self) -> bool:
        """Say whether nothing at all happened."""
        return not any(self.values.values()) and not self.kinds


def percent(part: int, whole: int) -> int | None:
    """Return a share in whole percents, 0 to 100, rounded half up; None of nothing.

    Where more was taken back than booked a part could be below zero or above the whole.
    """
    if whole <= 0:
        return None
    return (200 * min(max(part, 0), whole) + whole) // (2 * whole)


def median_of(days: Sequence[int]) -> int | None:
    """Return the middle of some days; between two, the mean rounded half up; None of none."""
    if not days:
        return None
    ordered, middle = sorted(days), len(days) // 2
    if len(days) % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle] + 1) // 2


def concentration(minutes: Sequence[int]) -> int | None:
    """Return the share of the minutes that the busiest tenth of the givers gave."""
    givers = sorted((one for one in minutes if one > 0), reverse=True)
    busiest = -(-len(givers) * BUSIEST_PERCENT // 100)
    return percent(sum(givers[:busiest]), sum(givers))


def report_of(
    quarter: str,
    quarters: Sequence[str],
    taking_part: Sequence[TakingPart],
    pairs: tuple[int, int],
    kinds: Sequence[KindLine],
    facts: Facts,
) -> QuarterReport:
    """Work a report out of counts.

    Args:
        quarter: the code of the quarter that is told.
        quarters: the codes of the four quarters up to it, the oldest first.
        taking_part: of those four quarters.
        pairs: how many pairs, and how many of them new.
    """
    now = [one for one in taking_part if one.quarter == quarter]
    steps = {step: sum(k.exchanges for k in kinds if k.step == step) for step in STEPS}
    values = (
        _of_people(now, taking_part)
        | _of_kinds(kinds, steps)
        | _of_facts(facts)
        | {FigureKey.PAIRS: pairs[0], FigureKey.NEW_PAIRS: pairs[1]}
    )
    return QuarterReport(
        values={figure.key: values[figure.key] for figure in INDICATORS},
        kinds=sorted(kinds, key=lambda kind: (-kind.minutes, kind.code)),
        steps=steps,
        trend=[
            (code, sum(o.given_minutes > 0 for o in taking_part if o.quarter == code))
            for code in quarters
        ],
        outcomes=facts.outcomes,
    )


def whole_days(since: datetime.datetime, until: datetime.datetime) -> int:
    """Return the whole days between two moments, never below zero."""
    return max(0, (until - since).days)


def _of_people(
    now: Sequence[TakingPart], year: Sequence[TakingPart]
) -> dict[FigureKey, int | None]:
    given: dict[int, int] = {}
    received: dict[int, int] = {}
    for one in year:
        given[one.account_id] = given.get(one.account_id, 0) + one.given_minutes
        received[one.account_id] = received.get(one.account_id, 0) + one.received_minutes
    givers = {account for account, minutes in given.items() if minutes > 0}
    receivers = {account for account, minutes in received.items() if minutes > 0}
    return {
        FigureKey.ACTIVE_GIVERS: sum(one.given_minutes > 0 for one in now),
        FigureKey.ACTIVE_RECEIVERS: sum(one.received_minutes > 0 for one in now),
        FigureKey.TWO_SIDED: percent(len(givers & receivers), len(givers | receivers)),
        FigureKey.CONCENTRATION: concentration([one.given_minutes for one in now]),
    }


def _of_kinds(kinds: Sequence[KindLine], steps: Mapping[str, int]) -> dict[FigureKey, int | None]:
    alone = [kind for kind in kinds if not kind.is_group]
    minutes = sum(kind.minutes for kind in kinds)
    return {
        FigureKey.HELPED_MINUTES: minutes,
        FigureKey.LIGHT_STEPS: percent(
            sum(steps[step] for step in LIGHT_STEPS), sum(steps.values())
        ),
        FigureKey.COLLECTIVE: percent(sum(k.minutes for k in kinds if k.is_group), minutes),
        FigureKey.ASSISTED: percent(sum(k.assisted for k in alone), sum(k.posted for k in alone)),
    }


def _of_facts(facts: Facts) -> dict[FigureKey, int | None]:
    answered = facts.appointments.get("kept", 0) + facts.appointments.get("not_kept", 0)
    return {
        FigureKey.DAYS_TO_HELP: median_of(facts.days_to_help),
        FigureKey.DAYS_TO_FIRST: median_of(facts.days_to_first),
        FigureKey.RESIDENT_LED: percent(
            facts.initiatives.get("resident", 0), sum(facts.initiatives.values())
        ),
        FigureKey.KEPT: percent(facts.appointments.get("kept", 0), answered),
        FigureKey.REFERRED: facts.referred,
        FigureKey.REFERRALS_HELPED: facts.outcomes.get("helped", 0),
    }
