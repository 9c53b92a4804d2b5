# SPDX-License-Identifier: EUPL-1.2
"""One client: connects, waits for the start, works until the end, and prints what it did.

Called as ``client.py CONTESTANT URL WORK START SECONDS SEED [SQL]``, several at once.
"""

from __future__ import annotations

import json
import pathlib
import random
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from choices import ACCOUNTS, BEGIN, STEP, choose

HISTORY = 1_000_000


def work_of(contestant: Any, work: str, chooser: random.Random) -> Callable[[], int]:  # noqa: ANN401 - contestants share a shape, not a class
    """Return one piece of work; it says how many transfers it wrote or answers it read."""

    def single() -> int:
        contestant.post(choose(chooser))
        return 1

    def hot() -> int:
        contestant.post((0, 1) if chooser.random() < 0.5 else (1, 0))  # noqa: PLR2004
        return 1

    def batch() -> int:
        contestant.batch([choose(chooser) for _ in range(1000)])
        return 1000

    def balance() -> int:
        contestant.balance(chooser.randrange(ACCOUNTS))
        return 1

    def balance_at() -> int:
        contestant.balance_at(
            chooser.randrange(ACCOUNTS), BEGIN + STEP * chooser.randrange(HISTORY)
        )
        return 1

    def statement() -> int:
        contestant.statement(chooser.randrange(ACCOUNTS))
        return 1

    return locals()[work]


def run(contestant: Any, argv: list[str]) -> None:  # noqa: ANN401
    """Work as the arguments say and print one line of JSON."""
    url, work, start, seconds, seed = argv[:5]
    contestant.connect(url)
    piece = work_of(contestant, work, random.Random(int(seed)))
    for _ in range(5):
        piece()
    count, errors, times = 0, 0, []
    time.sleep(max(0.0, float(start) - time.time()))
    begin = time.perf_counter()
    while (now := time.perf_counter()) - begin < float(seconds):
        try:
            count += piece()
        except Exception:
            errors += 1
        times.append(time.perf_counter() - now)
    took = time.perf_counter() - begin
    p50 = statistics.median(times)
    print(json.dumps({"rate": count / took, "errors": errors, "p50": p50}))


if __name__ == "__main__":
    import contestants

    if sys.argv[1] == "pgledger":
        chosen: Any = contestants.Pgledger(pathlib.Path(sys.argv[7]))
    else:
        chosen = {
            "timebank": contestants.Ours,
            "raw": contestants.RawPsycopg,
            "raw-sqlite": contestants.RawSqlite,
        }[sys.argv[1]]()
    run(chosen, sys.argv[2:])
