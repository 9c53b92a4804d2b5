# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import functools

import numpy as np

from timebank.matching.describing import describe
from timebank.matching.invented import invented_world
from timebank.matching.simulate import Method, Story, simulate
from timebank.matching.world import World, chance

WEEKS = 5


@functools.cache
def _world() -> World:
    return invented_world(400, 1, weeks=WEEKS)


@functools.cache
def _story(method: Method) -> Story:
    return simulate(_world(), method, weeks=WEEKS)


def test_everybody_looks_equally_often_whatever_is_shown() -> None:
    visits = {_story(method).visits for method in Method}

    assert len(visits) == 1
    assert visits.pop() > 200


def test_with_the_plan_more_people_give_back_than_with_a_list() -> None:
    plan, old = _story(Method.PLAN), _story(Method.LIST)

    assert plan.give_backs > 1.2 * old.give_backs
    assert plan.gave_back > old.gave_back
    assert plan.filled >= old.filled
    assert plan.yes / plan.shown > old.yes / old.shown
    # Nobody helps before they were asked.
    assert old.wait_days > 0
    assert plan.open_days > plan.wait_days > 0


def test_with_a_list_vulnerable_people_are_left_behind_and_with_the_plan_less_so() -> None:
    plan, old = _story(Method.PLAN), _story(Method.LIST)

    assert old.vulnerable_share < 0.6 * old.others_share
    ratio = plan.vulnerable_share / plan.others_share
    assert ratio > 1.5 * old.vulnerable_share / old.others_share


def test_living_the_same_weeks_again_ends_the_same() -> None:
    assert simulate(_world(), Method.GREEDY, weeks=1) == simulate(_world(), Method.GREEDY, weeks=1)


def test_nobody_tells_a_plan_who_is_vulnerable() -> None:
    described = describe(_world())

    assert set(described["residents"][0]) == {
        "id",
        "neighbourhood",
        "x",
        "y",
        "balance_minutes",
        "talents",
        "slots",
        "max_km",
        "capacity_minutes",
        "certificate",
        "paused",
        "muted",
    }


def test_an_invented_town_has_the_proportions_of_a_timebank() -> None:
    world = invented_world(3000, 4)
    given = np.bincount(world.history.helper, world.history.minutes, 3000)
    owing = world.town.balance <= -60
    top = np.sort(given)[::-1][:300].sum() / given.sum()

    assert 0.55 < top < 0.75
    assert 0.38 < owing.mean() < 0.50
    assert owing[world.vulnerable].mean() > 0.65
    assert 2.2 < len(world.history.helper) / 3000 < 3.0


def test_chances_are_spread_evenly_and_never_change() -> None:
    people = np.arange(10_000)
    drawn = chance(people, np.full(10_000, 3), 1)

    assert abs(drawn.mean() - 0.5) < 0.02
    assert np.array_equal(drawn, chance(people, np.full(10_000, 3), 1))
    assert not np.array_equal(drawn, chance(people, np.full(10_000, 4), 1))
    assert not np.array_equal(drawn, chance(people, np.full(10_000, 3), 2))
