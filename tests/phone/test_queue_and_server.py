# SPDX-License-Identifier: EUPL-1.2
"""Any run of writing down, delivering and losing ends in every help exactly once, or in a form."""

from __future__ import annotations

import collections
import os
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings

from tests.conftest import Clock
from tests.phone.in_node import NO_NODE, NODE, QueueInNode, running_queue
from tests.phone.machine import PhoneAndServer, Surroundings, steps, surroundings

pytestmark = pytest.mark.skipif(NODE is None, reason=NO_NODE)
RUNS = {"sqlite": 10, "postgresql": 6}
MANY = int(os.environ.get("TORTURE_RUNS", "0")) // 40
"""``make torture`` asks for one such run for each forty of the ledger: forms take half a second."""
PLAIN = settings(
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def queue() -> Iterator[QueueInNode]:
    with running_queue() as running:
        yield running


def play(around: Surroundings, *, with_key: bool = True) -> dict[str, int]:
    """Play as many runs as this database may take, and count what came of all the help."""
    ends: collections.Counter[str] = collections.Counter()
    uri = around.app.config["SQLALCHEMY_DATABASE_URI"]
    runs = MANY or RUNS["sqlite" if uri.startswith("sqlite") else "postgresql"]

    @settings(PLAIN, max_examples=runs)
    @given(steps)
    def run(chosen: list[Any]) -> None:
        machine = PhoneAndServer(around, with_key=with_key)
        machine.play(chosen)
        ends.update(entry["state"] for entry in machine.phone)

    run()
    return ends


def test_help_stands_once_whatever_happens_on_the_way(
    app: Flask, clock: Clock, queue: QueueInNode
) -> None:
    ends = play(surroundings(app, clock, queue))

    assert ends["stands"] >= 3, ends
    assert ends["refused"] >= 1, ends


def test_without_the_key_help_would_stand_twice(
    app: Flask, clock: Clock, queue: QueueInNode
) -> None:
    with pytest.raises(AssertionError, match="more often than it was written down"):
        play(surroundings(app, clock, queue), with_key=False)
