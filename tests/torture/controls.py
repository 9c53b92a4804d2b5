# SPDX-License-Identifier: EUPL-1.2
"""Four ways to do it wrong. Each must be seen to fail, and says how often it did."""

from __future__ import annotations

import pathlib
import uuid
from collections.abc import Callable

from tests.torture.harness import Plan, run
from tests.torture.server import Server

ROUNDS = 10
SECONDS = 1.5
FORGETFUL = "&options=-csynchronous_commit%3Doff"
QUICK_TO_SEE_DEADLOCKS = "&options=-cdeadlock_timeout%3D20ms"


Control = Callable[[Server, pathlib.Path, int], int]


def no_key(server: Server, folder: pathlib.Path, seed: int) -> int:
    """A fresh key for each attempt: who dies between commit and answer books it again."""
    plan = Plan(SECONDS, seed, workers=2, mode="no key", die_one_in=5, reading=False)
    return run(_new(server), folder, plan).doubled


def forgetful_server(server: Server, folder: pathlib.Path, seed: int) -> int:
    """A server that answers before the commit is on disk, killed at once."""
    plan = Plan(SECONDS, seed, workers=2, server_kills=2, reading=False, options=FORGETFUL)
    return run(_new(server), folder, plan, server).lost


def deferred(_server: Server, folder: pathlib.Path, seed: int) -> int:
    """On SQLite: read first, and become a writer half-way."""
    plan = Plan(SECONDS, seed, mode="deferred", reading=False)
    report = run(f"sqlite:///{folder / 'books.db'}", folder, plan)
    return sum(count for name, count in report.errors.items() if "SQLITE_BUSY" in name)


def unordered(server: Server, folder: pathlib.Path, seed: int) -> int:
    """Lock the accounts as they come, on a pair on which hours go both ways."""
    plan = Plan(
        *(SECONDS, seed),
        accounts=2,
        mode="unordered",
        reading=False,
        options=QUICK_TO_SEE_DEADLOCKS,
    )
    report = run(_new(server), folder, plan)
    return sum(count for name, count in report.errors.items() if "40P01" in name)


CONTROLS: dict[str, Control] = {
    "no key": no_key,
    "forgetful server": forgetful_server,
    "deferred": deferred,
    "unordered": unordered,
}


def times_caught(name: str, server: Server, folder: pathlib.Path, seed: int) -> int:
    """Try a control until it fails as it must, and return how often it did; 0: it never did."""
    for number in range(ROUNDS):
        place = folder / f"{name} {number}".replace(" ", "-")
        place.mkdir()
        caught = CONTROLS[name](server, place, seed + number)
        if caught:
            return caught
    return 0


def _new(server: Server) -> str:
    return server.new_database(f"control_{uuid.uuid4().hex[:8]}")
