# SPDX-License-Identifier: EUPL-1.2
"""What a plan comes to, in numbers about the town; never about one person."""

from __future__ import annotations

import dataclasses

import numpy as np

from timebank.matching.candidates import Candidates
from timebank.matching.plan import Plan
from timebank.matching.scoring import FIRST_MINUTES
from timebank.matching.towns import Floats, Town


@dataclasses.dataclass(frozen=True)
class Metrics:
    """Numbers about a plan.

    Attributes:
        needs, filled: how many needs there are, and how many have a giver in the plan.
        people_with_hours_to_give: who has an hour to give at least.
        covered: who of them has a need in the plan.
        with_a_suggestion: who of them is shown something at least.
    """

    needs: int
    filled: int
    people_with_hours_to_give: int
    covered: int
    with_a_suggestion: int


def measure(town: Town, candidates: Candidates, plan: Plan) -> Metrics:
    """Count what a plan comes to."""
    to_give = town.to_give >= FIRST_MINUTES
    asked = np.zeros(len(town.residents), np.bool_)
    asked[plan.giver[plan.giver >= 0]] = True
    shown = np.zeros(len(town.residents), np.bool_)
    shown[candidates.shown.giver] = True
    return Metrics(
        needs=len(town.needs),
        filled=int(np.count_nonzero(plan.giver >= 0)),
        people_with_hours_to_give=int(np.count_nonzero(to_give)),
        covered=int(np.count_nonzero(to_give & asked)),
        with_a_suggestion=int(np.count_nonzero(to_give & shown)),
    )


def gini(values: Floats) -> float:
    """Return how unevenly something is divided: 0 is evenly, 1 is all to one person.

    Only of hours given. Of balances it says nothing: it barely moves, and it falls when more people
    get out of balance.
    """
    total = float(values.sum())
    if total == 0:
        return 0.0
    rank = 2 * np.arange(1, len(values) + 1) - len(values) - 1
    return float(rank @ np.sort(values) / (len(values) * total))
