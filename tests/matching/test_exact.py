# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import sys
from typing import Any

import pytest
from hypothesis import given, settings

from tests.matching.building import need, resident, town, towns
from tests.matching.checking import Checker
from tests.matching.planning import written
from timebank.matching.candidates import candidates_of
from timebank.matching.describing import describe
from timebank.matching.errors import SolverMissing
from timebank.matching.exact import best_bound, exact_plan
from timebank.matching.invented import invented_world
from timebank.matching.plan import plan_of
from timebank.matching.reading import town_of


@settings(max_examples=25, deadline=None)
@given(towns(most_people=4, most_needs=4))
def test_the_solver_finds_what_trying_all_finds(described: dict[str, Any]) -> None:
    assert written(described, exact=True)["value"] == Checker(described).best()


def test_the_solver_gives_nobody_three_tasks_in_two_half_days() -> None:
    described = town(
        residents=[
            resident("fatima", talents={"garden": "listed"}, capacity_minutes=240),
            resident("jan"),
        ],
        needs=[need(f"n{i}", "jan", slots=slots) for i, slots in enumerate((1, 1, 3, 3))],
    )

    plan = written(described, exact=True)

    assert len(plan["plan"]) == 2
    assert Checker(described).problems(plan) == []
    assert plan["value"] == Checker(described).best()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_plan_is_within_a_hundredth_of_the_best_at_sixty_residents(seed: int) -> None:
    described = describe(invented_world(60, seed))
    laid_out = town_of(described)
    found = candidates_of(laid_out)

    plan, best = plan_of(laid_out, found), exact_plan(laid_out, found)

    assert Checker(described).problems(written(described, exact=True)) == []
    assert 0.99 * best.value <= plan.value <= best.value
    assert best.value <= best_bound(laid_out, found) + 1e-6 <= plan.bound + 2e-6


def test_without_scipy_the_exact_plan_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "scipy"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "scipy", None)

    with pytest.raises(SolverMissing, match="pip install scipy"):
        exact_plan(town_of(town()))
