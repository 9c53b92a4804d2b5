# SPDX-License-Identifier: EUPL-1.2
"""The points of a suggestion: one published table of whole numbers that are added up. Pure.

Nothing in it is learnt, nothing is hidden: what a resident is shown can be added up by hand.
"""

from __future__ import annotations

import dataclasses
import enum

import numpy as np

from timebank.matching.errors import WeightOutOfBounds
from timebank.matching.towns import GAVE_BEFORE, LISTED, TALK, Floats, Ints, Town

FIRST_MINUTES = 60
"""Who has so many minutes to give (inclusive) has hours to give."""
SECOND_MINUTES = 120
THIRD_MINUTES = 240
PLENTY_MINUTES = 600
"""Who is further above zero than this (exclusive) is spared."""
FEW_TALENTS = 2
"""Easy first steps are for people of whom fewer talents are known than this."""
MOST_TASKS = 3
_LEAST_KM = 0.5


class Reason(enum.StrEnum):
    """Why something is suggested, in the order in which reasons are shown."""

    GAVE_BEFORE = "gave_before"
    LISTED = "listed"
    TALENT_TALK = "talent_talk"
    EASY_STEP = "easy_step"
    NEAR = "near"
    SAME_TIME = "same_time"
    MET = "met"
    GIVE_BACK = "give_back"
    CIRCLE = "circle"
    WAITING = "waiting"
    HOURS = "hours"


@dataclasses.dataclass(frozen=True)
class Weights:
    """The points of each reason; a town may change each between none and twice the default.

    Attributes:
        near: at the door; it falls to three tenths at the maximum distance of the giver.
        near_remote: of help that needs no travelling.
        same_time: for each half-day that suits both, at most ``same_time_most``.
        waiting: after ``waiting_days`` or more.
        hours: for each hour.
        first, second, third: for the first, second and third need of a giver, by what the giver
            has to give: 60, 120 and 240 minutes.
        second_spare, third_spare: taken off where the giver has less than that to give.
        spared: taken off each need of a giver far above zero.
        resident: for each resident of whom one need at least is filled.

    Raises:
        WeightOutOfBounds: on making.
    """

    gave_before: int = 34
    listed: int = 30
    talent_talk: int = 24
    easy_step: int = 8
    near: int = 26
    near_remote: int = 18
    same_time: int = 4
    same_time_most: int = 12
    met: int = 10
    give_back: int = 12
    circle: int = 8
    waiting: int = 8
    waiting_days: int = 14
    hours: int = 8
    first: int = 60
    second: int = 15
    third: int = 5
    second_spare: int = 6
    third_spare: int = 12
    spared: int = 12
    resident: int = 30

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            lowest, highest = bounds_of(field.name)
            value = getattr(self, field.name)
            if type(value) is not int or not lowest <= value <= highest:
                raise WeightOutOfBounds(field.name, lowest, highest)
        # A later task must never be worth more than an earlier one: the plan relies on it.
        if self.first < self.second:
            raise WeightOutOfBounds("second", 0, self.first)
        if self.second < self.third:
            raise WeightOutOfBounds("third", 0, self.second)
        if self.third_spare < self.second_spare:
            raise WeightOutOfBounds("second_spare", 0, self.third_spare)


def bounds_of(name: str) -> tuple[int, int]:
    """Return between what a town may choose a weight, both inclusive."""
    default = int(getattr(Weights, name))
    return (1 if name == "waiting_days" else 0), 2 * default


PUBLISHED = Weights()
"""The points as they are published; a town that chose nothing has these."""


def known_points(level: Ints, weights: Weights) -> Ints:
    """Return the points of how well a talent is known; not at all is an easy step."""
    by_level = np.empty(4, np.int64)
    by_level[[0, TALK, LISTED, GAVE_BEFORE]] = (
        weights.easy_step,
        weights.talent_talk,
        weights.listed,
        weights.gave_before,
    )
    return by_level[level]


def distances(dx: Floats, dy: Floats) -> Floats:
    """Return straight distances in kilometres."""
    return np.hypot(dx, dy)


def near_points(km: Floats, max_km: Floats, weights: Weights) -> Ints:
    """Return the points of distance, where the giver has to travel."""
    points = weights.near * (1 - 0.7 * km / np.maximum(max_km, _LEAST_KM))
    return _rounded(np.maximum(0.0, points))


def same_time_points(shared: Ints, weights: Weights) -> Ints:
    """Return the points of the half-days that suit both, given as bits."""
    count = np.bitwise_count(shared).astype(np.int64)
    return np.minimum(weights.same_time * count, weights.same_time_most)


def need_points(town: Town, weights: Weights) -> Ints:
    """Return the points that each need brings to whoever takes it: waiting and hours."""
    return waiting_points(town.waiting, weights) + hours_points(town.minutes, weights)


def waiting_points(days: Floats, weights: Weights) -> Ints:
    """Return the points of waiting."""
    return _rounded(weights.waiting * np.minimum(days / weights.waiting_days, 1.0))


def hours_points(minutes: Ints, weights: Weights) -> Ints:
    """Return the points of how long it takes."""
    return (2 * weights.hours * minutes + 60) // 120


def giver_bonuses(town: Town, weights: Weights) -> Ints:
    """Return people by rank of task (three columns), what the first, second and third is worth.

    Never more than the one before it, so that a plan may fill ranks from the first up.
    """
    to_give = town.to_give
    bonuses = np.empty((len(to_give), MOST_TASKS), np.int64)
    bonuses[:, 0] = np.where(to_give >= FIRST_MINUTES, weights.first, 0)
    bonuses[:, 1] = np.where(to_give >= SECOND_MINUTES, weights.second, -weights.second_spare)
    bonuses[:, 2] = np.where(to_give >= THIRD_MINUTES, weights.third, -weights.third_spare)
    bonuses[town.balance > PLENTY_MINUTES] -= weights.spared
    return bonuses


def _rounded(points: Floats) -> Ints:
    """Round to whole points, halves up."""
    return np.floor(points + 0.5).astype(np.int64)
