# SPDX-License-Identifier: EUPL-1.2
"""Asking to sign in tells nobody who is a member: not by its time either."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import pytest
from flask import Flask

from tests.conftest import Clock
from tests.web.roads import visitor
from timebank.access import operations

TRIES, ROUNDS = 100, 4
CLOSE = 0.10


def difference(app: Flask, clock: Clock) -> float:
    """Ask by turns for an address that is known and one that is not; compare their medians."""
    browser, times = visitor(app), {"jan@example.org": [], "nobody@example.org": []}  # type: ignore[var-annotated]
    for _ in range(TRIES):
        clock.advance(hours=1)
        for email, taken in times.items():
            begin = time.perf_counter()
            answer = browser.post("/sign-in", data={"timebank": "leiden", "email": email})
            taken.append(time.perf_counter() - begin)
            assert answer.status_code == 303
    known, unknown = (statistics.median(taken) for taken in times.values())
    return abs(known / unknown - 1)


def least_difference(measure: Callable[[], float]) -> float:
    """Measure until both are close, a few times at most: other programs disturb a measurement."""
    least = measure()
    for _ in range(ROUNDS - 1):
        if least <= CLOSE:
            break
        least = min(least, measure())
    return least


def test_the_answer_takes_as_long_for_an_address_that_nobody_has(app: Flask, clock: Clock) -> None:
    assert least_difference(lambda: difference(app, clock)) <= CLOSE


def test_an_answer_that_tells_by_its_time_is_seen(
    sqlite_app: Flask, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    member_with = operations._member_with

    def slower(*arguments: object) -> object:
        found = member_with(*arguments)  # type: ignore[arg-type]
        if found[0] is not None:
            time.sleep(0.01)
        return found

    monkeypatch.setattr(operations, "_member_with", slower)

    assert difference(sqlite_app, clock) > CLOSE
