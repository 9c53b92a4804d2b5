# SPDX-License-Identifier: EUPL-1.2
"""The plan as a file: line by line, because a large town has some 400,000 suggestions."""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np

from timebank.matching.candidates import MOST_SHOWN, Candidates, Edges, best
from timebank.matching.metrics import Metrics
from timebank.matching.plan import Plan
from timebank.matching.reasons import each_with_points, reason_table
from timebank.matching.scoring import PUBLISHED, Weights
from timebank.matching.towns import FORMAT, Ints, Town

_AT_A_TIME = 5_000


def suggestions_of(plan: Plan, candidates: Candidates) -> tuple[Edges, Ints]:
    """Return what each giver is shown and the rank of each, from 1: planned first, then the best.

    By giver; of each giver ``MOST_SHOWN`` at most, each need once.
    """
    needs = np.flatnonzero(plan.giver >= 0)
    planned = Edges(plan.giver[needs], needs, plan.points[needs])
    shown = candidates.shown
    others = shown.at(plan.giver[shown.need] != shown.giver)
    both = Edges.joined([planned, others])
    # Points are below this, so that what is planned comes before all that is not.
    first = int(both.points.max(initial=0)) + 1
    worth = both.points.copy()
    worth[: len(planned)] += first
    chosen = both.at(best(both.giver, worth, both.need, MOST_SHOWN))
    fresh = np.flatnonzero(np.diff(chosen.giver, prepend=-1))
    rank = np.arange(len(chosen)) - np.repeat(fresh, np.diff(fresh, append=len(chosen))) + 1
    return chosen, rank


def plan_as_json(
    town: Town,
    candidates: Candidates,
    plan: Plan,
    metrics: Metrics,
    weights: Weights = PUBLISHED,
    *,
    seconds_cpu: float,
) -> Iterator[str]:
    """Yield the file of a plan, piece by piece.

    Args:
        seconds_cpu: what making the plan took of a processor.
    """
    head = {"format": FORMAT, "town": town.name, "day": town.day, "value": plan.value}
    yield json.dumps(head)[:-1] + ', "plan": ['
    yield from _listed(_planned(town, candidates, plan, weights))
    yield '], "suggestions": ['
    yield from _listed(_suggested(town, *suggestions_of(plan, candidates)))
    measured = {
        "needs": metrics.needs,
        "filled": metrics.filled,
        "people_with_hours_to_give": metrics.people_with_hours_to_give,
        "covered": metrics.covered,
        "seconds_cpu": round(seconds_cpu, 3),
    }
    yield f'], "metrics": {json.dumps(measured)}}}\n'


def _planned(town: Town, candidates: Candidates, plan: Plan, weights: Weights) -> Iterator[str]:
    needs = np.flatnonzero(plan.giver >= 0)
    edges = Edges(plan.giver[needs], needs, plan.points[needs])
    table = reason_table(town, candidates.known, weights, edges)
    columns = (edges.giver.tolist(), needs.tolist(), edges.points.tolist())
    for giver, need, points, reasons in zip(*columns, each_with_points(table), strict=True):
        item = {
            "giver": town.residents[giver],
            "need": town.needs[need],
            "slot": int(plan.half_day[need]),
            "points": points,
            "reasons": [{"code": reason, "points": worth} for reason, worth in reasons],
        }
        yield json.dumps(item)


def _suggested(town: Town, edges: Edges, rank: Ints) -> Iterator[str]:
    givers = [json.dumps(one) for one in town.residents]
    needs = [json.dumps(one) for one in town.needs]
    columns = (edges.giver, edges.need, edges.points, rank)
    for giver, need, points, place in zip(*(c.tolist() for c in columns), strict=True):
        yield (
            f'{{"giver": {givers[giver]}, "need": {needs[need]},'
            f' "points": {points}, "rank": {place}}}'
        )


def _listed(items: Iterator[str]) -> Iterator[str]:
    """Join items with commas, many at a time."""
    batch: list[str] = []
    before = "\n"
    for item in items:
        batch.append(item)
        if len(batch) == _AT_A_TIME:
            yield before + ",\n".join(batch)
            batch, before = [], ",\n"
    if batch:
        yield before + ",\n".join(batch)
