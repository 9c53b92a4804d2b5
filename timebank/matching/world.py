# SPDX-License-Identifier: EUPL-1.2
"""A town with all that no timebank knows: what people can do in truth, and whether they say yes.

Only the simulation reads it. A plan sees the town alone.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from timebank.matching.towns import Flags, Floats, Ints, Town

_ODD = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0xBF58476D1CE4E5B9)


@dataclasses.dataclass(frozen=True, eq=False)
class Asked:
    """Needs that come up over time.

    Attributes:
        posted: days from the start of the simulation; what was open before is below zero.
    """

    owner: Ints
    category: Ints
    minutes: Ints
    slots: Ints
    posted: Floats
    urgent: Flags

    def __len__(self) -> int:
        return len(self.owner)


@dataclasses.dataclass(frozen=True, eq=False)
class History:
    """Help that was given before; what was not good made the two avoid each other."""

    helper: Ints
    helped: Ints
    category: Ints
    minutes: Ints
    good: Flags


@dataclasses.dataclass(frozen=True, eq=False)
class World:
    """A town and what is hidden in it.

    Attributes:
        town: what a timebank knows at the start, without needs.
        history: the help of the year before.
        asked: the needs that are open at the start and that come up later.
        x, y: where people really live, in kilometres.
        can: people by categories, who can do what, listed or not.
        taste: people by categories, what somebody likes, about zero on average.
        warmth: how easily somebody says yes, about zero on average.
        vulnerable: who has a hard time; nobody but the simulation knows.
        reach: the chance that somebody looks at the timebank in a week.
        at_home: of each category, whether it is done at somebody's home.
    """

    town: Town
    history: History
    asked: Asked
    x: Floats
    y: Floats
    can: Flags
    taste: Floats
    warmth: Floats
    vulnerable: Flags
    reach: Floats
    at_home: Flags


def chance(one: Ints, other: Ints, salt: int) -> Floats:
    """Return a number from 0 to 1 for each pair: the same one each time and for every method."""
    with np.errstate(over="ignore"):
        mixed = one.astype(np.uint64) * np.uint64(_ODD[0])
        mixed ^= (other.astype(np.uint64) + np.uint64(salt)) * np.uint64(_ODD[1])
        for shift in (31, 27, 33):
            mixed ^= mixed >> np.uint64(shift)
            mixed *= np.uint64(_ODD[2])
    return (mixed >> np.uint64(11)).astype(np.float64) / float(1 << 53)


def chance_of_yes(world: World, giver: Ints, need: Ints, met: Flags) -> Floats:
    """Return the chance that giver and resident both say yes to this.

    The numbers are set by hand: talent and liking count most, then distance, time in common and
    knowing each other. They are a guess about people, so only ratios between methods say something.
    """
    asked, town = world.asked, world.town
    owner, category = asked.owner[need], asked.category[need]
    km = np.hypot(world.x[giver] - world.x[owner], world.y[giver] - world.y[owner])
    km = np.where(town.remote[category], 0.0, km)
    shared = np.bitwise_count(town.slots[giver] & asked.slots[need]).astype(np.int64)
    easy, hard_time = town.easy[category], world.vulnerable[giver]
    giver_likes = (
        0.1
        + np.where(world.can[giver, category], 0.7, np.where(easy, -1.3, -3.0))
        - 0.9 * km
        + 0.35 * np.minimum(shared, 3)
        - 0.45 * (asked.minutes[need] / 60 - 1)
        + 0.6 * met
        + world.warmth[giver]
        + world.taste[giver, category]
        + np.where(hard_time, np.where(easy, 0.1, -0.2), 0.0)
    )
    stranger = world.at_home[category] & ~town.certificate[giver] & ~met
    resident_likes = 0.1 - 0.25 * km + 0.7 * met - 0.4 * stranger + 0.4 * world.warmth[owner]
    possible = (shared > 0) & (giver != owner) & (km <= 1.25 * town.max_km[giver])
    possible &= town.certificate[giver] | ~town.needs_certificate[category]
    chance: Floats = possible / ((1 + np.exp(-giver_likes)) * (1 + np.exp(-resident_likes)))
    return chance
