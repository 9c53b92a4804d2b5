# SPDX-License-Identifier: EUPL-1.2
"""Kill clients and servers: nothing acknowledged is lost, and nothing is booked twice.

The controls do one thing wrong each, and must be seen to fail; without them nobody knows whether
the harness sees anything. The long form is ``python -m tests.torture --seconds 600``.
"""

from __future__ import annotations

import os
import pathlib
import random
from collections.abc import Iterator

import pytest

from tests.torture.controls import CONTROLS, times_caught
from tests.torture.harness import Plan, run
from tests.torture.server import Server, running_server

SECONDS = 60.0 if os.environ.get("TORTURE") else 5.0
ENOUGH = 250


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running_server() as server:
        yield server


@pytest.fixture
def seed() -> int:
    return random.SystemRandom().randrange(10**6)


def test_sqlite_keeps_what_it_acknowledged_when_clients_are_killed(
    tmp_path: pathlib.Path, seed: int
) -> None:
    plan = Plan(SECONDS, seed, at_least=ENOUGH, worker_kills=4, server_kills=1, die_one_in=150)

    report = run(f"sqlite:///{tmp_path / 'books.db'}", tmp_path, plan)

    assert report.sound, report
    assert report.acknowledged >= ENOUGH
    assert report.snapshots > 20
    assert (report.worker_kills, report.server_kills) == (4, 1)


def test_postgresql_keeps_what_it_acknowledged_when_all_of_it_is_killed(
    server: Server, tmp_path: pathlib.Path, seed: int
) -> None:
    plan = Plan(
        SECONDS, seed, at_least=ENOUGH, worker_kills=3, server_kills=2, cuts=2, die_one_in=300
    )

    report = run(server.new_database("books"), tmp_path, plan, server)

    assert report.sound, report
    assert report.acknowledged >= ENOUGH
    assert report.snapshots > 20
    assert (report.worker_kills, report.server_kills, report.cuts) == (3, 2, 2)
    assert report.errors, "the server was killed and no client noticed"


@pytest.mark.parametrize("name", CONTROLS)
def test_a_client_or_server_that_does_it_wrong_is_caught(
    name: str, server: Server, tmp_path: pathlib.Path, seed: int
) -> None:
    assert times_caught(name, server, tmp_path, seed) > 0
