# SPDX-License-Identifier: EUPL-1.2
"""Measure the plan on invented towns; prints lines ``figure NAME VALUE``, medians over the seeds.

Each town is planned in a process of its own, so that seconds and memory are of the whole run:
start, reading, planning, writing. Seconds are of the processor, for a machine is seldom alone.
"""

from __future__ import annotations

import argparse
import json
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent.parent))

import numpy as np

from timebank.matching.candidates import candidates_of
from timebank.matching.circles import circles_of
from timebank.matching.describing import describe
from timebank.matching.exact import exact_plan
from timebank.matching.instant import Index
from timebank.matching.invented import invented_world
from timebank.matching.metrics import measure
from timebank.matching.plan import plan_of
from timebank.matching.reading import read_town
from timebank.matching.simulate import Method, Story, simulate
from timebank.matching.writing import plan_as_json

SMALL, MIDDLE, LARGE = 500, 5_000, 50_000
ASKED_AT_ONCE = 2_000
Figures = dict[str, float]


def planned(file: pathlib.Path) -> Figures:
    """Read, plan and write one town in this process, and measure it."""
    town = read_town(file)
    found = candidates_of(town)
    plan = plan_of(town, found)
    metrics = measure(town, found, plan)
    with file.with_suffix(".plan").open("w", encoding="utf-8") as out:
        out.writelines(plan_as_json(town, found, plan, metrics, seconds_cpu=0.0))
    seconds = time.process_time()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    circles = circles_of(town, found.known, found.shown)
    figures = {
        "value": plan.value,
        "of_bound_percent": 100 * plan.value / plan.bound,
        "cpu_seconds": seconds,
        "memory_mb": memory,
        "filled_percent": 100 * metrics.filled / metrics.needs,
        "with_a_suggestion_percent": _percent(
            metrics.with_a_suggestion, metrics.people_with_hours_to_give
        ),
        "circle_percent": _percent(circles.either, circles.people),
    }
    index = Index(town, found, plan)
    waits = []
    for giver in np.linspace(0, len(town.residents) - 1, ASKED_AT_ONCE).astype(int).tolist():
        begun = time.process_time()
        index.suggestions(giver)
        waits.append(1000 * (time.process_time() - begun))
    figures["instant_p95_ms"] = float(np.percentile(waits, 95))
    return figures


def best(file: pathlib.Path) -> Figures:
    """Find the best plan of one town in this process."""
    return {"value": exact_plan(read_town(file)).value}


def lived(residents: int, seed: int, weeks: int) -> Figures:
    """Let people live for some weeks with the list and with the plan."""
    world = invented_world(residents, seed, weeks=weeks)
    old, new = (simulate(world, method, weeks=weeks) for method in (Method.LIST, Method.PLAN))
    share = new.filled / new.posted - old.filled / old.posted
    return {
        "give_backs_ratio": new.give_backs / old.give_backs,
        "gave_back_percent": _percent(new.gave_back, new.with_hours),
        "gave_back_list_percent": _percent(old.gave_back, old.with_hours),
        "vulnerable_ratio": new.vulnerable_share / new.others_share,
        "vulnerable_ratio_list": old.vulnerable_share / old.others_share,
        "filled_more_points": 100 * share,
        "wait_more_days": new.wait_days - old.wait_days,
        "urgent_wait_more_days": new.urgent_wait_days - old.urgent_wait_days,
        "yes_per_100_shown": _yes(new),
        "yes_per_100_shown_list": _yes(old),
    }


def _yes(story: Story) -> float:
    return _percent(story.yes, story.shown)


def _percent(some: int, of: int) -> float:
    return 100 * some / of if of else 0.0


def _alone(*arguments: object) -> Figures:
    """Run one measurement in a process of its own."""
    command = [sys.executable, __file__, *map(str, arguments)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    figures: Figures = json.loads(done.stdout)
    return figures


def _measure_plans(seeds: list[int], sizes: list[int], *, exact: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            found = defaultdict[str, list[float]](list)
            for seed in seeds:
                file = pathlib.Path(folder) / f"{size}-{seed}.json"
                file.write_text(json.dumps(describe(invented_world(size, seed))), "utf-8")
                figures = _alone("--planned", file)
                if size <= exact:
                    most = _alone("--best", file)["value"]
                    figures["of_best_percent"] = 100 * figures["value"] / most
                _gather(found, figures)
            _print(found, f"plan_{size}")


def _gather(found: dict[str, list[float]], figures: Figures) -> None:
    for name, value in figures.items():
        found[name].append(value)


def _print(found: dict[str, list[float]], prefix: str) -> None:
    for name, values in found.items():
        print(f"figure {prefix}_{name} {statistics.median(values):.3f}")
        print(f"figure {prefix}_{name}_lowest {min(values):.3f}")
        print(f"figure {prefix}_{name}_highest {max(values):.3f}", flush=True)


def main() -> int:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--planned", type=pathlib.Path, help=argparse.SUPPRESS)
    parser.add_argument("--best", type=pathlib.Path, help=argparse.SUPPRESS)
    parser.add_argument("--lived", type=int, nargs=3, help=argparse.SUPPRESS)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5])
    parser.add_argument("--sizes", type=int, nargs="+", default=[SMALL, MIDDLE, LARGE])
    parser.add_argument("--exact", type=int, default=SMALL, help="towns up to this size, exactly")
    parser.add_argument("--weeks", type=int, default=12)
    parser.add_argument("--lives", type=int, default=MIDDLE, help="residents of the simulation")
    asked = parser.parse_args()
    if asked.planned or asked.best or asked.lived:
        one = (
            planned(asked.planned)
            if asked.planned
            else best(asked.best)
            if asked.best
            else lived(*asked.lived)
        )
        print(json.dumps(one))
        return 0
    _measure_plans(asked.seeds, asked.sizes, exact=asked.exact)
    found = defaultdict[str, list[float]](list)
    for seed in asked.seeds if asked.weeks else []:
        _gather(found, _alone("--lived", asked.lives, seed, asked.weeks))
    _print(found, f"weeks_{asked.lives}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
