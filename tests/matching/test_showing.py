# SPDX-License-Identifier: EUPL-1.2
"""What one person is shown, why, and what circles close."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from tests.matching.building import need, resident, town
from tests.matching.checking import Checker
from tests.matching.planning import written
from timebank.matching.acquaintance import Acquaintance
from timebank.matching.candidates import Candidates, candidates_of
from timebank.matching.circles import circles_of, closing
from timebank.matching.describing import describe
from timebank.matching.errors import WeightOutOfBounds
from timebank.matching.instant import Index
from timebank.matching.invented import invented_world
from timebank.matching.metrics import gini
from timebank.matching.plan import Plan, plan_of
from timebank.matching.reading import town_of
from timebank.matching.reasons import Table, each_with_points, reason_table, said_first
from timebank.matching.scoring import PUBLISHED, Reason, Weights
from timebank.matching.towns import Flags, Town
from timebank.matching.writing import suggestions_of


@functools.cache
def _invented() -> tuple[Town, Candidates, Plan]:
    laid_out = town_of(describe(invented_world(500, 2)))
    found = candidates_of(laid_out)
    return laid_out, found, plan_of(laid_out, found)


def test_memory_shows_each_person_what_the_plan_shows() -> None:
    laid_out, found, plan = _invented()
    shown, _ = suggestions_of(plan, found)
    index = Index(laid_out, found, plan)

    for giver in range(len(laid_out.residents)):
        wanted = shown.at(shown.giver == giver)
        got = index.suggestions(giver, urgent_first=False)
        assert got.need.tolist() == wanted.need.tolist()
        assert got.points.tolist() == wanted.points.tolist()


def test_urgent_needs_come_first_and_what_is_taken_out_does_not_come_back() -> None:
    laid_out, found, plan = _invented()
    index = Index(laid_out, found, plan)
    busy = int(np.bincount(found.edges.giver).argmax())

    shown = index.suggestions(busy)
    urgent = laid_out.urgent[shown.need].tolist()
    again = index.suggestions(busy, without=shown.need[:3], most=5)

    assert urgent == sorted(urgent, reverse=True)
    assert True in urgent
    assert set(again.need.tolist()).isdisjoint(shown.need[:3].tolist())
    assert again.need[:5].tolist() == shown.need[3:8].tolist()


def test_most_people_with_hours_to_give_are_shown_something() -> None:
    laid_out, found, _ = _invented()
    owing = set(np.flatnonzero(laid_out.to_give >= 60).tolist())

    assert len(owing & set(found.shown.giver.tolist())) >= 0.9 * len(owing)


def test_reasons_add_up_to_the_points_of_every_edge() -> None:
    laid_out, found, _ = _invented()
    edges = found.edges

    table = reason_table(laid_out, found.known, PUBLISHED, edges)

    assert np.array_equal(sum(table.values()), edges.points)
    for reason in Reason:
        assert table[reason].any(), reason


def test_the_largest_reasons_are_said_in_the_order_of_the_table() -> None:
    reasons = (
        (Reason.LISTED, 30),
        (Reason.NEAR, 8),
        (Reason.SAME_TIME, 12),
        (Reason.MET, 10),
        (Reason.GIVE_BACK, 12),
    )

    assert [reason for reason, _ in said_first(reasons)] == [
        Reason.LISTED,
        Reason.SAME_TIME,
        Reason.GIVE_BACK,
    ]


def test_a_circle_of_three_is_a_reason_and_helping_back_is_a_better_one() -> None:
    names = ("ann", "bea", "cor")
    described = town(
        residents=[resident(name, talents={"garden": "listed"}) for name in names],
        needs=[need("n1", "ann")],
        helped=[
            {"helper": a, "helped": b, "category": "garden", "minutes": 60}
            for a, b in (("ann", "bea"), ("bea", "cor"))
        ],
    )
    laid_out = town_of(described)
    found = candidates_of(laid_out)
    table = reason_table(laid_out, found.known, PUBLISHED, found.edges)
    said = {
        laid_out.residents[giver]: {reason for reason, _ in reasons}
        for giver, reasons in zip(found.edges.giver.tolist(), each_with_points(table), strict=True)
    }

    assert Reason.CIRCLE in said["cor"]
    assert Reason.MET not in said["cor"]
    assert {Reason.GIVE_BACK, Reason.MET} <= said["bea"]
    assert Reason.CIRCLE not in said["bea"]


def test_who_can_give_back_at_once_is_not_told_of_a_circle_too() -> None:
    names = ("ann", "bea", "cor")
    described = town(
        residents=[resident(name, talents={"garden": "listed"}) for name in names],
        needs=[need("n1", "ann")],
        helped=[
            {"helper": a, "helped": b, "category": "garden", "minutes": 60}
            for a, b in (("ann", "bea"), ("bea", "cor"), ("ann", "cor"))
        ],
    )
    laid_out = town_of(described)
    found = candidates_of(laid_out)

    table = reason_table(laid_out, found.known, PUBLISHED, found.edges)
    back, circle = closing(laid_out, found.known, found.edges)

    assert Checker(described).problems(written(described)) == []
    assert table[Reason.GIVE_BACK].tolist() == [12, 12]
    assert table[Reason.CIRCLE].tolist() == [0, 0]
    assert back.tolist() == [True, True]
    assert circle.tolist() == [False, False]
    assert Index(laid_out, found).suggestions(laid_out.residents.index("cor")).points.tolist() == [
        table_points(table, found.edges.giver == laid_out.residents.index("cor"))
    ]


def table_points(table: Table, chosen: Flags) -> int:
    return int(sum(points[chosen].sum() for points in table.values()))


def test_circles_are_counted_by_people_with_hours_to_give() -> None:
    laid_out, found, _ = _invented()
    circles = circles_of(laid_out, Acquaintance.of(laid_out), found.edges)

    assert circles.people == int(np.count_nonzero(laid_out.to_give >= 60))
    assert 0 < circles.directly < circles.either
    assert circles.either <= circles.directly + circles.by_a_third < circles.people


@pytest.mark.parametrize(
    ("name", "value"), [("near", 53), ("near", -1), ("waiting_days", 0), ("met", True)]
)
def test_a_town_may_not_choose_points_outside_the_bounds(name: str, value: int) -> None:
    with pytest.raises(WeightOutOfBounds) as refused:
        Weights(**{name: value})

    assert refused.value.name == name


def test_a_later_task_may_not_be_worth_more_than_an_earlier_one() -> None:
    for wrong in ({"first": 10}, {"second": 4}, {"third_spare": 5}):
        with pytest.raises(WeightOutOfBounds):
            Weights(**wrong)


def test_a_town_that_values_being_near_gets_another_plan() -> None:
    laid_out, found, plan = _invented()
    far = candidates_of(laid_out, Weights(near=0))

    assert not np.array_equal(found.edges.points, far.edges.points)
    assert plan_of(laid_out, far, Weights(near=0)).value < plan.value


def test_gini_is_nothing_for_equal_shares_and_nearly_one_for_a_single_giver() -> None:
    assert gini(np.full(50, 3.0)) == pytest.approx(0)
    assert gini(np.eye(1, 1000)[0]) == pytest.approx(0.999)
    assert gini(np.zeros(5)) == 0
