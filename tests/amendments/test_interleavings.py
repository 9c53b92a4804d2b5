# SPDX-License-Identifier: EUPL-1.2
"""Dispute, approve, withdraw, correct and take back at the same moment: one outcome.

What waits and nobody objects to is enumerated in ``tests/together/test_one_outcome.py``.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from tests.amendments.at_once import hold_orders, one_town
from tests.databases import BACKENDS

STAGES = {
    "disputed": ("approve", "withdraw", "correct", "take-back", "stand"),
    "booked": ("dispute", "correct", "correct-too", "take-back"),
}
PAIRS = [
    (stage, pair) for stage, names in STAGES.items() for pair in itertools.combinations(names, 2)
]
PAIRS += [(stage, ("dispute", "dispute-too")) for stage in ("waits", "booked")]


@pytest.fixture(scope="module", params=BACKENDS)
def town(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[sa.Engine]:
    with one_town(request, tmp_path_factory.mktemp("disputes")) as engine:
        yield engine


@pytest.mark.parametrize(("stage", "names"), PAIRS)
def test_two_at_the_same_moment_end_as_one_after_the_other(
    town: sa.Engine, stage: str, names: tuple[str, ...]
) -> None:
    # SQLite has one writer at a time, from its first word on: who waits has not read yet.
    # On PostgreSQL who acts second waits for the commit of the first: other orders are these again.
    every = [(0, 1, 0, 1)] if town.dialect.name == "sqlite" else [(0, 1, 0, 1), (1, 0, 1, 0)]
    hold_orders(town, stage, names, [(0, 1, *order) for order in every])


@pytest.mark.parametrize("stage", STAGES)
def test_three_at_the_same_moment_end_as_one_after_the_other(town: sa.Engine, stage: str) -> None:
    names = STAGES[stage][:3]
    every = list(itertools.permutations(range(3)))
    every = every[:1] if town.dialect.name == "sqlite" else every[::2]
    hold_orders(town, stage, names, [(0, 1, 2, *order, *order) for order in every])
