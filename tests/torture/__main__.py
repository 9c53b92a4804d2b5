# SPDX-License-Identifier: EUPL-1.2
"""The long form: ``python -m tests.torture --seconds 600 --seed 1 [--backend sqlite]``.

The controls come first; if one of them is not seen to fail, the rest would prove nothing.
"""

from __future__ import annotations

import argparse
import contextlib
import pathlib
import random
import sys
import tempfile

from tests.torture.controls import CONTROLS, times_caught
from tests.torture.harness import Plan, Report, run
from tests.torture.server import Server, running_server

BACKENDS = ("sqlite", "postgresql")
BLIND, BROKEN = 2, 1


def main() -> int:
    """Torture the books as asked; return 0 when they are sound."""
    given = _given()
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(running_server())
        folder = pathlib.Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="timebank-torture-"))
        )
        if not given.skip_controls and _blind(server, folder, given.seed):
            return BLIND
        reports = [_torture(backend, server, folder, given) for backend in given.backend]
    sound = all(report.sound and report.acknowledged for report in reports)
    return 0 if sound else BROKEN


def _given() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="for each database")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--backend", action="append", choices=BACKENDS)
    parser.add_argument("--workers", type=int, default=8)
    parser.add_argument("--skip-controls", action="store_true")
    given = parser.parse_args()
    given.backend = given.backend or BACKENDS
    return given


def _blind(server: Server, folder: pathlib.Path, seed: int) -> bool:
    """Say whether a control went through unseen."""
    caught = {name: times_caught(name, server, folder, seed) for name in CONTROLS}
    print(f"controls, and how often each was caught: {caught}")
    return not all(caught.values())


def _torture(
    backend: str, server: Server, folder: pathlib.Path, given: argparse.Namespace
) -> Report:
    """Kill a client every two seconds, the server every six, the connections every five."""
    place = folder / backend
    place.mkdir()
    plan = Plan(
        *(given.seconds, given.seed),
        workers=given.workers,
        worker_kills=max(2, int(given.seconds / 2)),
        server_kills=max(1, int(given.seconds / 6)),
        die_one_in=300,
    )
    if backend == "sqlite":
        return run(f"sqlite:///{place / 'books.db'}", place, plan)
    plan.cuts = max(1, int(given.seconds / 5))
    return run(server.new_database("long"), place, plan, server)


if __name__ == "__main__":
    sys.exit(main())
