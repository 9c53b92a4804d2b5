# SPDX-License-Identifier: EUPL-1.2
"""A plan of a described town as the JSON that is written, the way the command makes it."""

from __future__ import annotations

import json
from typing import Any

from timebank.matching.candidates import candidates_of
from timebank.matching.exact import exact_plan
from timebank.matching.metrics import measure
from timebank.matching.plan import plan_of
from timebank.matching.reading import town_of
from timebank.matching.writing import plan_as_json

Described = dict[str, Any]


def written(described: Described, *, exact: bool = False) -> Described:
    town = town_of(described)
    found = candidates_of(town)
    plan = exact_plan(town, found) if exact else plan_of(town, found)
    pieces = plan_as_json(town, found, plan, measure(town, found, plan), seconds_cpu=0.0)
    as_json: Described = json.loads("".join(pieces))
    return as_json


def pairs(plan: Described) -> set[tuple[str, str, int]]:
    return {(item["giver"], item["need"], item["slot"]) for item in plan["plan"]}
